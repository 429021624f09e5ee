"""The grammar of queries: from words to a tree that knows no schema yet.

query   = any ;  any = all { OR all } ;  all = one { [AND] one }
one     = { "-" | NOT } ( "(" any ")" | "phrase" | word | @view | clause )
clause  = name ":" [operator] ( value | "phrase" | "(" any ")" ) | name operator value | name "(" any ")"
"""

from __future__ import annotations

from typing import Final, NamedTuple

from textcrm.query.lexer import Lexer, Token
from textcrm.query.mistakes import mistake
from textcrm.text import Text

LONGEST: Final = 10_240  # characters
DEEPEST: Final = 50  # parentheses in parentheses, views in views
MOST_TERMS: Final = 200  # words and clauses, views opened


class Word(NamedTuple):
    """A free word or phrase."""

    text: str
    position: int
    quoted: bool = False


class Clause(NamedTuple):
    """``name:value`` with an operator; ``word`` is what it is where no such field exists."""

    name: str
    position: int
    operator: str
    value: str
    value_position: int
    quoted: bool
    word: Word | None = None


class Call(NamedTuple):
    """``name(...)``: one item of a list for which all of it holds, or a word and a group."""

    name: str
    position: int
    node: Node


class View(NamedTuple):
    """``@name``: a saved query."""

    name: str
    position: int


class Not(NamedTuple):
    """What the node does not find."""

    node: Node


class All(NamedTuple):
    """What every node finds."""

    nodes: tuple[Node, ...]


class AnyOf(NamedTuple):
    """What some node finds."""

    nodes: tuple[Node, ...]


Node = Word | Clause | Call | View | Not | All | AnyOf


def read(text: str) -> Node | None:
    """Read a query; None where it says nothing. Raises Misuse (query-syntax)."""
    if len(text) > LONGEST:
        raise mistake(
            text,
            LONGEST,
            "too-long",
            Text("the query is longer than {limit} characters", "查询超过 {limit} 个字符"),
            limit=LONGEST,
        )
    tokens = Lexer(text).tokens()
    return _Reader(text, tokens).query() if tokens else None


class _Reader:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.terms = 0
        self.field: Token | None = None

    def query(self) -> Node:
        node = self._any()
        if token := self._peek():
            raise self._unopened(token)
        return node

    def _peek(self) -> Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _any(self) -> Node:
        nodes = [self._all()]
        while (token := self._peek()) and token.kind == "or":
            self.place += 1
            nodes.append(self._all())
        return nodes[0] if len(nodes) == 1 else AnyOf(tuple(nodes))

    def _all(self) -> Node:
        nodes = [self._one()]
        while (token := self._peek()) and token.kind not in ("or", ")"):
            if token.kind == "and":
                self.place += 1
            nodes.append(self._one())
        return nodes[0] if len(nodes) == 1 else All(tuple(nodes))

    def _one(self) -> Node:
        negated = False
        while (token := self._peek()) and token.kind == "not":
            negated = not negated
            self.place += 1
        if token is None or token.kind in ("or", "and", ")"):
            raise self._missing(token)
        self.place += 1
        node = self._group(token) if token.kind == "(" else self._term(token)
        return Not(node) if negated else node

    def _group(self, opening: Token) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._too_much(
                opening,
                "too-deep",
                Text("more than {limit} parentheses in each other", "括号嵌套超过 {limit} 层"),
                DEEPEST,
            )
        node = self._any()
        closing = self._peek()
        if closing is None:
            raise self._unclosed(opening)
        self.place += 1
        self.depth -= 1
        return node

    def _term(self, token: Token) -> Node:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise self._too_much(
                token,
                "too-many-terms",
                Text("the query has more than {limit} words", "查询中的词超过 {limit} 个"),
                MOST_TERMS,
            )
        if token.kind == "field":
            return self._clause(token)
        if self.field is not None:
            return self._valued(self.field, token)
        if token.kind == "view":
            return View(token.text, token.position)
        if token.called:
            opening = self.tokens[self.place]
            self.place += 1
            return Call(token.text, token.position, self._group(opening))
        return Word(token.text, token.position, token.kind == "phrase")

    def _clause(self, token: Token) -> Node:
        if token.value is None:
            opening = self.tokens[self.place]
            self.place += 1
            outer, self.field = self.field, token
            node = self._group(opening)
            self.field = outer
            return node
        word = Word(token.source, token.position) if token.loose else None
        return Clause(
            token.text,
            token.position,
            token.operator,
            token.value,
            token.value_position,
            token.quoted,
            word,
        )

    def _valued(self, field: Token, token: Token) -> Node:
        """One value of ``field:(a OR b)``."""
        text = "@" + token.text if token.kind == "view" else token.text
        quoted = token.kind == "phrase"
        node = Clause(field.text, field.position, field.operator, text, token.position, quoted)
        if not token.called:
            return node
        opening = self.tokens[self.place]
        self.place += 1
        return All((node, self._group(opening)))

    def _missing(self, token: Token | None) -> Exception:
        position = token.position if token else len(self.text)
        return mistake(
            self.text,
            position,
            "nothing-there",
            Text("something to look for is missing here", "这里缺少查询内容"),
            Text(
                "OR stands between two words; parentheses hold at least one; “OR” in quotes is a word",
                "OR 两边都要有词，括号里至少要有一个词；要查 OR 这个词请加引号",
            ),
        )

    def _unopened(self, token: Token) -> Exception:
        return mistake(
            self.text,
            token.position,
            "unopened-parenthesis",
            Text("this parenthesis was never opened", "这个右括号没有对应的左括号"),
            Text("leave it out, or put it in quotes", "请删去，或加上引号"),
        )

    def _unclosed(self, opening: Token) -> Exception:
        return mistake(
            self.text,
            opening.position,
            "unclosed-parenthesis",
            Text("this parenthesis is never closed", "这个括号没有结束"),
            Text("close it with )", "请补上右括号"),
        )

    def _too_much(self, token: Token, problem: str, message: Text, limit: int) -> Exception:
        return mistake(self.text, token.position, problem, message, limit=limit)
