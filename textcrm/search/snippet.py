"""Snippets: one line around what was found, and which characters of it to highlight."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from textcrm.query.fold import digits_of, fold, phone_digits
from textcrm.query.pinyin import find_pinyin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.query.terms import Term

_BEFORE: Final = 24  # characters kept before the first hit
_LENGTH: Final = 90  # characters of a snippet
_WINDOW: Final = 4000  # a long text is looked at in pieces of this size
_MOST_SPANS: Final = 20

Spans = tuple[tuple[int, int], ...]


def snippet(text: str, terms: Sequence[Term], *, phone: bool, name: bool) -> tuple[str, Spans]:
    """Cut one line out of a text around the first hit; spans are (start, length) in that line.

    ``phone`` looks for digits whatever stands between them, ``name`` for pinyin. Line breaks and
    control characters become spaces, one for one.
    """
    start, window = _window(text, terms)
    spans = sorted(set(_spans(window, terms, phone=phone, name=name)))
    first = spans[0][0] if spans else 0
    cut = max(0, min(first - _BEFORE, len(window) - _LENGTH))
    end = min(len(window), cut + _LENGTH)
    line = "".join(char if char.isprintable() else " " for char in window[cut:end])
    before = "…" if cut or start else ""
    after = "…" if end < len(window) or start + end < len(text) else ""
    shift = len(before) - cut
    kept = [(at + shift, min(length, end - at)) for at, length in spans if cut <= at < end]
    return before + line + after, _merged(kept)


def _window(text: str, terms: Sequence[Term]) -> tuple[int, str]:
    """The piece of a long text that holds a hit; pieces overlap by the longest term."""
    if len(text) <= _WINDOW:
        return 0, text
    overlap = min(_WINDOW // 2, max((len(term.raw) for term in terms), default=0) + 100)
    for start in range(0, len(text), _WINDOW - overlap):
        piece = text[start : start + _WINDOW]
        folded = fold(piece)
        if any(term.find(folded) for term in terms):
            return start, piece
    return 0, text[:_WINDOW]


def _spans(
    text: str, terms: Sequence[Term], *, phone: bool, name: bool
) -> Iterator[tuple[int, int]]:
    folded, origin = fold_with_origin(text)
    for term in terms:
        hits = list(_occurrences(term, folded))
        yield from (_at(origin, at, length) for at, length in hits)
        if hits:
            continue
        if not term.folded and (at := text.find(term.raw)) >= 0:
            yield at, len(term.raw)
        span = _digit_span(term.digits, text) if phone and term.digits else None
        if name and term.pinyin:
            span = span or find_pinyin(term.folded, text)
        if span:
            yield span


def _occurrences(term: Term, folded: str) -> Iterator[tuple[int, int]]:
    start = 0
    for _ in range(_MOST_SPANS):
        found = term.find(folded, start)
        if found is None:
            return
        yield found
        start = found[0] + found[1]


def _at(origin: list[int], at: int, length: int) -> tuple[int, int]:
    """Translate a place in the folded text to one in the text."""
    first, last = origin[at], origin[at + length]
    return first, max(1, last - first)


def fold_with_origin(text: str) -> tuple[str, list[int]]:
    """Fold a text and say for each folded character, and the end, where it came from.

    Folded by clusters (a character with its combining marks), so that what composes stays
    together; characters that only compose across clusters may fold a little differently here.
    """
    parts: list[str] = []
    origin: list[int] = []
    end = 0
    for start, cluster in _clusters(text):
        folded = " " if cluster.isspace() else fold(cluster)
        if folded == " " and (not parts or parts[-1] == " "):
            continue
        parts.append(folded)
        origin.extend([start] * len(folded))
        end = start + len(cluster)
    if parts and parts[-1] == " ":
        parts.pop()
        end = origin.pop()
    origin.append(end)
    return "".join(parts), origin


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not unicodedata.combining(text[index]):
            if start < index:
                yield start, text[start:index]
            start = index


def _digit_span(digits: str, text: str) -> tuple[int, int] | None:
    places = [index for index, char in enumerate(text) if char.isdecimal()]
    at = digits_of(text).find(digits)
    if at < 0 and digits[0] == "0" and digits in phone_digits(text):  # its 0 is not written
        digits = digits[1:]
        at = digits_of(text).find(digits)
    if at < 0 or at + len(digits) > len(places):
        return None
    first = places[at]
    return first, places[at + len(digits) - 1] - first + 1


def _merged(spans: Sequence[tuple[int, int]]) -> Spans:
    """Join spans that touch or overlap."""
    merged: list[tuple[int, int]] = []
    for start, length in sorted(spans):
        if merged and start <= sum(merged[-1]):
            begun = merged[-1][0]
            merged[-1] = (begun, max(sum(merged[-1]), start + length) - begun)
        else:
            merged.append((start, length))
    return tuple(merged)
