"""textcrm undo: take a change back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.undone import chooser, tell
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "undo",
    help=Text(
        "Take back your last change (or COMMIT) as a new commit, field by field; what others "
        "changed since stays; where that is the same field, you are asked. Again: one further back.",
        "以新提交的方式逐字段撤销本人最近一次改动（或指定的提交），他人之后的改动保留；若是同一字段则会询问。再次执行则继续往前撤销。",
    ),
    examples=[
        (Text("the last change", "撤销最近一次"), "textcrm undo"),
        (Text("a certain one", "撤销指定提交"), "textcrm undo 3f2a91bc --reason 录错客户"),
        (
            Text("an import, but not what was worked on since", "撤销导入，之后改过的客户保留"),
            "textcrm undo 3f2a91bc --keep-later",
        ),
    ],
)
@argument(
    "commit",
    required=False,
    help=Text("a commit, as textcrm log shows it", "提交号，见 textcrm log"),
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
def run(
    context: Context, commit: str | None, reason: str | None, keep_later: bool, drop_later: bool
) -> None:
    """Take a change back."""
    from textcrm.history import undo

    choose = chooser(context, keep=keep_later, drop=drop_later)
    tell(context, undo.undo(context.vault(), commit, reason=reason, choose=choose))
