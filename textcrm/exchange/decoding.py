"""Bytes of a text file to text: which encoding it is in, told by marks, strictness and its words."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import Invalid, Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT: Final = 200_000
_HEAD: Final = 4000
# A byte of Western text stands alone among letters; a character of GB18030 has two bytes or four.
_HIGH: Final = re.compile(rb"[\x80-\xff]+")


class Decoded(NamedTuple):
    """A text and the encoding that it was in, by the name that Python's codecs take.

    ``otherwise`` are the lines, from 1, that were in another encoding than the rest.
    """

    text: str
    encoding: str
    otherwise: tuple[int, ...] = ()


def decode(
    data: bytes,
    encoding: str | None = None,
    *,
    name: str = "-",
    known: Callable[[str], bool] | None = None,
) -> Decoded:
    """Decode a file: byte-order mark, UTF-16 without one, strict UTF-8, then GB18030 or cp1252.

    ``encoding`` is the user's word and is strict. ``known`` tells whether a text begins with words
    that a header has: that decides for Big5 and other encodings, which GB18030 reads as garbage
    without complaint. Raises Misuse (unknown-encoding), Invalid (undecodable; file, line, column).
    """
    if encoding is not None:
        return _as_told(data, encoding, name)
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _strictly(data, codec, name)
    if wide := _unmarked_utf16(data):
        return _strictly(data, wide, name)
    if (text := _tried(data, "utf-8")) is not None:
        return Decoded(text, "utf-8")
    if (mixed := _mixed(data)) is not None:
        return mixed
    for codec in _guesses(data):
        text = _tried(data, codec)
        if text is not None and (known is None or known(text[:_HEAD])):
            return Decoded(text, codec)
    first = _guesses(data)[0]
    text = _tried(data, first)
    return (
        Decoded(text, first)
        if text is not None
        else Decoded(data.decode("cp1252", "replace"), "cp1252")
    )


def _as_told(data: bytes, encoding: str, name: str) -> Decoded:
    word = {"gbk": "gb18030", "gb2312": "gb18030", "ansi": "gb18030"}.get(
        encoding.casefold().strip(), encoding.strip()
    )
    try:
        codec = codecs.lookup(word).name
        "".encode(codec)
    except (LookupError, ValueError) as error:
        raise Misuse(
            "unknown-encoding",
            Text("there is no encoding “{word}”", "没有编码“{word}”"),
            hint=Text(
                "for example utf-8, gb18030, big5, cp1252, utf-16",
                "例如 utf-8、gb18030、big5、cp1252、utf-16",
            ),
            word=encoding,
        ) from error
    if codec == "utf-8" and data.startswith(codecs.BOM_UTF8):
        codec = "utf-8-sig"
    return _strictly(data, codec, name)


def _strictly(data: bytes, codec: str, name: str) -> Decoded:
    try:
        return Decoded(data.decode(codec), codec)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(codec, "replace")
        raise Invalid(
            "undecodable",
            Text(
                "{file}:{line}:{column}: the file is not {encoding} here",
                "{file}:{line}:{column}：此处不是有效的 {encoding} 编码",
            ),
            hint=Text(
                "name the encoding: --encoding gb18030, or save the file as UTF-8",
                "用 --encoding 指定编码，例如 --encoding gb18030；或将文件另存为 UTF-8",
            ),
            file=name,
            line=before.count("\n") + 1,
            column=len(before) - before.rfind("\n"),
            encoding=codec,
        ) from error


def _mixed(data: bytes) -> Decoded | None:
    """UTF-8 with some lines of another program in it, or cut within its last character.

    Text in another encoding is hardly ever UTF-8 by accident: where most lines that are not ASCII
    are, the file is, and the other lines are read by themselves.
    """
    lines = data.split(b"\n")
    texts = [_tried(line, "utf-8") for line in lines]
    other = tuple(number for number, text in enumerate(texts, 1) if text is None)
    telling = sum(1 for text in texts if text is not None and not text.isascii())
    if telling <= len(other):
        return None
    for number in other:
        line = lines[number - 1]
        found = (_tried(line, codec) for codec in _guesses(line))
        text = next((one for one in found if one is not None), None)
        texts[number - 1] = line.decode("utf-8", "replace") if text is None else text
    return Decoded("\n".join(text or "" for text in texts), "utf-8", other)


def _tried(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def is_wide(data: bytes) -> bool:
    """Whether a text is in UTF-16 or UTF-32, marked or not: half of its bytes may be nothing."""
    return data.startswith(tuple(mark for mark, _ in _MARKS[1:])) or bool(_unmarked_utf16(data))


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text and of separators is zero."""
    head = data[:_HEAD]
    if len(head) < 4 or b"\0" not in head:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > even and odd * 20 > len(head):
        return "utf-16-le"
    return "utf-16-be" if even > odd and even * 20 > len(head) else None


def _guesses(data: bytes) -> tuple[str, ...]:
    """The encodings to try, the likeliest first."""
    runs = [match[0] for match in _HIGH.finditer(data[:_LOOKED_AT])]
    single = sum(1 for run in runs if len(run) == 1)
    if runs and single * 2 > len(runs):
        return "cp1252", "gb18030", "big5"
    return "gb18030", "big5", "shift_jis", "cp1252"
