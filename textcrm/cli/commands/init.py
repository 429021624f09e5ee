"""textcrm init: a new vault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context


@command(
    "init",
    help=Text(
        "Make a vault in DIR (default: here). On a terminal it asks; off one, or with --no-input, "
        "it takes the options. A repository is made where there is none.",
        "在 DIR（默认当前目录）新建客户库。在终端中会逐项询问；非终端或加 --no-input 时按选项执行。"
        "没有 git 仓库时自动建立。",
    ),
    examples=[
        (Text("answer the questions", "按提示回答"), "textcrm init 客户库"),
        (
            Text("from a script", "在脚本中"),
            "textcrm init my-crm --no-input --lang zh --template retail",
        ),
    ],
)
@argument("dir", required=False, metavar="DIR", help=Text("the folder", "文件夹"))
@option("--name", help=Text("the vault's name", "客户库名称"))
@option(
    "--template",
    metavar="KIND",
    help=Text(
        "general, retail, service or manufacturing",
        "行业模板：general 通用、retail 零售、service 服务、manufacturing 制造业",
    ),
)
@option(
    "--currency",
    metavar="CODE",
    help=Text("the currency of amounts (CNY)", "金额的币种（默认 CNY）"),
)
@option(
    "--time-zone", metavar="ZONE", help=Text("such as Asia/Shanghai", "时区，如 Asia/Shanghai")
)
@option(
    "--no-keys",
    is_flag=True,
    help=Text("make no keys: nothing can be sealed", "不建立密钥（无法加密字段）"),
)
@option(
    "--seal-contact",
    is_flag=True,
    help=Text(
        "seal contacts' names, numbers and notes as well (searching them takes a key)",
        "联系人姓名、联系方式和备注也加密（搜索需密钥）",
    ),
)
def run(
    context: Context,
    dir: str | None,
    name: str | None,
    template: str | None,
    currency: str | None,
    time_zone: str | None,
    no_keys: bool,
    seal_contact: bool,
) -> None:
    """Make a vault."""
    from textcrm.cli import ownkeys
    from textcrm.vault.creation import create

    folder = Path(dir or context.chosen_vault or ".")
    if context.interactive:
        name, template, currency = _wizard(context, folder, name, template, currency)
    made = create(
        folder,
        language=context.language,
        name=name or "",
        template=template or "general",
        currency=currency or "CNY",
        time_zone=time_zone or ("Asia/Shanghai" if context.language == "zh" else ""),
        seal_contact=seal_contact,
        keys=None if no_keys else ownkeys.places(context, name or folder.absolute().name),
    )
    if context.json:
        context.emit(
            {
                "path": str(made.vault.root),
                "commit": made.commit,
                "repository": "new" if made.new_repository else "existing",
                "kept": list(made.kept),
                "recovery_key": str(made.keys.recovery) if made.keys else None,
                "fingerprint": made.keys.fingerprint if made.keys else None,
            }
        )
        return
    context.say(Text("vault made at {path}", "客户库已建立：{path}"), path=str(made.vault.root))
    for path in made.kept:
        context.say(Text("kept as it was: {path}", "保留原有文件：{path}"), path=path)
    if made.keys is not None:
        ownkeys.tell_made(context, made.keys)
    where = "" if dir in (None, ".") else f"cd {dir} && "
    context.hint(
        Text(
            'the first customer: {where}textcrm add "NAME" --set phone=...',
            "录入第一位客户：{where}textcrm add 客户名称 --set 电话=...",
        ),
        where=where,
    )
    context.hint(
        Text(
            "the people who use it: textcrm member add NAME --role ROLE --key age1...",
            "登记使用者：textcrm member add 姓名 --role 角色 --key age1...",
        )
    )


def _wizard(
    context: Context, folder: Path, name: str | None, template: str | None, currency: str | None
) -> tuple[str, str, str]:
    from textcrm.vault.layout import TEMPLATES

    if name is None:
        name = context.ask(
            Text("Name of the vault", "客户库名称"),
            option="--name",
            default=folder.absolute().name,
        )
    if template is None:
        template = context.choose(
            Text("Kind of business", "业务类型"),
            {key: one.label for key, one in TEMPLATES.items()},
            option="--template",
            default="general",
        )
    if currency is None:
        currency = context.ask(Text("Currency", "币种"), option="--currency", default="CNY")
    return name, template, currency
