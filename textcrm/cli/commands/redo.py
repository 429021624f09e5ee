"""textcrm redo: take the last undo back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import command, option
from textcrm.cli.undone import chooser, tell
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
@option(
    "--keep-later",
    is_flag=True,
    help=Text("keep what changed again since", "之后又改动过的保持不变"),
)
@option(
    "--drop-later",
    is_flag=True,
    help=Text("take that back too", "之后的改动也一并撤销"),
)
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, reason: str | None, keep_later: bool, drop_later: bool) -> None:
    """Take the last undo back."""
    from textcrm.history import undo

    choose = chooser(context, keep=keep_later, drop=drop_later)
    tell(context, undo.redo(context.vault(), reason=reason, choose=choose))
