"""Delimited text as rows: each with its line, its cells, and the very text that it stood in."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DELIMITERS: Final = "\t,;|，"
_LOOKED_AT: Final = 20
_LONGEST_FIELD: Final = 16 * 1024 * 1024


class Row(NamedTuple):
    """One row of a table: where it stands, its cells as text, and the text that it was read from.

    ``base`` are the cells as they were when textcrm wrote the file, where it knows.
    """

    place: str
    cells: list[str]
    raw: str = ""
    base: list[str] | None = None

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


def delimiter_of(text: str) -> str:
    """What separates the cells: said in a first line ``sep=;``, else what divides rows evenly."""
    if text[:4].casefold() == "sep=" and len(text) > 4:
        return text[4]
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = [len(cells) for cells in _sample(text, delimiter)]
        usual = max(counts, key=counts.count, default=1)
        if usual < 2:
            continue
        score = counts.count(usual) / len(counts) * usual + (counts[0] == usual)
        if score > most:
            best, most = delimiter, score
    return best


def _sample(text: str, delimiter: str) -> list[list[str]]:
    found: list[list[str]] = []
    for row in rows(text[:50_000], delimiter):
        if not row.blank:
            found.append(row.cells)
        if len(found) == _LOOKED_AT:
            break
    return found


def rows(text: str, delimiter: str) -> Iterator[Row]:
    """Every row, blank ones too, with the line on which it begins."""
    csv.field_size_limit(_LONGEST_FIELD)
    lines = _Recorder(io.StringIO(text, newline=""))
    if text[:4].casefold() == "sep=":
        next(lines)
        lines.taken()
    start = lines.number + 1
    for cells in csv.reader(lines, delimiter=delimiter):
        raw = lines.taken()
        if lines.number > start and raw.count('"') % 2:
            yield from _unclosed(raw, delimiter, start)
        else:
            yield Row(str(start), cells, raw)
        start = lines.number + 1


def _unclosed(raw: str, delimiter: str, start: int) -> Iterator[Row]:
    """A quote that nobody closes would swallow all lines after it: each is a row of its own then."""
    for number, line in enumerate(io.StringIO(raw, newline="")):
        cells = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
        yield Row(str(start + number), cells, line)


class _Recorder:
    """The lines of a file, each kept until it is asked for."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._kept: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._source)
        self.number += 1
        self._kept.append(line)
        return line

    def taken(self) -> str:
        """The lines since the last call."""
        text = "".join(self._kept)
        self._kept.clear()
        return text
