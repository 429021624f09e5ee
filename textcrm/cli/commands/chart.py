"""textcrm chart: a report as a drawing in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.commands.report import choices
from textcrm.cli.frame import command
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "chart",
    dash_words=True,
    help=Text(
        "A report as bars in the terminal, or as an SVG drawing. Takes what report takes.",
        "在终端用条形图显示报表，或输出 SVG 图。参数与 report 相同。",
    ),
    examples=[
        (Text("purchases by month", "按月购买金额"), "textcrm chart purchases"),
        (Text("customers by city", "各城市客户数"), "textcrm chart --by city"),
        (
            Text("a drawing for a document", "输出图片用于文档"),
            "textcrm chart funnel -o funnel.svg",
        ),
    ],
)
@choices
def run(context: Context, **asked: Any) -> None:
    """Draw a report."""
    from textcrm.cli.asked import run_report

    run_report(context, "chart", **asked)
