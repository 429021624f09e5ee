"""A command on every customer that a query finds: shown, asked, then made as one commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import option
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.cli.context import Context
    from textcrm.record import Record
    from textcrm.records.bulk import Planned
    from textcrm.vault import Result

_SHOWN = 5
_NAMED = 3


def bulk_options(run: Callable[..., None]) -> Callable[..., None]:
    """The options ``--query``, ``--yes`` and ``--dry-run`` of a command."""
    for add in (
        option(
            "--dry-run",
            is_flag=True,
            help=Text(
                "with --query: only show what would change",
                "与 --query 合用：只显示将要修改的内容",
            ),
        ),
        option(
            "--yes",
            is_flag=True,
            help=Text("with --query: do not ask", "与 --query 合用：不再询问"),
        ),
        option(
            "--query",
            metavar="QUERY",
            help=Text(
                "every customer that this finds, in one commit", "查询到的所有客户，一次提交"
            ),
        ),
    ):
        run = add(run)
    return run


def nobody(command: str) -> Misuse:
    """The error of a command that was told neither a customer nor a query, or both."""
    return Misuse(
        "no-customer",
        Text("say which customer, or --query for many", "请指定一位客户，或用 --query 批量选择"),
        hint=Text("textcrm {command} --help", "用法见 textcrm {command} --help"),
        command=command,
    )


def change(
    context: Context,
    op: str,
    query: str,
    edit: Callable[[Record], str],
    *,
    reason: str | None,
    yes: bool,
    dry_run: bool,
) -> Result | None:
    """Show what an edit changes at the customers that a query finds, ask, and make it.

    Gives what was written; None where nothing was.
    """
    from textcrm.cli.becoming import tell_many
    from textcrm.cli.opened import say_sealed
    from textcrm.records import bulk

    vault = context.vault()
    say_sealed(context, query)
    ids = bulk.chosen(vault, query)
    planned: list[Planned] = []
    with context.progress(Text("looked at", "已查看")) as told:
        for one in bulk.plan(vault, ids, edit):
            planned.append(one)
            if told is not None:
                told(len(planned))
    if not planned:
        _nothing(context, found=len(ids))
    if not context.json:
        _show(context, planned, found=len(ids))
    tell_many(context, planned)
    if dry_run:
        _report(context, planned, None)
        return None
    if not yes and not context.confirm(Text("Change them?", "确认修改？"), default=False):
        context.abort()
    with context.progress(Text("changed", "已修改")) as told:
        result = bulk.apply(vault, op, planned, edit, reason=reason, progress=told)
    _report(context, planned, result)
    return result


def _nothing(context: Context, *, found: int) -> None:
    if context.json:
        context.emit({"ids": [], "count": 0, "commit": None, "changed": [], "warnings": []})
    elif found:
        context.say(
            Text("{n} customers found, nothing to change", "找到 {n} 位客户，没有需要修改的内容"),
            n=found,
        )
    else:
        context.say(Text("no customer fits", "没有符合条件的客户"))
    context.exit(0 if found else 1)


def _show(context: Context, planned: Sequence[Planned], *, found: int) -> None:
    from textcrm.cli.history import change_line

    context.say(
        Text("{n} of {found} customers change:", "将修改 {found} 位客户中的 {n} 位："),
        n=len(planned),
        found=found,
    )
    for one in planned[:_SHOWN]:
        context.out.line(f"  {one.id}  {one.name}")
        for each in one.changes[:_NAMED]:
            context.out.line("    " + change_line(context, each))
    if len(planned) > _SHOWN:
        context.out.line(
            "  "
            + Text("... and {n} more", "……另有 {n} 位客户").say(
                context.language, n=len(planned) - _SHOWN
            )
        )


def _report(context: Context, planned: Sequence[Planned], result: Result | None) -> None:
    from textcrm.cli.written import warnings, warnings_json
    from textcrm.paths import spell

    commit = result.commit if result else None

    if context.json:
        fields = dict.fromkeys(spell(each.path) for one in planned for each in one.changes)
        context.emit(
            {
                "ids": [one.id for one in planned],
                "count": len(planned),
                "commit": commit,
                "changed": list(fields),
                "warnings": warnings_json(context, result) if result else [],
            }
        )
    elif commit is not None:
        context.say(
            Text(
                "{n} customers changed ({commit}); textcrm undo takes all of it back",
                "已修改 {n} 位客户（{commit}）；用 textcrm undo 可整体撤销",
            ),
            n=len(planned),
            commit=commit[:8],
        )
        assert result is not None  # noqa: S101 - it made the commit
        warnings(context, result)
    else:
        context.say(Text("nothing was written (--dry-run)", "未写入任何内容（--dry-run）"))
