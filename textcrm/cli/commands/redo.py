"""textcrm redo: take the last undo back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import command, option
from textcrm.cli.undone import tell
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "redo",
    help=Text("Take your last undo back.", "取消最近一次撤销。"),
    examples=[
        (Text("after an undo", "撤销之后"), "textcrm redo"),
        (Text("with the reason", "写明原因"), "textcrm redo --reason 刚才撤销有误"),
    ],
)
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, reason: str | None) -> None:
    """Take the last undo back."""
    from textcrm.history import undo

    tell(context, undo.redo(context.vault(), reason=reason))
