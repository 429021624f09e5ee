"""The manual page, in the language of roff, out of the help that the commands carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli import frame
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.text import Language

_ABOUT = Text("customer records as plain text, kept in git", "客户资料存成纯文本，用 git 管理")
_DESCRIPTION = Text(
    "Each customer is one YAML file, checked against a JSON Schema; git is the audit log and the "
    "backup. New here: textcrm demo. A command's help: textcrm COMMAND --help.",
    "每位客户一个 YAML 文件，按 JSON Schema 检查；git 既是改动记录也是备份。"
    "第一次使用：textcrm demo；某个命令的说明：textcrm 命令 --help。",
)
_TOPICS: tuple[tuple[str, Text], ...] = (
    ("exit-codes", Text("Exit status", "退出码")),
    ("environment", Text("Environment", "环境变量")),
    ("paths", Text("Paths", "路径")),
    ("dates", Text("Dates", "日期")),
    ("query", Text("Queries", "查询")),
)


def page(
    commands: Sequence[tuple[Text, Sequence[frame.Command]]], version: str, language: Language
) -> str:
    """The whole manual: commands by section, common options, and the topics of ``help``.

    ``commands`` are pairs of a section's title and its commands. A page has no date in it: the same
    program makes the same page.
    """
    lines = [
        '.\\" made by: textcrm help --man',
        f'.TH TEXTCRM 1 "" "textcrm {_plain(version)}" "{_ABOUT.say(language)}"',
        ".ad l",
        *_section(Text("Name", "名称"), language),
        f"textcrm \\- {_plain(_ABOUT.say(language))}",
        *_section(Text("Synopsis", "概要"), language),
        ".B textcrm",
        _plain(Text("[OPTIONS] COMMAND ...", "[选项] 命令 ...").say(language)),
        *_section(Text("Description", "说明"), language),
        _plain(_DESCRIPTION.say(language)),
    ]
    for title, some in commands:
        lines += _section(title, language)
        for command in some:
            lines += _command(command, language)
    lines += _section(Text("Common options", "通用选项"), language)
    for option in frame.common_options():
        if isinstance(option, frame.Option):
            lines += _entry(frame.option_names(option), option.text, language)
    for topic, title in _TOPICS:
        lines += [*_section(title, language), ".nf", *_topic(topic, language), ".fi"]
    return "\n".join(lines) + "\n"


def _command(command: frame.Command, language: Language) -> Iterator[str]:
    name = str(command.name)
    yield f".SS textcrm {_plain(name)}"
    arguments = [one for one in command.params if isinstance(one, frame.Argument)]
    words = " ".join(frame.argument_name(one) for one in arguments)
    yield f".B textcrm {_plain(name)}"
    yield _plain(words) if words else "\\&"
    yield ".PP"
    yield _plain(command.text.say(language))
    for one in arguments:
        yield from _entry(frame.argument_name(one), one.text, language)
    for option in command.params:
        if isinstance(option, frame.Option) and not option.common:
            yield from _entry(frame.option_names(option), option.text, language)
    colon = "：" if language == "zh" else ":"
    for what, line in command.examples:
        yield from (".PP", _plain(what.say(language)) + colon, ".nf", ".RS 4")
        yield from (_plain(line), ".RE", ".fi")


def _entry(name: str, text: Text, language: Language) -> tuple[str, str, str]:
    return ".TP", f".B {_plain(name)}", _plain(text.say(language))


def _section(title: Text, language: Language) -> tuple[str]:
    return (f".SH {title.say(language).upper()}",)


def _topic(name: str, language: Language) -> list[str]:
    from textcrm.cli.commands.help import TOPICS

    return [_plain(line) for line in TOPICS[name].say(language).splitlines()]


def _plain(text: str) -> str:
    """A text that roff prints as it stands: it would take dashes and leading dots for its own."""
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + safe if safe[:1] in (".", "'") else safe
