"""Workbooks (XLSX, XLS, XLSB, ODS) as tables, by python-calamine: cells as the text they show."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any, Final

from textcrm.errors import Invalid, Misuse
from textcrm.exchange import tables
from textcrm.exchange.csvrows import Row
from textcrm.findings import Finding
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.exchange.incoming import Reading, Setting, Source

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"


def tells(source: Source) -> bool:
    """Whether the bytes are a workbook's."""
    return (
        source.data.startswith(_OLE)
        or (
            source.data.startswith(_ZIP)
            and b"[Content_Types].xml" in source.data[:4000] + source.data[-60000:]
        )
        or (source.data.startswith(_ZIP) and b"mimetypeapplication/vnd.oasis" in source.data[:200])
    )


def read(source: Source, setting: Setting) -> Reading:
    """Read one sheet: the one that is named, else the first that looks like customers.

    Raises Invalid (workbook-unreadable), Misuse (no-such-sheet).
    """
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(source.data))
        names = list(book.sheet_names)
    except Exception as error:  # the library's own errors have no common base
        raise _unreadable(source) from error
    chosen = _chosen(book, source, names, setting)
    rows = _rows(book, source, chosen)
    others = [name for name in names if name != chosen]
    return tables.reading(
        lambda: iter(rows),
        setting,
        format_name="xlsx",
        suffix=".csv",
        notes=(
            *((_other_sheets(chosen, others),) if others else ()),
            *_unreckoned(source, chosen),
        ),
    )


def _chosen(book: Any, source: Source, names: list[str], setting: Setting) -> str:
    if setting.sheet is not None:
        for name in names:
            if name.casefold() == setting.sheet.casefold():
                return name
        raise Misuse(
            "no-such-sheet",
            Text("the workbook has no sheet “{sheet}”", "工作簿中没有工作表“{sheet}”"),
            hint=Text("sheets: {known}", "可用的工作表：{known}"),
            sheet=setting.sheet,
            known=names,
        )
    best, most = names[0], -1
    for name in names:
        rows = _rows(book, source, name, most=12)
        known = max((tables.known_words(row.cells, setting) for row in rows), default=0)
        if known > most:
            best, most = name, known
    return best


def _rows(book: Any, source: Source, name: str, most: int | None = None) -> list[Row]:
    """A sheet's rows; a cell that is merged over several rows holds for each of them."""
    try:
        sheet = book.get_sheet_by_name(name)
        values = sheet.to_python(skip_empty_area=False, nrows=most)
        merged = sheet.merged_cell_ranges or ()
    except Exception as error:  # as above: a part of the file is damaged
        raise _unreadable(source, name) from error
    for (top, left), (bottom, right) in merged:
        if left == right and bottom < len(values) and left < len(values[top]):
            for row in range(top + 1, bottom + 1):
                values[row][left] = values[top][left]
    return [
        Row(f"{name}!{number}", [shown(value) for value in cells])
        for number, cells in enumerate(values, 1)
    ]


def shown(value: Any) -> str:
    """A cell's value as text: whole numbers without ``.0``, days and moments in ISO 8601."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.replace(microsecond=0).isoformat(" ", "minutes")
    if isinstance(value, dt.timedelta):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _unreadable(source: Source, sheet: str = "") -> Invalid:
    return Invalid(
        "workbook-unreadable",
        Text("{file}: the sheet “{sheet}” cannot be read", "{file}：无法读取工作表“{sheet}”")
        if sheet
        else Text("{file} is no workbook that can be read", "无法读取工作簿 {file}"),
        hint=Text(
            "it may be damaged or have a password; save it again as .xlsx without one",
            "文件可能已损坏或设有密码；请另存为不带密码的 .xlsx",
        ),
        file=source.name,
        sheet=sheet,
    )


def _unreckoned(source: Source, sheet: str) -> tuple[Finding, ...]:
    """What is said of formulas whose results are not in the file: their cells look empty."""
    from textcrm.exchange.xlsx_formulas import unreckoned

    cells = sorted(unreckoned(source.data).get(sheet, ()), key=lambda one: (len(one), one))
    if not cells:
        return ()
    return (
        Finding(
            "formulas-unreckoned",
            "warning",
            (),
            Text(
                "{count} formulas have no result in the file and are read as empty: {cells}",
                "有 {count} 个公式在文件中没有计算结果，按空单元格读取：{cells}",
            ),
            Text(
                "open the workbook in a spreadsheet, save it and import it again",
                "请用表格软件打开该工作簿并保存，再重新导入",
            ),
            {"count": len(cells), "cells": "、".join(cells[:5]) + (" …" if cells[5:] else "")},
        ),
    )


def _other_sheets(chosen: str, others: list[str]) -> Finding:
    return Finding(
        "other-sheets",
        "warning",
        (),
        Text(
            "sheet {sheet} is read; not read: {others}", "已读取工作表 {sheet}；未读取：{others}"
        ),
        Text("choose another one with --sheet", "用 --sheet 选择其他工作表"),
        {"sheet": chosen, "others": others},
    )
