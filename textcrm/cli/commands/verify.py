"""textcrm verify: record that a customer's data was checked with the customer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "verify",
    help=Text(
        "Record that a customer's data was checked with the customer, today or --on a day, and "
        "which contact methods work (--method) or are dead (--dead). --draft prints a message that "
        "asks the customer to confirm, values masked, and writes nothing.",
        "记录已与客户核对信息（默认今天，或用 --on 指定日期），并标记有效（--method）或失效（--dead）"
        "的联系方式。--draft 只打印请客户核对的信件，内容已脱敏，不写入任何内容。",
    ),
    examples=[
        (Text("checked today", "今天核对过"), "textcrm verify C20240501001"),
        (
            Text("one number works, one is dead", "一个号码有效，一个失效"),
            "textcrm verify C20240501001 --method 0001 --dead wang@example.com",
        ),
        (Text("all numbers", "全部电话有效"), "textcrm verify C20240501001 --method phone"),
        (Text("a letter to send", "打印核对信"), "textcrm verify C20240501001 --draft"),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@option(
    "--method",
    "works",
    multiple=True,
    metavar="METHOD",
    help=Text(
        "it works: a number or its end, an address, phone, email, all; may be repeated",
        "有效：号码或末几位、邮箱、phone、email、all，可重复使用",
    ),
)
@option(
    "--dead",
    multiple=True,
    metavar="METHOD",
    help=Text("it does not; may be repeated", "失效，可重复使用"),
)
@option("--on", metavar="DATE", help=Text("the day; today if not given", "核对日期，默认今天"))
@option("--draft", is_flag=True, help=Text("print a message, write nothing", "只打印核对信"))
@option("--template", metavar="FILE", help=Text("of the message", "核对信模板"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    id: str,
    works: tuple[str, ...],
    dead: tuple[str, ...],
    on: str | None,
    draft: bool,
    template: str | None,
    reason: str | None,
) -> None:
    """Record a verification, or draft a message."""
    if draft or template is not None:
        _draft(context, id, template)
        return
    from textcrm.normalize import dates
    from textcrm.records.verifying import open_methods, verify

    vault = context.vault()
    day = dates.parse_date(on, vault.today, prefer="past") if on else None
    done = verify(vault, id, on=day, works=works, dead=dead, reason=reason)
    report(context, done, Text("verified {id} ({commit})", "已记录核对 {id}（{commit}）"))
    left = open_methods(vault.get(done.id).raw)
    if left:
        context.hint(
            Text(
                "{n} contact methods are still to be verified: textcrm verify {id} --method ...",
                "还有 {n} 个联系方式待核实：textcrm verify {id} --method …",
            ),
            n=left,
            id=done.id,
        )


def _draft(context: Context, id: str, template: str | None) -> None:
    from textcrm.errors import StorageFailure
    from textcrm.records.confirming import draft

    vault = context.vault()
    record = vault.get(id)
    text = None
    if template is not None:
        try:
            text = Path(template).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise StorageFailure(
                "file-unreadable",
                Text("{file} cannot be read", "无法读取 {file}"),
                hint=Text("give a text file in UTF-8", "请提供 UTF-8 文本文件"),
                file=template,
            ) from error
    message = draft(vault, record, context.language, text)
    if record.typed.get("do_not_contact") or record.typed.get("restricted"):
        context.warn(
            Text(
                "{id} is not to be contacted: do not send it",
                "{id} 已标记请勿联系或限制处理，请勿发送",
            ),
            id=record.id,
        )
    if context.json:
        context.emit({"id": record.id, "message": message})
    else:
        context.out.line(message.rstrip("\n"))
