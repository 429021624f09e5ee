"""textcrm report: what the records say, by name, or as a pivot table over any fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.completing import field_names
from textcrm.cli.frame import Count, argument, command, option, or_screen
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

    from textcrm.cli.context import Context


def report_words(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The names of reports, in both languages."""
    del ctx, param
    from textcrm.insight.reports import REPORTS

    words = [word for one in REPORTS for word in (one.name, one.title.zh)]
    return [word for word in words if word.startswith(incomplete)]


def choices(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that ``report`` and ``chart`` share."""
    for decorate in reversed(_CHOICES):
        function = decorate(function)
    return function


_CHOICES = (
    argument(
        "words",
        nargs=-1,
        metavar="NAME",
        shell_complete=report_words,
        help=Text(
            "a report, or all; behind it a query for some customers only",
            "报表名称或 all（全部）；其后可写查询条件，只统计部分客户",
        ),
    ),
    option(
        "--by",
        multiple=True,
        shell_complete=field_names,
        metavar="FIELD",
        help=Text(
            "a pivot table: a row for each value; days as created:month",
            "透视表：按字段取值分行；日期可写 created:month",
        ),
    ),
    option(
        "--across",
        shell_complete=field_names,
        metavar="FIELD",
        help=Text("of the pivot: a column for each value", "透视表：按字段取值分列"),
    ),
    option(
        "--count", is_flag=True, help=Text("of the pivot: how many (always there)", "计数（默认）")
    ),
    option(
        "--sum",
        "sums",
        multiple=True,
        shell_complete=field_names,
        metavar="FIELD",
        help=Text("of the pivot: add up", "透视表：求和"),
    ),
    option(
        "--avg",
        "avgs",
        multiple=True,
        shell_complete=field_names,
        metavar="FIELD",
        help=Text("of the pivot: mean", "透视表：平均"),
    ),
    option(
        "--of",
        shell_complete=field_names,
        metavar="LIST",
        help=Text("of the pivot: count items of a list", "透视表：按列表条目计数，如 purchases"),
    ),
    option("--since", metavar="DATE", help=Text("count from that day on", "起始日期")),
    option("--until", metavar="DATE", help=Text("count up to that day", "截止日期")),
    option(
        "--period",
        metavar="UNIT",
        help=Text("week, month, quarter or year", "周期：周、月、季度、年"),
    ),
    option(
        "--level",
        metavar="LEVEL",
        help=Text(
            "regions: country, province, city, district; industries: section, division",
            "地域：国家、省、市、区；行业：门类、行业",
        ),
    ),
    option(
        "--kind", metavar="KIND", help=Text("of the addresses: office ...", "地址用途：办公等")
    ),
    option(
        "--currency",
        metavar="CODE",
        help=Text(
            "amounts in that currency, at the dated rates of textcrm.yaml",
            "金额折算成该币种，按 textcrm.yaml 中的各日汇率",
        ),
    ),
    option(
        "--detail",
        is_flag=True,
        help=Text("a row for each thing instead of sums", "逐条列出，不汇总"),
    ),
    option(
        "--reveal",
        is_flag=True,
        help=Text("sealed amounts too, with your key", "用您的密钥把加密金额也计入"),
    ),
    option("--archived", is_flag=True, help=Text("archived customers too", "包括已归档客户")),
    option(
        "--format",
        "form",
        metavar="FORM",
        help=Text(
            "table, chart, json, csv, tsv, html, svg", "table、chart、json、csv、tsv、html、svg"
        ),
    ),
    option(
        "-o",
        "--output",
        metavar="FILE",
        callback=or_screen,
        help=Text("write a file; its ending says the format", "写入文件，格式由扩展名决定"),
    ),
    option("--force", is_flag=True, help=Text("in place of a file that is there", "覆盖已有文件")),
    option(
        "--limit",
        type=Count(),
        metavar="N",
        help=Text("at most so many rows; 0 for all", "最多行数；0 为全部"),
    ),
)


@command(
    "report",
    dash_words=True,
    help=Text(
        "What the records say: sources, status, funnel, products, purchases, value, receivables, "
        "feedback, activity and more, as a table, a chart, JSON, CSV or one HTML file. Without a "
        "name: all reports that there are.",
        "统计报表：客户来源、合作状态、漏斗、产品、购买、客户价值、应收、反馈、跟进等，"
        "可输出为表格、图表、JSON、CSV 或单个 HTML 文件。不写名称则列出全部报表。",
    ),
    examples=[
        (Text("customers by source", "客户来源"), "textcrm report sources"),
        (
            Text("purchases by quarter, as a web page", "按季度统计购买，存为网页"),
            "textcrm report purchases --period quarter -o purchases.html",
        ),
        (
            Text("a pivot table of active customers", "合作中客户的透视表"),
            "textcrm report --by city --by type --sum total_spent status:active",
        ),
        (
            Text("every report on one page", "全部报表存为一个网页"),
            "textcrm report all -o all.html",
        ),
    ],
)
@choices
def run(context: Context, **asked: Any) -> None:
    """Make a report."""
    from textcrm.cli.asked import run_report

    run_report(context, "table", **asked)
