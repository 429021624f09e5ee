"""Files that could not be read while a command went through all: named, and the rest served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


def report_broken(context: Context) -> None:
    """Name the unreadable files on stderr."""
    broken = context.vault().broken
    for one in broken[:5]:
        context.warn(
            Text("left out: {what}", "已跳过：{what}"),
            what=Text(one.error.say("en"), one.error.say("zh")),
        )
    if len(broken) > 5:
        context.warn(
            Text(
                "... and {n} more files; see: textcrm check",
                "……另有 {n} 个文件无法读取，见 textcrm check",
            ),
            n=len(broken) - 5,
        )
