"""Widths on a terminal: a Chinese character takes two columns, a combining one none."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=16384)
def width(text: str) -> int:
    """How many columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(char_width, text))


@lru_cache(maxsize=16384)
def char_width(char: str) -> int:
    """How many columns a character takes."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Fill a text with spaces up to a width."""
    space = " " * max(columns - width(text), 0)
    return space + text if right else text + space


def clip(text: str, columns: int) -> str:
    """Cut a text to a width, with an ellipsis."""
    if width(text) <= columns:
        return text
    taken, used = [], 0
    for char in text:
        step = char_width(char)
        if used + step > columns - 1:
            break
        taken.append(char)
        used += step
    return "".join(taken) + "…"


# Signs that must not open a line, and those that must not close one (GB/T 15834).
_NOT_FIRST = set("，。、；：？！）》」』】”’,.;:?!)]}%…")
_NOT_LAST = set("（《「『【“‘([{")


def wrap(text: str, columns: int) -> list[str]:
    """Break a text into lines of a width: at spaces, and between Chinese characters."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for piece in _pieces(paragraph):
            size = width(piece)
            if used + width(piece.rstrip()) > columns and line.strip():
                lines.append(line.rstrip())
                line, used = "", 0
                piece = piece.lstrip()  # noqa: PLW2901 - a line does not open with a space
                size = width(piece)
            while size > columns:
                head = clip(piece, columns + 1).removesuffix("…")
                lines.append(head)
                piece = piece[len(head) :]  # noqa: PLW2901
                size = width(piece)
            line += piece
            used += size
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """What stays together on a line: a word with the space behind it, a Chinese character."""
    pieces: list[str] = []
    for char in text:
        wide = char_width(char) == 2
        if pieces and not _may_break(pieces[-1], char, wide=wide):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _may_break(before: str, char: str, *, wide: bool) -> bool:
    last = before[-1]
    if char in _NOT_FIRST or last in _NOT_LAST or char == " ":
        return False
    return last == " " or wide or char_width(last) == 2
