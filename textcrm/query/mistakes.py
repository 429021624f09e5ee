"""What is said about a query that cannot be read: a sentence, a caret, a suggestion."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

_BEFORE: Final = 40  # characters of the query shown before the caret
_AFTER: Final = 30
LITERALLY: Final = Text(
    "put quotes around what is meant literally: {quoted}", "如果要按原文查找，请加引号：{quoted}"
)


def mistake(
    query: str,
    position: int,
    problem: str,
    message: Text,
    hint: Text | None = None,
    **data: object,
) -> Misuse:
    """Make the error of a query that cannot be read.

    Its code is always ``query-syntax``; data has ``problem`` (a finer code), ``query``,
    ``position`` (characters from 0), and two lines to print under each other: ``excerpt`` (the
    query around the place, on one line) and ``caret`` (right in columns, Chinese being two wide).
    """
    excerpt, caret = _pointing(query, position)
    return Misuse(
        "query-syntax",
        message,
        hint=hint,
        problem=problem,
        query=query,
        position=position,
        excerpt=excerpt,
        caret=caret,
        **data,
    )


def _pointing(query: str, position: int) -> tuple[str, str]:
    start = max(0, position - _BEFORE)
    line = "".join(char if char.isprintable() else " " for char in query)
    shown, at = line[start : position + _AFTER], position - start
    if start:
        shown, at = "…" + shown, at + 1
    if position + _AFTER < len(query):
        shown += "…"
    return shown, " " * sum(map(_width, shown[:at])) + "^"


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def short(text: str, limit: int = 40) -> str:
    """A text for use in a sentence: one line, not long, nothing a terminal would obey."""
    line = "".join(char if char.isprintable() else " " for char in text[: limit + 1])
    return line if len(line) <= limit else line[:limit] + "…"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a mistyped one is most like, None where none is near."""
    from difflib import get_close_matches

    from textcrm.query.fold import fold

    words: dict[str, str] = {}
    for each in known:
        words.setdefault(fold(each), each)
    typed = fold(word[:40])
    begun = [each for each in words if len(typed) > 1 and each.startswith(typed)]
    close = begun or get_close_matches(typed, words, n=1, cutoff=0.6)
    return words[close[0]] if close else None


def quote(text: str) -> str:
    """Write a text as a phrase of the query language, which finds exactly it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
