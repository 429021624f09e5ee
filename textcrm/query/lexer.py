"""The words of a query: a hand-written walk over the text, linear in its length."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from textcrm.query.mistakes import mistake, short
from textcrm.text import Text

QUOTES: Final = {"“": "“”", "”": "“”", '"': '"＂', "＂": '"＂', "「": "」", "『": "』"}
OPENING: Final = "(（"
CLOSING: Final = ")）"
BARS: Final = "|｜"
COLONS: Final = ":："
MINUS: Final = "-－−"
_COMPARE: Final = {"<": "<", "＜": "<", ">": ">", "＞": ">", "=": "=", "＝": "="}
_WIDE: Final = {"≥": ">=", "≤": "<="}
_SIGNS: Final = frozenset((*_COMPARE, *_WIDE))
_COMMAS: Final = "，；、"
_NEXT_CLAUSE: Final = re.compile(r"\s*[^\W\d][\w./-]{0,60}[:：]")
_OPERATORS: Final = {
    "OR": "or", "或": "or", "||": "or", "AND": "and", "且": "and", "并且": "and", "&&": "and",
    "NOT": "not", "非": "not",
}  # fmt: skip
# In small letters they are words of the text, but before a clause nobody means the word.
_SMALL: Final = ("or", "and", "not")
_DENIALS: Final = "!！"


class Token(NamedTuple):
    """One word of a query.

    ``kind`` is one of ( ) or and not word phrase view field. A field has ``operator`` (one of
    "" = < <= > >=) and its value in ``value`` (None: a group in parentheses follows); ``loose``
    says that it had no colon (``amount>5``), and is a plain word where no such field exists.
    ``called``: an opening parenthesis follows at once.
    """

    kind: str
    text: str
    position: int
    operator: str = ""
    value: str | None = None
    value_position: int = 0
    quoted: bool = False
    loose: bool = False
    called: bool = False
    source: str = ""


class Lexer:
    """Cuts a query into tokens. Raises Misuse (query-syntax) for an open quote, a lone colon."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def tokens(self) -> list[Token]:
        """All tokens, in order."""
        found: list[Token] = []
        while (token := self._next()) is not None:
            found.append(token)
        return found

    def _next(self) -> Token | None:
        text, end = self.text, len(self.text)
        while self.at < end and (text[self.at].isspace() or self._parts(self.at)):
            self.at += 1
        if self.at >= end:
            return None
        at, char = self.at, text[self.at]
        if char in OPENING or char in CLOSING:
            self.at += 1
            return Token("(" if char in OPENING else ")", char, at)
        if char in BARS:
            self.at += 2 if text[at + 1 : at + 2] in tuple(BARS) else 1
            return Token("or", text[at : self.at], at)
        if char in QUOTES:
            return Token("phrase", self._phrase(), at, source=text[at : self.at])
        if char in MINUS and at + 1 < end and not text[at + 1].isspace():
            self.at += 1
            return Token("not", char, at)
        if (char in MINUS or char in _DENIALS) and _NEXT_CLAUSE.match(text, at + 1):
            self.at += 1
            return Token("not", char, at)
        return self._run(at)

    def _phrase(self) -> str:
        """Read a quoted text from its opening quote; backslash saves a quote or a backslash."""
        text, start = self.text, self.at
        closing = QUOTES[text[start]]
        parts: list[str] = []
        self.at += 1
        while self.at < len(text):
            char = text[self.at]
            following = text[self.at + 1 : self.at + 2]
            if char == "\\" and following and (following == "\\" or following in QUOTES):
                parts.append(following)
                self.at += 2
                continue
            self.at += 1
            if char in closing:
                return "".join(parts)
            parts.append(char)
        raise mistake(
            text,
            start,
            "open-quote",
            Text("the quote {quote} is never closed", "引号 {quote} 没有结束"),
            Text("close it with {closing}", "请补上 {closing}"),
            quote=text[start],
            closing=closing[-1] if closing[0] != '"' else '"',
        )

    def _run(self, at: int) -> Token:
        """Read up to a space, parenthesis or bar; a field where a name and an operator begin."""
        text = self.text
        place = at
        while place < len(text) and not self._stops(text[place]):
            char = text[place]
            if place > at and (char in COLONS or char in _COMPARE or char in _WIDE):
                name = text[at:place]
                if _is_name(name) and not (char in COLONS and _is_literal(text, at, place)):
                    return self._field(at, name, place)
            place += 1
        self.at = place
        word = text[at:place]
        if word in _OPERATORS:
            return Token(_OPERATORS[word], word, at)
        if word in _SMALL and _NEXT_CLAUSE.match(text, place):
            return Token(word, word, at)
        if not set(word) - _SIGNS:
            raise _lone_sign(text, at, word)
        if word[0] in "@＠" and len(word) > 1:
            return Token("view", word[1:], at)
        return Token(
            "word", word, at, called=text[place : place + 1] in tuple(OPENING), source=word
        )

    @staticmethod
    def _stops(char: str) -> bool:
        return char.isspace() or char in OPENING or char in CLOSING or char in BARS

    def _field(self, at: int, name: str, place: int) -> Token:
        text = self.text
        loose = text[place] not in COLONS
        self.at = place if loose else place + 1
        operator = self._operator()
        start = self.at
        following = text[start : start + 1]
        if following and following in OPENING:
            if loose:
                return Token("word", text[at:start], at, source=text[at:start])
            return Token("field", name, at, operator, None, start)
        quoted = bool(following) and following in QUOTES
        value = self._phrase() if quoted else self._value()
        if not value and not quoted:
            if loose:
                return Token("word", text[at:start], at, source=text[at:start])
            raise _no_value(text, start, name)
        source = text[at : self.at]
        return Token("field", name, at, operator, value, start, quoted, loose, source=source)

    def _operator(self) -> str:
        text, at = self.text, self.at
        char = text[at : at + 1]
        if char in _WIDE:
            self.at += 1
            return _WIDE[char]
        if char not in _COMPARE:
            return ""
        self.at += 1
        operator = _COMPARE[char]
        if operator != "=" and text[self.at : self.at + 1] in ("=", "＝"):
            self.at += 1
            operator += "="
        return operator

    def _value(self) -> str:
        start = self.at
        while self.at < len(self.text) and not self._stops(self.text[self.at]):
            if self.at > start and self._parts(self.at):
                break
            self.at += 1
        return self.text[start : self.at]

    def _parts(self, at: int) -> bool:
        """Whether a Chinese comma parts two clauses: ``状态：合作中，类型：新客户``."""
        return self.text[at] in _COMMAS and _NEXT_CLAUSE.match(self.text, at + 1) is not None


def _is_name(word: str) -> bool:
    """Whether a word may name a field: letters of any script, digits, and _ - . / between."""
    return (word[0].isalpha() or word[0] == "_") and all(
        char.isalnum() or char in "_-./" for char in word
    )


def _is_literal(text: str, at: int, place: int) -> bool:
    """Whether a colon is no operator: an address (``https://``)."""
    return text[place + 1 : place + 3] == "//" and text[at:place].isascii()


def _lone_sign(text: str, position: int, sign: str) -> Exception:
    """``total_spent > 5000``: the sign stands alone, where it belongs to the field."""
    before, after = text[:position].split(), text[position + len(sign) :].split()
    name = before[-1].rstrip(":：") if before else ""
    example = f"{name if name and _is_name(name) else 'total_spent'}:{sign}{after[0] if after else '5000'}"
    return mistake(
        text,
        position,
        "lone-sign",
        Text("“{sign}” stands alone", "“{sign}”前后不能有空格"),
        Text("write it without spaces: {example}", "请连着写：{example}"),
        sign=short(sign),
        example=short(example),
    )


def _no_value(text: str, position: int, name: str) -> Exception:
    return mistake(
        text,
        position,
        "no-value",
        Text("“{name}:” lacks a value", "“{name}:” 后面缺少内容"),
        Text(
            "write it without a space, {name}:value; any value at all is has:{name}",
            "请紧接着写，例如 {name}:内容；只要有内容则写 has:{name}",
        ),
        name=short(name),
    )
