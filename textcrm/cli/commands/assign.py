"""textcrm assign: give a customer to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "assign",
    help=Text(
        "Give a customer to a person, or with “none” to the public pool. The owner reads the "
        "customer's sealed contact and finance values: they are sealed anew, which takes a key "
        "that opens them, and it is said who gains what.",
        "把客户分配给某人；none 表示放回公海。负责人可读取该客户加密的联系和财务信息："
        "分配时会重新加密（需要能解开它们的密钥），并说明谁获得了什么权限。",
    ),
    examples=[
        (Text("to a colleague", "分配给同事"), "textcrm assign C20240501001 王芳"),
        (Text("to the pool", "放回公海"), "textcrm assign C20240501001 none"),
    ],
)
@argument("id", help=Text("id or name", "编号或名称"))
@argument("person", help=Text("a person, or none", "人员，或 none"))
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, id: str, person: str, reason: str | None) -> None:
    """Assign a customer."""
    from textcrm.cli import granting
    from textcrm.records.resealing import assign

    vault = context.vault()
    granting.allow(context, vault, given=True)
    done = assign(vault, id, person, reason=reason)
    report(context, done, Text("assigned {id} ({commit})", "已分配 {id}（{commit}）"))
