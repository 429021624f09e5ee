"""The one error boundary: what a user can cause, what is our bug, and ^C, told apart."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from textcrm.errors import Ambiguous, Misuse, StorageFailure, TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.cli.context import Context


def guard(context: Context, work: Callable[[], Any]) -> int:
    """Run a command and give its exit code; no exception leaves."""
    try:
        work()
        sys.stdout.flush()
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except TextcrmError as error:
        show(context, error)
        return error.exit_code
    except click.ClickException as error:
        translated = usage(error)
        show(context, translated)
        return translated.exit_code
    except (KeyboardInterrupt, click.Abort):
        context.err.line()
        return 130
    except BrokenPipeError:
        _silence()
        return 0
    except OSError as error:
        failure = _os_failure(error)
        show(context, failure)
        return failure.exit_code
    except Exception as error:  # noqa: BLE001 - the one place where a bug is caught
        return _bug(context, error)
    return 0


def _silence() -> None:
    """Nobody reads any more: keep the interpreter from complaining at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show(context: Context, error: TextcrmError) -> None:
    """Print an error: JSON for programs, a sentence and a hint for people."""
    language = context.language
    if context.json:
        context.err.raw_json(_document(context, error))
        return
    context.err.line(f"textcrm: {error.say(language)}", style="red")
    for line in (error.data.get("excerpt"), error.data.get("caret")):
        if isinstance(line, str):
            context.err.line("  " + line)
    for problem in error.data.get("problems", ())[1:20]:
        from textcrm.cli.problems import problem_line

        context.err.line("  " + problem_line(problem, language))
    if isinstance(error, Ambiguous):
        for place, one in enumerate(error.data["candidates"][:20], 1):
            context.err.line(f"  {place}. {one['id']}  {one['name']}")
    if hint := error.say_hint(language):
        context.err.line(Text("hint: ", "提示：").say(language) + hint)


def _document(context: Context, error: TextcrmError) -> str:
    import json

    from textcrm.cli.problems import problem_json

    data = {
        name: [problem_json(one, context.language) for one in value]
        if name == "problems"
        else _plain(value, context)
        for name, value in error.data.items()
    }
    body = {
        **data,
        "code": error.code,
        "exit_code": error.exit_code,
        "message": error.say(context.language),
        "hint": error.say_hint(context.language),
    }
    return json.dumps({"error": body}, ensure_ascii=False, indent=2)


def _plain(value: Any, context: Context) -> Any:
    if isinstance(value, Text):
        return value.say(context.language)
    if isinstance(value, list | tuple):
        return [_plain(one, context) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one, context) for name, one in value.items()}
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def usage(error: click.ClickException) -> Misuse:
    """Put click's usage errors into both languages, with a suggestion."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "textcrm"
    hint = Text("see: {path} --help", "见 {path} --help")
    near: list[str] = []
    if isinstance(error, click.NoSuchOption):
        message = Text("there is no option {word}", "没有选项 {word}")
        word = error.option_name
        near = list(error.possibilities or ()) or _near(word, _options(context))
        if near:
            hint = Text(
                "did you mean {near}? A word that starts with - goes behind --",
                "是不是 {near}？以 - 开头的内容请放在 -- 之后",
            )
        else:
            hint = Text(
                "a word that starts with - goes behind --; see: {path} --help",
                "以 - 开头的内容请放在 -- 之后；见 {path} --help",
            )
        return Misuse("unknown-option", message, hint=hint, word=word, near=near, path=path)
    if isinstance(error, click.MissingParameter):
        name = _named(error, context)
        return Misuse(
            "missing", Text("{name} is missing", "缺少 {name}"), hint=hint, name=name, path=path
        )
    if isinstance(error, click.BadParameter):
        name = error.param.opts[0] if error.param is not None and error.param.opts else ""
        kind = error.param.type if error.param is not None else None
        if isinstance(kind, click.Choice):
            return Misuse(
                "bad-value",
                Text("{name}: this value will not do", "{name}：取值无效"),
                hint=Text("one of: {choices}", "可选：{choices}"),
                name=name,
                choices=[str(one) for one in kind.choices],
                path=path,
            )
        return Misuse(
            "bad-value",
            Text("{name}: this value will not do ({said})", "{name}：取值无效（{said}）"),
            hint=hint,
            name=name,
            said=error.message,
            path=path,
        )
    said = error.message
    if isinstance(error, click.BadOptionUsage) and "requires" in said:
        return Misuse(
            "missing-value",
            Text("{name} wants a value after it", "{name} 后面缺少取值"),
            hint=hint,
            name=error.option_name,
            path=path,
        )
    if "unexpected extra argument" in said:
        words = said.partition("(")[2].rstrip(")")
        fields = "--set" in _options(context) and any(sign in words for sign in "=＝")
        return Misuse(
            "extra-words",
            Text("too many words: {words}", "多余的内容：{words}"),
            hint=Text(
                "a field goes behind --set: --set {words}", "字段写在 --set 之后：--set {words}"
            )
            if fields
            else Text(
                "quote what belongs together; see: {path} --help",
                "属于一体的内容请加引号；见 {path} --help",
            ),
            words=words,
            path=path,
        )
    return Misuse("usage", Text("{said}", "{said}"), hint=hint, said=said, path=path)


def _named(error: click.MissingParameter, context: click.Context | None) -> str:
    """What is missing as it is typed: the option's name, the argument's word."""
    if isinstance(error.param, click.Option):
        return error.param.opts[0]
    word = error.param.make_metavar(context) if error.param and context else ""
    return word or str(error.param_hint or "")


def _options(context: click.Context | None) -> list[str]:
    return [name for param in context.command.params for name in param.opts] if context else []


def _near(word: str, known: list[str]) -> list[str]:
    import difflib

    return difflib.get_close_matches(word, known, n=2, cutoff=0.6)


def unknown_command(word: str, known: list[str]) -> Misuse:
    """A command that there is not."""
    near = _near(word, known)
    return Misuse(
        "unknown-command",
        Text("there is no command “{word}”", "没有命令“{word}”"),
        hint=Text("did you mean {near}?", "是不是 {near}？")
        if near
        else Text("see: textcrm --help", "见 textcrm --help"),
        word=word,
        near=near,
    )


def _os_failure(error: OSError) -> StorageFailure:
    return StorageFailure(
        "disk-failed",
        Text("{path}: {why}", "{path}：{why}"),
        hint=Text(
            "check permissions and free space, then try again", "请检查权限和磁盘空间后重试"
        ),
        path=str(error.filename or ""),
        why=error.strerror or type(error).__name__,
    )


def _bug(context: Context, error: Exception) -> int:
    """A bug of ours: say where, never with what."""
    from textcrm import __version__

    if os.environ.get("TEXTCRM_DEBUG", "0") not in ("", "0"):
        import traceback

        traceback.print_exception(error)
    trace, place = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("textcrm"):
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    show(
        context,
        _BugError(
            "bug",
            Text(
                "this is a bug in textcrm {version}: {kind} at {place}",
                "textcrm {version} 程序错误：{kind}，位置 {place}",
            ),
            hint=Text(
                "please report that line; TEXTCRM_DEBUG=1 shows more",
                "请反馈这一行；设置 TEXTCRM_DEBUG=1 可查看详情",
            ),
            version=__version__,
            kind=type(error).__name__,
            place=place,
        ),
    )
    return 70


class _BugError(TextcrmError):
    """Not the user's doing."""
