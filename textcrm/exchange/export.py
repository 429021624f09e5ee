"""Export: the formats there are, and a file or a stream of customers in one of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.exchange.export_cells import Settings
from textcrm.exchange.export_file import placed
from textcrm.text import Text, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from textcrm.exchange.export_customers import Source
    from textcrm.text import Language
    from textcrm.vault import Vault


class Format(NamedTuple):
    """A format: its names, what it is, the module that writes it.

    A module of a text format has ``chunks(source, settings)``, of any other ``write(source,
    settings, path, private=...)``. ``bom`` puts a byte-order mark first, ``dated`` wants the days of
    the last updates, ``versions`` the blob ids. ``own`` says that the module writes something else than customers (what is
    due), which its caller has to bring.
    """

    name: str
    suffix: str
    label: Text
    module: str
    text: bool = True
    bom: bool = False
    dated: bool = False
    versions: bool = False
    own: bool = False


FORMATS: Final[dict[str, Format]] = {
    one.name: one
    for one in (
        Format(
            "csv",
            ".csv",
            Text("a table for Excel, WPS, Google Sheets", "表格，可用 Excel、WPS 打开"),
            "csv_writer",
            bom=True,
            dated=True,
        ),
        Format(
            "xlsx",
            ".xlsx",
            Text("the workbook 客户信息总表", "工作簿“客户信息总表”"),
            "xlsx_writer",
            text=False,
            dated=True,
            versions=True,
        ),
        Format(
            "json", ".json", Text("one array, for programs", "一个数组，供程序使用"), "json_writer"
        ),
        Format("jsonl", ".jsonl", Text("a record a line", "每行一条记录"), "jsonl_writer"),
        Format(
            "vcard",
            ".vcf",
            Text("cards for phones and mail", "名片，可导入手机和邮箱"),
            "vcard_writer",
        ),
        Format(
            "sqlite",
            ".db",
            Text("a database, one table a list", "数据库，每个列表一张表"),
            "sqlite_writer",
            text=False,
        ),
        Format(
            "md",
            ".md",
            Text("a document to read and print", "可阅读、打印的文档"),
            "md_writer",
            dated=True,
        ),
        Format(
            "ics",
            ".ics",
            Text("what is due, for a calendar", "待办事项，可导入日历"),
            "ics_writer",
            own=True,
        ),
    )
}
_ALIASES: Final = {
    "excel": "xlsx",
    "ndjson": "jsonl",
    "vcf": "vcard",
    "sqlite3": "sqlite",
    "db": "sqlite",
    "markdown": "md",
    "ical": "ics",
    "calendar": "ics",
}


def format_of(word: str) -> Format:
    """The format that a word names. Raises Misuse (unknown-format) with a suggestion."""
    from textcrm.query.mistakes import nearest, short

    name = word.strip().casefold().lstrip(".")
    name = _ALIASES.get(name, name)
    if name in FORMATS:
        return FORMATS[name]
    close = nearest(name, FORMATS)
    raise Misuse(
        "unknown-format",
        Text("there is no format “{form}”", "没有格式“{form}”"),
        hint=Text(
            "did you mean {suggestion}? Formats: {known}",
            "是不是“{suggestion}”？可用格式：{known}",
        )
        if close
        else Text("formats: {known}", "可用格式：{known}"),
        form=short(word),
        suggestion=close,
        known=[same(one) for one in FORMATS],
    )


def settings_of(vault: Vault, language: Language) -> Settings:
    """What the writers need to know of a vault; headings and labels in ``language``."""
    return Settings(
        schema=vault.schema,
        language=language,
        today=vault.today,
        now=vault.now,
        stale_days=vault.config.thresholds["stale_days"],
        currency=vault.config.currency,
        people={one.id: one.name for one in vault.access.people if one.name},
        title=vault.config.name or "客户信息总表",
    )


def chunks(form: Format, source: Iterable[Any], settings: Settings) -> Iterator[str]:
    """The text of an export, piece by piece; of a format of its ``own`` what that wants."""
    if form.bom:
        yield "\ufeff"
    yield from _module(form).chunks(source, settings)


def write(
    form: Format,
    source: Source,
    settings: Settings,
    target: Path,
    *,
    force: bool = False,
    private: bool = False,
    own: Iterable[Any] | None = None,
) -> None:
    """Write an export to a file, aside first; ``private`` makes it readable by its owner only.

    ``own`` is what a format of its own wants instead of the customers.
    Raises Misuse (file-exists), StorageFailure, KeyMissing (no-key) where values were to be opened
    and none could be: nothing is put in place then.
    """
    with placed(target, force=force, private=private) as aside:
        if form.text:
            with aside.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.writelines(chunks(form, source if own is None else own, settings))
        else:
            _module(form).write(source, settings, aside, private=private)
        require_opened(source)


def write_own(
    form: Format, own: Iterable[Any], settings: Settings, target: Path, *, force: bool = False
) -> None:
    """Write what is no list of customers (a calendar) to a file, aside first.

    Raises Misuse (file-exists), StorageFailure.
    """
    with (
        placed(target, force=force, private=False) as aside,
        aside.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        file.writelines(chunks(form, own, settings))


def to_file(
    vault: Vault,
    name: str,
    target: Path,
    *,
    query: str = "",
    language: Language = "zh",
    archived: bool = False,
    reveal: bool = False,
    force: bool = False,
    told: Callable[[int], None] | None = None,
) -> Source:
    """Export the customers that fit a query, in one call; the source tells how many there were.

    ``name`` is a format of customers (not ics, which wants what is due). The workbook of everybody,
    as a backup keeps it: ``to_file(vault, "xlsx", folder / "客户信息总表_20260501.xlsx",
    archived=True)``. ``told`` hears how many were written so far. Raises what :func:`write` raises,
    and Misuse (query-syntax).
    """
    from textcrm.exchange.export_customers import Source, docs_of, rows_of
    from textcrm.vault import finding

    form = format_of(name)
    docs = docs_of(vault, finding.query(vault, query), archived=archived)
    source = Source(
        vault,
        rows_of(docs),
        reveal=reveal,
        versions=form.versions,
        updates=form.dated,
        told=told,
    )
    write(form, source, settings_of(vault, language), target, force=force, private=reveal)
    return source


def require_opened(source: Source) -> None:
    """Refuse an export that was to open values where none could be. Raises KeyMissing (no-key)."""
    if source.sealed.missing is not None and not source.sealed.opened:
        raise source.sealed.missing


def _module(form: Format) -> Any:
    return import_module(f"textcrm.exchange.{form.module}")
