"""The workbook that textcrm wrote, come back from Excel: its sheets, columns and rows as they are.

What was edited in them is told by ``sheet_edits``, and written by ``sheet_writing``.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.exchange.export_cells import text_of
from textcrm.exchange.xlsx_sheet import ITEM, UID, VERSION, shown
from textcrm.exchange.xlsx_writer import FORM, PLANS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textcrm.exchange.export_cells import Cell, Settings
    from textcrm.text import Language

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Row(NamedTuple):
    """A row of a sheet: its number from 1, its cells as text by the names of the columns, and what
    the hidden columns say (empty in a row that somebody added).
    """

    sheet: str
    number: int
    cells: Mapping[str, str]
    uid: str
    version: str
    item: str

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.sheet}!{self.number}"


class Sheet(NamedTuple):
    """A sheet: its name, the list whose items its rows are (empty: customers), the names of the
    columns that it still has, its rows.
    """

    name: str
    path: tuple[str, ...]
    columns: Mapping[str, int]
    rows: tuple[Row, ...]


class Book(NamedTuple):
    """A workbook of ours. ``language`` is that of its headings and labels, ``data`` its bytes."""

    language: Language
    sheets: tuple[Sheet, ...]
    data: bytes


def read(data: bytes) -> Book | None:
    """Read a workbook that textcrm wrote; None for any other, also where its marks are gone."""
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        plans = _plans(book)
        if plans is None:
            return None
        language, columns = plans
        listed = [
            (name, book.get_sheet_by_name(name)) for name in book.sheet_names if name in columns
        ]
    except Exception:  # noqa: BLE001 - the library's own errors have no common base
        return None  # damaged: where it is, whoever reads it as any other workbook tells
    sheets = (_sheet(sheet, name, *columns[name]) for name, sheet in listed)
    found = tuple(sheet for sheet in sheets if sheet is not None)
    return Book(language, found, data) if any(not one.path for one in found) else None


_Columns = dict[str, tuple[tuple[str, ...], dict[str, str]]]


def _plans(book: Any) -> tuple[Language, _Columns] | None:
    """What the hidden sheet says: the language, and of every sheet its list and headings."""
    if PLANS not in book.sheet_names:
        return None
    rows = book.get_sheet_by_name(PLANS).to_python()
    if not rows or rows[0][0] != FORM:
        return None
    columns: _Columns = {}
    for sheet, path, heading, name, *_ in rows[1:]:
        _, headings = columns.setdefault(
            str(sheet), (tuple(part for part in str(path).split(".") if part), {})
        )
        headings[str(heading)] = str(name)
    return ("en" if rows[0][1] == "en" else "zh"), columns


def _sheet(
    sheet: Any, name: str, path: tuple[str, ...], headings: Mapping[str, str]
) -> Sheet | None:
    rows = sheet.to_python(skip_empty_area=False)
    heads = [str(one).strip() for one in rows[0]] if rows else []
    if UID not in heads or VERSION not in heads:
        return None
    names = {place: headings[one] for place, one in enumerate(heads) if one in headings}
    marks: dict[str, int] = {one: heads.index(one) for one in (UID, VERSION, ITEM) if one in heads}
    found = list(_rows(rows, name, names, marks))
    return Sheet(name, path, {one: place for place, one in names.items()}, tuple(found))


def _rows(
    rows: list[list[Any]], name: str, names: Mapping[int, str], marks: Mapping[str, int]
) -> Iterator[Row]:
    for number, values in enumerate(rows[1:], 2):
        cells = {column: given(values[place]) for place, column in names.items()}
        if any(cells.values()):
            mark = {one: given(values[place]).strip() for one, place in marks.items()}
            yield Row(name, number, cells, mark[UID], mark[VERSION], mark.get(ITEM, ""))


def given(value: Any) -> str:
    """A cell of the file as text: whole numbers without ``.0``, days in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return _plain(str(value))


def expected(value: Cell, settings: Settings) -> str:
    """A cell as it was written, in the form of :func:`given`."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return _plain(shown(value, settings)) if isinstance(value, str) else text_of(value)


def same(mine: str, theirs: str) -> bool:
    """Whether two cells say the same: numbers by value, texts without blanks at their ends."""
    if mine.strip() == theirs.strip():
        return True
    try:
        return bool(mine) and bool(theirs) and float(mine) == float(theirs) and _figure(mine)
    except ValueError:
        return False


def _figure(text: str) -> bool:
    return bool(re.fullmatch(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?", text.strip()))


def _plain(text: str) -> str:
    """A text without what Excel does to control characters and ends of line."""
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n")
