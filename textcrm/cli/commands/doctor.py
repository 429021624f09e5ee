"""textcrm doctor: what could keep textcrm from working well here."""

from __future__ import annotations

import sys
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
@option(
    "--prune",
    is_flag=True,
    help=Text(
        "take plain text that refused commits left behind out of git's objects; with --erased what "
        "only reflogs and earlier syncs still hold of erased customers",
        "从 git 对象中清除被拒绝的提交残留的明文；与 --erased 同用则清除仅由 reflog 和以往同步保留的已删除客户",
    ),
)
@option(
    "--drill",
    metavar="KEYFILE",
    help=Text(
        "prove that a recovery key opens everything; nothing is written",
        "演练：验证恢复密钥能打开全部加密内容，不写入任何内容",
    ),
)
@option(
    "--erased",
    is_flag=True,
    help=Text(
        "look at every object of this clone for customers that were erased",
        "检查本克隆的全部对象中是否仍有已彻底删除的客户",
    ),
)
def run(context: Context, fix: bool, prune: bool, drill: str | None, erased: bool) -> None:
    """Look for what is wrong."""
    if erased:
        from textcrm.cli.erased import remnants

        remnants(context, prune=prune)
        return
    from textcrm.cli import surroundings
    from textcrm.quality.doctor import examine

    if drill is not None:
        _drill(context, drill)
        return
    if fix:
        _first_keys(context)
    rows = examine(context.vault_or_none(), fix=fix, prune=prune)
    rows += surroundings.rows(sys.stdout)
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


def _first_keys(context: Context) -> None:
    """Give a vault of before its keys, where git's user is its admin."""
    from textcrm.cli import ownkeys
    from textcrm.vault.first_keys import add_keys

    vault = context.vault_or_none()
    if vault is None or vault.access.has_keys:
        return
    me = vault.me()
    if me is None or me.role != "admin":
        return
    made = add_keys(
        vault, ownkeys.places(context, vault.config.name or vault.root.name), context.language
    )
    ownkeys.tell_made(context, made)
    for name in ("access", "_rule_keys"):
        vault.__dict__.pop(name, None)


def _drill(context: Context, file: str) -> None:
    from pathlib import Path

    from textcrm.members.drilling import drill

    found = drill(context.vault(), Path(file))
    if context.json:
        context.emit({"keys": list(found.keys), "values": found.values})
        return
    context.say(
        Text(
            "the recovery key opens all {keys} keys ({names}), and {values} sealed values",
            "恢复密钥可打开全部 {keys} 个密钥（{names}），以及 {values} 个加密值",
        ),
        keys=len(found.keys),
        names=list(found.keys),
        values=found.values,
    )
