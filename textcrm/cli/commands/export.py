"""textcrm export: customers as a file for other programs, phones and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.completing import query_words
from textcrm.cli.frame import argument, command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "export",
    dash_words=True,
    help=Text(
        "Write customers to a file for other programs: csv, xlsx (the workbook 客户信息总表), json, "
        "jsonl. Sealed values are left out. Without -o a text format goes to standard output.",
        "把客户导出为其他程序可用的文件：csv、xlsx（工作簿“客户信息总表”）、json、jsonl。"
        "加密的值不会导出。文本格式不写 -o 时输出到屏幕。",
    ),
    examples=[
        (Text("the workbook", "导出工作簿"), "textcrm export xlsx -o customers.xlsx"),
        (
            Text("some customers, as a table", "部分客户，CSV 表格"),
            "textcrm export csv 状态:合作中 -o active.csv",
        ),
        (Text("for a program", "供程序读取"), "textcrm export jsonl tag:续约"),
    ],
)
@argument("form", metavar="FORMAT", help=Text("csv, xlsx, json, jsonl", "格式"))
@argument(
    "query",
    nargs=-1,
    metavar="QUERY",
    shell_complete=query_words,
    help=Text("which customers; all if none", "筛选条件，默认全部"),
)
@option("-o", "--output", metavar="FILE", help=Text("the file to write", "输出文件"))
@option("--force", is_flag=True, help=Text("in place of a file that is there", "覆盖已有文件"))
@option("--archived", is_flag=True, help=Text("archived customers too", "包括已归档客户"))
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
@option(
    "--headings",
    metavar="zh|en",
    help=Text("language of headings and labels (zh)", "表头和选项的语言，默认中文"),
)
def run(
    context: Context,
    form: str,
    query: tuple[str, ...],
    output: str | None,
    force: bool,
    archived: bool,
    reveal: bool,
    headings: str | None,
    purpose: str | None,
) -> None:
    """Export customers."""
    from textcrm.cli.exported import Asked, export

    asked = Asked(form, query, output, force, archived, reveal, headings, purpose)
    export(context, asked)
