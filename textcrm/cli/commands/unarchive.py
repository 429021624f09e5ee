"""textcrm unarchive: take a customer back from the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "unarchive",
    help=Text(
        "Take a customer back from the archive.",
        "取消归档。",
    ),
    examples=[
        (Text("take back", "取消归档"), "textcrm unarchive C20240501001"),
        (
            Text("with the reason", "写明原因"),
            "textcrm unarchive C20240501001 --reason 客户恢复采购",
        ),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, id: str, reason: str | None) -> None:
    """Take a customer back from the archive."""
    from textcrm.records import lifecycle

    done = lifecycle.unarchive(context.vault(), id, reason=reason)
    report(context, done, Text("{id} is back ({commit})", "{id} 已取消归档（{commit}）"))
