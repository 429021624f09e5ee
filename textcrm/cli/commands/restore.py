"""textcrm restore: bring a customer back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import result_json, warnings
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "restore",
    help=Text(
        "Bring a deleted customer back, or take one back to how it was at a commit or day.",
        "恢复已删除的客户，或把客户恢复到某次提交、某一天的内容。",
    ),
    examples=[
        (Text("from the trash", "从回收站恢复"), "textcrm restore C20240501001"),
        (Text("an earlier state", "恢复到以前"), "textcrm restore C20240501001 --at 2026-06-01"),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@option(
    "--at",
    "rev",
    metavar="REV|DATE",
    help=Text("the commit or day to go back to", "要恢复到的提交或日期"),
)
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, id: str, rev: str | None, reason: str | None) -> None:
    """Bring a customer back."""
    from textcrm.history import past, trash

    vault = context.vault()
    at = past.revision(vault, rev) if rev else None
    result, source = trash.restore(vault, id, at=at, reason=reason)
    record_id = result.ids[0] if result.ids else id
    if context.json:
        context.emit(result_json(context, result, record_id, {"from": source}))
        return
    if result.commit is None:
        context.say(Text("{id}: nothing to change", "{id}：没有需要修改的内容"), id=record_id)
        return
    context.say(
        Text("restored {id} from {source} ({commit})", "已恢复 {id}，来自 {source}（{commit}）"),
        id=record_id,
        source=source[:8],
        commit=result.commit[:8],
    )
    warnings(context, result)
