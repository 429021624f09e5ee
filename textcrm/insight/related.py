"""Products that the same customers have, and what to offer to whom (M14, N8)."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.insight.money import Sums
from textcrm.insight.table import Chart, Column, Note, Table, share
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.insight.asking import Ask

LEAST: Final = 2  # customers who have both, for a pair to be told
_MOST_HELD: Final = 200  # of one customer: more is no customer but a catalogue


class Pair(NamedTuple):
    """Of the customers who have one product, so many have the other too.

    ``lift`` is how much more often than among all: above 1 the one speaks for the other.
    """

    one: str
    other: str
    both: int
    having: int
    among: int
    everybody: int

    @property
    def confidence(self) -> float:
        """The share of the first product's customers who have the other."""
        return self.both / self.having

    @property
    def lift(self) -> float:
        """That share against the share among all."""
        return self.both * self.everybody / (self.having * self.among)


def held(ask: Ask) -> dict[int, set[str]]:
    """The products of each customer: bought, or listed as products of the cooperation."""
    found = {
        row: {each for each in names if isinstance(each, str) and each}
        for row, names in ask.facts.several("products").items()
    }
    for item in Sums.purchases(ask):
        product = item.text("product")
        if product:
            found.setdefault(item.row, set()).add(product)
    return {row: names for row, names in found.items() if names}


def pairs(baskets: Mapping[int, set[str]], least: int = LEAST) -> list[Pair]:
    """Both directions of every two products that enough customers have together.

    The most customers first, then the greatest lift.
    """
    having = Counter(name for names in baskets.values() for name in names)
    both: Counter[tuple[str, str]] = Counter()
    for names in baskets.values():
        if len(names) <= _MOST_HELD:
            both.update(combinations(sorted(names), 2))
    found = [
        Pair(one, other, count, having[one], having[other], len(baskets))
        for (a, b), count in both.items()
        if count >= least
        for one, other in ((a, b), (b, a))
    ]
    return sorted(found, key=lambda pair: (-pair.both, -pair.lift, -pair.confidence, pair))


def suggestions(names: set[str], found: list[Pair], most: int = 3) -> list[Pair]:
    """What a customer with these products may want too: pairs of lift above 1, the surest first."""
    best: dict[str, Pair] = {}
    for pair in found:
        if pair.one in names and pair.other not in names and pair.lift > 1:
            known = best.get(pair.other)
            if known is None or pair.confidence > known.confidence:
                best[pair.other] = pair
    return sorted(best.values(), key=lambda pair: (-pair.confidence, -pair.both, pair.other))[
        :most
    ]


def related(ask: Ask) -> Table:
    """Products bought together, as rules with the counts behind them (M14)."""
    baskets = held(ask)
    found = pairs(baskets)
    return Table(
        "related",
        Text("Products bought together", "关联产品"),
        (
            Column("product", Text("Who has", "已有产品")),
            Column("also", Text("also has", "同时拥有")),
            Column("both", Text("Customers with both", "两者都有的客户"), "count"),
            Column("having", Text("of", "已有产品的客户"), "count"),
            Column("confidence", Text("Share", "占比"), "share"),
            Column("base", Text("Among all", "总体占比"), "share"),
            Column("lift", Text("Lift", "提升度"), "ratio"),
        ),
        tuple(
            (
                pair.one,
                pair.other,
                pair.both,
                pair.having,
                pair.confidence,
                share(pair.among, pair.everybody),
                pair.lift,
            )
            for pair in found
        ),
        {"customers": len(baskets), "pairs": len(found) // 2},
        (
            Note(
                Text(
                    "Of {n} customers with products, bought or listed; pairs that at least {least} "
                    "customers have. Lift above 1: the one speaks for the other.",
                    "统计 {n} 位有产品（购买或合作产品）的客户；只列至少 {least} 位客户同时拥有的组合。"
                    "提升度大于 1 表示相互带动。",
                ),
                {"n": len(baskets), "least": LEAST},
            ),
        ),
        Chart(("product", "also"), "both"),
    )
