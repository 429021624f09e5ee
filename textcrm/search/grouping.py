"""Groups of records with counts, sums and averages in exact arithmetic (E8, E9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from textcrm.errors import Misuse
from textcrm.query.mistakes import short
from textcrm.search.order import bare, falls, value_key
from textcrm.search.tabulate import NUMBERS, Column, column
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from textcrm.query import Doc
    from textcrm.query.doc import FieldPath
    from textcrm.query.names import Target
    from textcrm.schema import Schema

_CENT: Final = Decimal("0.01")
_COUNT: Final = ("count", "客户数", "数量", "条数")
_SUM: Final = ("sum", "合计", "求和")
_AVG: Final = ("avg", "平均", "均值")
_FINE: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Row:
    """A group: its values by column, how many records, sums and averages by field.

    Amounts in the vault's currency are in ``sum`` and ``avg``; others, which are never added to
    them, in ``other_currencies[currency]`` by field. ``avg`` is the mean of the values there are
    (of purchases, not of customers, for ``purchases.amount``), to the cent, half up.
    """

    group: dict[str, Any]
    count: int
    sum: dict[str, Decimal] = field(default_factory=dict)
    avg: dict[str, Decimal] = field(default_factory=dict)
    other_currencies: dict[str, dict[str, dict[str, Decimal]]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The row as ``list --group --json`` has it, without empty parts."""
        row = {"group": self.group, "count": self.count, "sum": self.sum, "avg": self.avg}
        if self.other_currencies:
            row["other_currencies"] = self.other_currencies
        return row


def group(
    docs: Iterable[Doc],
    by: Sequence[str],
    *,
    sums: Sequence[str] = (),
    avgs: Sequence[str] = (),
    currency: str = "CNY",
    of: str = "",
) -> list[Row]:
    """Group records by fields and add up others; without ``by`` one row of everything.

    A record with several values of a field (tags, cities) counts once in each of their groups.
    Where the group and the amount are fields of one list (``purchases.product`` and
    ``purchases.amount``), each item counts in its own group only. Rows come in the order of the
    values, records without one last. ``of`` is the list whose items the records stand for (see
    :func:`textcrm.search.items.items`). Raises Misuse (unknown-field, not-a-number,
    ambiguous-field).
    """
    docs = list(docs)
    if not docs:
        return []
    schema = docs[0].schema
    keys = [column(name, schema, of=of) for name in by]
    wanted = {name: summed(name, schema, of=of) for name in dict.fromkeys((*sums, *avgs))}
    added = frozenset(chosen.targets[0].path[:-1] for chosen in wanted.values())
    groups: dict[tuple[Any, ...], Totals] = {}
    for doc in docs:
        for values, parts in groups_of(doc, keys, added):
            totals = groups.setdefault(values, Totals(wanted, currency))
            totals.add(doc, parts)
    return rows_of(groups, keys, sums, avgs)


def rows_of(
    groups: Mapping[tuple[Any, ...], Totals],
    keys: Sequence[Column],
    sums: Sequence[str],
    avgs: Sequence[str],
    reading: Callable[[str], str] | None = None,
) -> list[Row]:
    """The finished rows in the order of their values; ``reading`` as :func:`value_key` takes it."""
    ordered = sorted(groups.items(), key=lambda pair: _row_key(pair[0], keys, reading))
    return [totals.row(keys, values, sums, avgs) for values, totals in ordered]


def summed(name: str, schema: Schema, *, of: str = "") -> Column:
    """A column that can be added up. Raises Misuse (unknown-field, not-a-number, ambiguous-field)."""
    chosen = column(name, schema, of=of)
    numbers = tuple(target for target in chosen.targets if target.kind in NUMBERS)
    if len(numbers) == 1:
        return chosen._replace(kind=numbers[0].kind, targets=numbers, name=numbers[0].name)
    if not numbers:
        raise Misuse(
            "not-a-number",
            Text("{field} is no number and cannot be added up", "{field}不是数字，无法求和"),
            hint=Text("for example: --sum total_spent", "例如：--sum total_spent"),
            field=chosen.label,
        )
    raise Misuse(
        "ambiguous-field",
        Text("“{field}” may mean several fields", "“{field}”可能指多个字段"),
        hint=Text("say which: {candidates}", "请写明：{candidates}"),
        field=short(name),
        candidates=[target.name for target in numbers],
    )


def sort_rows(
    rows: Sequence[Row], by: Sequence[str], schema: Schema, *, of: str = ""
) -> list[Row]:
    """Sort groups by a field of theirs, by ``count``, by a sum, or by ``avg:FIELD``; ``-`` first
    turns one round. Groups without a value come last. Raises Misuse (unknown-field).
    """
    ordered = list(rows)
    for name in reversed(by):
        keyed = [(_sorts(row, bare(name), schema, of), row) for row in ordered]
        filled = [pair for pair in keyed if pair[0] is not None]
        filled.sort(key=lambda pair: pair[0] or (), reverse=falls(name))
        ordered = [row for _, row in filled] + [row for key, row in keyed if key is None]
    return ordered


def _sorts(row: Row, name: str, schema: Schema, of: str) -> tuple[Any, ...] | None:
    if name.casefold() in _COUNT:
        return (row.count,)
    kind, _, field = name.replace("：", ":").partition(":")
    tables = (row.avg,) if kind in _AVG else (row.sum,) if kind in _SUM else (row.sum, row.avg)
    if kind in (*_AVG, *_SUM) and not field:
        return _only(tables[0], name)
    chosen = column(field if kind in (*_AVG, *_SUM) else name, schema, of=of)
    if chosen.name in row.group:
        value = row.group[chosen.name]
        return None if value is None else value_key(value, chosen)
    for table in tables:
        for target in chosen.targets:
            if target.name in table:
                return (table[target.name],)
    return None


def _only(table: Mapping[str, Decimal], name: str) -> tuple[Any, ...] | None:
    """The figure of a group where there is one of its kind. Raises Misuse (ambiguous-field)."""
    if len(table) > 1:
        raise Misuse(
            "ambiguous-field",
            Text("“{field}” may mean several fields", "“{field}”可能指多个字段"),
            hint=Text("say which: {candidates}", "请写明：{candidates}"),
            field=short(name),
            candidates=[f"{name}:{each}" for each in table],
        )
    return next(((value,) for value in table.values()), None)


def _row_key(
    values: tuple[Any, ...], keys: Sequence[Column], reading: Callable[[str], str] | None = None
) -> tuple[Any, ...]:
    return tuple(
        (value is None, () if value is None else value_key(value, key, reading))
        for value, key in zip(values, keys, strict=True)
    )


Parts = dict["FieldPath", list[dict[str, Any]]]


def _list_of(chosen: Column) -> FieldPath | None:
    """The list of mappings that a column is a field of an item of."""
    path = chosen.targets[0].path if len(chosen.targets) == 1 else ()
    return path[:-1] if len(path) > 1 else None


def groups_of(
    doc: Doc, keys: Sequence[Column], added: frozenset[FieldPath]
) -> list[tuple[tuple[Any, ...], Parts]]:
    """The groups a record belongs to, with the items of each list that are in them."""
    states: list[tuple[tuple[Any, ...], Parts]] = [((), {})]
    for key in keys:
        states = [
            ((*values, value), grown)
            for values, parts in states
            for value, grown in _split(doc, key, parts, added)
        ]
    return states


def _split(
    doc: Doc, key: Column, parts: Parts, added: frozenset[FieldPath]
) -> Iterator[tuple[Any, Parts]]:
    path = _list_of(key)
    if path is None:
        yield from ((value, parts) for value in key.distinct(doc) or [None])
        return
    local = key._replace(targets=(key.targets[0]._replace(path=key.targets[0].path[-1:]),))
    by_value: dict[Any, list[dict[str, Any]]] = {}
    for item in parts[path] if path in parts else doc.trees(path):
        for value in local.distinct(doc.item(item, path)) or [None]:
            by_value.setdefault(value, []).append(item)
    if path not in added and len(by_value) > 1:
        by_value.pop(None, None)  # one address without a city is no customer without a city
    for value, own in (by_value or {None: []}).items():
        yield value, {**parts, path: own}


class Totals:
    """What is added up for one group."""

    def __init__(self, wanted: Mapping[str, Column], currency: str) -> None:
        self.wanted = wanted
        self.currency = currency
        self.count = 0
        self.sums: dict[tuple[str, str], tuple[Decimal, int]] = {}

    def add(self, doc: Doc, parts: Parts) -> None:
        """Count a record, and its values, or those of the items that are in this group."""
        self.count += 1
        for asked, chosen in self.wanted.items():
            for amount, currency in _amounts(doc, chosen.targets[0], parts):
                self.put(asked, currency, amount)

    def put(self, asked: str, currency: str | None, amount: Decimal) -> None:
        """Add an amount to a field."""
        key = (asked, currency or self.currency)
        total, number = self.sums.get(key, (Decimal(0), 0))
        self.sums[key] = (total + amount, number + 1)

    def row(
        self,
        keys: Sequence[Column],
        values: tuple[Any, ...],
        sums: Sequence[str],
        avgs: Sequence[str],
    ) -> Row:
        """The finished row."""
        named = {key.name: value for key, value in zip(keys, values, strict=True)}
        row = Row(named, self.count)
        for (asked, currency), (total, number) in self.sums.items():
            chosen = self.wanted[asked]
            target = row
            mean = _rounded(total / number, chosen.kind)
            if currency == self.currency:
                _put(target.sum, asked in sums, chosen.name, total)
                _put(target.avg, asked in avgs, chosen.name, mean)
                continue
            other = row.other_currencies.setdefault(currency, {"sum": {}, "avg": {}})
            _put(other["sum"], asked in sums, chosen.name, total)
            _put(other["avg"], asked in avgs, chosen.name, mean)
        return row


def _put(into: dict[str, Decimal], asked: bool, name: str, value: Decimal) -> None:
    if asked:
        into[name] = value


def _rounded(mean: Decimal, kind: str) -> Decimal:
    if kind == "money":
        return mean.quantize(_CENT, ROUND_HALF_UP)
    return mean.quantize(_FINE, ROUND_HALF_UP).normalize() + 0


def _amounts(doc: Doc, target: Target, parts: Parts) -> Iterator[tuple[Decimal, str | None]]:
    """The numbers at a place with the currency beside each, where one is named."""
    if target.derived:
        yield from ((Decimal(value), None) for value in target.values(doc) if is_number(value))
        for currency, amounts in doc.derived.get("other_currencies", {}).items():
            if target.derived in amounts:
                yield amounts[target.derived], currency
        return
    path, key = target.path[:-1], target.path[-1]
    trees = parts[path] if path in parts else doc.trees(path)
    for tree in trees:
        local = doc.item(tree, path) if path else doc
        money = tree.get("currency") if target.kind == "money" else None
        for value in local.values((key,)):
            if is_number(value):
                yield Decimal(value), money if isinstance(money, str) and money else None


def is_number(value: object) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)
