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
        (Text("who might be archived", "建议归档的客户"), "textcrm archive --suggest"),
        (Text("see the archived", "查看已归档"), "textcrm list is:archived"),
    ],
)
@argument("id", required=False, help=Text("id or name", "编号或名称"))
@bulk_options
@option(
    "--suggest",
    is_flag=True,
    help=Text("whom nobody dealt with for long; write nothing", "列出长期无往来的客户，不改动"),
)
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    id: str | None,
    reason: str | None,
    query: str | None,
    yes: bool,
    dry_run: bool,
    suggest: bool,
) -> None:
    """Put a customer aside."""
    from textcrm.cli import bulk
    from textcrm.records import lifecycle

    if suggest and (id is not None or query is not None):
        raise bulk.nobody("archive")
    if suggest:
        _suggest(context)
        return
    if query is not None and id is None:
        edit = lifecycle.archiving(context.vault(), reason)
        bulk.change(context, "archive", query, edit, reason=reason, yes=yes, dry_run=dry_run)
        return
    if id is None or query is not None:
        raise bulk.nobody("archive")
    done = lifecycle.archive(context.vault(), id, reason=reason)
    report(context, done, Text("archived {id} ({commit})", "已归档 {id}（{commit}）"))


def _suggest(context: Context) -> None:
    from textcrm.cli.tables import mask_name
    from textcrm.insight.idle import idle

    vault = context.vault()
    found = idle(vault)
    if context.json:
        context.emit(
            [
                {
                    "id": one.id,
                    "name": mask_name(context, one.name),
                    "last": one.last.isoformat(),
                    "days": one.days,
                    "reason": one.reason.say(context.language, last=one.last.isoformat()),
                    "owner": one.owner or None,
                    "command": f"textcrm archive {one.id}",
                }
                for one in found
            ]
        )
    elif found:
        context.out.table(
            [
                Text("Id", "编号"),
                Text("Name", "名称"),
                Text("Days", "天数"),
                Text("Why", "原因"),
                Text("Owner", "跟进人"),
            ],
            [
                [
                    one.id,
                    mask_name(context, one.name),
                    str(one.days),
                    one.reason.say(context.language, last=one.last.isoformat()),
                    vault.access.display(one.owner) if one.owner else "",
                ]
                for one in found
            ],
            right={2},
            whole={0},
        )
        context.hint(
            Text(
                "archive one: textcrm archive {id} --reason ... (nothing is lost, see unarchive)",
                "归档：textcrm archive {id} --reason …（内容全部保留，可用 unarchive 恢复）",
            ),
            id=found[0].id,
        )
    else:
        context.say(
            Text("nobody was idle for {days} days", "没有超过 {days} 天无往来的客户"),
            days=vault.config.thresholds["archive_days"],
        )
    if not found:
        context.exit(1)
