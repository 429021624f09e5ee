"""What a command is given: the vault, the language, the clock, and how to print and ask."""

from __future__ import annotations

import datetime as dt
import os
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from textcrm.cli import language as languages
from textcrm.cli.encoding import prepare
from textcrm.cli.output import Output
from textcrm.errors import Misuse, TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Callable

    from textcrm.text import Language
    from textcrm.vault import Vault


class Context:
    """One run of the program. Only here are the environment and the terminal read."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self.json = False
        self.quiet = False
        self.verbose = False
        self.mask = False
        self.reveal = False
        self.no_input = False
        self.chosen_vault: str | None = None
        self.identity: str | None = None
        prepare(sys.stdout)
        prepare(sys.stderr)
        self.out = Output(sys.stdout, language)
        self.err = Output(sys.stderr, language)

    def set(self, name: str, value: Any) -> None:
        """Take a global option, wherever it stood."""
        if name == "vault":
            self.chosen_vault = value
        elif name != "lang":
            setattr(self, name, value)

    @property
    def completes(self) -> bool:
        """Whether a shell asks what a word may go on as."""
        return "_TEXTCRM_COMPLETE" in os.environ

    @property
    def interactive(self) -> bool:
        """Whether somebody sits there to be asked."""
        return not self.no_input and not self.json and sys.stdin.isatty() and sys.stdout.isatty()

    @property
    def asks_hidden(self) -> bool:
        """Whether somebody can be asked for a passphrase, wherever what is printed goes."""
        return not self.no_input and sys.stdin.isatty() and sys.stderr.isatty()

    # -- vault and clock

    @cached_property
    def _vault(self) -> Vault:
        from textcrm.cli.ownkeys import equip
        from textcrm.vault import Vault

        vault = equip(self, Vault.open(self.place))
        self._warn_of_format(vault)
        vault.telling = lambda: self.progress(Text("reading customers", "读取客户"))
        return vault

    def _warn_of_format(self, vault: Vault) -> None:
        from textcrm import config

        try:
            newer = vault.config.format > config.FORMAT
        except TextcrmError:
            return  # said where the settings are used
        if newer and not self.json:
            self.warn(
                Text(
                    "this vault is newer (format {format}) than this textcrm; it can be read, "
                    "perhaps not all of it, but not written",
                    "此客户库比当前 textcrm 新（格式版本 {format}）：可读取（可能不完整），不可写入",
                ),
                format=vault.config.format,
            )

    @property
    def place(self) -> Path:
        """Where the vault is looked for, there and upwards."""
        return Path(self.chosen_vault or os.environ.get("TEXTCRM_VAULT") or ".")

    def vault(self) -> Vault:
        """The vault of this call. Raises NotFound (no-vault)."""
        return self._vault

    def vault_or_none(self) -> Vault | None:
        """The vault, or None where there is none."""
        try:
            return self._vault
        except TextcrmError:
            return None

    @property
    def today(self) -> dt.date:
        """The day where the program runs; a vault may have a time zone of its own."""
        return dt.datetime.now().astimezone().date()

    def clock(self, moment: dt.datetime) -> str:
        """A moment of history in the vault's time zone, else its own, to the minute."""
        from textcrm.vault import moments

        return f"{moments.local(self.vault(), moment):%Y-%m-%d %H:%M}"

    # -- printing

    def say(self, sentence: Text, **data: Any) -> None:
        """Print a sentence, unless programs or quiet people listen."""
        if not self.json and not self.quiet:
            self.out.line(sentence.say(self.language, **data))

    def note(self, sentence: Text, **data: Any) -> None:
        """Print how something typed was understood."""
        if not self.json and not self.quiet:
            self.out.line("  " + sentence.say(self.language, **data), style="dim")

    def hint(self, sentence: Text, **data: Any) -> None:
        """Print what to do next."""
        if not self.json and not self.quiet:
            self.out.line("→ " + sentence.say(self.language, **data), style="dim")

    def hint_error(self, sentence: Text, **data: Any) -> None:
        """Print on stderr why nothing came."""
        if not self.json and not self.quiet:
            self.err.line(sentence.say(self.language, **data))

    def warn(self, sentence: Text, **data: Any) -> None:
        """Print a warning on stderr."""
        if not self.quiet:
            head = Text("warning: ", "警告：").say(self.language)
            self.err.line(head + sentence.say(self.language, **data), style="yellow")

    def show_error(self, error: TextcrmError) -> None:
        """Print an error and its hint on stderr."""
        from textcrm.cli.boundary import show

        show(self, error)

    def emit(self, document: Any) -> None:
        """Print the one JSON document."""
        import json

        self.out.raw_json(json.dumps(document, ensure_ascii=False, indent=2, default=_jsonable))

    def exit(self, code: int) -> NoReturn:
        """End with an exit code."""
        raise click.exceptions.Exit(code)

    def abort(self) -> NoReturn:
        """End because somebody said no: nothing was done."""
        self.say(Text("nothing was done", "未作任何改动"))
        self.exit(1)

    def progress(
        self, label: Text
    ) -> contextlib.AbstractContextManager[Callable[[int], None] | None]:
        """Show a count on stderr while work goes on, on a terminal only."""
        from textcrm.cli.progress import progress

        return progress(self.err, label.say(self.language), shown=not self.quiet and not self.json)

    # -- asking

    def ask(self, question: Text, *, option: str, default: str | None = None) -> str:
        """Ask for a line of text. Raises Misuse (input-needed) where nobody can answer."""
        if not self.interactive:
            raise _unanswered(question, option)
        answer: str = click.prompt(
            question.say(self.language),
            default=default,
            show_default=bool(default),
            prompt_suffix=self._suffix,
        )
        return answer

    def confirm(self, question: Text, *, default: bool) -> bool:
        """Ask yes or no."""
        if not self.interactive:
            raise _unanswered(question, "--yes")
        return click.confirm(
            question.say(self.language), default=default, prompt_suffix=self._suffix
        )

    def choose(
        self, question: Text, options: dict[str, Text], *, option: str, default: str
    ) -> str:
        """Ask for one of several, by number, code or label."""
        if not self.interactive:
            raise _unanswered(question, option)
        codes = list(options)
        for place, code in enumerate(codes, 1):
            self.out.line(f"  {place}. {options[code].say(self.language)} ({code})")
        while True:
            answer = self.ask(question, option=option, default=str(codes.index(default) + 1))
            for place, code in enumerate(codes, 1):
                if answer in (str(place), code, options[code].say(self.language)):
                    return code

    @property
    def _suffix(self) -> str:
        return "：" if self.language == "zh" else ": "

    # -- reading

    def value_of(self, pair: tuple[str, str]) -> tuple[str, str]:
        """A value that is ``-`` comes from a hidden prompt or from standard input."""
        path, value = pair
        if value != "-":
            return pair
        if self.interactive:
            hidden: str = click.prompt(path, hide_input=True, prompt_suffix=self._suffix)
            return path, hidden
        return path, self.read_text("-").rstrip("\r\n")

    def read_bytes(self, source: str) -> bytes:
        """The bytes of a file, or of standard input for ``-``."""
        if source == "-":
            return sys.stdin.buffer.read()
        from textcrm.errors import NotFound

        try:
            return Path(source).read_bytes()
        except OSError as error:
            raise NotFound(
                "no-such-file",
                Text("{file} cannot be read: {why}", "无法读取 {file}：{why}"),
                file=source,
                why=_why(error),
            ) from error

    def read_text(self, source: str) -> str:
        """As :meth:`read_bytes`, as UTF-8 text."""
        from textcrm.yamlfile import decode

        return decode(self.read_bytes(source), file=source)

    def editor(self, chosen: str | None) -> list[str]:
        """The words that start the user's editor; off a terminal only one that was named."""
        import shlex

        words = chosen or os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not words and not self.interactive:  # vi would wait for keys that nobody can press
            raise Misuse(
                "no-terminal",
                Text("there is no terminal for an editor", "这里不是终端，无法打开编辑器"),
                hint=Text(
                    "change fields: textcrm set ID PATH=VALUE; or name an editor: --editor, $EDITOR",
                    "修改字段：textcrm set 编号 字段=值；或用 --editor、$EDITOR 指定编辑器",
                ),
            )
        words = words or ("notepad" if os.name == "nt" else "vi")
        return shlex.split(words, posix=os.name != "nt")

    def run_again(self, words: list[str]) -> int:
        """Run another command in this process, as if typed."""
        from textcrm.cli.main import run

        return run(["--lang", self.language, *words])


def _unanswered(question: Text, option: str) -> Misuse:
    return Misuse(
        "input-needed",
        Text("something is missing: {question}", "缺少输入：{question}"),
        hint=Text("give it as {option}", "请用 {option} 给出"),
        question=question,
        option=option,
    )


def _jsonable(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.say("en") if isinstance(value, Text) else str(value)


def make(argv: list[str]) -> Context:
    """The context of a call, in the language that it asks for."""
    context = Context(languages.chosen(argv, os.environ))
    # Usage errors come before the options are read, and are to be in the form that was asked for.
    context.json = "--json" in (argv[: argv.index("--")] if "--" in argv else argv)
    return context


def _why(error: OSError) -> Text:
    """Why a file cannot be read, in the user's words."""
    if isinstance(error, FileNotFoundError):
        return Text("there is no such file", "文件不存在")
    if isinstance(error, IsADirectoryError):
        return Text("it is a folder", "这是文件夹，不是文件")
    if isinstance(error, PermissionError):
        return Text("you may not read it", "没有读取权限")
    return Text(error.strerror or "", error.strerror or "")
