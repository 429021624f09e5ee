"""Table: what every report gives; screens, charts, CSV, JSON and HTML are views of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.text import Language, Text

_RIGHT: Final = frozenset(("count", "quantity", "money", "share", "ratio"))


class Said(NamedTuple):
    """A code with the words that people read for it; programs get the code."""

    code: str
    text: Text


class Column(NamedTuple):
    """A column: its key in JSON, its head, and what kind of values it holds.

    Kinds: ``text``, ``code`` (:class:`Said`), ``id``, ``name`` (of a person or customer), ``phone``
    and ``email``, which ``--mask`` hides, ``count`` (int), ``quantity`` and ``money`` (Decimal), ``share`` (a float
    from 0 to 1, shown as per cent), ``ratio`` (a float), ``date``, ``currency`` (of the amounts in
    the same row).
    """

    name: str
    label: Text
    kind: str = "text"

    @property
    def is_number(self) -> bool:
        """Whether it stands at the right edge."""
        return self.kind in _RIGHT


class Note(NamedTuple):
    """A sentence under a table: a rule, a count behind a figure, what was left out."""

    text: Text
    data: dict[str, Any] = {}

    def say(self, language: Language) -> str:
        """The sentence in one language."""
        return self.text.say(language, **self.data) if self.data else self.text.say(language)


class Chart(NamedTuple):
    """How a table is drawn: columns that name a bar, the one that measures it.

    ``over_time`` makes upright columns of rows that are periods in order.
    """

    labels: tuple[str, ...]
    value: str
    over_time: bool = False


Cell = Any  # str, int, float, Decimal, date, Said, Note, a list of these, None


@dataclass(frozen=True, slots=True)
class Table:
    """A report's answer. ``total`` has values by column name; ``facts`` more for programs."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    chart: Chart | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def place(self, name: str) -> int:
        """The number of a column, from 0. Raises KeyError."""
        for place, column in enumerate(self.columns):
            if column.name == name:
                return place
        raise KeyError(name)

    def column(self, name: str) -> list[Cell]:
        """All cells of a column."""
        place = self.place(name)
        return [row[place] for row in self.rows]

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The table for programs: ``{report, title, columns, labels, rows, total, notes}``.

        The notes are sentences in ``language``.

        ``columns`` are the keys, each row a list of values in their order: codes, ISO dates,
        amounts as strings, shares and ratios as numbers of four decimals.
        """
        return {
            "report": self.name,
            "title": {"en": self.title.en, "zh": self.title.zh},
            "columns": [column.name for column in self.columns],
            "labels": [{"en": one.label.en, "zh": one.label.zh} for one in self.columns],
            "rows": [[plain(cell, language) for cell in row] for row in self.rows],
            "total": plain(dict(self.total)),
            **({"facts": plain(dict(self.facts))} if self.facts else {}),
            "notes": [note.say(language) for note in self.notes],
        }


def plain(value: Any, language: Language = "en") -> Any:
    """A value that JSON can carry; sentences in ``language``."""
    if isinstance(value, Said):
        return value.code
    if isinstance(value, Note):
        return value.say(language)
    if isinstance(value, dict):
        return {key: plain(inner, language) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, language) for inner in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def share(part: int | Decimal, whole: int | Decimal) -> float | None:
    """A part of a whole; None where the whole is nothing, or more was taken back than sold."""
    return float(part / whole) if whole > 0 else None
