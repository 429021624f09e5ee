"""The cells of a report's table as people read them, in their language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.insight.table import Column, Note, Said, Table
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textcrm.cli.context import Context

NOTHING = "—"
PERSONAL = ("name", "phone", "email")


class Shown(NamedTuple):
    """A table in words: heads, rows, the line of totals (empty where there is none)."""

    columns: tuple[Column, ...]
    heads: list[str]
    rows: list[list[str]]
    total: list[str]


def shown(
    context: Context,
    table: Table,
    *,
    exact: bool = False,
    rows: Sequence[tuple[Any, ...]] | None = None,
) -> Shown:
    """The table as a screen or a page has it; ``exact`` for spreadsheets: all, nothing dressed.

    With ``rows`` only these of its rows.
    """
    places = list(range(len(table.columns)))
    currency = None
    if not exact:
        home = str(table.facts.get("currency") or context.vault().config.currency)
        currency, places = _one_currency(table, places, home)
    columns = [table.columns[place] for place in places]
    heads = [_head(context, column, currency) for column in columns]
    lines = [
        [text_of(context, table.columns[place], row[place], exact=exact) for place in places]
        for row in (table.rows if rows is None else rows)
    ]
    return Shown(tuple(columns), heads, lines, [] if exact else _total(context, table, columns))


def _one_currency(table: Table, places: list[int], home: str) -> tuple[str | None, list[int]]:
    """A column that says the same currency in each row goes into the heads of the amounts.

    Not where the total, which is in the ``home`` currency, would then stand under another one.
    """
    for place in places:
        if table.columns[place].kind == "currency":
            named = {row[place] for row in table.rows}
            if len(named) == 1 and (named == {home} or not table.total):
                return named.pop(), [each for each in places if each != place]
    return None, places


def _head(context: Context, column: Column, currency: str | None) -> str:
    label = column.label.say(context.language)
    if currency is None or column.kind != "money":
        return label
    return f"{label}（{currency}）" if context.language == "zh" else f"{label} ({currency})"


def _total(context: Context, table: Table, columns: Sequence[Column]) -> list[str]:
    """The last row: what the table's total says of these columns."""
    if not table.rows or not any(column.name in table.total for column in columns):
        return []
    first, *rest = columns
    label = Text("total", "合计").say(context.language)
    if first.name in table.total:
        label = text_of(context, first, table.total[first.name])
    values: Mapping[str, Any] = table.total
    return [
        label,
        *(text_of(context, one, values[one.name]) if one.name in values else "" for one in rest),
    ]


def text_of(context: Context, column: Column, value: Any, *, exact: bool = False) -> str:
    """One cell in words."""
    if value is None:
        return "" if exact or column.is_number else NOTHING
    if isinstance(value, Said):
        return value.text.say(context.language)
    if isinstance(value, Text | Note):
        return value.say(context.language)
    if isinstance(value, list):
        comma = "、" if context.language == "zh" else ", "
        return comma.join(text_of(context, column, one, exact=exact) for one in value)
    if isinstance(value, bool):
        return Text("yes" if value else "no", "是" if value else "否").say(context.language)
    if isinstance(value, float):
        return _ratio(column, value, exact=exact)
    if isinstance(value, Decimal | int):
        return (
            format(value, "f" if exact else ",f")
            if isinstance(value, Decimal)
            else (str(value) if exact else f"{value:,}")
        )
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _ratio(column: Column, value: float, *, exact: bool) -> str:
    if exact:
        return f"{value:.4f}"
    return f"{value:.1%}" if column.kind == "share" else f"{value:,.2f}"


def masked(context: Context, table: Table) -> Table:
    """The table with the names in it hidden where ``--mask`` wants that (L10)."""
    places = {place: one.kind for place, one in enumerate(table.columns) if one.kind in PERSONAL}
    if not context.mask or not places:
        return table
    from dataclasses import replace

    from textcrm.normalize.masks import mask

    def hidden(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            mask(places[place], cell) if place in places and isinstance(cell, str) else cell
            for place, cell in enumerate(row)
        )

    return replace(table, rows=tuple(hidden(row) for row in table.rows))


def label_of_row(context: Context, table: Table, row: Sequence[Any]) -> str:
    """What a bar is called: the columns that name it, what repeats left out."""
    assert table.chart is not None  # noqa: S101 - the caller draws one
    words: list[str] = []
    for name in table.chart.labels:
        place = table.place(name)
        word = text_of(context, table.columns[place], row[place])
        if row[place] is not None and word not in words:
            words.append(word)
    return " ".join(words) or NOTHING
