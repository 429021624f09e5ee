"""The frame of a command: bilingual help, global options anywhere, words that start with a dash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from textcrm.cli.width import pad, width, wrap
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.cli.context import Context
    from textcrm.text import Language

Example = tuple[Text, str]
COLUMNS = 80
_KEPT = "\ue000"


class Option(click.Option):
    """An option whose help stands in both languages."""

    def __init__(self, *args: Any, text: Text, common: bool = False, **kwargs: Any) -> None:
        kwargs["help"] = text.en
        super().__init__(*args, **kwargs)
        self.text = text
        self.common = common


class Argument(click.Argument):
    """An argument with a help of its own."""

    def __init__(self, *args: Any, text: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text


class Command(click.Command):
    """A command of textcrm. The function gets the Context first."""

    def __init__(
        self,
        name: str,
        *,
        text: Text,
        examples: Sequence[Example],
        dash_words: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, help=text.en, add_help_option=False, **kwargs)
        self.text = text
        self.examples = tuple(examples)
        self.dash_words = dash_words
        # For tag, -v takes the tag v off; queries have no words that short.
        self.params.extend(common_options(short=name != "tag"))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let ``-word`` through as an argument where the command wants that."""
        if self.dash_words:
            args = [self._kept(arg) for arg in _before_end(args)]
        rest = super().parse_args(ctx, args)
        if self.dash_words:
            ctx.params = {name: _restored(value) for name, value in ctx.params.items()}
        return rest

    def _kept(self, arg: str) -> str:
        shorts = {opt for param in self.params for opt in param.opts if not opt.startswith("--")}
        is_word = arg.startswith("-") and not arg.startswith("--") and len(arg) > 1
        return _KEPT + arg if is_word and arg not in shorts else arg

    def invoke(self, ctx: click.Context) -> Any:
        """Call the function with the Context."""
        context: Context = ctx.obj
        return ctx.invoke(self.callback, context, **ctx.params) if self.callback else None

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language at hand."""
        language: Language = ctx.obj.language
        formatter.write("\n".join(help_lines(self, ctx.command_path, language)) + "\n")


class Count(click.ParamType[int]):
    """A whole number from 0 (or another least) on, with a mistake that both languages know."""

    name = "count"

    def __init__(self, least: int = 0) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a number. Raises Misuse (bad-number)."""
        del ctx
        word = str(value).removeprefix(_KEPT)
        if word.isdecimal() and len(word) < 10 and int(word) >= self.least:
            return int(word)
        raise Misuse(
            "bad-number",
            Text(
                "{name} wants a whole number from {least} on, not “{value}”",
                "{name} 应为不小于 {least} 的整数，而不是“{value}”",
            ),
            hint=Text("for example: {name} 50", "例如：{name} 50"),
            name=param.opts[0] if param is not None else "",
            value=word[:40],
            least=self.least,
        )


def _before_end(args: list[str]) -> list[str]:
    return args


def _restored(value: Any) -> Any:
    if isinstance(value, str):
        return value.removeprefix(_KEPT)
    if isinstance(value, tuple):
        return tuple(_restored(one) for one in value)
    return value


def command(
    name: str,
    *,
    help: Text,
    examples: Sequence[Example],
    dash_words: bool = False,
) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function ``run(context, ...)``."""

    def decorate(function: Callable[..., Any]) -> Command:
        params = list(reversed(getattr(function, "__click_params__", [])))
        return Command(
            name,
            text=help,
            examples=examples,
            dash_words=dash_words,
            callback=function,
            params=params,
        )

    return decorate


def option(
    *names: str, help: Text, **kwargs: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an option."""
    _completed(kwargs, kwargs.get("metavar"), names[-1].lstrip("-"))
    return click.option(*names, cls=Option, text=help, **kwargs)


def or_screen(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """The callback of ``--output``: a lone dash is standard output, and no file of that name."""
    return None if value == "-" else value


def _completed(kwargs: dict[str, Any], *words: str | None) -> None:
    """Let TAB offer what a parameter takes, as its name or what stands for its value says."""
    from textcrm.cli import completed

    found = next((completed.BY_WORD[word] for word in words if word in completed.BY_WORD), None)
    if found is not None:
        kwargs.setdefault("shell_complete", completed.late(found))


def argument(
    name: str, *, help: Text, **kwargs: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an argument; one named ``id`` is completed by the ids and names of customers."""
    _completed(kwargs, kwargs.get("metavar"), name)
    return click.argument(name, cls=Argument, text=help, **kwargs)


def common_options(*, short: bool = True) -> list[click.Parameter]:
    """The options that every command takes, before and after its name."""

    def into(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
        def callback(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
            if value not in (None, False):
                ctx.find_root().obj.set(name, value)

        return callback

    def flag(*names: str, text: Text) -> Option:
        return Option(
            [name for name in names if short or name.startswith("--")],
            is_flag=True,
            expose_value=False,
            text=text,
            common=True,
            callback=into(names[-1].lstrip("-").replace("-", "_")),
        )

    return [
        Option(
            ["-C", "--vault"] if short else ["--vault"],
            metavar="DIR",
            expose_value=False,
            common=True,
            callback=into("vault"),
            text=Text(
                "the vault (else $TEXTCRM_VAULT, else upwards from here)",
                "客户库目录（默认 $TEXTCRM_VAULT，或从当前目录向上查找）",
            ),
        ),
        Option(
            ["--lang"],
            metavar="zh|en",
            type=click.Choice(["zh", "en"]),
            expose_value=False,
            common=True,
            is_eager=True,
            callback=into("lang"),
            text=Text("language of what is printed", "输出语言"),
        ),
        Option(
            ["--identity"],
            metavar="FILE",
            expose_value=False,
            common=True,
            callback=into("identity"),
            text=Text(
                "your private key (else $TEXTCRM_IDENTITY, else your own)",
                "私钥文件（默认 $TEXTCRM_IDENTITY 或个人密钥）",
            ),
        ),
        flag("--json", text=Text("one JSON document for programs", "输出一个 JSON 文档")),
        flag("-q", "--quiet", text=Text("print less", "少输出")),
        flag("-v", "--verbose", text=Text("print more", "多输出")),
        flag("--mask", text=Text("hide names and phones", "遮盖姓名和电话")),
        flag("--no-input", text=Text("never ask", "不提问")),
        Option(
            ["-h", "--help"] if short else ["--help"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            common=True,
            callback=_help,
            text=Text("show this help", "显示帮助"),
        ),
    ]


def _help(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        ctx.obj.out.raw(ctx.get_help() + "\n")
        ctx.exit()


# -- the text of a help page


def help_lines(command: Command, path: str, language: Language) -> list[str]:
    """The help of a command, no line wider than 80 columns."""
    zh = language == "zh"
    own = [p for p in command.params if isinstance(p, Option) and not p.common]
    arguments = [p for p in command.params if isinstance(p, Argument)]
    usage = " ".join([path, *(argument_name(one) for one in arguments)])
    lines = wrap(
        ("用法：" if zh else "Usage: ") + usage + (" [选项]" if zh else " [OPTIONS]"), COLUMNS
    )
    lines += ["", *("  " + line for line in wrap(command.text.say(language), COLUMNS - 2))]
    if arguments:
        lines += ["", "参数：" if zh else "Arguments:"]
        lines += columns([(argument_name(one), one.text.say(language)) for one in arguments])
    if own:
        lines += ["", "选项：" if zh else "Options:"]
        lines += columns([(option_names(one), one.text.say(language)) for one in own])
    lines += ["", "示例：" if zh else "Examples:"]
    for what, words in command.examples:
        lines += ["  # " + line for line in wrap(what.say(language), COLUMNS - 4)]
        lines += ["  " + line for line in _broken(words)]
    lines += [""]
    common = "通用选项：--vault --lang --identity --json --quiet --verbose --mask --no-input（见 textcrm --help）"
    english = "Common options: --vault --lang --identity --json --quiet --verbose --mask --no-input (see textcrm --help)"
    lines += wrap(common if zh else english, COLUMNS)
    return lines


def argument_name(argument: Argument) -> str:
    """An argument as a usage line has it."""
    name = argument.metavar or (argument.name or "").upper()
    if argument.metavar and argument.metavar.startswith("["):
        return name
    if argument.nargs == -1:
        return f"[{name}]..."
    return name if argument.required else f"[{name}]"


def option_names(option: Option) -> str:
    """An option's names, and what stands for its value."""
    names = ", ".join(option.opts)
    if option.is_flag:
        return names
    return f"{names} {option.metavar or (option.name or '').upper()}"


def columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Two columns: names, and what they mean, wrapped beside them."""
    left = min(max(width(name) for name, _ in rows), 28)
    lines: list[str] = []
    for name, text in rows:
        parts = wrap(text, COLUMNS - left - 4)
        if width(name) > left:
            lines.append("  " + name)
            lines += [" " * (left + 4) + part for part in parts]
            continue
        lines.append(("  " + pad(name, left) + "  " + parts[0]).rstrip())
        lines += [" " * (left + 4) + part for part in parts[1:]]
    return lines


def _broken(words: str) -> list[str]:
    """A command line broken between words, so that it can still be pasted."""
    import shlex

    lines, line = [], ""
    for token in _tokens(words, shlex):
        joined = f"{line} {token}" if line else token
        if line and width(joined) > COLUMNS - 6:
            lines.append(line + " \\")
            line = "    " + token
        else:
            line = joined
    return [*lines, line]


def _tokens(words: str, shlex: Any) -> list[str]:
    lexer = shlex.shlex(words, posix=False, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)
