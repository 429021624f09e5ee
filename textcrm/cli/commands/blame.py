"""textcrm blame: who set each field last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.history.blame import Blamed


@command(
    "blame",
    help=Text(
        "Tell of each field (or of those below PATH) who set it last, when, and in which commit.",
        "列出每个字段（或某路径下的字段）最后由谁、何时、在哪次提交中写入。",
    ),
    examples=[
        (Text("all fields", "全部字段"), "textcrm blame C20240501001"),
        (Text("one of them", "某个字段"), "textcrm blame C20240501001 状态"),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@argument("path", required=False, help=Text("a field", "字段"))
@option(
    "--reveal",
    is_flag=True,
    help=Text("sealed values in clear, with your key", "用您的密钥显示加密内容"),
)
@option("--purpose", metavar="WHY", help=Text("why it is revealed", "查看明文的目的"))
def run(context: Context, id: str, path: str | None, reveal: bool, purpose: str | None) -> None:
    """Tell who set what."""
    from textcrm.cli.opening import Opener
    from textcrm.history.blame import blame

    vault = context.vault()
    record = vault.get(id)
    opener = Opener(context, reveal=reveal)
    found = [
        one._replace(value=opener.value(record.uid or "", record.id, one.path, one.value))
        for one in blame(vault, record, _below(context, record.raw, path))
    ]
    if context.json:
        context.emit([_json(context, one) for one in found])
    elif found:
        _print(context, found)
    else:
        context.say(Text("nothing stands there", "该处没有内容"))
    opener.close("blame --reveal", purpose)
    if not found:
        context.exit(1)


def _below(context: Context, raw: dict[str, Any], path: str | None) -> tuple[str | int, ...]:
    """A path as typed, as the stable path by which history knows it."""
    if path is None:
        return ()
    from textcrm.paths import find, stable

    return stable(find(path, raw, context.vault().schema).path, raw)


def _json(context: Context, one: Blamed) -> dict[str, Any]:
    from textcrm.cli.history import guarded

    entry = one.entry
    return {
        "path": "/" + "/".join(map(str, one.path)),
        "value": guarded(context, one.path, one.value),
        "commit": entry.commit if entry else None,
        "at": entry.at.isoformat() if entry else None,
        "by": entry.by if entry else None,
        "op": entry.op if entry else None,
    }


def _print(context: Context, found: list[Blamed]) -> None:
    from textcrm.changes import Change
    from textcrm.cli.history import change_line

    unsaved = Text("not saved yet", "尚未保存").say(context.language)
    rows = []
    for one in found:
        label, _, value = change_line(context, Change(one.path, None, one.value)).partition(": + ")
        entry = one.entry
        rows.append(
            [
                entry.commit[:8] if entry else "-",
                context.clock(entry.at)[:10] if entry else "-",
                entry.by if entry else unsaved,
                label,
                value,
            ]
        )
    heads = [
        Text("Commit", "提交"),
        Text("Date", "日期"),
        Text("By", "修改人"),
        Text("Field", "字段"),
        Text("Value", "值"),
    ]
    context.out.table(heads, rows)
