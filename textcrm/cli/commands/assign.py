"""textcrm assign: give a customer to a person, or all of somebody who leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.records.handover import Planned


@command(
    "assign",
    help=Text(
        "Give a customer to a person, or with “none” to the public pool. The owner reads the "
        "customer's sealed contact and finance values and attachments: they are sealed anew, which "
        "takes a key that opens them, and it is said who gains what. --all FROM TO hands over everything of "
        "somebody who leaves, in one commit: customers with their open next steps, shared ones, "
        "and views that name the person.",
        "把客户分配给某人；none 表示放回公海。负责人可读取该客户加密的联系和财务信息及附件："
        "分配时会重新加密（需要能解开它们的密钥），并说明谁获得了什么权限。"
        "--all 交出人 接手人：离职交接，一次提交转移全部客户（含未完成的下一步）、协作客户和相关视图。",
    ),
    examples=[
        (Text("to a colleague", "分配给同事"), "textcrm assign C20240501001 王芳"),
        (Text("to the pool", "放回公海"), "textcrm assign C20240501001 none"),
        (
            Text("all of somebody who leaves", "离职交接"),
            "textcrm assign --all 李强 王芳 --reason 离职交接",
        ),
    ],
)
@argument("id", help=Text("id or name; with --all who gives", "编号或名称；--all 时为交出人"))
@argument("person", help=Text("a person, or none", "人员，或 none"))
@option(
    "--all",
    "everything",
    is_flag=True,
    help=Text("everything of a person to another one", "把一个人的全部客户交给另一人"),
)
@option("--dry-run", is_flag=True, help=Text("with --all: only look", "与 --all 合用：只看不改"))
@option("--yes", is_flag=True, help=Text("with --all: do not ask", "与 --all 合用：不再询问"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    id: str,
    person: str,
    everything: bool,
    dry_run: bool,
    yes: bool,
    reason: str | None,
) -> None:
    """Assign a customer, or all of a person."""
    from textcrm.cli import granting
    from textcrm.records.resealing import assign

    vault = context.vault()
    granting.allow(context, vault, given=True)
    if everything:
        _hand_over(context, id, person, dry_run=dry_run, yes=yes, reason=reason)
        return
    done = assign(vault, id, person, reason=reason)
    report(context, done, Text("assigned {id} ({commit})", "已分配 {id}（{commit}）"))


def _hand_over(
    context: Context, giver: str, taker: str, *, dry_run: bool, yes: bool, reason: str | None
) -> None:
    from textcrm.cli import granting
    from textcrm.cli.written import warnings, warnings_json
    from textcrm.records import handover

    vault = context.vault()
    planned = handover.plan(vault, giver, taker)
    who = vault.access.display(planned.giver.id)
    to = planned.taker.name if planned.taker else Text("the pool", "公海")
    if not (planned.owned or planned.shared or planned.views):
        if context.json:
            context.emit({**_json(planned, None), "warnings": []})
        context.say(Text("{who} has nothing to hand over", "{who}没有需要交接的内容"), who=who)
        return
    context.say(
        Text(
            "{who} to {to}: {owned} customers, {steps} open next steps among them; "
            "{shared} shared; views: {views}",
            "{who} → {to}：客户 {owned} 位（未完成的下一步 {steps} 项），协作客户 {shared} 位，视图：{views}",
        ),
        who=who,
        to=to,
        owned=len(planned.owned),
        steps=planned.steps,
        shared=len(planned.shared),
        views=list(planned.views) or "—",
    )
    result = None
    if dry_run:
        context.say(Text("nothing was written (--dry-run)", "未写入任何内容（--dry-run）"))
    else:
        if not yes and context.interactive:
            question = Text("Hand it all over?", "确认全部交接？")
            if not context.confirm(question, default=False):
                context.abort()
        granting.allow_quietly(context, vault)
        with context.progress(Text("handed over", "已交接")) as told:
            result = handover.hand_over(vault, planned, reason=reason, progress=told)
    if context.json:
        warned = warnings_json(context, result) if result else []
        context.emit({**_json(planned, result.commit if result else None), "warnings": warned})
    elif result is not None and result.commit is not None:
        context.say(
            Text(
                "handed over ({commit}); textcrm undo takes all of it back",
                "交接完成（{commit}）；用 textcrm undo 可整体撤销",
            ),
            commit=result.commit[:8],
        )
        warnings(context, result)


def _json(planned: Planned, commit: str | None) -> dict[str, object]:
    from textcrm.record import id_of_path

    return {
        "ids": [id_of_path(path) for path in planned.owned],
        "shared": [id_of_path(path) for path in planned.shared],
        "steps": planned.steps,
        "views": list(planned.views),
        "attached": planned.attached,
        "count": len(planned.owned) + len(planned.shared),
        "commit": commit,
        "changed": ["owner", "collaborators"] if planned.shared else ["owner"],
    }
