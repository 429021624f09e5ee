"""textcrm append: one more item in a list of a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.bulk import bulk_options
from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.text import Text

if TYPE_CHECKING:
    import builtins

    from textcrm.cli.context import Context
    from textcrm.records.values import Assigned


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
        (
            Text("at every customer that a query finds", "批量追加"),
            "textcrm append --query '@久未联系' interactions 时间=今天 渠道=邮件 内容=发送新年问候",
        ),
    ],
)
@argument("id", required=False, help=Text("id or name", "编号或名称"))
@argument(
    "list",
    required=False,
    metavar="LIST",
    help=Text("the list, by name, label or path", "列表的字段名、标签或路径"),
)
@argument(
    "assignments", nargs=-1, metavar="KEY=VALUE", help=Text("the item's fields", "条目的内容")
)
@bulk_options
@option("--grant", is_flag=True, help=Text("let a new owner read", "允许新负责人读取"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    id: str | None,
    list: str | None,
    assignments: tuple[str, ...],
    grant: bool,
    reason: str | None,
    query: str | None,
    yes: bool,
    dry_run: bool,
) -> None:
    """Append an item."""
    from textcrm.cli import bulk, granting
    from textcrm.records import editing

    if query is not None and id is not None:
        assignments = (list, *assignments) if list is not None else assignments
        id, list = None, id  # noqa: A001
    if list is None or (id is None and query is None):
        raise bulk.nobody("append")
    vault = context.vault()
    granting.allow(context, vault, given=grant)
    words = [
        "=".join(context.value_of((one[:-2], "-"))) if one.endswith("=-") else one
        for one in assignments
    ]
    if id is None:
        assert query is not None  # noqa: S101 - one of the two was asked for
        values: builtins.list[Assigned] = []
        edit = editing.appending(vault, list, words, values)
        written = bulk.change(
            context, "append", query, edit, reason=reason, yes=yes, dry_run=dry_run
        )
        if written is not None:
            done = editing.Done(written, tuple(values))
            granting.warn_of_typed(context, vault, assignments, done)
        return
    done = editing.append(vault, id, list, words, reason=reason)
    granting.warn_of_typed(context, vault, assignments, done)
    report(context, done, Text("appended to {id} ({commit})", "已追加到 {id}（{commit}）"))
