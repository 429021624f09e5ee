"""textcrm demo: a sample vault with a history, and a first tour of it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "demo",
    help=Text(
        "Make a vault of invented customers in DIR (default: ./textcrm-demo), with the history of "
        "three people, and show what can be done with it. Throw-away keys to read its sealed values "
        "with are laid beside it, in DIR-keys; your own keys are left alone.",
        "在 DIR（默认 ./textcrm-demo）建立示例客户库：虚构的客户、三位同事的改动历史，并演示常用命令。"
        "解密示例用的一次性密钥放在旁边的 DIR-keys 中；不会动用您自己的密钥。",
    ),
    examples=[
        (Text("try it", "试用"), "textcrm demo"),
        (Text("elsewhere", "放到别处"), "textcrm demo /tmp/try-textcrm"),
    ],
)
@argument(
    "dir", required=False, metavar="DIR", help=Text("a new or empty folder", "新的或空的文件夹")
)
def run(context: Context, dir: str | None) -> None:
    """Make and show the demo."""
    from textcrm.demo.make import free_folder, keys_folder, make

    folder = Path(dir) if dir else free_folder(Path.cwd())
    vault = make(folder, context.today, context.language)
    if context.json:
        customers = sum(1 for _ in vault.records())
        keys = str(keys_folder(folder))
        context.emit({"path": str(vault.root), "keys": keys, "customers": customers})
        return
    here = str(folder)
    for words in [*_tour(), *_sealed_tour(folder)]:
        context.out.line()
        context.out.line(f"$ textcrm -C {shlex.quote(here)} {_quoted(words)}", style="bold")
        context.run_again(["-C", here, *words])
    context.out.line()
    context.say(Text("The vault lies in {path}", "示例客户库位于 {path}"), path=str(vault.root))
    for line in _next_steps(context, here):
        context.out.line("  " + line)


def _tour() -> list[list[str]]:
    from textcrm.demo.story import TOUR_CUSTOMER

    return [
        ["check"],
        ["search", "报价", "--limit", "3"],
        ["show", TOUR_CUSTOMER],
        ["due", "--within", "3", "--limit", "12"],
        ["log", "--limit", "5"],
    ]


def _sealed_tour(folder: Path) -> list[list[str]]:
    """One record with a sealed amount, as the sales manager reads it and as a salesman does not."""
    from textcrm.demo.make import KEY_NAME
    from textcrm.demo.story import SEALED_CUSTOMER

    if not _reveals():
        return []
    keys = f"{folder}-keys"
    return [
        ["--identity", f"{keys}/{KEY_NAME.format(who=who)}", "show", SEALED_CUSTOMER, "--reveal"]
        for who in ("wang-fang", "li-qiang")
    ]


def _reveals() -> bool:
    from textcrm.cli.commands.show import run as show

    return any("--reveal" in option.opts for option in show.params)


def _quoted(words: list[str]) -> str:
    return " ".join(word if word.isalnum() else shlex.quote(word) for word in words)


def _next_steps(context: Context, folder: str) -> list[str]:
    from textcrm.demo.make import KEY_NAME
    from textcrm.demo.story import TOUR_CUSTOMER

    lines = Text(
        """textcrm list type:prospect --sort name
textcrm log {id} "called, sends the offer" --next "call again" --due tomorrow
textcrm undo
textcrm --help""",
        """textcrm list 类型:潜在客户 --sort name
textcrm log {id} '电话沟通，确认报价' --next 回访 --due 下周三
textcrm undo
textcrm --help""",
    ).say(context.language, id=TOUR_CUSTOMER)
    said = Text("Try next:", "接下来可以试试：").say(context.language)
    shown = [f"cd {shlex.quote(folder)}", *lines.split("\n")]
    if _reveals():
        key = KEY_NAME.format(who="wang-fang")
        keys = shlex.quote(f"../{Path(folder).name}-keys/{key}")
        shown.insert(-1, f"TEXTCRM_IDENTITY={keys} textcrm show {TOUR_CUSTOMER} --reveal")
    return [said, *(f"  {line}" for line in shown)]
