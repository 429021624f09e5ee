"""textcrm rm: delete a customer, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "rm",
    help=Text(
        "Delete a customer. History keeps it; “restore” brings it back.",
        "删除客户，必须写明原因。历史中仍保留，可用 restore 恢复。",
    ),
    examples=[
        (Text("delete", "删除"), "textcrm rm C20240501001 --reason 重复录入"),
        (Text("bring back", "恢复"), "textcrm restore C20240501001"),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@option("--reason", required=True, help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, id: str, reason: str) -> None:
    """Delete a customer, with the reason."""
    from textcrm.records import lifecycle

    done = lifecycle.remove(context.vault(), id, reason=reason)
    report(
        context,
        done,
        Text(
            "deleted {id} ({commit}); textcrm restore {id} brings it back",
            "已删除 {id}（{commit}）；可用 textcrm restore {id} 恢复",
        ),
    )
