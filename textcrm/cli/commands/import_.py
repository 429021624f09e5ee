"""textcrm import: take in a spreadsheet, an address book, another program's export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.cli.context import Context
    from textcrm.exchange.grouping import Proposal
    from textcrm.exchange.importing import Outcome, Policy
    from textcrm.exchange.incoming import Reading, Setting

POLICIES = {
    "update": Text("update it", "更新已有客户"),
    "skip": Text("leave it as it is", "跳过，保持不变"),
    "create": Text("add another one", "另建一位客户"),
}


@command(
    "import",
    help=Text(
        "Take in a file as one change, undone by one “textcrm undo”. Its format, encoding and layout are recognised; "
        "how its columns are understood is shown first. Rows that cannot be taken in go to a file beside it.",
        "把文件作为一次改动导入，可用一次 textcrm undo 撤销。格式、编码和列的含义自动识别，并先行显示；"
        "无法导入的行原样写入旁边的文件。",
    ),
    examples=[
        (Text("look first", "先看看会怎样"), "textcrm import customers.xlsx --dry-run"),
        (Text("take it in", "导入"), "textcrm import 客户信息总表.csv"),
        (
            Text("save the columns' fields for editing", "保存列映射，以便修改"),
            "textcrm import list.csv --map list.map.yaml --dry-run",
        ),
        (Text("from the clipboard", "从剪贴板粘贴"), "pbpaste | textcrm import -"),
    ],
)
@argument(
    "file", metavar="FILE|-", help=Text("the file; - is standard input", "文件；- 表示标准输入")
)
@option(
    "--map",
    "maps",
    multiple=True,
    metavar="FILE|COLUMN=FIELD",
    help=Text(
        "say where columns go; a file that is not there yet is written for editing",
        "指定列对应的字段；文件不存在时写出一份供修改",
    ),
)
@option(
    "--dry-run",
    is_flag=True,
    help=Text("show what would happen, write nothing", "只显示结果，不写入"),
)
@option(
    "--on-duplicate",
    "on_duplicate",
    metavar="update|skip|create|ask",
    help=Text(
        "customers that are there already (default: update)",
        "遇到已有客户时如何处理（默认 update 更新）",
    ),
)
@option("--encoding", metavar="NAME", help=Text("the file's encoding", "文件编码"))
@option("--sheet", metavar="NAME", help=Text("the sheet of a workbook", "工作表名称"))
@option("--format", "form", metavar="NAME", help=Text("the file's format", "文件格式"))
@option(
    "--date-order",
    "date_order",
    metavar="mdy|dmy",
    help=Text("how 05/01/2024 is meant", "05/01/2024 这类日期的顺序"),
)
@option(
    "--on-conflict",
    metavar="mine|theirs|ask",
    help=Text(
        "a workbook of textcrm's, edited: rows that somebody changed meanwhile (default: ask)",
        "导回修改过的工作簿时，遇到期间被他人改过的客户：mine 用文件的值，theirs 用客户库的值（默认询问）",
    ),
)
@option(
    "--rejected",
    metavar="FILE",
    help=Text("where rejected rows go", "未导入的行写到哪个文件"),
)
@option("--yes", is_flag=True, help=Text("do not ask", "不再确认"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    file: str,
    maps: tuple[str, ...],
    dry_run: bool,
    on_duplicate: str | None,
    encoding: str | None,
    sheet: str | None,
    form: str | None,
    date_order: str | None,
    on_conflict: str | None,
    rejected: str | None,
    yes: bool,
    reason: str | None,
) -> None:
    """Import a file."""
    from textcrm.cli import imported
    from textcrm.cli.imported_again import Wish
    from textcrm.exchange import importing
    from textcrm.exchange.incoming import Source

    policy = _policy(context, on_duplicate)
    vault = context.vault()
    files, mapping = _maps(context, maps)
    setting = importing.setting_of(
        vault,
        mapping=mapping or None,
        encoding=encoding,
        sheet=sheet,
        date_order=_order(date_order),
    )
    data = context.read_bytes(file)
    if not mapping and form is None and sheet is None:
        from textcrm.cli.imported_again import came_back

        if came_back(context, file, data, setting, Wish(on_conflict, dry_run, reason)):
            return
    reading = importing.read(Source(file, data), setting, format=form)
    _settle_maps(context, files, mapping, reading)
    imported.show_reading(context, reading, file)
    with context.progress(Text("rows", "行")) as progress:
        importer = importing.Importer(
            vault,
            reading,
            "update" if policy == "ask" else policy,
            ask=_asker(context, setting) if policy == "ask" and not dry_run else None,
            progress=progress,
        )
        outcome = importer.preview() if dry_run else None
    if outcome is not None:
        imported.report(context, outcome, setting.schema, rejected_file=None, dry_run=True)
        _end(context, outcome)
        return
    _confirm(context, reading, yes=yes)
    with context.progress(Text("rows", "行")) as progress:
        importer.progress = progress
        outcome = importer.run(reason=reason, before=lambda made: _lay_out(made, file, rejected))
    imported.report(
        context, outcome, setting.schema, rejected_file=outcome.rejected_file, dry_run=False
    )
    _end(context, outcome)


def _policy(context: Context, word: str | None) -> Any:
    """What to do with customers that are there. Raises Misuse (unknown-policy)."""
    from textcrm.errors import Misuse

    del context
    chosen = (word or "update").casefold()
    if chosen in (*POLICIES, "ask"):
        return chosen
    raise Misuse(
        "unknown-policy",
        Text("“{word}” is no way to treat duplicates", "不支持的重复处理方式“{word}”"),
        hint=Text("choose one of: {known}", "可选：{known}"),
        word=word,
        known=[*POLICIES, "ask"],
    )


def _order(word: str | None) -> str:
    from textcrm.errors import Misuse

    if word is None:
        return ""
    if word.casefold() in ("mdy", "dmy"):
        return word.casefold()
    raise Misuse(
        "unknown-date-order",
        Text("“{word}” is no order of dates", "“{word}”不是日期顺序"),
        hint=Text("mdy: month first; dmy: day first", "mdy：月在前；dmy：日在前"),
        word=word,
    )


def _maps(context: Context, words: tuple[str, ...]) -> tuple[list[Path], dict[str, str]]:
    """The files that are to be written, and what the given maps say."""
    from textcrm.exchange import maps

    fresh: list[Path] = []
    mapping: dict[str, str] = {}
    for word in words:
        path = Path(word)
        if path.is_file():
            mapping |= maps.read(context.read_bytes(word), word)
        elif "=" in word or "＝" in word:
            mapping |= maps.pairs([word])
        else:
            fresh.append(path)
    return fresh, mapping


def _settle_maps(
    context: Context, files: list[Path], mapping: dict[str, str], reading: Reading
) -> None:
    """Check a map against the file, and write the ones that are asked for."""
    from textcrm.errors import StorageFailure
    from textcrm.exchange import maps

    maps.check(mapping, reading.columns)
    for path in files:
        text = maps.spelled(reading.columns).say(context.language)
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise StorageFailure(
                "map-unwritten",
                Text(
                    "the map cannot be written to {file}: {why}", "无法写入映射文件 {file}：{why}"
                ),
                file=str(path),
                why=error.strerror or "",
            ) from error
        context.say(
            Text(
                "the map is in {file}; edit it and import again with it",
                "列映射已写入 {file}，可修改后再次导入",
            ),
            file=str(path),
        )


def _confirm(context: Context, reading: Reading, *, yes: bool) -> None:
    """Somebody who sits there is asked about columns that were guessed."""
    guessed = any(one.how in ("likeness", "unknown") for one in reading.columns)
    if not guessed or yes or not context.interactive:
        return
    if not context.confirm(Text("Import it like this?", "按此导入？"), default=True):
        context.abort()


def _asker(context: Context, setting: Setting) -> Callable[[Proposal, str], Policy]:
    del setting

    def ask(proposal: Proposal, record_id: str) -> Policy:
        answer: Any = context.choose(
            Text(
                f"row {proposal.rows[0].number}: {proposal.tree['name']} is {record_id} already",
                f"第 {proposal.rows[0].number} 行：{proposal.tree['name']} 与 {record_id} 重复",
            ),
            POLICIES,
            option="--on-duplicate update",
            default="update",
        )
        chosen: Policy = answer
        return chosen

    return ask


def _lay_out(outcome: Outcome, file: str, chosen: str | None) -> None:
    """Write the rejected rows before anything is committed: nothing may get lost."""
    from textcrm.exchange import rejects

    if not outcome.rejected:
        return
    source = Path(chosen) if chosen else Path("import" if file == "-" else file)
    place = source if chosen else rejects.place_for(source, outcome.reading)
    rejects.write(place, outcome.reading, outcome.rejected)
    outcome.rejected_file = str(place)


def _end(context: Context, outcome: Outcome) -> None:
    """Nothing found is 1, nothing that could be taken in is 5."""
    if outcome.rows == 0:
        context.exit(1)
    if len(outcome.rejected) == outcome.rows:
        context.exit(5)
