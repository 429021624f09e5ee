"""What undo and redo report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.history import OPS
from textcrm.cli.written import warnings
from textcrm.text import Text, same

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.history.undo import Undone


def tell(context: Context, undone: Undone) -> None:
    """Say which change was taken back, and by which commit."""
    result = undone.result
    if context.json:
        context.emit(
            {
                "undone": undone.commit,
                "commit": result.commit,
                "ids": list(result.ids),
                "changed": list(result.changed),
            }
        )
        return
    if result.commit is None:
        context.say(
            Text("{what} has no effect left to take back", "{what} 已没有可撤销的内容"),
            what=undone.commit[:8],
        )
        return
    redone = undone.op == "undo"
    context.say(
        Text("done again: {ids} ({what}), by {commit}", "已重做：{ids}（{what}），新提交 {commit}")
        if redone
        else Text(
            "taken back: {op} {ids} ({what}), by {commit}",
            "已撤销：{op} {ids}（{what}），新提交 {commit}",
        ),
        op=OPS.get(undone.op, same(undone.op or "commit")),
        ids=list(result.ids[:5]),
        what=undone.commit[:8],
        commit=result.commit[:8],
    )
    warnings(context, result)
