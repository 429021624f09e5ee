"""Tables of records: columns, and groups with sums and averages in exact arithmetic (E8, E9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.query.mistakes import nearest, short
from textcrm.query.names import names_of
from textcrm.record import age_band, as_day
from textcrm.search.order import value_key
from textcrm.text import Text, same

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from textcrm.query import Doc
    from textcrm.query.doc import FieldPath
    from textcrm.query.names import Target
    from textcrm.schema import Schema

_NUMBERS: Final = ("money", "number", "integer")
_CENT: Final = Decimal("0.01")
_FINE: Final = Decimal("0.000001")
_PERIODS: Final[dict[str, Callable[[dt.date], str]]] = {
    "year": lambda day: f"{day.year:04d}",
    "quarter": lambda day: f"{day.year:04d}-Q{(day.month + 2) // 3}",
    "month": lambda day: f"{day.year:04d}-{day.month:02d}",
    "week": lambda day: "{:04d}-W{:02d}".format(*day.isocalendar()),
}
_PERIOD_WORDS: Final = {"年": "year", "季度": "quarter", "月": "month", "周": "week"}


class Column(NamedTuple):
    """A column of a table: a name as asked for, its label and kind, and the places it reads.

    ``period`` (year, quarter, month, week) makes days into periods: ``created:month``.
    """

    name: str
    label: Text
    kind: str
    targets: tuple[Target, ...]
    period: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the values can be added up."""
        return self.kind in _NUMBERS

    def values(self, doc: Doc) -> list[Any]:
        """All values of a record, in its order; nothing sealed."""
        if self.name == "age_band":
            days = [as_day(value) for value in doc.values(("contacts", "birthday"))]
            return [
                band for day in days if day and doc.today and (band := age_band(day, doc.today))
            ]
        found = [value for target in self.targets for value in target.values(doc)]
        if self.period:
            return [_PERIODS[self.period](day) for value in found if (day := as_day(value))]
        return [_flat(value) for value in found]

    def distinct(self, doc: Doc) -> list[Any]:
        """The values of a record, each once."""
        return list(dict.fromkeys(self.values(doc)))

    def value(self, doc: Doc) -> Any:
        """What stands in the cell: None, the one value, or the list of values."""
        found = self.values(doc)
        return found[0] if len(found) == 1 else (found or None)

    def label_of(self, value: Any) -> Text:
        """How people read a value: the label of a code, else the value itself."""
        for target in self.targets:
            if target.field is not None and target.field.enum and isinstance(value, str):
                known = target.field.enum_value(value)
                if known is not None:
                    return known.label
        if isinstance(value, bool):
            return Text("yes", "是") if value else Text("no", "否")
        return same(str(value))

    def place_of(self, value: Any) -> int | None:
        """The place of a code among the values of its field, in schema order."""
        for target in self.targets:
            if target.field is not None:
                codes = [each.code for each in target.field.enum]
                if value in codes:
                    return codes.index(value)
        return None


def column(name: str, schema: Schema) -> Column:
    """Find a column by field name, label, alias or dotted path. Raises Misuse (unknown-field)."""
    word = name.strip()
    if word.casefold() in ("age_band", "年龄段"):
        return Column("age_band", Text("Age band", "年龄段"), "text", ())
    base, _, period = word.replace("：", ":").partition(":")
    period = _PERIOD_WORDS.get(period, period)
    targets = names_of(schema).find(base) if base else ()
    if not targets or (period and period not in _PERIODS):
        raise _unknown(word, schema)
    first = targets[0]
    label = _with_period(first.label, period)
    shown = word if len(targets) > 1 or period else first.name
    return Column(shown, label, "text" if period else first.kind, targets, period)


def _with_period(label: Text, period: str) -> Text:
    if not period:
        return label
    chinese = next(word for word, known in _PERIOD_WORDS.items() if known == period)
    return Text(f"{label.en} ({period})", f"{label.zh}（{chinese}）")


def _unknown(name: str, schema: Schema) -> Misuse:
    close = nearest(name, [*names_of(schema).known(), "age_band"])
    hint = Text("did you mean {suggestion}?", "是不是“{suggestion}”？") if close else None
    return Misuse(
        "unknown-field",
        Text("there is no field “{field}”", "没有“{field}”这个字段"),
        hint=hint,
        field=short(name),
        suggestion=close,
    )


def columns(doc: Doc, names: Sequence[str]) -> list[Any]:
    """The cells of one record: typed values (Decimal, date, str, bool), lists, or None.

    For many records bind the names once with :func:`column`. Raises Misuse (unknown-field).
    """
    return [column(name, doc.schema).value(doc) for name in names]


def _flat(value: Any) -> Any:
    """A value that can be grouped and shown: a size by its text, other mappings as one line."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            return value["text"]
        parts = (value.get("name"), value.get("title"), value.get("summary"), value.get("id"))
        named = next((part for part in parts if isinstance(part, str) and part), None)
        return named or "; ".join(f"{key}: {_flat(each)}" for key, each in value.items())
    return ", ".join(str(_flat(each)) for each in value) if isinstance(value, list) else value


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
) -> list[Row]:
    """Group records by fields and add up others; without ``by`` one row of everything.

    A record with several values of a field (tags, cities) counts once in each of their groups.
    Where the group and the amount are fields of one list (``purchases.product`` and
    ``purchases.amount``), each item counts in its own group only. Rows come in the order of the
    values, records without one last. Raises Misuse (unknown-field, not-a-number, ambiguous-field).
    """
    docs = list(docs)
    if not docs:
        return []
    schema = docs[0].schema
    keys = [column(name, schema) for name in by]
    wanted = {name: summed(name, schema) for name in dict.fromkeys((*sums, *avgs))}
    added = frozenset(chosen.targets[0].path[:-1] for chosen in wanted.values())
    groups: dict[tuple[Any, ...], _Totals] = {}
    for doc in docs:
        for values, parts in _groups_of(doc, keys, added):
            totals = groups.setdefault(values, _Totals(wanted, currency))
            totals.add(doc, parts)
    ordered = sorted(groups.items(), key=lambda pair: _row_key(pair[0], keys))
    return [totals.row(keys, values, sums, avgs) for values, totals in ordered]


def summed(name: str, schema: Schema) -> Column:
    """A column that can be added up. Raises Misuse (unknown-field, not-a-number, ambiguous-field)."""
    chosen = column(name, schema)
    numbers = tuple(target for target in chosen.targets if target.kind in _NUMBERS)
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


def _row_key(values: tuple[Any, ...], keys: Sequence[Column]) -> tuple[Any, ...]:
    return tuple(
        (value is None, () if value is None else value_key(value, key))
        for value, key in zip(values, keys, strict=True)
    )


Parts = dict["FieldPath", list[dict[str, Any]]]


def _list_of(chosen: Column) -> FieldPath | None:
    """The list of mappings that a column is a field of an item of."""
    path = chosen.targets[0].path if len(chosen.targets) == 1 else ()
    return path[:-1] if len(path) > 1 else None


def _groups_of(
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


class _Totals:
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
        yield from ((Decimal(value), None) for value in target.values(doc) if _is_number(value))
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
            if _is_number(value):
                yield Decimal(value), money if isinstance(money, str) and money else None


def _is_number(value: object) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)
