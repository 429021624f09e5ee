"""CSV out (RFC 4180): 客户信息总表 as one table that a spreadsheet opens and runs nothing of."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from textcrm.exchange.export_cells import text_of
from textcrm.exchange.export_columns import REMINDER, sheet_columns, value_of
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.exchange.export_cells import Cell, Settings
    from textcrm.exchange.export_columns import Column
    from textcrm.exchange.export_customers import Source

STALE: Final = Text("not updated for {days} days", "{days}天未更新")
_PAGE: Final = 200


def chunks(source: Source, settings: Settings) -> Iterator[str]:
    """The lines of the table, some at a time; ends of line are CR LF."""
    columns = sheet_columns(settings.schema, opened=source.reveals)
    buffer = io.StringIO()
    rows = csv.writer(buffer)
    rows.writerow([inert(settings.say(one.heading)) for one in columns])
    for count, customer in enumerate(source, 1):
        rows.writerow(
            [inert(_text(one, value_of(one, customer, settings), settings)) for one in columns]
        )
        if count % _PAGE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _text(column: Column, value: Cell, settings: Settings) -> str:
    if column.name != REMINDER:
        return text_of(value)
    stale = isinstance(value, int) and value > settings.stale_days
    return settings.say(STALE, days=value) if stale else ""


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_NUMERIC: Final = frozenset("0123456789., ()、")


def inert(text: str) -> str:
    """A cell that a spreadsheet takes for text, not for a formula (OWASP, CSV injection).

    Numbers and phones keep their sign; all else gets an apostrophe before it, which ``import`` takes
    off again; so does what begins with one of its own.
    """
    if text.startswith("'") and text.lstrip("'").startswith(_FORMULA):
        return "'" + text
    if not text.startswith(_FORMULA):
        return text
    bare = text.replace("、+", "、").replace(", +", ", ")
    if text[0] in "+-" and set(bare[1:]) <= _NUMERIC:
        return text
    return "'" + text
