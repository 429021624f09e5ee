"""textcrm undo: take a change back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.undone import tell
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "undo",
    help=Text(
        "Take back your last change (or COMMIT) as a new commit, field by field; what others "
        "changed since stays. Again: one further back.",
        "以新提交的方式逐字段撤销本人最近一次改动（或指定的提交），他人之后的改动保留；再次执行则继续往前撤销。",
    ),
    examples=[
        (Text("the last change", "撤销最近一次"), "textcrm undo"),
        (Text("a certain one", "撤销指定提交"), "textcrm undo 3f2a91bc --reason 录错客户"),
    ],
)
@argument(
    "commit",
    required=False,
    help=Text("a commit, as textcrm log shows it", "提交号，见 textcrm log"),
)
@option("--reason", help=Text("why, kept in history", "原因，写入历史"))
def run(context: Context, commit: str | None, reason: str | None) -> None:
    """Take a change back."""
    from textcrm.history import undo

    tell(context, undo.undo(context.vault(), commit, reason=reason))
