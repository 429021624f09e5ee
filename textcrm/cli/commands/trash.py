"""textcrm trash: what was deleted, by whom and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import command
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "trash",
    help=Text("List deleted customers, the latest first.", "列出已删除的客户，最近的在前。"),
    examples=[
        (Text("list them", "列出"), "textcrm trash"),
        (Text("bring one back", "恢复一位"), "textcrm restore C20240501001"),
    ],
)
def run(context: Context) -> None:
    """List deleted customers."""
    from textcrm.history.trash import trash

    found = trash(context.vault())
    if context.json:
        context.emit(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "at": one.at.isoformat(),
                    "by": one.by,
                    "reason": one.reason,
                    "commit": one.commit,
                }
                for one in found
            ]
        )
    elif found:
        context.out.table(
            [
                Text("Id", "编号"),
                Text("Name", "名称"),
                Text("Deleted", "删除时间"),
                Text("By", "操作人"),
                Text("Reason", "原因"),
            ],
            [[one.id, one.name, context.clock(one.at), one.by, one.reason] for one in found],
        )
    else:
        context.say(Text("nothing was deleted", "没有已删除的客户"))
    if not found:
        context.exit(1)
