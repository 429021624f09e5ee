"""textcrm hook: what git's hooks call; people need it only to try one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context

HOOKS = ("pre-commit", "pre-receive")


@command(
    "hook",
    help=Text(
        "What the hooks of git call. pre-commit looks at what is about to be committed and refuses "
        "(exit 1) plain text where the schema seals, secret keys, and records that are newly "
        "invalid. textcrm init and textcrm doctor --fix install it; hooks that are there already "
        "run first and stay as they are. pre-receive, on a server, is “audit verify” of what is pushed.",
        "供 git 钩子调用。pre-commit 检查即将提交的内容：应加密而未加密的明文、私钥、新出现的无效记录一律拒绝（退出码 1）。"
        "由 textcrm init 和 textcrm doctor --fix 安装；原有钩子先运行，内容不变。pre-receive 用于服务器，对推送内容执行 audit verify。",
    ),
    examples=[
        (Text("try it on what is staged", "对暂存内容试运行"), "textcrm hook pre-commit"),
        (Text("for a program", "供程序使用"), "textcrm hook pre-commit --json"),
    ],
)
@argument(
    "name", metavar="NAME", help=Text("pre-commit or pre-receive", "pre-commit 或 pre-receive")
)
def run(context: Context, name: str) -> None:
    """Run one hook."""
    if name not in HOOKS:
        from textcrm.errors import Misuse

        raise Misuse(
            "unknown-hook",
            Text("there is no hook {name}", "没有钩子 {name}"),
            hint=Text("known: {known}", "可用：{known}"),
            name=name,
            known=list(HOOKS),
        )
    if name == "pre-receive":
        _pre_receive(context)
    else:
        _pre_commit(context)


def _pre_receive(context: Context) -> None:
    """Refuse a push on the server: what rewrites history, breaks the rules, or brings plain text."""
    from textcrm.cli.pushed import judge

    if not judge(context, context.read_text("-")):
        context.exit(1)


def _pre_commit(context: Context) -> None:
    from textcrm.cli.problems import print_problem, problem_json
    from textcrm.quality.staged import check_staged, is_vault

    vault = context.vault_or_none()
    index = os.environ.get("GIT_INDEX_FILE")
    if vault is None or not is_vault(vault, index=index):
        return  # another branch, such as that of a web page: no vault is committed
    found = check_staged(vault, index=index)
    wrong = [one for one in found.problems if one.finding.severity == "error"]
    if context.json:
        context.emit(
            {
                "checked": found.checked,
                "problems": [problem_json(one, context.language) for one in found.problems],
            }
        )
    else:
        for problem in found.problems:
            print_problem(context, problem, on_error=True)
    if not wrong:
        return
    context.hint_error(
        Text(
            "the commit is refused: {count} errors in what is staged; mend them and git add again "
            "(textcrm save seals and commits in one step)",
            "提交被拒绝：暂存内容有 {count} 个错误；请修正后重新 git add（textcrm save 会自动加密并提交）",
        ),
        count=len(wrong),
    )
    context.exit(1)
