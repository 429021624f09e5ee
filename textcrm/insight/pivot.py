"""The pivot table (H7): any fields as groups, with counts, sums and means, over any query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.insight import thin
from textcrm.insight.grouped import grouped
from textcrm.insight.grouped_items import grouped_items
from textcrm.insight.readings import Readings
from textcrm.insight.table import Chart, Column, Note, Said, Table
from textcrm.insight.worth import demand_days, in_one_currency
from textcrm.search.grouping import group, rows_of, summed
from textcrm.search.tabulate import column
from textcrm.text import Text, same

if TYPE_CHECKING:
    from decimal import Decimal

    from textcrm.insight.facts import Facts
    from textcrm.query import Doc
    from textcrm.search.grouping import Row
    from textcrm.search.tabulate import Column as Field

_MOST_ACROSS: Final = 60


class Pivot(NamedTuple):
    """What is asked: the fields of the rows, one across, what is added up, and of which list.

    ``of`` is a list whose items are counted instead of customers.
    """

    by: tuple[str, ...]
    sums: tuple[str, ...] = ()
    avgs: tuple[str, ...] = ()
    across: str = ""
    of: str = ""


def pivot(facts: Facts, asked: Pivot, docs: list[Doc] | None = None) -> Table:
    """Group the chosen records, or the items of the list ``of``, or those in ``docs``. Amounts in
    other currencies than the vault's, or than the one wanted, are told in notes.

    Raises Misuse (unknown-field, not-a-number, ambiguous-field, field-twice,
    not-by-day).
    """
    keys = _keys(facts, asked)
    _demand_different(keys)
    measures = _measures(facts, asked)
    rows, whole = groups(facts, asked, docs)
    total = _total(whole[0], measures, facts.home) if whole else {"count": 0}
    table = Table(
        "pivot",
        _title(keys, measures),
        (*(_head(key) for key in keys), *(measure.column for measure in measures)),
        tuple(_cells(facts, keys, measures, row) for row in rows),
        total,
        (*_notes(facts, keys, rows),),
        Chart(tuple(key.name for key in keys), measures[-1].column.name),
    )
    table = _crosswise(table, asked, measures) if asked.across else table
    return table if facts.conversion is None else facts.conversion.finish(table)


def groups(
    facts: Facts, asked: Pivot, docs: list[Doc] | None = None
) -> tuple[list[Row], list[Row]]:
    """The rows of a pivot, and the one of everything; both are empty where nothing was chosen.

    As :func:`textcrm.search.grouping.group` makes them of the chosen records or their items, or of
    ``docs``; mostly without looking at these. Raises Misuse as :func:`pivot` does.
    """
    keys = _keys(facts, asked)
    schema = facts.vault.schema
    added = [summed(name, schema, of=asked.of) for name in (*asked.sums, *asked.avgs)]
    if facts.conversion is not None:
        demand_days(added)
    rows, whole = _by_columns(facts, asked, keys) if docs is None else (None, None)
    if rows is None or whole is None:
        docs = _docs(facts, asked, keys, added) if docs is None else docs
        if facts.conversion is not None:
            docs = in_one_currency(facts.conversion, docs, added)
        adding: dict[str, Any] = {
            "sums": asked.sums,
            "avgs": asked.avgs,
            "currency": facts.home,
            "of": asked.of,
        }
        rows = group(docs, _names(asked), **adding)
        whole = group(docs, [], **adding)
    return rows, whole


def _names(asked: Pivot) -> list[str]:
    return [*asked.by, *([asked.across] if asked.across else [])]


def _keys(facts: Facts, asked: Pivot) -> list[Field]:
    return [column(name, facts.vault.schema, of=asked.of) for name in _names(asked)]


def _docs(facts: Facts, asked: Pivot, keys: list[Field], added: list[Field]) -> list[Doc]:
    """What is grouped where columns do not tell all."""
    if asked.of:
        return facts.item_docs(asked.of)
    return list(facts.docs()) if facts.conversion else thin.docs(facts, keys, added)


def _demand_different(keys: list[Field]) -> None:
    """A field that is asked for twice would be one column under two names."""
    twice = [
        key for place, key in enumerate(keys) if key.name in {one.name for one in keys[:place]}
    ]
    if twice:
        raise Misuse(
            "field-twice",
            Text("{field} is asked for twice", "{field}重复"),
            hint=Text(
                "name another field for --by or --across", "请为 --by 或 --across 换一个字段"
            ),
            field=twice[0].label,
        )


def _by_columns(
    facts: Facts, asked: Pivot, keys: list[Field]
) -> tuple[list[Row] | None, list[Row] | None]:
    """The rows, and the one of all records, by whole columns; None where these do not tell all."""
    schema = facts.vault.schema
    names = dict.fromkeys((*asked.sums, *asked.avgs))
    wanted = {name: summed(name, schema, of=asked.of) for name in names}
    found = (
        grouped_items(facts, asked.of, keys, wanted) if asked.of else grouped(facts, keys, wanted)
    )
    if found is None:
        return None, None
    groups, whole = found
    readings = Readings(facts.catalog)
    remembered = not any(key.targets[0].field and _is_name(key.targets[0].field) for key in keys)
    rows = rows_of(groups, keys, asked.sums, asked.avgs, readings.of if remembered else None)
    readings.keep()
    return rows, rows_of(whole, (), asked.sums, asked.avgs)


def _is_name(field: Any) -> bool:
    """Whether a field names people or tells how to reach them."""
    return field.element.kind in ("name", "phone", "email") or field.index in ("name", "phone")


class _Measure(NamedTuple):
    """A figure of a group: the count, or the sum or mean of a field."""

    kind: str
    field: str
    column: Column

    def of(self, row: Row) -> Any:
        """The figure."""
        if self.kind == "count":
            return row.count
        value: Decimal | None = (row.sum if self.kind == "sum" else row.avg).get(self.field)
        return value


def _measures(facts: Facts, asked: Pivot) -> list[_Measure]:
    label = Text("Rows", "条数") if asked.of else Text("Customers", "客户数")
    found = [_Measure("count", "", Column("count", label, "count"))]
    for kind, names, en, zh in (
        ("sum", asked.sums, "sum", "合计"),
        ("avg", asked.avgs, "mean", "平均"),
    ):
        for name in names:
            chosen = summed(name, facts.vault.schema, of=asked.of)
            head = Text(f"{chosen.label.en} ({en})", f"{chosen.label.zh}{zh}")
            shown = "money" if chosen.kind == "money" else "quantity"
            found.append(_Measure(kind, chosen.name, Column(f"{kind}:{chosen.name}", head, shown)))
    return found


def _title(keys: list[Field], measures: list[_Measure]) -> Text:
    figure, names = measures[-1].column.label, [key.label for key in keys]
    return Text(
        f"{figure.en} by {', '.join(name.en for name in names)}" if names else figure.en,
        f"{figure.zh}（按{'、'.join(name.zh for name in names)}）" if names else figure.zh,
    )


def _head(key: Field) -> Column:
    field = key.targets[0].field if key.targets else None
    kind = field.element.kind if field is not None else ""
    if kind == "reference" or key.targets[0].derived == "main_contact":
        kind = "name"  # a contact is told by the name
    if field is not None and field.element.index in ("name", "phone"):
        kind = field.element.index
    return Column(key.name, key.label, kind if kind in ("name", "phone", "email") else "code")


def _said(facts: Facts, key: Field, value: Any) -> Any:
    if value is None:
        return None
    if key.kind == "person" and isinstance(value, str):
        return Said(value, same(facts.vault.access.display(value)))
    if key.place_of(value) is None and not isinstance(value, bool) and key.name != "industry":
        return value
    return Said(str(value), key.label_of(value))


def _cells(facts: Facts, keys: list[Field], measures: list[_Measure], row: Row) -> tuple[Any, ...]:
    named = (_said(facts, key, value) for key, value in zip(keys, row.group.values(), strict=True))
    return (*named, *(measure.of(row) for measure in measures))


def _total(whole: Row, measures: list[_Measure], home: str) -> dict[str, Any]:
    """Every record once, however many groups it is in."""
    total: dict[str, Any] = {measure.column.name: measure.of(whole) for measure in measures}
    others = whole.other_currencies
    if others:
        total["other_currencies"] = {
            currency: {
                f"{kind}:{name}": amount
                for kind, table in tables.items()
                for name, amount in table.items()
            }
            for currency, tables in others.items()
            if currency != home
        }
    return total


def _notes(facts: Facts, keys: list[Field], rows: list[Row]) -> list[Note]:
    notes = []
    for row in rows:
        for currency, tables in row.other_currencies.items():
            who = [
                said.text if isinstance(said, Said) else said if said is not None else "—"
                for said in (
                    _said(facts, key, value)
                    for key, value in zip(keys, row.group.values(), strict=True)
                )
            ]
            amounts = [f"{value:,f}" for table in tables.values() for value in table.values()]
            data = {"who": who, "currency": currency, "amounts": amounts}
            text = Text(
                "{who}: besides, {currency} {amounts}.", "{who}：另有 {currency} {amounts}。"
            )
            notes.append(Note(text, data))
    return notes


def _crosswise(table: Table, asked: Pivot, measures: list[_Measure]) -> Table:
    """The last key spread over columns, for the last measure: as a spreadsheet's pivot has it."""
    depth = len(asked.by)
    place = table.place(measures[-1].column.name)
    values = list(dict.fromkeys(row[depth] for row in table.rows))[:_MOST_ACROSS]
    rows: dict[tuple[Any, ...], dict[Any, Any]] = {}
    for row in table.rows:
        rows.setdefault(row[:depth], {})[row[depth]] = row[place]
    kind = measures[-1].column.kind
    heads = tuple(
        Column(
            value.code if isinstance(value, Said) else str(value or "—"),
            value.text if isinstance(value, Said) else same(str(value or "—")),
            kind,
        )
        for value in values
    )
    spread = tuple((*key, *(cells.get(value) for value in values)) for key, cells in rows.items())
    return Table(
        table.name,
        table.title,
        (*table.columns[:depth], *heads),
        spread,
        {"count": table.total.get("count"), **table.total},
        table.notes,
        None,
    )
