"""Reports as one HTML file that needs nothing else: tables, drawings, notes; light and dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from textcrm.cli import drawing
from textcrm.cli.bars import bars_of
from textcrm.cli.cells import shown
from textcrm.cli.output import safe
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.insight.table import Table

_MOST_BARS: Final = 40
_MOST_COLUMNS: Final = 120
_WHOLE: Final = ("id", "date", "code", "currency")
_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #5b6570; --line: #d5dae0; --bar: #2f6fb3;
  --below: #b3542f; --paper: #ffffff; --band: #f5f7f9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #9aa5b0; --line: #39424c;
  --bar: #6aa5e6; --below: #e6956a; --paper: #15191e; --band: #1c2229; } }
body { font: 15px/1.6 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
  "Source Han Sans SC", sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 940px; padding: 2rem 1.2rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; }
a { color: var(--bar); } .about, .notes { color: var(--soft); font-size: .87rem; } .about { margin: .2rem 0 1.6rem; }
.notes { padding-left: 1.1rem; }
svg { width: 100%; height: auto; display: block; margin: .6rem 0 1.2rem; }
svg text { fill: var(--ink); } svg .figure { fill: var(--soft); }
svg .bar { fill: var(--bar); } svg .below { fill: var(--below); }
svg line { stroke: var(--line); stroke-width: 1; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; min-width: 50%; }
th, td { text-align: left; padding: .3rem .8rem; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th { font-weight: 600; border-bottom-width: 2px; white-space: nowrap; }
tbody tr:nth-child(even) { background: var(--band); }
.n { text-align: right; } .n, .k { white-space: nowrap; } tfoot td { font-weight: 600; border-bottom: 0; }
@media print { body { padding: 0; max-width: none; } h2 { break-after: avoid; }
  svg, tr { break-inside: avoid; } }
"""


def page(context: Context, tables: Sequence[Table], title: str, about: str) -> str:
    """The HTML of one or more tables, in the reader's language, all text escaped."""
    language = "zh-CN" if context.language == "zh" else "en"
    body = "".join(_section(context, table, alone=len(tables) == 1) for table in tables)
    contents = _contents(context, tables) if len(tables) > 1 else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(safe(title))}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{escape(safe(title))}</h1>\n<p class="about">{escape(safe(about))}</p>\n'
        f"{contents}{body}</body>\n</html>\n"
    )


def _contents(context: Context, tables: Sequence[Table]) -> str:
    links = [
        f'<a href="#{escape(one.name)}">{escape(one.title.say(context.language))}</a>'
        for one in tables
    ]
    return f'<p class="about">{" · ".join(links)}</p>\n'


def _section(context: Context, table: Table, *, alone: bool) -> str:
    title = escape(table.title.say(context.language))
    head = "" if alone else f'<h2 id="{escape(table.name)}">{title}</h2>\n'
    notes = "".join(f"<li>{escape(safe(note.say(context.language)))}</li>" for note in table.notes)
    return (
        f"<section>\n{head}{draw(context, table)}{_table(context, table)}"
        + (f'<ul class="notes">{notes}</ul>\n' if notes else "")
        + "</section>\n"
    )


def draw(context: Context, table: Table) -> str:
    """The chart of a table as SVG; empty where it has none."""
    if table.chart is None:
        return ""
    bars = [bar._replace(label=safe(bar.label)) for bar in bars_of(context, table)]
    if not bars:
        return ""
    title = f"{table.title.say(context.language)}"
    if table.chart.over_time and len(bars) > 1:
        return drawing.columns(bars[-_MOST_COLUMNS:], title) + "\n"
    return drawing.bars(bars[:_MOST_BARS], title) + "\n"


def _table(context: Context, table: Table) -> str:
    seen = shown(context, table)
    if not seen.rows:
        nothing = Text("Nothing to show.", "没有数据。").say(context.language)
        return f"<p>{escape(nothing)}</p>\n"
    marks = [
        ' class="n"' if column.is_number else ' class="k"' if column.kind in _WHOLE else ""
        for column in seen.columns
    ]

    def row(cells: Sequence[str], tag: str) -> str:
        inner = "".join(
            f"<{tag}{mark}>{escape(safe(cell))}</{tag}>"
            for cell, mark in zip(cells, marks, strict=True)
        )
        return f"<tr>{inner}</tr>\n"

    foot = f"<tfoot>\n{row(seen.total, 'td')}</tfoot>\n" if seen.total else ""
    return (
        f'<div class="wide"><table>\n<thead>\n{row(seen.heads, "th")}</thead>\n<tbody>\n'
        f"{''.join(row(cells, 'td') for cells in seen.rows)}</tbody>\n{foot}</table></div>\n"
    )
