"""Periods of a calendar: the month of a day, and all months between two."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

UNITS: Final[dict[str, tuple[str, Text]]] = {
    "week": ("周", Text("Week", "周")),
    "month": ("月", Text("Month", "月份")),
    "quarter": ("季度", Text("Quarter", "季度")),
    "year": ("年", Text("Year", "年份")),
}
# Periods without anything in them are filled in, but not for a day that was mistyped by centuries.
_LONGEST: Final = {"week": 3_700, "month": 11_000, "quarter": 22_000, "year": 74_000}


class Span(NamedTuple):
    """Days from ``since`` to ``until``, both included; None is without a bound."""

    since: dt.date | None = None
    until: dt.date | None = None

    def __contains__(self, day: object) -> bool:
        """Whether a day lies in it; no day does so only where there are no bounds."""
        if not isinstance(day, dt.date):
            return self.since is None and self.until is None
        after = self.since is None or day >= self.since
        return after and (self.until is None or day <= self.until)


def unit_of(word: str) -> str:
    """The unit that a word names. Raises Misuse (unknown-period)."""
    wanted = word.strip().casefold()
    for unit, (chinese, _) in UNITS.items():
        if wanted in (unit, chinese, unit[0], f"按{chinese}"):
            return unit
    raise Misuse(
        "unknown-period",
        Text("there is no period “{word}”", "没有“{word}”这种周期"),
        hint=Text("periods: {known}", "可用：周、月、季度、年（{known}）"),
        word=word[:40],
        known=list(UNITS),
    )


def period_of(day: dt.date, unit: str) -> str:
    """The period of a day: 2026, 2026-Q2, 2026-05, 2026-W19 (ISO 8601)."""
    if unit == "year":
        return f"{day.year:04d}"
    if unit == "quarter":
        return f"{day.year:04d}-Q{(day.month + 2) // 3}"
    if unit == "week":
        return "{:04d}-W{:02d}".format(*day.isocalendar())
    return f"{day.year:04d}-{day.month:02d}"


def periods(first: dt.date, last: dt.date, unit: str) -> list[str]:
    """All periods from the one of a day to that of another; empty where they are too many."""
    if (last - first).days > _LONGEST[unit]:
        return []
    found = dict.fromkeys(period_of(day, unit) for day in _days(first, last))
    return list(found)


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """A day in every week between two, and the last."""
    for number in range(first.toordinal(), last.toordinal(), 7):
        yield dt.date.fromordinal(number)
    yield last
