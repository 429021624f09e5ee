"""textcrm export: customers as a file for other programs, phones and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.completing import query_words
from textcrm.cli.frame import Count, argument, command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "export",
    dash_words=True,
    help=Text(
        "Write customers to a file for other programs: csv, xlsx (the workbook 客户信息总表), vcard, "
        "json, jsonl, sqlite, md; ics has what is due. “export card ID” is a card with name and "
        "contact only. Sealed values are left out. Without -o a text goes to standard output.",
        "把客户导出给其他程序使用：csv、xlsx（工作簿“客户信息总表”）、vcard、json、jsonl、sqlite、md；"
        "ics 为待办日历。“export card 编号”导出只含姓名和联系方式的名片。"
        "加密的值不会导出。文本格式不写 -o 时输出到屏幕。",
    ),
    examples=[
        (Text("the workbook", "导出工作簿"), "textcrm export xlsx -o customers.xlsx"),
        (
            Text("some customers, as a table", "部分客户，CSV 表格"),
            "textcrm export csv 状态:合作中 -o active.csv",
        ),
        (
            Text("who agreed to a mailing", "同意营销的客户，用于群发"),
            "textcrm export csv --for marketing -o mailing.csv",
        ),
        (Text("for a phone", "导入手机通讯录"), "textcrm export vcard --version 3.0 -o phone.vcf"),
        (Text("the calendar", "待办日历"), "textcrm export ics owner:李强 -o due.ics"),
    ],
)
@argument(
    "form",
    metavar="FORMAT",
    help=Text("one of the formats above, or card", "以上格式之一，或 card"),
)
@argument(
    "query",
    nargs=-1,
    metavar="QUERY",
    shell_complete=query_words,
    help=Text("which customers; all if none", "筛选条件，默认全部"),
)
@option(
    "--segment",
    metavar="VIEW",
    help=Text("the customers of a saved view", "只导出某个已保存视图中的客户"),
)
@option("-o", "--output", metavar="FILE", help=Text("the file to write", "输出文件"))
@option("--force", is_flag=True, help=Text("in place of a file that is there", "覆盖已有文件"))
@option("--archived", is_flag=True, help=Text("archived customers too", "包括已归档客户"))
@option(
    "--for",
    "consent",
    metavar="PURPOSE",
    help=Text(
        "a mailing: only who agreed to it, nobody who is not to be contacted",
        "群发用：只含同意该用途的客户，不含请勿联系和限制处理的客户",
    ),
)
@option(
    "--contact-only",
    is_flag=True,
    help=Text("of cards: name and contact only", "名片只含姓名和联系方式"),
)
@option(
    "--version",
    metavar="V",
    help=Text("of cards: 3.0 or 4.0 (4.0; card: 3.0)", "名片版本 3.0 或 4.0（card 默认 3.0）"),
)
@option(
    "--within",
    type=Count(),
    default=90,
    metavar="DAYS",
    help=Text("of ics: so many days ahead (90)", "ics 往后多少天（默认 90）"),
)
@option(
    "--headings",
    metavar="zh|en",
    help=Text("language of headings and labels (tables: zh)", "表头和选项的语言，表格默认中文"),
)
@option(
    "--reveal",
    is_flag=True,
    help=Text(
        "sealed values in clear, as far as your key opens them; the file is yours alone to read",
        "用您的密钥导出加密字段的明文；文件仅本人可读",
    ),
)
@option(
    "--purpose",
    metavar="WHY",
    help=Text("what for, for the access log", "导出目的，记入访问日志"),
)
def run(
    context: Context,
    form: str,
    query: tuple[str, ...],
    segment: str | None,
    output: str | None,
    force: bool,
    archived: bool,
    consent: str | None,
    contact_only: bool,
    version: str | None,
    within: int,
    headings: str | None,
    reveal: bool,
    purpose: str | None,
) -> None:
    """Export customers."""
    from textcrm.cli.exported import Asked, export

    if segment is not None:
        from textcrm.vault.views import find

        query = (f"@{find(context.vault(), segment)[0]}", *query)
    asked = Asked(
        form=form,
        query=query,
        output=output,
        force=force,
        archived=archived,
        reveal=reveal,
        headings=headings,
        purpose=purpose,
        consent=consent,
        version=version,
        contact_only=contact_only,
        within=within,
    )
    export(context, asked)
