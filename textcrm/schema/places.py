"""Places: line and column of a path in a JSON text, looked up only when a problem is told."""

from __future__ import annotations

from json.decoder import JSONDecoder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLANK = " \t\r\n"


def place_of(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """Line and column (from 1) of the value at a path, or of the nearest one above that is there.

    ``text`` is JSON that has been read without error; of a key that stands twice the last counts,
    as it does for the reader.
    """
    offset = _skipped(text, 0)
    for step in path:
        found = [at for name, at in _members(text, offset) if name == step]
        if not found:
            break
        offset = found[-1]
    return line_column(text, offset)


def line_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column (from 1) of an offset."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


def doubled(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """The keys that stand twice in one object: path, and offset of the later value."""
    yield from _doubled(text, _skipped(text, 0), ())


def _doubled(
    text: str, offset: int, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], int]]:
    seen: set[str | int] = set()
    for name, at in _members(text, offset):
        if name in seen:
            yield (*path, name), at
        seen.add(name)
        yield from _doubled(text, at, (*path, name))


def _members(text: str, offset: int) -> Iterator[tuple[str | int, int]]:
    """The keys of an object, or the indexes of an array, with the offsets of their values."""
    if text[offset : offset + 1] not in ("{", "["):
        return
    named = text[offset] == "{"
    at, index = _skipped(text, offset + 1), 0
    while text[at] not in "}]":
        name: str | int = index
        if named:
            name, at = JSONDecoder().raw_decode(text, at)
            at = _skipped(text, _skipped(text, at) + 1)
        yield name, at
        at = _skipped(text, _end_of(text, at))
        if text[at] == ",":
            at = _skipped(text, at + 1)
        index += 1


def _end_of(text: str, offset: int) -> int:
    return JSONDecoder().raw_decode(text, offset)[1]


def _skipped(text: str, offset: int) -> int:
    while text[offset : offset + 1] and text[offset] in _BLANK:
        offset += 1
    return offset
