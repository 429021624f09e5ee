"""textcrm segment: named groups of customers with size and trend; whom to tell of something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.completing import query_words
from textcrm.cli.frame import Count, argument, command, option, or_screen
from textcrm.cli.reading import report_broken
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.insight.table import Table


@command(
    "segment",
    dash_words=True,
    help=Text(
        "Without a word: every saved view with its size and how that changed. With a view: its size "
        "month by month. With --likes or --bought: whom to tell of something, with the reason for "
        "each, only who agreed to it. Views are saved by: textcrm view save.",
        "不写名称：列出每个已保存视图的客户数及增减；写视图名：逐月的客户数。"
        "用 --likes、--bought 找出可通知的客户并给出理由，只含已同意该用途的客户。"
        "视图用 textcrm view save 保存。",
    ),
    examples=[
        (Text("all segments", "全部客户细分"), "textcrm segment"),
        (
            Text("one, month by month", "某个细分逐月变化"),
            "textcrm segment 重点客户 --format chart",
        ),
        (
            Text("who likes a brand and may be told", "喜欢某品牌、可以通知的客户"),
            "textcrm segment --likes brand=云帆",
        ),
        (
            Text(
                "who bought something, also who may not be told", "买过某产品的客户，含不可通知的"
            ),
            "textcrm segment --bought 云主机年付 --all",
        ),
    ],
)
@argument(
    "words",
    nargs=-1,
    metavar="VIEW",
    shell_complete=query_words,
    help=Text(
        "a saved view; with --likes or --bought a query",
        "已保存的视图；配合 --likes、--bought 时为查询条件",
    ),
)
@option(
    "--likes",
    multiple=True,
    metavar="WHAT=X",
    help=Text("a preference: brand=X, colour=X, or X", "偏好：品牌=X、颜色=X，或直接写 X"),
)
@option(
    "--bought", multiple=True, metavar="PRODUCT", help=Text("bought or has it", "买过或正在使用")
)
@option(
    "--purpose",
    default="marketing",
    metavar="PURPOSE",
    help=Text("what they must have agreed to (marketing)", "须已同意的用途（默认 marketing）"),
)
@option(
    "--all",
    "everybody",
    is_flag=True,
    help=Text("also who may not be told, and why", "也列出不可通知的客户及原因"),
)
@option(
    "--format",
    "form",
    metavar="FORM",
    help=Text(
        "table, chart, json, csv, tsv, html, svg", "table、chart、json、csv、tsv、html、svg"
    ),
)
@option(
    "-o",
    "--output",
    metavar="FILE",
    callback=or_screen,
    help=Text("write a file; its ending says the format", "写入文件，格式由扩展名决定"),
)
@option("--force", is_flag=True, help=Text("in place of a file that is there", "覆盖已有文件"))
@option(
    "--limit",
    type=Count(),
    metavar="N",
    help=Text("at most so many rows; 0 for all", "最多行数；0 为全部"),
)
def run(
    context: Context,
    words: tuple[str, ...],
    likes: tuple[str, ...],
    bought: tuple[str, ...],
    purpose: str,
    everybody: bool,
    form: str | None,
    output: str | None,
    force: bool,
    limit: int | None,
) -> None:
    """Tell of segments."""
    from textcrm.cli.reporting import Printing, form_of

    printing = Printing(context, form_of(form, output, "table"), output, limit, force=force)
    if likes or bought:
        table = _aimed(context, " ".join(words), likes, bought, purpose, everybody=everybody)
    elif words:
        table = _trend(context, " ".join(words))
    else:
        from textcrm.insight.segments import overview

        table = overview(context.vault())
    report_broken(context)
    if not table.rows and not words and not (likes or bought):
        context.hint_error(
            Text(
                "no view is saved yet: textcrm view save NAME QUERY",
                "还没有保存视图：textcrm view save 名称 条件",
            )
        )
        if context.json:
            printing.give([table])
        context.exit(1)
    printing.give([table])
    if (likes or bought) and table.rows:
        from textcrm.cli.noted import note_read

        note_read(context, "segment", [str(row[0]) for row in table.rows], purpose)
    if not table.rows:
        context.exit(1)


def _trend(context: Context, word: str) -> Table:
    from textcrm.cli.opened import say_sealed
    from textcrm.insight.segments import trend
    from textcrm.vault.views import find

    vault = context.vault()
    name, view = find(vault, word)
    say_sealed(context, view.query)
    return trend(vault, name, view.query)


def _aimed(
    context: Context,
    query: str,
    likes: tuple[str, ...],
    bought: tuple[str, ...],
    purpose: str,
    *,
    everybody: bool,
) -> Table:
    from textcrm.cli.opened import say_sealed
    from textcrm.insight.facts import Facts
    from textcrm.insight.segments import Aimed, aimed, wish_of

    vault = context.vault()
    say_sealed(context, query)
    wishes = tuple(wish_of(vault, each) for each in likes)
    facts = Facts(vault, query)
    return aimed(facts, Aimed(wishes, bought, purpose), everybody=everybody)
