"""The program: its commands by section, loaded when they are called, and its one way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from textcrm.cli import boundary, frame
from textcrm.cli import context as contexts
from textcrm.cli.width import wrap
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.text import Language

# A command lives in commands/NAME.py as ``run``; adding one is adding a line here.
SECTIONS: dict[str, Text] = {
    "start": Text("Start", "开始"),
    "records": Text("Records", "客户"),
    "find": Text("Find", "查找"),
    "follow-up": Text("Follow up", "跟进"),
    "history": Text("History", "历史"),
    "share": Text("Share", "共享"),
    "secrets": Text("People and keys", "人员与密钥"),
    "exchange": Text("Other programs", "与其他程序交换"),
    "quality": Text("Hand edits and quality", "手工编辑与质量"),
    "insight": Text("Insight", "统计分析"),
    "privacy": Text("Privacy", "隐私"),
}
COMMANDS: dict[str, tuple[str, Text]] = {
    "init": ("start", Text("make a vault", "新建客户库")),
    "join": ("start", Text("first steps in a colleague's vault", "加入同事的客户库")),
    "demo": ("start", Text("make a sample vault and show it", "建立示例客户库并演示")),
    "doctor": ("start", Text("look for what is wrong here", "检查环境和客户库")),
    "completion": ("start", Text("completion for your shell", "命令补全")),
    "help": (
        "start",
        Text("exit codes, dates, queries, environment", "专题帮助：退出码、日期、查询、环境变量"),
    ),
    "add": ("records", Text("add a customer", "新增客户")),
    "show": ("records", Text("show a customer", "查看客户")),
    "edit": ("records", Text("edit a customer's file", "用编辑器编辑客户文件")),
    "set": ("records", Text("set fields", "修改字段")),
    "tag": ("records", Text("add and take off tags; list, rename", "增减标签；统计、改名")),
    "append": ("records", Text("add an item to a list", "向列表追加一条")),
    "attach": ("records", Text("file contracts and other documents", "归档合同等文件")),
    "archive": ("records", Text("put a customer aside", "归档客户")),
    "unarchive": ("records", Text("take one back from the archive", "取消归档")),
    "rm": ("records", Text("delete a customer, with the reason", "删除客户（须写原因）")),
    "trash": ("records", Text("what was deleted", "回收站")),
    "restore": ("records", Text("bring a customer back", "恢复客户")),
    "search": ("find", Text("find customers, best first", "搜索客户")),
    "list": ("find", Text("a table of customers", "客户列表")),
    "view": ("find", Text("saved queries, shared", "保存和共享常用查询")),
    "log": (
        "follow-up",
        Text("record a contact, or read the history", "记录沟通，或查看改动历史"),
    ),
    "assign": ("follow-up", Text("give a customer to a person", "分配负责人")),
    "pool": ("follow-up", Text("customers without an owner", "公海客户")),
    "verify": ("follow-up", Text("record that data was checked", "核对信息")),
    "due": ("follow-up", Text("what needs doing", "待办清单")),
    "blame": ("history", Text("who set each field last", "每个字段最后由谁写入")),
    "diff": ("history", Text("what differs between two moments", "两个时间点之间的差异")),
    "audit": ("history", Text("is history as the rules allow", "检查历史是否合规")),
    "undo": ("history", Text("take a change back", "撤销改动")),
    "redo": ("history", Text("take an undo back", "取消撤销")),
    "sync": ("share", Text("share changes and take in others'", "与同事同步改动")),
    "backup": ("share", Text("a proved copy of all history", "备份、验证、恢复")),
    "resolve": ("share", Text("decide what two people changed", "处理同步冲突")),
    "key": ("secrets", Text("your own keys", "自己的密钥")),
    "seal": ("secrets", Text("seal what was typed in plain", "加密手工写入的明文")),
    "rekey": ("secrets", Text("seal anew what is stale", "重新加密过期的值")),
    "member": ("secrets", Text("who works here and reads what", "谁使用、谁可读")),
    "import": (
        "exchange",
        Text("take in a spreadsheet or export", "导入表格或其他软件的导出文件"),
    ),
    "export": ("exchange", Text("to Excel, phones, programs", "导出到 Excel、手机、程序")),
    "status": ("quality", Text("what is edited and not saved", "尚未保存的手工改动")),
    "save": ("quality", Text("commit hand edits", "提交手工改动")),
    "migrate": (
        "quality",
        Text(
            "bring a vault forward; values follow a renamed field",
            "升级客户库；字段改名后迁移数据",
        ),
    ),
    "fix": (
        "quality",
        Text("mend what is safe; ask for what is missing", "自动修正；询问缺少的信息"),
    ),
    "check": ("quality", Text("check customers against the schema and rules", "按模式和规则检查")),
    "duplicates": ("quality", Text("customers that may be one", "查找重复客户")),
    "merge": ("quality", Text("one customer of two", "合并两位客户")),
    "hook": ("quality", Text("what git's hooks call", "供 git 钩子调用")),
    "report": ("insight", Text("what the records say; pivot tables", "统计报表、透视表")),
    "chart": ("insight", Text("a report as a drawing", "用图形显示报表")),
    "segment": ("insight", Text("groups of customers, whom to tell", "客户细分、可通知的客户")),
    "privacy": (
        "privacy",
        Text("notice, consent, disclosure, erasure", "隐私说明、同意、查询、删除、保存期限"),
    ),
}


# A module cannot bear the name of one of Python's own words.
MODULES = {"import": "import_"}
# What git calls, not people: known, but not in the overview.
PLUMBING = ("merge-driver", "textconv")


class Root(click.Group):
    """The group of all commands; a command's module is loaded when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, for completion."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        del ctx
        if cmd_name not in COMMANDS and cmd_name not in PLUMBING:
            return None
        from importlib import import_module

        module = MODULES.get(cmd_name, cmd_name.replace("-", "_"))
        command: click.Command = import_module(f"textcrm.cli.commands.{module}").run
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; Misuse (unknown-command) with a suggestion."""
        command = self.get_command(ctx, args[0])
        if command is None and not ctx.resilient_parsing:
            raise boundary.unknown_command(args[0], list(COMMANDS))
        return args[0], command, args[1:]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview."""
        formatter.write("\n".join(overview(ctx.obj.language)) + "\n")


def overview(language: Language) -> list[str]:
    """The lines of ``textcrm --help``."""
    zh = language == "zh"
    lines = ["用法：textcrm [选项] 命令 ..." if zh else "Usage: textcrm [OPTIONS] COMMAND ...", ""]
    lines += [
        "  客户资料存成纯文本，用 git 管理。"
        if zh
        else "  Customer records as plain text, kept in git."
    ]
    for section, title in SECTIONS.items():
        members = [
            (name, text.say(language)) for name, (own, text) in COMMANDS.items() if own == section
        ]
        lines += ["", title.say(language) + ("：" if zh else ":"), *frame.columns(members)]
    lines += ["", "选项（放在命令前后均可）：" if zh else "Options (before or after the command):"]
    options = [one for one in frame.common_options() if isinstance(one, frame.Option)]
    rows = [(frame.option_names(one), one.text.say(language)) for one in options]
    rows.append(("--version", Text("show the version", "显示版本").say(language)))
    lines += frame.columns(rows)
    last = (
        "第一次使用：textcrm demo；某个命令的说明：textcrm 命令 --help"
        if zh
        else "New here: textcrm demo. A command's help: textcrm COMMAND --help"
    )
    return [*lines, "", *wrap(last, frame.COLUMNS)]


def manual(language: Language) -> str:
    """The manual page of the whole program."""
    from textcrm import __version__
    from textcrm.cli import manual as manuals

    whole = root()
    context = click.Context(whole)
    sections = []
    for section, title in SECTIONS.items():
        names = [name for name, (own, _) in COMMANDS.items() if own == section]
        found = [whole.get_command(context, name) for name in names]
        sections.append((title, [one for one in found if isinstance(one, frame.Command)]))
    return manuals.page(sections, __version__, language)


def _version(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        from textcrm import __version__

        ctx.obj.out.line(f"textcrm {__version__}")
        ctx.exit()


def root() -> Root:
    """The program as click knows it."""
    version = click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version
    )
    return Root(
        "textcrm",
        params=[*frame.common_options(), version],
        add_help_option=False,
        no_args_is_help=False,
        invoke_without_command=True,
        callback=_bare,
        context_settings={"terminal_width": frame.COLUMNS, "max_content_width": frame.COLUMNS},
    )


@click.pass_context
def _bare(ctx: click.Context) -> None:
    """Without a command: the overview."""
    if ctx.invoked_subcommand is None:
        ctx.obj.out.raw(ctx.get_help() + "\n")


def run(argv: Sequence[str]) -> int:
    """Run one command line and give its exit code."""
    words = list(argv)
    context = contexts.make(words)
    if context.completes:
        from textcrm.cli import shells

        shells.register()
    return boundary.guard(
        context,
        lambda: _ended(
            root().main(words, prog_name="textcrm", standalone_mode=False, obj=context)
        ),
    )


def _ended(code: Any) -> None:
    """Raise the code of an early exit, which click gives back as a value."""
    if isinstance(code, int) and code:
        raise click.exceptions.Exit(code)
