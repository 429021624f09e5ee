"""textcrm append: one more item in a list of a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "append",
    help=Text(
        "Append an item to a list: contacts, purchases, payments, contracts, feedback ...",
        "向列表追加一条：联系人、购买、付款、合同、反馈等。",
    ),
    examples=[
        (
            Text("a purchase", "一次购买"),
            "textcrm append C20240501001 purchases 日期=今天 产品=云主机 数量=2 金额=1.2万",
        ),
        (
            Text("a contact", "一位联系人"),
            "textcrm append C20240501001 联系人 姓名=李明 职务=技术总监 电话='0571-8788 6655'",
        ),
        (Text("products", "合作产品"), "textcrm append C20240501001 products 运维服务、云主机"),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@argument(
    "list",
    metavar="LIST",
    help=Text("the list, by name, label or path", "列表的字段名、标签或路径"),
)
@argument(
    "assignments", nargs=-1, metavar="KEY=VALUE", help=Text("the item's fields", "条目的内容")
)
@option("--grant", is_flag=True, help=Text("let a new owner read", "允许新负责人读取"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    id: str,
    list: str,
    assignments: tuple[str, ...],
    grant: bool,
    reason: str | None,
) -> None:
    """Append an item."""
    from textcrm.cli import granting
    from textcrm.records import editing

    vault = context.vault()
    granting.allow(context, vault, given=grant)
    words = [
        "=".join(context.value_of((one[:-2], "-"))) if one.endswith("=-") else one
        for one in assignments
    ]
    done = editing.append(vault, id, list, words, reason=reason)
    granting.warn_of_typed(context, vault, assignments, done)
    report(context, done, Text("appended to {id} ({commit})", "已追加到 {id}（{commit}）"))
