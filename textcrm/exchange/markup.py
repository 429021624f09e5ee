"""Tables in markup: HTML and XML that programs save as .xls, and tables of web pages (H1, H5)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import Invalid
from textcrm.exchange import decoding, tables
from textcrm.exchange.csvrows import Row
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.exchange.incoming import Reading, Setting, Source

_HEAD: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|head|meta|body|table|div|style|\?xml|\?mso|workbook)\b",
    re.IGNORECASE | re.DOTALL,
)
_ROWS: Final = ("tr", "row")
_CELLS: Final = ("td", "th", "cell")
_SILENT: Final = ("script", "style", "title")
_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_MOST_SPAN: Final = 1000


def tells(source: Source) -> bool:
    """Whether the bytes begin like a page or an XML document."""
    return _HEAD.match(source.data[:4096]) is not None


def read(source: Source, setting: Setting) -> Reading:
    """Read the table that looks most like customers. Raises Invalid (no-table)."""
    told = _CHARSET.search(source.data[:4096])
    decoded = decoding.decode(
        source.data,
        setting.encoding or (told[1].decode("ascii") if told and _is_known(told[1]) else None),
        name=source.name,
    )
    parser = _Parser()
    parser.feed(decoded.text)
    parser.close()
    best = max(
        (one for one in parser.found if one), key=lambda one: _known(one, setting), default=None
    )
    if best is None:
        raise _tableless(source)
    rows = [Row(str(number), cells) for number, cells in enumerate(best, 1)]
    return tables.reading(
        lambda: iter(rows),
        setting,
        format_name="html",
        suffix=".csv",
        encoding=decoded.encoding,
    )


def _is_known(name: bytes) -> bool:
    import codecs

    try:
        codecs.lookup(name.decode("ascii"))
    except LookupError:
        return False
    return True


def _known(rows: list[list[str]], setting: Setting) -> tuple[int, int]:
    words = max((tables.known_words(cells, setting) for cells in rows[:12]), default=0)
    return words, len(rows)


class _Open(NamedTuple):
    """A table that is being read: its rows, and cells that reach down into further rows."""

    rows: list[list[str]]
    down: dict[tuple[int, int], str]


class _Parser(HTMLParser):
    """Gathers the tables of a text; one inside another is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[list[list[str]]] = []
        self._open: list[_Open] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A table, a row or a cell begins, and what is open of its kind ends."""
        told = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._end_cell()
            self._open.append(_Open([], {}))
            self.found.append(self._open[-1].rows)
        elif not self._open:
            return
        elif tag in _ROWS:
            self._end_cell()
            for _ in range(_number(told.get("ss:index")) - len(self._open[-1].rows) - 1):
                self._open[-1].rows.append([])
            self._open[-1].rows.append([])
            self._carry()
        elif tag in _CELLS and self._open[-1].rows:
            self._end_cell()
            self._begin_cell(told)
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """A cell or a table ends."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in (*_CELLS, *_ROWS):
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Text of a cell."""
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def close(self) -> None:
        """The end of the text ends what is open."""
        super().close()
        self._end_cell()

    def _begin_cell(self, told: dict[str, str | None]) -> None:
        row = self._open[-1].rows[-1]
        for _ in range(_number(told.get("ss:index")) - len(row) - 1):
            row.append("")
        across = _number(told.get("colspan")) or _number(told.get("ss:mergeacross")) + 1
        down = _number(told.get("rowspan")) or _number(told.get("ss:mergedown")) + 1
        self._span = (across, down)
        self._cell = []

    def _end_cell(self) -> None:
        if self._cell is None or not self._open:
            self._cell = None
            return
        lines = "".join(self._cell).replace("\xa0", " ").split("\n")
        text = "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
        table, (across, down) = self._open[-1], self._span
        row, number = table.rows[-1], len(table.rows) - 1
        place = len(row)
        row.extend([text, *([""] * (across - 1))])
        # A cell that reaches over several rows holds for each; one over columns stands in the first.
        for below in range(1, down):
            for column in range(across):
                table.down[number + below, place + column] = "" if column or across > 1 else text
        self._cell = None
        self._carry()

    def _carry(self) -> None:
        """Cells of the rows above that stand here, too."""
        table = self._open[-1]
        row, number = table.rows[-1], len(table.rows) - 1
        while (number, len(row)) in table.down:
            row.append(table.down.pop((number, len(row))))


def _number(word: str | None) -> int:
    return min(int(word), _MOST_SPAN) if word and word.strip().isdecimal() else 0


def _tableless(source: Source) -> Invalid:
    return Invalid(
        "no-table",
        Text("{file} is a page without a table", "{file} 是网页或 XML，其中没有表格"),
        hint=Text(
            "open it in a spreadsheet and save it as .xlsx or .csv",
            "请用表格软件打开，另存为 .xlsx 或 .csv 后再导入",
        ),
        file=source.name,
    )
