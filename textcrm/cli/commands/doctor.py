"""textcrm doctor: what could keep textcrm from working well here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context

SIGNS = {"ok": "✓", "warning": "!", "error": "✗"}


@command(
    "doctor",
    help=Text(
        "Look at Python, git, the identity, the vault's files and format; each row with its cure. "
        "--fix mends what can be mended without asking.",
        "检查 Python、git、身份、客户库文件和格式，每项附解决办法。--fix 自动修复能修复的项目。",
    ),
    examples=[
        (Text("look", "检查"), "textcrm doctor"),
        (Text("mend", "修复"), "textcrm doctor --fix"),
    ],
)
@option("--fix", is_flag=True, help=Text("mend what can be mended", "修复能修复的项目"))
def run(context: Context, fix: bool) -> None:
    """Look for what is wrong."""
    from textcrm.quality.doctor import examine

    rows = examine(context.vault_or_none(), fix=fix)
    if context.json:
        context.emit(
            [
                {
                    "check": row.code,
                    "state": row.state,
                    "detail": row.say(context.language),
                    "cure": row.say_cure(context.language),
                }
                for row in rows
            ]
        )
    else:
        for row in rows:
            style = {"warning": "yellow", "error": "red"}.get(row.state)
            context.out.line(f"{SIGNS[row.state]} {row.say(context.language)}", style=style)
            if cure := row.say_cure(context.language):
                context.out.line(f"    → {cure}", style="dim")
    if any(row.state == "error" for row in rows):
        context.exit(1)
