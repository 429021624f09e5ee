"""textcrm save: commit hand edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.written import warnings, warnings_json
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "save",
    help=Text(
        "Commit what was edited by hand, all of it or the customers and files named. Checked first; "
        "uid and item ids are added where they are missing, sensitive values sealed.",
        "提交手工编辑的内容，可指定客户或文件。提交前先检查，补上缺少的 uid 和条目编号，并加密敏感字段。",
    ),
    examples=[
        (Text("everything", "全部"), "textcrm save -m '更新联系方式'"),
        (Text("one customer", "一位客户"), "textcrm save C20240501001"),
    ],
)
@argument(
    "ids",
    nargs=-1,
    metavar="[ID|FILE]...",
    help=Text("what to save; all if none", "要保存的客户或文件，默认全部"),
)
@option("-m", "--message", metavar="REASON", help=Text("why, kept in history", "原因，写入历史"))
@option("--grant", is_flag=True, help=Text("let a new owner read", "允许新负责人读取"))
def run(context: Context, ids: tuple[str, ...], message: str | None, grant: bool) -> None:
    """Commit hand edits."""
    from textcrm.cli import granting
    from textcrm.history.worktree import save

    vault = context.vault()
    granting.allow(context, vault, given=grant)
    result, paths = save(vault, ids, message=message)
    if context.json:
        context.emit(
            {
                "commit": result.commit,
                "ids": list(result.ids),
                "files": list(paths),
                "changed": list(result.changed),
                "warnings": warnings_json(context, result),
            }
        )
        return
    if result.commit is None:
        context.say(Text("nothing to save", "没有需要保存的改动"))
        return
    context.say(
        Text("saved {count} files ({commit})", "已保存 {count} 个文件（{commit}）"),
        count=len(paths),
        commit=result.commit[:8],
    )
    warnings(context, result)
