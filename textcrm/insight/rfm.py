"""Recency, frequency, monetary value: scores from 1 to 5, tiers, and the eight usual groups (M8)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.insight.table import Said
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

BEST: Final = 5
HIGH: Final = 4  # a score from here on counts as high in the eight groups


class Bought(NamedTuple):
    """What a customer bought: the days, in order, and the amount in the vault's currency."""

    days: tuple[dt.date, ...]
    amounts: tuple[Decimal, ...]  # by day
    spent: Decimal


class Scores(NamedTuple):
    """The three scores of a customer."""

    recency: int
    frequency: int
    monetary: int

    @property
    def total(self) -> int:
        """From 3 to 15."""
        return sum(self)


# Order: recency, frequency, monetary value; True is high.
_GROUPS: Final = {
    (True, True, True): ("champion", Text("champion", "重要价值客户")),
    (True, False, True): ("develop", Text("big, to develop", "重要发展客户")),
    (False, True, True): ("keep", Text("big, to win back", "重要保持客户")),
    (False, False, True): ("rescue", Text("big, nearly lost", "重要挽留客户")),
    (True, True, False): ("steady", Text("steady", "一般价值客户")),
    (True, False, False): ("fresh", Text("fresh", "一般发展客户")),
    (False, True, False): ("cooling", Text("cooling", "一般保持客户")),
    (False, False, False): ("resting", Text("resting", "一般挽留客户")),
}


def group_of(scores: Scores) -> Said:
    """The one of the eight groups that the three scores make, high or low each."""
    high = tuple(score >= HIGH for score in scores)
    return Said(*_GROUPS[high[0], high[1], high[2]])


def tier_of(scores: Scores, high: int, medium: int) -> str:
    """The tier of a sum of scores."""
    return "high" if scores.total >= high else "medium" if scores.total >= medium else "low"


def scored(
    bought: Mapping[int, Bought], end: dt.date, limits: Mapping[str, Sequence[Decimal]]
) -> dict[int, Scores]:
    """The scores of customers on a day.

    ``limits`` may set, for ``recency`` (days since the last purchase), ``frequency`` (days with a
    purchase) and ``monetary``, the four bounds between the five scores, from the least on; what is
    not set goes by fifths of the customers, equal values alike.
    """
    quiet = {row: (end - one.days[-1]).days for row, one in bought.items()}
    often = {row: len(one.days) for row, one in bought.items()}
    spent = {row: one.spent for row, one in bought.items()}
    recency = _by_limits(quiet, limits.get("recency")) or _by_fifths(quiet)
    frequency = _by_limits(often, limits.get("frequency")) or _by_fifths(often)
    monetary = _by_limits(spent, limits.get("monetary")) or _by_fifths(spent)
    return {row: Scores(BEST + 1 - recency[row], frequency[row], monetary[row]) for row in bought}


def _by_fifths(values: Mapping[int, int] | Mapping[int, Decimal]) -> dict[int, int]:
    """The fifth of each value: the middle of where it stands among all, equal values alike."""
    ordered = sorted(values.values())
    found = {}
    for row, value in values.items():
        place = (bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 / len(ordered)
        found[row] = min(int(place * BEST) + 1, BEST)
    return found


def _by_limits(
    values: Mapping[int, int] | Mapping[int, Decimal], limits: Sequence[Decimal] | None
) -> dict[int, int]:
    if not limits:
        return {}
    return {row: bisect_right(limits, value) + 1 for row, value in values.items()}
