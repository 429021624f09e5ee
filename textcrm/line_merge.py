"""Three-way merge of lines: what two sides made of one text, where they do not touch."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Lines = list[str]


class Hunk(NamedTuple):
    """A stretch of the base that changed, and what each side has there; ``clash``: both did."""

    base: Lines
    ours: Lines
    theirs: Lines
    clash: bool


def merge(base: str, ours: str, theirs: str) -> str | None:
    """Both sides' changes in one text; None where they touch the same or neighbouring lines."""
    found = hunks(base, ours, theirs)
    if any(hunk.clash for hunk in found):
        return None
    return "".join(line for hunk in found for line in settled(hunk))


def settled(hunk: Hunk) -> Lines:
    """The lines of a hunk that one side at most has changed."""
    return hunk.theirs if hunk.ours == hunk.base else hunk.ours


def neighbours(hunk: Hunk) -> Lines | None:
    """A clash whose changes only stand side by side, put together; None where they overlap.

    The order of two insertions at one place is nobody's to say: they overlap as well.
    """
    changes = sorted({*_changes(hunk.base, hunk.ours), *_changes(hunk.base, hunk.theirs)})
    lines: Lines = []
    at, inserted = 0, -1
    for start, end, new in changes:
        if start < at or inserted == start == end:
            return None
        lines += [*hunk.base[at:start], *new]
        at, inserted = end, start if start == end else -1
    return lines + hunk.base[at:]


def _changes(base: Lines, side: Lines) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """What a side changed: the stretch of the base, and what it has there instead."""
    matcher = SequenceMatcher(None, base, side, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag != "equal":
            yield start, end, tuple(side[first:last])


def hunks(base: str, ours: str, theirs: str) -> list[Hunk]:
    """Cut three texts into stretches that agree and stretches that differ, in order."""
    lines = [text.splitlines(keepends=True) for text in (base, ours, theirs)]
    return list(_hunks(lines[0], lines[1], lines[2]))


def _hunks(base: Lines, ours: Lines, theirs: Lines) -> Iterator[Hunk]:
    """As diff3 does it: lines that all three share hold the stretches between them apart."""
    in_ours, in_theirs = _places(base, ours), _places(base, theirs)
    at = at_ours = at_theirs = 0
    for place in range(len(base) + 1):
        if place < len(base):
            if place not in in_ours or place not in in_theirs:
                continue
            end_ours, end_theirs = in_ours[place], in_theirs[place]
        else:
            end_ours, end_theirs = len(ours), len(theirs)
        yield from _hunk(base[at:place], ours[at_ours:end_ours], theirs[at_theirs:end_theirs])
        if place < len(base):
            shared = [base[place]]
            yield Hunk(shared, shared, shared, clash=False)
        at, at_ours, at_theirs = place + 1, end_ours + 1, end_theirs + 1


def _hunk(base: Lines, ours: Lines, theirs: Lines) -> Iterator[Hunk]:
    if base or ours or theirs:
        yield Hunk(base, ours, theirs, clash=base not in (ours, theirs) and ours != theirs)


def _places(base: Sequence[str], side: Sequence[str]) -> dict[int, int]:
    """Where each line of the base that a side kept stands there."""
    blocks = SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks()
    return {start + step: place + step for start, place, size in blocks for step in range(size)}
