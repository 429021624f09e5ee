"""textcrm archive: put a customer aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "archive",
    help=Text(
        "Archive a customer: left out of lists and reminders, nothing lost.",
        "归档客户：不再出现在列表和提醒中，内容全部保留。",
    ),
    examples=[
        (Text("put aside", "归档"), "textcrm archive C20240501001 --reason 已停业"),
        (Text("see the archived", "查看已归档"), "textcrm list is:archived"),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, id: str, reason: str | None) -> None:
    """Put a customer aside."""
    from textcrm.records import lifecycle

    done = lifecycle.archive(context.vault(), id, reason=reason)
    report(context, done, Text("archived {id} ({commit})", "已归档 {id}（{commit}）"))
