"""The registry of formats that can be read, in plain sight: a new one is one entry here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.errors import Misuse
from textcrm.exchange.incoming import Format
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.exchange.incoming import Reading, Setting, Source


def _is_workbook(source: Source) -> bool:
    from textcrm.exchange import workbooks

    return workbooks.tells(source)


def _workbook(source: Source, setting: Setting) -> Reading:
    from textcrm.exchange import workbooks

    return workbooks.read(source, setting)


def _is_cards(source: Source) -> bool:
    from textcrm.exchange import vcard_reader

    return vcard_reader.tells(source)


def _cards(source: Source, setting: Setting) -> Reading:
    from textcrm.exchange import vcard_reader

    return vcard_reader.read(source, setting)


def _is_json(source: Source) -> bool:
    from textcrm.exchange import jsonrows

    return jsonrows.tells(source)


def _json(source: Source, setting: Setting) -> Reading:
    from textcrm.exchange import jsonrows

    return jsonrows.read(source, setting)


def _is_markup(source: Source) -> bool:
    from textcrm.exchange import markup

    return markup.tells(source)


def _markup(source: Source, setting: Setting) -> Reading:
    from textcrm.exchange import markup

    return markup.read(source, setting)


def _is_text(source: Source) -> bool:
    """Whatever is no binary file may be a table."""
    from textcrm.exchange import decoding

    if source.data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return False  # a workbook cut off or broken
    head = source.data[:4096]
    if head.startswith(
        (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"7z\xbc", b"\x1f\x8b")
    ):
        return False
    if not decoding.is_wide(head) and sum(
        byte < 32 and byte not in b"\t\n\v\f\r\x1a" for byte in head
    ) * 20 > len(head):
        return False
    return b"\0" not in head or head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0\0" not in head


def _table(source: Source, setting: Setting) -> Reading:
    from textcrm.exchange import tables

    return tables.read(source, setting)


# In the order in which they are asked; each entry imports its reader when it is called.
FORMATS: Final[dict[str, Format]] = {
    one.name: one
    for one in (
        Format("xlsx", Text("workbook (XLSX, XLS, ODS)", "Excel 工作簿（XLSX、XLS、ODS）"),
               (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"), _is_workbook, _workbook),
        Format("vcard", Text("cards (vCard 2.1, 3.0, 4.0)", "名片（vCard 2.1、3.0、4.0）"),
               (".vcf", ".vcard"), _is_cards, _cards),
        Format("json", Text("JSON and JSON Lines", "JSON、JSON Lines"),
               (".json", ".jsonl", ".ndjson"), _is_json, _json),
        Format("html", Text("table of a page, or XML saved as .xls", "网页表格，以及另存为 .xls 的网页、XML"),
               (".html", ".htm", ".xml"), _is_markup, _markup),
        Format("csv", Text("table as text (CSV, TSV, pasted)", "文本表格（CSV、TSV、粘贴内容）"),
               (".csv", ".tsv", ".tab", ".txt"), _is_text, _table),
    )
}  # fmt: skip


def recognise(source: Source, name: str | None = None) -> Format:
    """The format of a source: the one that is named, the first that tells it, by suffix last.

    Raises Misuse (unknown-format) where nobody knows it.
    """
    if name is not None:
        if (chosen := FORMATS.get(name.casefold())) is not None:
            return chosen
        raise _unknown(Text("there is no format “{word}”", "没有格式“{word}”"), name)
    for one in FORMATS.values():
        if one.tells(source):
            return one
    for one in FORMATS.values():
        if source.name.casefold().endswith(one.suffixes):
            return one
    raise _unknown(
        Text("{word} is in no format that can be read", "{word} 的格式无法识别"),
        source.name or "-",
    )


def _unknown(message: Text, word: str) -> Misuse:
    return Misuse(
        "unknown-format",
        message,
        hint=Text("formats: {known}", "可用格式：{known}"),
        word=word,
        known=list(FORMATS),
    )
