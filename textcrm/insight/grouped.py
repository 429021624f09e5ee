"""Groups of records by whole columns of the catalog: what grouping their Docs gives, in less time.

Records whose values under the keys are alike fall into the same groups, so that these are found
once for each such content. What the columns do not tell (see :mod:`textcrm.insight.thin`) is left
to the Docs.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.catalog.values import PLACES
from textcrm.insight import thin
from textcrm.insight.worth import in_one_currency
from textcrm.record import as_day
from textcrm.search.grouping import Totals, groups_of, is_number
from textcrm.search.tabulate import days_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from textcrm.insight.facts import Facts
    from textcrm.query import Doc
    from textcrm.query.doc import FieldPath
    from textcrm.query.names import Target
    from textcrm.search.tabulate import Column

Groups = dict[tuple[Any, ...], Totals]
_NOTHING = (None,)


def grouped(
    facts: Facts, keys: Sequence[Column], wanted: Mapping[str, Column]
) -> tuple[Groups, Groups] | None:
    """The groups of the chosen records, and the one of all of them; None where the columns do not
    tell enough.

    ``wanted`` is what is added up, by the name that was asked for.
    """
    targets = [target for one in (*keys, *wanted.values()) for target in one.targets]
    if any(len(key.targets) != 1 or key.kind == "region" for key in keys):
        return None
    if not all(thin.told(facts, target) for target in targets):
        return None
    asked = Asked(facts, keys, wanted)
    doubtful = asked.doubtful(targets)
    rows = sorted(facts.rows - doubtful)
    groups: Groups = {}
    whole: Groups = {}
    asked.add(rows, groups, whole)
    if doubtful:
        asked.add_docs(facts.docs(doubtful), keys, groups, whole)
    return groups, whole


class Amount(NamedTuple):
    """A number that is added up: for what, its item in the list (0: none), its currency."""

    asked: str
    item: int
    currency: str | None
    value: Decimal


class _Key(NamedTuple):
    """The values of a key: by row, or by item where the items of its list are told apart."""

    within: FieldPath | None
    values: dict[int, tuple[Any, ...]]


class Asked:
    """One question: its keys and amounts as columns."""

    def __init__(
        self,
        facts: Facts,
        keys: Sequence[Column],
        wanted: Mapping[str, Column],
    ) -> None:
        self._facts = facts
        self.wanted = wanted
        self.added = frozenset(one.targets[0].path[:-1] for one in wanted.values())
        lists = Counter(key.targets[0].path[:-1] for key in keys)
        apart = {
            path for path, count in lists.items() if path and (count > 1 or path in self.added)
        }
        self._apart = sorted(apart)
        self._keys = [self._key(key, apart) for key in keys]
        self._items = {path: facts.counted(path[0]) for path in self._apart}

    def doubtful(self, targets: Sequence[Target]) -> set[int]:
        """The rows of which the columns do not tell all that stands at some places."""
        found = set[int]().union(*(rows for _, rows in self._items.values()))
        if any(target.derived for target in targets):
            found |= thin.foreign(self._facts)
        for path in {target.path for target in targets if not target.derived}:
            found |= self._facts.unkept(_path(path))
        return found

    def totals(self, groups: Groups, values: tuple[Any, ...]) -> Totals:
        """The totals of a group."""
        if values not in groups:
            groups[values] = Totals(self.wanted, self._facts.home)
        return groups[values]

    def add_docs(
        self, docs: Iterable[Doc], keys: Sequence[Column], groups: Groups, whole: Groups
    ) -> None:
        """Count records as such, and add up what they have."""
        conversion = self._facts.conversion
        if conversion is not None:
            docs = in_one_currency(conversion, docs, self.wanted.values())
        for doc in docs:
            for values, parts in groups_of(doc, keys, self.added):
                self.totals(groups, values).add(doc, parts)
            self.totals(whole, ()).add(doc, {})

    def add(self, rows: list[int], groups: Groups, whole: Groups) -> None:
        """Count rows, and add up what they have, in their groups and in the one of all."""
        if not rows:
            return
        everything = self.totals(whole, ())
        everything.count += len(rows)
        contents = (
            list(zip(*self._contents(rows), strict=True)) if self._keys else [()] * len(rows)
        )
        found = {content: self._groups(content) for content in set(contents)}
        for content, count in Counter(contents).items():
            for values, _ in found[content]:
                self.totals(groups, values).count += count
        if not self.wanted:
            return
        amounts = self.amounts(rows)
        for row, content in zip(rows, contents, strict=True):
            for one in amounts.get(row, ()):
                everything.put(one.asked, one.currency, one.value)
                path = self.wanted[one.asked].targets[0].path[:-1]
                for values, parts in found[content]:
                    if path not in parts or one.item in parts[path]:
                        groups[values].put(one.asked, one.currency, one.value)

    def _contents(self, rows: list[int]) -> Iterator[Iterator[Any]]:
        """For each key its values by row; of items that are told apart the values of each."""
        for key in self._keys:
            if key.within is None:
                yield map(key.values.get, rows, repeat(_NOTHING))
            else:
                (items, _), values = self._items[key.within], key.values
                yield iter(
                    [
                        tuple(
                            values.get(row << PLACES | item, _NOTHING)
                            for item in range(1, items.get(row, 0) + 1)
                        )
                        for row in rows
                    ]
                )

    def _groups(
        self, content: tuple[Any, ...]
    ) -> list[tuple[tuple[Any, ...], dict[FieldPath, frozenset[int]]]]:
        """The groups of a content, with the items of each list that are in them."""
        states: list[tuple[tuple[Any, ...], dict[FieldPath, frozenset[int]]]] = [((), {})]
        for key, own in zip(self._keys, content, strict=True):
            grown = []
            for values, parts in states:
                if key.within is None:
                    grown += [((*values, value), parts) for value in own]
                    continue
                every = parts.get(key.within, range(1, len(own) + 1))
                by_value: dict[Any, list[int]] = {}
                for item in sorted(every):
                    for value in own[item - 1]:
                        by_value.setdefault(value, []).append(item)
                if key.within not in self.added and len(by_value) > 1:
                    by_value.pop(None, None)  # as where Docs are grouped
                for value, some in (by_value or {None: []}).items():
                    grown.append(((*values, value), {**parts, key.within: frozenset(some)}))
            states = grown
        return states

    def _key(self, key: Column, apart: set[FieldPath]) -> _Key:
        target = key.targets[0]
        column = self._facts.column(_path(target.path or ("derived", target.derived)))
        if key.period:
            column = days_as(column, key.period)
        if target.path[:-1] in apart:
            return _Key(target.path[:-1], {place: (value,) for place, value in column.items()})
        rows = {place >> PLACES: (value,) for place, value in column.items()}
        if len(rows) < len(column):  # several of one record
            several: dict[int, dict[Any, None]] = {}
            for place in sorted(column):
                several.setdefault(place >> PLACES, {})[column[place]] = None
            rows = {row: tuple(values) for row, values in several.items()}
        return _Key(None, rows)

    def amounts(self, rows: list[int]) -> dict[int, list[Amount]]:
        """Every number of some rows that is added up, by row; those of others count no rate."""
        wanted = set(rows)
        found: dict[int, list[Amount]] = {}
        for asked, chosen in self.wanted.items():
            target = chosen.targets[0]
            column = self._facts.column(_path(target.path or ("derived", target.derived)))
            money: dict[int, Any] = {}
            days: dict[int, Any] = {}
            conversion = self._facts.conversion if target.kind == "money" else None
            if target.kind == "money" and target.path:
                money = self._facts.column(_path((*target.path[:-1], "currency")))
            if conversion is not None:
                days = self._facts.column(_path((*target.path[:-1], "date")))
            for place in sorted(column):
                value, own = column[place], money.get(place)
                if is_number(value) and place >> PLACES in wanted:
                    currency = own if isinstance(own, str) and own else None
                    amount = Decimal(value)
                    if conversion is not None:
                        day = as_day(days.get(place))
                        amount, currency = conversion.amount(
                            amount, currency or conversion.home, day
                        )
                    item = place & ((1 << PLACES) - 1)
                    found.setdefault(place >> PLACES, []).append(
                        Amount(asked, item, currency, amount)
                    )
        return found


def _path(path: FieldPath) -> str:
    return ".".join(path)
