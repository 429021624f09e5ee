"""Formulas without a result: cells that look empty because the program that saved them reckons not.

Excel and LibreOffice keep the result beside the formula; programs that write workbooks may not.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final
from xml.etree import ElementTree as ET

_CELL: Final = re.compile(
    rb'<c\b[^>]*\br="([A-Z]+[0-9]+)"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LARGEST: Final = 1 << 29


def unreckoned(data: bytes) -> dict[str, frozenset[str]]:
    """The cells (``B7``) of each sheet of an XLSX file that hold a formula without its result.

    Empty for a file of another kind.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return {name: _cells(book, part) for name, part in _parts(book).items()}
    except (zipfile.BadZipFile, KeyError, ET.ParseError):
        return {}


def _parts(book: zipfile.ZipFile) -> dict[str, str]:
    """The file of each sheet in the archive, by the sheet's name."""
    targets = {
        one.get("Id"): str(one.get("Target"))
        for one in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - no entities are read: expat of Python 3.11 bounds them
    }
    sheets = ET.fromstring(book.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")  # noqa: S314 - as above
    found = {}
    for one in sheets:
        target = targets.get(one.get(_REL), "")
        found[str(one.get("name"))] = target.lstrip("/") if target[:1] == "/" else f"xl/{target}"
    return found


def _cells(book: zipfile.ZipFile, part: str) -> frozenset[str]:
    if book.getinfo(part).file_size > _LARGEST:
        return frozenset()
    return frozenset(match[1].decode() for match in _CELL.finditer(book.read(part)))
