"""textcrm completion: commands, options, ids and fields at a press of TAB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context

SHELLS = ("bash", "zsh", "fish", "powershell")


@command(
    "completion",
    help=Text(
        "Print the completion script of a shell; put it where the shell reads it.",
        "输出 shell 的补全脚本，放到该 shell 的启动文件中即可。",
    ),
    examples=[
        (Text("bash", "bash"), "textcrm completion bash >> ~/.bashrc"),
        (
            Text("fish", "fish"),
            "textcrm completion fish > ~/.config/fish/completions/textcrm.fish",
        ),
        (
            Text("zsh, after compinit", "zsh（放在 compinit 之后）"),
            "textcrm completion zsh >> ~/.zshrc",
        ),
        (
            Text("PowerShell", "PowerShell"),
            "textcrm completion powershell | Add-Content $PROFILE",
        ),
    ],
)
@argument("shell", help=Text("bash, zsh, fish or powershell", "bash、zsh、fish 或 powershell"))
def run(context: Context, shell: str) -> None:
    """Print a completion script."""
    from click.shell_completion import get_completion_class

    from textcrm.cli import shells
    from textcrm.cli.main import root

    shells.register()
    found = get_completion_class(shell)
    if found is None:
        raise Misuse(
            "unknown-shell",
            Text("there is no completion for “{shell}”", "不支持“{shell}”的补全"),
            hint=Text("shells: {known}", "支持：{known}"),
            shell=shell,
            known=list(SHELLS),
        )
    context.out.plain(found(root(), {}, "textcrm", shells.VARIABLE).source() + "\n")
