"""How often a customer buys, and when to expect the next purchase (M7, F8)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.insight.money import Sums
from textcrm.insight.table import Chart, Column, Note, Table
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.insight.asking import Ask

_REGULAR: Final = 0.25
_SOON: Final = 30


class Cycle(NamedTuple):
    """A customer's rhythm: days of purchase, the median of the days between, how far they stray.

    ``stray`` is the median of the distances from that median; ``expected`` the last purchase and
    one cycle more.
    """

    days: int
    length: float
    stray: float
    last: dt.date
    expected: dt.date

    @property
    def regular(self) -> bool:
        """Whether half of the intervals stray by no more than a quarter."""
        return self.stray <= self.length * _REGULAR


def cycle_of(days: Sequence[dt.date], least: int) -> Cycle | None:
    """The cycle of days of purchase, in order; None with fewer than ``least`` of them."""
    if len(days) < max(least, 2):
        return None
    between = [(two - one).days for one, two in itertools.pairwise(days)]
    length = float(median(between))
    stray = float(median(abs(each - length) for each in between))
    try:
        expected = days[-1] + dt.timedelta(days=round(length))
    except OverflowError:
        return None
    return Cycle(len(days), length, stray, days[-1], expected)


def days_of(ask: Ask) -> tuple[dict[int, list[dt.date]], dict[int, Counter[str]]]:
    """The days on which each customer bought, in order, and how often which product."""
    days: dict[int, set[dt.date]] = {}
    products: dict[int, Counter[str]] = {}
    for item in Sums.purchases(ask):
        day = item.day("date")
        if day is None or day > ask.end:
            continue
        days.setdefault(item.row, set()).add(day)
        product = item.text("product")
        if product:
            products.setdefault(item.row, Counter())[product] += 1
    return {row: sorted(found) for row, found in days.items()}, products


def cycles(ask: Ask) -> Table:
    """Customers who buy in cycles, whoever should buy next first."""
    facts = ask.facts
    least = facts.vault.config.thresholds["cycle_purchases"]
    days, products = days_of(ask)
    found = {row: cycle for row in days if (cycle := cycle_of(days[row], least))}
    owners = facts.one("owner")
    ordered = sorted(found, key=lambda row: (found[row].expected, facts.id_of(row)))
    ahead = {row: (found[row].expected - ask.end).days for row in found}
    rows = tuple(
        (
            facts.id_of(row),
            facts.name_of(row),
            facts.said("owner", owners.get(row)),
            products[row].most_common(1)[0][0] if row in products else None,
            found[row].days,
            found[row].length,
            found[row].stray,
            found[row].regular,
            found[row].last,
            found[row].expected,
            ahead[row],
        )
        for row in ordered
    )
    return Table(
        "cycles",
        Text("Purchase cycles", "购买周期"),
        _COLUMNS,
        rows,
        {
            "customers": len(found),
            "overdue": sum(each < 0 for each in ahead.values()),
            "soon": sum(0 <= each <= _SOON for each in ahead.values()),
            "regular": sum(one.regular for one in found.values()),
        },
        (
            Note(
                Text(
                    "The cycle is the median of the days between purchases, from {least} days of "
                    "purchase on; {n} of {buyers} buyers have as many. Expected is the last "
                    "purchase and one cycle. Regular: half of the intervals stray by a quarter at "
                    "most.",
                    "周期取相邻两次购买间隔的中位数，至少 {least} 个购买日；{buyers} 位已购客户中有 "
                    "{n} 位符合。预计时间为最近购买加一个周期。规律：半数间隔偏差不超过四分之一。",
                ),
                {"least": least, "n": len(found), "buyers": len(days)},
            ),
        ),
        Chart(("name",), "cycle"),
    )


_COLUMNS: Final[tuple[Any, ...]] = (
    Column("id", Text("Id", "编号"), "id"),
    Column("name", Text("Name", "名称"), "name"),
    Column("owner", Text("Owner", "跟进人"), "code"),
    Column("product", Text("Mostly", "主要产品")),
    Column("days", Text("Days of purchase", "购买天数"), "count"),
    Column("cycle", Text("Cycle (days)", "周期（天）"), "ratio"),
    Column("stray", Text("Strays by", "偏差（天）"), "ratio"),
    Column("regular", Text("Regular", "规律")),
    Column("last", Text("Last", "最近购买"), "date"),
    Column("expected", Text("Expected", "预计下次"), "date"),
    Column("ahead", Text("In days", "还有天数"), "count"),
)
