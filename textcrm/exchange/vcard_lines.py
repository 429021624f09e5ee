"""vCard's grammar, 2.1, 3.0 and 4.0 (RFC 6350, RFC 2426, versit 2.1): lines, values, cards.

Our own, because vobject 0.9.9, measured, cuts a note at its first plain comma, loses the bare types
of 2.1 (``TEL;CELL:``) and writes Chinese lines of more than 75 octets.
"""

from __future__ import annotations

import quopri
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_OCTETS: Final = 75
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_PROPERTY: Final = re.compile(r"(?:[\w-]+\.)?[\w-]+[;:]", re.ASCII)
_ENCODINGS: Final = {"QUOTED-PRINTABLE": "Q", "BASE64": "B", "B": "B", "8BIT": "", "7BIT": ""}
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_CARET: Final = re.compile(r"\^([n'^])")


class Line(NamedTuple):
    """A property: its name in capitals, its parameters (names in capitals), its value as written.

    Quoted-printable is undone; escapes are not. ``number`` is the first line in the file, from 1;
    ``binary`` says that the value is base64.
    """

    name: str
    value: str
    params: Mapping[str, tuple[str, ...]]
    group: str = ""
    number: int = 0
    binary: bool = False

    @property
    def types(self) -> frozenset[str]:
        """The types in small letters: cell, work, pref."""
        # RFC 6350 writes lists of types in one pair of quotation marks, too: TYPE="voice,cell".
        words = ",".join(self.params.get("TYPE", ()))
        return frozenset(one.strip().casefold() for one in words.split(",") if one.strip())


class Card(NamedTuple):
    """A card: the lines that could be read, those that could not, its text, and whether it ends.

    ``number`` counts the cards of a file from 1, ``first`` is its first line. Cards inside a card
    (AGENT) belong to its ``unread``.
    """

    number: int
    first: int
    version: str
    lines: tuple[Line, ...]
    unread: tuple[str, ...]
    text: str
    whole: bool

    def all(self, name: str) -> list[Line]:
        """The properties of a name."""
        return [line for line in self.lines if line.name == name]


# -- reading


def cards(text: str) -> Iterator[Card]:
    """The cards of a file, one after the other, whatever stands between them."""
    physical = re.split(r"\r*\n|\r", text)
    start: int | None = None
    depth = number = 0
    for place, line in enumerate(physical):
        word = re.sub(r"\s", "", line).upper()
        if word == "BEGIN:VCARD":
            if depth == 0:
                start = place
            depth += 1
        elif word == "END:VCARD" and depth:
            depth -= 1
            if depth == 0 and start is not None:
                number += 1
                yield _card(number, start, physical[start : place + 1], whole=True)
                start = None
    if start is not None:
        number += 1
        yield _card(number, start, physical[start:], whole=False)


def _card(number: int, start: int, physical: Sequence[str], *, whole: bool) -> Card:
    version = next(
        (line.partition(":")[2].strip() for line in physical if _is(line, "VERSION")), ""
    )
    lines: list[Line] = []
    unread: list[str] = []
    depth = 0
    for place, logical in _logical(physical, old=version == "2.1"):
        line = parse(logical, start + place + 1)
        if line is None:
            unread += [logical] if logical.strip() else []
        elif line.name == "BEGIN":
            depth += 1
        elif line.name == "END":
            depth -= 1
        elif depth > 1:
            unread.append(logical)
        else:
            lines.append(line)
    return Card(
        number, start + 1, version, tuple(lines), tuple(unread), "\n".join(physical), whole
    )


def _is(line: str, name: str) -> bool:
    return line[: len(name) + 1].upper() in (name + ":", name + ";")


def _logical(physical: Sequence[str], *, old: bool) -> Iterator[tuple[int, str]]:
    """Lines unfolded, each with the place of its first: by blanks, soft breaks, base64."""
    place = 0
    while place < len(physical):
        first, line = place, physical[place]
        place += 1
        encoding = _encoding_of(line)
        if encoding == "Q":
            while line.endswith("=") and place < len(physical):
                line = line[:-1] + physical[place].removeprefix(" ")
                place += 1
        while place < len(physical) and _goes_on(physical[place], encoding):
            more = physical[place]
            line += more.strip() if encoding == "B" else more[0 if old else 1 :]
            place += 1
        yield first, line


def _goes_on(line: str, encoding: str) -> bool:
    """Whether a physical line continues the one before; phones do not always indent base64."""
    if line[:1] in (" ", "\t"):
        return True
    return encoding == "B" and bool(line.strip()) and not _PROPERTY.match(line)


def _encoding_of(line: str) -> str:
    head = line.partition(":")[0].upper()
    for part in head.split(";")[1:]:
        word = part.removeprefix("ENCODING=")
        if word in _ENCODINGS and (word != "B" or part != word):
            return _ENCODINGS[word]
    return ""


def parse(text: str, number: int = 0) -> Line | None:
    """Read one unfolded line; None for what is no property."""
    head, colon, value = _split_head(text)
    if not colon:
        return None
    first, *rest = _apart(head, ";")
    group, _, name = first.rpartition(".")
    if not re.fullmatch(r"[\w-]+", name.strip(), re.ASCII):
        return None
    params: dict[str, tuple[str, ...]] = {}
    for part in rest:
        key, equals, words = part.partition("=")
        if not equals:
            key, words = _bare(part)
        values = tuple(_param(one) for one in _apart(words, ","))
        params[key.strip().upper()] = params.get(key.strip().upper(), ()) + values
    encoding = _ENCODINGS.get((params.get("ENCODING") or ("",))[0].upper(), "")
    if encoding == "Q":
        value = _unprinted(value, (params.get("CHARSET") or ("utf-8",))[0])
    return Line(
        name.strip().upper().replace("_", "-"), value, params, group, number, encoding == "B"
    )


def _split_head(text: str) -> tuple[str, str, str]:
    quoted = False
    for place, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif char == ":" and not quoted:
            return text[:place], ":", text[place + 1 :]
    return text.partition(":")


def _apart(text: str, sign: str) -> list[str]:
    """Split at a sign that stands outside quotation marks."""
    parts, quoted = [""], False
    for char in text:
        if char == '"':
            quoted = not quoted
        if char == sign and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _bare(word: str) -> tuple[str, str]:
    """A parameter of 2.1 that is only a word: a type, or an encoding."""
    return ("ENCODING" if word.strip().upper() in _ENCODINGS else "TYPE"), word


def _param(word: str) -> str:
    bare = word.strip().strip('"')
    return _CARET.sub(lambda match: {"n": "\n", "'": '"', "^": "^"}[match[1]], bare)


def _unprinted(value: str, charset: str) -> str:
    data = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
    for name in (charset, "utf-8", "gb18030"):
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("utf-8", "replace")


def unescaped(value: str, *, old: bool = False) -> str:
    r"""A text value without its escapes; in 2.1 ``\n`` is a backslash and an n."""

    def plain(match: re.Match[str]) -> str:
        sign = match[1]
        if sign in "nN":
            return match[0] if old else "\n"
        return sign if sign in "\\;,:" else match[0]

    return _ESCAPED.sub(plain, value)


def parts(value: str, sign: str = ";", *, old: bool = False) -> list[str]:
    """The components of a structured value (N, ADR, ORG), or of a list (``sign`` a comma)."""
    found, escaped = [""], False
    for char in value:
        if escaped:
            found[-1] += char
            escaped = False
        elif char == "\\":
            found[-1] += char
            escaped = True
        elif char == sign:
            found.append("")
        else:
            found[-1] += char
    return [unescaped(one, old=old).strip() for one in found]


# -- writing


def escaped(text: str) -> str:
    """A text as a value: backslash, comma, semicolon and line break escaped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return text.replace("\n", "\\n")


def structured(values: Iterable[str]) -> str:
    """Components of a structured value."""
    return ";".join(map(escaped, values))


def spelled(name: str, value: str, params: Mapping[str, str] | None = None, bare: str = "") -> str:
    """A line, folded at 75 octets without cutting a character, with its CR LF.

    ``value`` is escaped already; ``bare`` goes before the colon as it is. Other control characters than tabs have no place in a card.
    """
    head = name + "".join(f";{key}={_quoted(word)}" for key, word in (params or {}).items())
    head += bare
    whole = _CONTROL.sub("", f"{head}:{value}")
    return folded(whole.encode("utf-8", "replace").decode("utf-8"))


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets."""
    octets = line.encode()
    if len(octets) <= _OCTETS:
        return line + "\r\n"
    pieces, start, room = [], 0, _OCTETS
    while start < len(octets):
        end = start + room
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, _OCTETS - 1  # the blank before it
    return b"\r\n ".join(pieces).decode() + "\r\n"


def _quoted(word: str) -> str:
    clean = word.replace("^", "^^").replace('"', "^'").replace("\n", "^n")
    return f'"{clean}"' if re.search(r"[;:,]", clean) else clean
