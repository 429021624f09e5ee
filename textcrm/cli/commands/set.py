"""textcrm set: fields of one customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.bulk import bulk_options
from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import report
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.records.values import Assigned


@command(
    "set",
    help=Text(
        "Set fields of a customer, in one commit. A path is names, item ids and indexes joined by / ; "
        "PATH=- reads the value from a hidden prompt or standard input, PATH= takes the field out.",
        "修改客户的字段，一次提交。路径由字段名、条目编号和序号用 / 连接；"
        "“字段=-”表示从隐藏提示或标准输入读取，“字段=”表示删除该字段。",
    ),
    examples=[
        (
            Text("by label or name", "用标签或英文名"),
            "textcrm set C20240501001 状态=合作中 首次合作时间=今天",
        ),
        (Text("deep inside", "深层字段"), "textcrm set C20240501001 contacts/0/title=采购总监"),
        (Text("take a field away", "删除字段"), "textcrm set C20240501001 --unset stage"),
        (
            Text("at every customer that a query finds", "批量修改查询到的客户"),
            "textcrm set --query 'owner:li-qiang type:prospect' 负责人=王芳 --reason 离职交接",
        ),
    ],
)
@argument("id", required=False, help=Text("id or name", "编号或名称"))
@argument("assignments", nargs=-1, metavar="PATH=VALUE", help=Text("what to set", "要设置的内容"))
@option(
    "--unset",
    "unsets",
    multiple=True,
    metavar="PATH",
    help=Text("remove a field or item; may be repeated", "删除字段或条目，可重复使用"),
)
@option("--grant", is_flag=True, help=Text("let a new owner read", "允许新负责人读取"))
@bulk_options
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(
    context: Context,
    id: str | None,
    assignments: tuple[str, ...],
    unsets: tuple[str, ...],
    grant: bool,
    reason: str | None,
    query: str | None,
    yes: bool,
    dry_run: bool,
) -> None:
    """Set fields."""
    from textcrm.cli import bulk, granting
    from textcrm.records import editing
    from textcrm.records.values import split_assignment

    if query is not None:
        assignments = (*filter(None, [id]), *assignments)
    elif id is None:
        raise bulk.nobody("set")
    if not assignments and not unsets:
        raise Misuse(
            "nothing-given",
            Text("say what to set", "没有给出要修改的内容"),
            hint=Text(
                "textcrm set {id} status=active, or --unset PATH",
                "例如 textcrm set {id} 状态=合作中，或 --unset 字段",
            ),
            id=id or "ID",
        )
    pairs = [context.value_of(split_assignment(one)) for one in assignments]
    vault = context.vault()
    granting.allow(context, vault, given=grant)
    if query is not None:
        values: list[Assigned] = []
        edit = editing.setting(vault, pairs, unsets, values)
        written = bulk.change(context, "set", query, edit, reason=reason, yes=yes, dry_run=dry_run)
        if written is not None:
            done = editing.Done(written, tuple(values))
            granting.warn_of_typed(context, vault, assignments, done)
        return
    assert id is not None  # noqa: S101 - asked for above
    from textcrm.cli.becoming import complete

    pairs = complete(context, id, pairs, unsets)
    done = editing.change(vault, id, pairs, unsets, reason=reason)
    granting.warn_of_typed(context, vault, assignments, done)
    report(context, done, Text("changed {id} ({commit})", "已修改 {id}（{commit}）"))
