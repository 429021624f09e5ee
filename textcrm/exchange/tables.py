"""Tables with a header: where the header stands, which layout it is, rows as records to be."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.exchange import csvrows, decoding, layouts, likeness, trailing, units
from textcrm.exchange.assembling import Assembler
from textcrm.exchange.assembling import Column as Ready
from textcrm.exchange.incoming import Incoming, Reading
from textcrm.exchange.likeness import NameTable
from textcrm.exchange.mapping import map_columns
from textcrm.exchange.values import order_of
from textcrm.findings import Finding
from textcrm.schema.words import folded
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from textcrm.exchange.csvrows import Row
    from textcrm.exchange.incoming import Setting, Source
    from textcrm.exchange.layouts import Layout
    from textcrm.exchange.mapping import Mapped

_SAMPLED: Final = 40
_HEADER_WITHIN: Final = 10
_LONGEST_HEADING: Final = 40
_LINES_TOLD: Final = 5


class Header(NamedTuple):
    """The headings of a table and the number of rows up to and with them; none for no header."""

    headings: tuple[str, ...]
    rows: int
    found: bool


def read(source: Source, setting: Setting) -> Reading:
    """Read delimited text: CSV, TSV, pasted tables; any encoding of :mod:`decoding`."""
    decoded = decoding.decode(
        source.data,
        setting.encoding,
        name=source.name,
        known=lambda head: _knows_words(head, setting),
    )
    text = decoded.text.removeprefix("\ufeff")
    delimiter = csvrows.delimiter_of(text)
    suffix = ".tsv" if delimiter == "\t" else ".csv"
    return reading(
        lambda: csvrows.rows(text, delimiter),
        setting,
        format_name=suffix[1:],
        suffix=suffix,
        encoding=decoded.encoding,
        delimiter=delimiter,
        notes=_about(text, decoded.otherwise),
    )


def reading(
    rows: Callable[[], Iterable[Row]],
    setting: Setting,
    *,
    format_name: str,
    suffix: str,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
    notes: tuple[Finding, ...] = (),
) -> Reading:
    """A table's reading: header, layout and mapping decided; rows are read when asked for."""
    first = _first(rows())
    header = find_header(first, setting)
    samples = [row.cells for row in first[header.rows :]][:_SAMPLED]
    layout = layouts.recognise(header.headings)
    mapped = map_columns(header.headings, samples, layout, setting)
    above = (
        units.above(row.cells for row in first[: header.rows - 1]) if header.found else units.NONE
    )
    ready = _ready(mapped, layout, samples, setting, above)
    people = layout is not None and layout.people
    head = first[header.rows - 1] if header.found else None

    def incoming() -> Iterator[Incoming]:
        assembler = Assembler(ready, setting)
        return _records(rows(), header, assembler, delimiter, people=people)

    return Reading(
        format=format_name,
        rows=incoming,
        suffix=suffix,
        encoding=encoding,
        head=(head.raw or as_line(head.cells, delimiter)) if head is not None else "",
        layout=layout.name if layout is not None else "",
        columns=mapped.columns,
        notes=notes
        + (() if header.found or not first else (_headless(),))
        + ((_rowless(),) if header.found and len(first) == header.rows else ()),
    )


def _ready(
    mapped: Mapped,
    layout: Layout | None,
    samples: Sequence[Sequence[str]],
    setting: Setting,
    above: units.Unit,
) -> list[Ready]:
    silent = {folded(k): frozenset(v) for k, v in (layout.silent if layout else {}).items()}
    return [
        Ready(
            place,
            column.heading,
            target,
            silent.get(folded(column.heading), frozenset()),
            setting.date_order or order_of(row[place] for row in samples if place < len(row))
            if any(one.field.kind in ("date", "moment") for one in target.places)
            else "",
            next(
                (
                    unit
                    for one in target.places
                    if (unit := units.of_column(column.heading, one.field, above))
                    is not units.NONE
                ),
                units.NONE,
            ),
        )
        for place, (column, target) in enumerate(zip(mapped.columns, mapped.targets, strict=True))
    ]


def _records(
    rows: Iterable[Row], header: Header, assembler: Assembler, delimiter: str, *, people: bool
) -> Iterator[Incoming]:
    number = 0
    for count, row in enumerate(rows):
        if count < header.rows or row.blank:
            continue
        number += 1
        made = assembler.row(row.cells)
        if made.problem is None:
            made.problem = trailing.about(row.cells, header.headings, made.tree)
        yield Incoming(
            number,
            row.place,
            made.tree,
            raw=row.raw or as_line(row.cells, delimiter),
            left=tuple(made.left),
            left_with_contact=people,
            warnings=tuple(made.warnings),
            problem=made.problem,
            base=None if row.base is None else assembler.row(row.base).tree,
        )


def _first(rows: Iterable[Row]) -> list[Row]:
    found: list[Row] = []
    for row in rows:
        found.append(row)
        if len(found) == _SAMPLED + _HEADER_WITHIN:
            break
    return found


def find_header(rows: Sequence[Row], setting: Setting) -> Header:
    """The header: the first row of a known layout, else the one with the most known words.

    Titles and blank rows above it are passed over. A table that begins with data has none: its
    columns are called A, B, C ... as spreadsheets call them.
    """
    best, most = -1, 0
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        if row.blank:
            continue
        if layouts.recognise(row.cells) is not None:
            return Header(_headings(row.cells), place + 1, found=True)
        count = known_words(row.cells, setting)
        if count > most:
            best, most = place, count
    if best >= 0:
        return Header(_headings(rows[best].cells), best + 1, found=True)
    start = next((place for place, row in enumerate(rows) if not row.blank), -1)
    if start < 0:
        return Header((), 0, found=False)
    cells = rows[start].cells
    if setting.mapping is None and likeness.looks_like_data(cells):
        width = max(len(row.cells) for row in rows)
        return Header(tuple(letters(number) for number in range(width)), start, found=False)
    return Header(_headings(cells), start + 1, found=True)


def known_words(cells: Sequence[str], setting: Setting) -> int:
    """How many cells of a row are headings that somebody knows; a word that is repeated is one."""
    wanted = {folded(word) for word in setting.mapping or ()}
    table = NameTable.of(setting.schema)
    words = {cell.strip() for cell in cells if 0 < len(cell.strip()) <= _LONGEST_HEADING}
    return sum(folded(word) in wanted or bool(table.by_name(word)) for word in words)


def _knows_words(head: str, setting: Setting) -> bool:
    """Whether a text begins like a table with known headings."""
    rows = list(csvrows.rows(head, csvrows.delimiter_of(head)))[:_HEADER_WITHIN]
    return any(
        layouts.recognise(row.cells) is not None or known_words(row.cells, setting) for row in rows
    )


def _headings(cells: Sequence[str]) -> tuple[str, ...]:
    """The headings on one line each; nameless columns by their letter, equal ones numbered."""
    names: list[str] = []
    for place, cell in enumerate(cells):
        name = " ".join(cell.split()) or letters(place)
        fresh, number = name, 1
        while fresh in names:
            number += 1
            fresh = f"{name} ({number})"
        names.append(fresh)
    return tuple(names)


def letters(place: int) -> str:
    """The name of a column by its place from 0: A, B ... Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def as_line(cells: Sequence[str], delimiter: str = ",") -> str:
    """Cells as a line of delimited text."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _about(text: str, otherwise: Sequence[int]) -> tuple[Finding, ...]:
    """What is to be said of the file before its columns."""
    if not text.strip():
        return (_nothing(),)
    return (_other_encoding(otherwise),) if otherwise else ()


def _nothing() -> Finding:
    return Finding(
        "table-empty",
        "warning",
        (),
        Text("there is nothing in the file", "文件是空的，没有可导入的内容"),
        Text("save the table again and import it", "请重新导出表格后再导入"),
    )


def _rowless() -> Finding:
    return Finding(
        "table-rowless",
        "warning",
        (),
        Text(
            "there is nothing but headings in the file; for a note in free text: textcrm add --from FILE",
            "文件中只有表头，没有客户；如果是便签文字，请用 textcrm add --from 文件",
        ),
        Text("add rows below the headings", "请在表头下方填写客户"),
    )


def _other_encoding(lines: Sequence[int]) -> Finding:
    some = ", ".join(map(str, lines[:_LINES_TOLD]))
    return Finding(
        "encoding-mixed",
        "warning",
        (),
        Text(
            "{count} lines are in another encoding than the rest: line {lines}",
            "有 {count} 行的编码与其余内容不同，已单独识别，请核对：第 {lines} 行",
        ),
        Text("compare these lines with the file", "请对照原文件核对这些行"),
        {"count": len(lines), "lines": some + (" …" if len(lines) > _LINES_TOLD else "")},
    )


def _headless() -> Finding:
    return Finding(
        "table-headless",
        "warning",
        (),
        Text(
            "the table has no header; its columns are called A, B, C …",
            "表格没有表头，各列暂以 A、B、C… 命名",
        ),
        Text(
            "say what they are with a map: --map FILE",
            "可用 --map 文件 指定各列对应的字段",
        ),
    )
