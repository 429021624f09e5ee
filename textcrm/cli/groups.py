"""Groups on the screen: one row for each value, with counts, sums and averages (E8, E9)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.cli.show import plain
from textcrm.cli.tables import masked, print_separated, print_table, said
from textcrm.text import Text

if TYPE_CHECKING:
    from decimal import Decimal

    from textcrm.cli.commands.list import Asked
    from textcrm.cli.context import Context
    from textcrm.query import Doc
    from textcrm.search.grouping import Row
    from textcrm.search.tabulate import Column


class Groups(NamedTuple):
    """The groups that were found, and the one of all; none where no customer fits."""

    rows: list[Row]
    whole: list[Row]


def of_docs(context: Context, docs: list[Doc], asked: Asked) -> Groups:
    """The groups of records at hand, such as opened ones."""
    from textcrm.search.grouping import group

    currency = context.vault().config.currency
    adding = partial(group, docs, sums=asked.sums, avgs=asked.avgs, currency=currency, of=asked.of)
    return Groups(adding(by=asked.group), adding(by=[]))


def of_query(context: Context, text: str, asked: Asked, *, archived: bool) -> Groups:
    """The groups of the records that fit a query, mostly without looking at them."""
    from textcrm.insight.facts import Facts
    from textcrm.insight.pivot import Pivot, groups

    by, sums, avgs = tuple(asked.group), tuple(asked.sums), tuple(asked.avgs)
    facts = Facts(context.vault(), text, archived=archived)
    return Groups(*groups(facts, Pivot(by, sums, avgs, of=asked.of)))


def print_groups(context: Context, groups: Groups, asked: Asked) -> None:
    """Print one row for each group, and the total of all where there are several."""
    from textcrm.search.grouping import sort_rows
    from textcrm.search.tabulate import column

    schema = context.vault().schema
    rows = groups.rows
    found = len(rows)
    rows = sort_rows(rows, asked.sort, schema, of=asked.of)[: asked.limit]
    keys = [column(name, schema, of=asked.of) for name in asked.group]
    if context.json:
        context.emit([_json(context, keys, row) for row in rows])
        return
    heads, fields = _heads(context, asked, keys)
    if asked.form in ("csv", "tsv"):
        cells = [_cells(context, keys, fields, row, exact=True) for row in rows]
        print_separated(context, asked.form, heads, cells)
        return
    if not rows:
        return
    cells = [_cells(context, keys, fields, row) for row in rows]
    if keys and found > 1:
        cells.append(_total(context, keys, fields, groups.whole[0], found))
    with context.out.paged():
        print_table(context, heads, cells, set(range(len(keys), len(heads))))
        _others(context, keys, rows)


def _json(context: Context, keys: list[Column], row: Row) -> Any:
    tree = row.as_dict()
    tree["group"] = {
        name: masked(context, key, value)
        for key, (name, value) in zip(keys, row.group.items(), strict=True)
    }
    return plain(tree)


Fields = list[tuple[str, str]]  # (sum or avg, name of the field in a row)


def _heads(context: Context, asked: Asked, keys: list[Column]) -> tuple[list[Text], Fields]:
    from textcrm.search.grouping import summed

    schema = context.vault().schema
    heads = [key.label for key in keys]
    heads.append(Text("Rows", "条数") if asked.of else Text("Customers", "客户数"))
    fields: Fields = []
    for kind, names, en, zh in (
        ("sum", asked.sums, "sum", "合计"),
        ("avg", asked.avgs, "mean", "平均"),
    ):
        for name in names:
            chosen = summed(name, schema, of=asked.of)
            heads.append(Text(f"{chosen.label.en} ({en})", f"{chosen.label.zh}{zh}"))
            fields.append((kind, chosen.name))
    return heads, fields


def _cells(
    context: Context, keys: list[Column], fields: Fields, row: Row, *, exact: bool = False
) -> list[str]:
    nothing = "" if exact else "—"
    cells = [
        said(context, key, masked(context, key, value), exact=exact) or nothing
        for key, value in zip(keys, row.group.values(), strict=True)
    ]
    return [*cells, str(row.count), *(_amount(row, *field, exact=exact) for field in fields)]


def _amount(row: Row, kind: str, name: str, *, exact: bool = False) -> str:
    value: Decimal | None = (row.sum if kind == "sum" else row.avg).get(name)
    return "" if value is None else format(value, "f" if exact else ",f")


def _total(
    context: Context, keys: list[Column], fields: Fields, whole: Row, found: int
) -> list[str]:
    """The last row: every record once, however many groups it is in."""
    label = Text("all {n} groups", "全部 {n} 组").say(context.language, n=found)
    blanks = [""] * (len(keys) - 1)
    return [label, *blanks, str(whole.count), *(_amount(whole, *field) for field in fields)]


def _others(context: Context, keys: list[Column], rows: list[Row]) -> None:
    """Amounts in other currencies, which are never added to the vault's."""
    words = {"sum": Text("sum", "合计"), "avg": Text("mean", "平均")}
    comma = "、" if context.language == "zh" else ", "
    for row in rows:
        who = comma.join(
            said(context, key, masked(context, key, value)) or "—"
            for key, value in zip(keys, row.group.values(), strict=True)
        )
        for currency, tables in row.other_currencies.items():
            amounts = [
                f"{words[kind].say(context.language)} {amount:,f}"
                for kind, table in tables.items()
                for amount in table.values()
            ]
            head = f"{who}  " if who else ""
            context.out.line(f"  {head}{currency} {comma.join(amounts)}", style="dim")
