"""textcrm archive: put a customer aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.bulk import bulk_options
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
        (
            Text("all that a query finds", "批量归档"),
            "textcrm archive --query '类型:流失客户 last_contact:>2y' --reason 久无往来",
        ),
        (Text("see the archived", "查看已归档"), "textcrm list is:archived"),
    ],
)
@argument("id", required=False, help=Text("id or name", "编号或名称"))
@bulk_options
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    id: str | None,
    reason: str | None,
    query: str | None,
    yes: bool,
    dry_run: bool,
) -> None:
    """Put a customer aside."""
    from textcrm.cli import bulk
    from textcrm.records import lifecycle

    if query is not None and id is None:
        edit = lifecycle.archiving(context.vault(), reason)
        bulk.change(context, "archive", query, edit, reason=reason, yes=yes, dry_run=dry_run)
        return
    if id is None or query is not None:
        raise bulk.nobody("archive")
    done = lifecycle.archive(context.vault(), id, reason=reason)
    report(context, done, Text("archived {id} ({commit})", "已归档 {id}（{commit}）"))
