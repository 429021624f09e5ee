"""A chart in the terminal: one bar a row, its label before it, its figure behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.cli.cells import label_of_row, text_of
from textcrm.cli.output import safe
from textcrm.cli.width import clip, pad, width
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.insight.table import Table

_EIGHTHS = " ▏▎▍▌▋▊▉"
_MOST_ROOM = 100
_LEAST_BAR = 6


class Bar(NamedTuple):
    """A bar: what it is called, how long, the figure in words."""

    label: str
    size: float
    figure: str


def bars_of(context: Context, table: Table) -> list[Bar]:
    """The bars of a table's chart, in its order; rows in another currency than most are left out."""
    if table.chart is None:
        return []
    place = table.place(table.chart.value)
    rows = _one_currency(context, table)
    found = []
    for row in rows:
        value = row[place]
        if value is not None:
            figure = text_of(context, table.columns[place], value)
            found.append(Bar(label_of_row(context, table, row), float(value), figure))
    return found


def _one_currency(context: Context, table: Table) -> list[tuple[Any, ...]]:
    """The rows whose figures can stand beside each other: of amounts, the vault's currency."""
    assert table.chart is not None  # noqa: S101 - the caller asked for one
    money = table.columns[table.place(table.chart.value)].kind == "money"
    place = next((n for n, one in enumerate(table.columns) if one.kind == "currency"), None)
    if place is None or not money or not table.rows:
        return list(table.rows)
    home = context.vault().config.currency
    wanted = home if home in table.column(table.columns[place].name) else table.rows[0][place]
    return [row for row in table.rows if row[place] == wanted]


def chart_lines(bars: list[Bar], columns: int) -> list[tuple[str, str, str]]:
    """Label, bar and figure of each line, so that they fit a terminal of so many columns."""
    room = min(columns, _MOST_ROOM)
    figures = max(width(bar.figure) for bar in bars)
    labels = max(width(safe(bar.label)) for bar in bars)
    labels = max(min(labels, room - figures - 2 - _LEAST_BAR), 4)
    space = max(room - labels - figures - 3, _LEAST_BAR)
    most = max(abs(bar.size) for bar in bars) or 1.0
    return [
        (
            pad(clip(safe(bar.label), labels), labels),
            pad(_drawn(bar.size / most, space), space),
            pad(bar.figure, figures, right=True),
        )
        for bar in bars
    ]


def _drawn(part: float, space: int) -> str:
    """A bar to the eighth of a column; what is below nothing is hatched."""
    if part < 0:
        return "░" * max(round(-part * space), 1)
    eighths = round(part * space * 8)
    if part > 0 and eighths == 0:
        eighths = 1
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def print_chart(context: Context, table: Table, limit: int | None) -> None:
    """Print a table's chart, and what it leaves out."""
    bars = bars_of(context, table)
    place = table.place(table.chart.value) if table.chart else 0
    context.out.title(
        f"{table.title.say(context.language)}"
        + (f" · {table.columns[place].label.say(context.language)}" if bars else "")
    )
    if not bars:
        return
    shown = bars[-limit:] if limit and table.chart and table.chart.over_time else bars[:limit]
    for label, bar, figure in chart_lines(shown, context.out.columns):
        context.out.parts((label + " ", None), (bar, "cyan"), (" " + figure, None))
    left = len(bars) - len(shown)
    if left:
        context.note(Text("and {n} more: --limit 0", "另有 {n} 项：--limit 0 全部显示"), n=left)
    other = len(table.rows) - len(_one_currency(context, table))
    if other:
        context.note(
            Text(
                "not drawn: {n} rows in other currencies; see the table",
                "{n} 行为其他币种，未画出；见表格",
            ),
            n=other,
        )
