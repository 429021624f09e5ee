"""Groups of the items of a list by whole columns of the catalog, for a pivot of purchases or talks.

Each item is a row of its own, with what its customer is; as :mod:`textcrm.insight.grouped` does it
for customers.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, product, repeat
from typing import TYPE_CHECKING, Any

from textcrm.catalog.values import PLACES
from textcrm.insight import thin
from textcrm.insight.grouped import Asked
from textcrm.query.reach import reaches
from textcrm.search.tabulate import days_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from textcrm.insight.facts import Facts
    from textcrm.insight.grouped import Amount, Groups
    from textcrm.search.tabulate import Column

_NOTHING = (None,)


def grouped_items(
    facts: Facts, of: str, keys: Sequence[Column], wanted: Mapping[str, Column]
) -> tuple[Groups, Groups] | None:
    """The groups of the items of a list ``of`` of the chosen records, and the one of all of them;
    None where the columns do not tell enough, or the query tells the items apart.
    """
    targets = [target for one in (*keys, *wanted.values()) for target in one.targets]
    if any(len(key.targets) != 1 or key.kind == "region" for key in keys):
        return None
    if not all(thin.told(facts, one) for one in targets):
        return None
    others = Counter(one.targets[0].path[:-1] for one in (*keys, *wanted.values()))
    if any(count > 1 for path, count in others.items() if path not in ((), (of,))):
        return None  # of another list the items that go together would be told apart
    if facts.conversion and any(one.targets[0].path[:1] != (of,) for one in wanted.values()):
        return None  # each item would ask for the rate of its customer's amount
    if "." in of or (facts.wanted is not None and reaches(facts.wanted.node, of)):
        return None
    counted, doubtful = facts.counted(of)
    asked = Asked(facts, (), wanted)
    doubtful |= asked.doubtful(targets)
    # Each with its number of items.
    rows = [(row, counted[row]) for row in sorted(facts.rows - doubtful) if row in counted]
    groups: Groups = {}
    whole: Groups = {}
    _add(facts, of, keys, asked, rows, groups, whole)
    if doubtful:
        asked.add_docs(facts.item_docs(of, doubtful), keys, groups, whole)
    return groups, whole


def _add(
    facts: Facts,
    of: str,
    keys: Sequence[Column],
    asked: Asked,
    rows: list[tuple[int, int]],
    groups: Groups,
    whole: Groups,
) -> None:
    total = sum(count for _, count in rows)
    if not total:
        return
    everything = asked.totals(whole, ())
    everything.count += total
    contents = (
        list(zip(*(_values(facts, of, key, rows) for key in keys), strict=True))
        if keys
        else [()] * total
    )
    found = {content: list(product(*content)) for content in set(contents)}
    for content, count in Counter(contents).items():
        for values in found[content]:
            asked.totals(groups, values).count += count
    amounts = asked.amounts([row for row, _ in rows])
    for place, content in zip(_places(rows), contents, strict=True) if amounts else ():
        for one in amounts.get(place >> PLACES, ()):
            if _counts(asked, of, one, place):
                everything.put(one.asked, one.currency, one.value)
                for values in found[content]:
                    groups[values].put(one.asked, one.currency, one.value)


def _counts(asked: Asked, of: str, amount: Amount, place: int) -> bool:
    """Whether an amount belongs to the item at a place: its own, or one of its customer."""
    path = asked.wanted[amount.asked].targets[0].path
    return path[:1] != (of,) or place & ((1 << PLACES) - 1) == amount.item


def _places(rows: Iterable[tuple[int, int]]) -> Iterator[int]:
    return (row << PLACES | item for row, count in rows for item in range(1, count + 1))


def _values(
    facts: Facts, of: str, key: Column, rows: Sequence[tuple[int, int]]
) -> Iterator[tuple[Any, ...]]:
    """For each item its values under a key."""
    target = key.targets[0]
    column = facts.column(".".join(target.path or ("derived", target.derived)))
    if key.period:
        column = days_as(column, key.period)
    if target.path[:1] == (of,):
        items = {place: (value,) for place, value in column.items()}
        return map(items.get, _places(rows), repeat(_NOTHING))
    several: dict[int, dict[Any, None]] = {}
    for place in sorted(column):
        several.setdefault(place >> PLACES, {})[column[place]] = None
    own = {row: tuple(values) for row, values in several.items()}
    return chain.from_iterable(repeat(own.get(row, _NOTHING), count) for row, count in rows)
