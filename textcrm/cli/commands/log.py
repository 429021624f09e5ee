"""textcrm log: record what happened with a customer, or read what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.record import NextStep


@command(
    "log",
    help=Text(
        "With a summary: record an interaction, with the next step. Without one: tell what changed, "
        "field by field, for a customer or for the vault.",
        "带摘要：记一次沟通及下一步。不带摘要：逐字段列出某客户或整个客户库的改动历史。",
    ),
    examples=[
        (
            Text("a call, and what comes next", "记一次电话和下一步"),
            "textcrm log C20240501001 '确认报价，需对比' --channel 电话 --next 提供方案 --due 下周三",
        ),
        (
            Text("the step that was due is done", "到期的下一步已办完"),
            "textcrm log C20240501001 '已寄合同' --done",
        ),
        (Text("a customer's history", "某客户的历史"), "textcrm log C20240501001"),
        (Text("the last ten changes", "最近十次改动"), "textcrm log --limit 10"),
        (
            Text("who changed a status this year", "今年谁改过合作状态"),
            "textcrm log --field 状态 --since 2026-01-01",
        ),
    ],
)
@argument(
    "id",
    required=False,
    help=Text("id or name; in history a query too", "编号或名称；查历史时也可用查询"),
)
@argument(
    "summary",
    required=False,
    help=Text("what happened, in short; - reads standard input", "沟通摘要；- 表示标准输入"),
)
@option(
    "--channel",
    metavar="CHANNEL",
    help=Text("phone, email, visit, chat ...", "电话、邮件、拜访、在线聊天等"),
)
@option("--at", metavar="WHEN", help=Text("when it was; now if not given", "发生时间，默认现在"))
@option("--next", "next_step", metavar="WHAT", help=Text("the next step", "下一步计划"))
@option("--due", metavar="DATE", help=Text("when the next step is due", "下一步的日期"))
@option("--done", is_flag=True, help=Text("the step that was due is done", "到期的下一步已完成"))
@option("--feedback", metavar="TEXT", help=Text("how the customer reacted", "客户反馈"))
@option(
    "--by",
    metavar="PERSON",
    help=Text("who talked to the customer; in history: changes by", "跟进人；查历史时为改动人"),
)
@option("--limit", type=int, metavar="N", help=Text("history: at most so many", "历史：最多条数"))
@option("--since", metavar="DATE", help=Text("history: from that day", "历史：起始日期"))
@option("--until", metavar="DATE", help=Text("history: up to that day", "历史：截止日期"))
@option(
    "--op",
    metavar="OP",
    help=Text("history: only add, set, log, import ...", "历史：只看某种操作"),
)
@option(
    "--field",
    metavar="FIELD",
    help=Text("history: only where that field changed", "历史：只看某字段"),
)
@option("--deleted", is_flag=True, help=Text("history: only what was deleted", "历史：只看删除"))
@option(
    "--reveal",
    is_flag=True,
    help=Text("history: sealed values in clear, with your key", "历史：用您的密钥显示加密内容"),
)
@option("--purpose", metavar="WHY", help=Text("why it is revealed", "查看明文的目的"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, id: str | None, summary: str | None, **given: Any) -> None:
    """Record an interaction or tell the history."""
    if id is not None and (
        summary is not None or given["next_step"] or given["feedback"] or given["done"]
    ):
        _record(context, id, summary, given)
    else:
        from textcrm.cli.history import tell

        tell(context, id, given)


def _record(context: Context, word: str, summary: str | None, given: dict[str, Any]) -> None:
    from textcrm.records import interactions

    vault = context.vault()
    record = vault.get(word)
    text = context.read_text(summary) if summary == "-" else summary or given["next_step"] or ""
    finished = given["done"]
    steps = interactions.due_steps(vault, record) if finished or context.interactive else []
    if finished and not text and steps:
        text = steps[0].what  # the step itself says what was done
    if not finished and context.interactive and steps:
        finished = _ask_done(context, steps)
    next_step, due = given["next_step"], given["due"]
    if next_step is None and due is None and context.interactive:
        next_step, due = _ask_next(context)
    done = interactions.log(
        vault,
        record.id,
        text,
        channel=given["channel"],
        at=given["at"],
        next_step=next_step,
        due=due,
        feedback=given["feedback"],
        by=given["by"],
        done=finished,
        reason=given["reason"],
    )
    report(
        context,
        done,
        Text("logged with {name} {id} ({commit})", "已记录与 {name} 的沟通 {id}（{commit}）"),
        name=record.name,
    )


def _ask_done(context: Context, steps: list[NextStep]) -> bool:
    """Whether the steps that were due are done now."""
    for step in steps:
        context.note(
            Text("open: {what} ({due})", "未完成：{what}（{due}）"),
            what=step.what,
            due=step.due.isoformat() if step.due else "—",
        )
    return context.confirm(Text("Is it done?", "已经完成了吗？"), default=True)


def _ask_next(context: Context) -> tuple[str | None, str | None]:
    what = context.ask(
        Text("Next step (Enter for none)", "下一步（直接回车表示没有）"),
        option="--next",
        default="",
    )
    if not what:
        return None, None
    due = context.ask(
        Text(
            "Due (e.g. 3 days, 2026-12-01; Enter for none)",
            "日期（如 3天后、下周三；回车表示没有）",
        ),
        option="--due",
        default="",
    )
    return what, due or None
