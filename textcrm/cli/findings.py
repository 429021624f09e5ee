"""What check found, told: as text, as one JSON document, or in the form of a CI host."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from textcrm.cli.problems import print_problem, problem_json
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.findings import Problem
    from textcrm.quality.formats.report import Report


class Asked(NamedTuple):
    """In which form findings are wanted, where to, and which of them count."""

    format: str
    output: str | None
    strict: bool
    errors_only: bool


def tell(
    context: Context,
    problems: tuple[Problem, ...],
    counts: dict[str, Any],
    asked: Asked,
    sentence: Text,
) -> None:
    """Tell what was found, and end with 1 where it fails."""
    errors = sum(one.finding.severity == "error" for one in problems)
    shown = tuple(
        one for one in problems if not asked.errors_only or one.finding.severity == "error"
    )
    data = {**counts, "errors": errors, "warnings": len(problems) - errors}
    if asked.format == "json":
        told = [problem_json(one, context.language) for one in shown]
        _write_json(context, {**counts, "problems": told}, asked.output)
    elif asked.format != "text":
        title = sentence.say(context.language, **data)
        report = _report(context, shown, title, counts["checked"], asked.strict)
        _in_form(context, report, asked)
    if asked.format == "text" or (asked.output and not context.json):
        _as_text(context, shown, sentence, data)
    if errors or (asked.strict and problems):
        context.exit(1)


def nobody(context: Context, words: Sequence[str]) -> NoReturn:
    """End with 1: a query found no customer."""
    if context.json:
        context.emit([])
    context.hint_error(
        Text(
            "nothing found: no customer has “{query}”",
            "没有找到：没有客户符合“{query}”",
        ),
        query=" ".join(words),
    )
    context.exit(1)


def _as_text(
    context: Context, shown: tuple[Problem, ...], sentence: Text, data: dict[str, Any]
) -> None:
    for problem in shown:
        print_problem(context, problem)
    context.say(sentence, **data)


def _report(
    context: Context, shown: tuple[Problem, ...], title: str, checked: int, strict: bool
) -> Report:
    from textcrm import __version__
    from textcrm.errors import NotFound
    from textcrm.quality.formats.report import Report

    try:
        prefix = context.vault().prefix
    except NotFound:  # no repository: the vault is all there is
        prefix = ""
    return Report(shown, title, checked, context.language, prefix, strict, __version__)


def _in_form(context: Context, report: Report, asked: Asked) -> None:
    from textcrm.quality.formats import FORMATS

    text = FORMATS[asked.format](report)
    if asked.format == "github":
        _summarise(report)
        if not asked.output:
            # Annotations are ten a step at most: the log has all of them, as people read them.
            text += "".join(f"{line}\n" for line in _lines(context, report))
    if asked.output:
        _write(asked.output, text)
    else:
        context.out.plain(text)


def _lines(context: Context, report: Report) -> list[str]:
    from textcrm.cli.problems import problem_line

    told = [" ".join(problem_line(one, context.language).split()) for one in report.problems]
    return [*told, report.title]


def _summarise(report: Report) -> None:
    """Append to the page of the step, where GitHub gives one."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        from pathlib import Path

        from textcrm.quality.formats.github import summary

        try:
            with Path(file).open("a", encoding="utf-8", errors="replace") as page:
                page.write(summary(report))
        except OSError as error:
            raise _failed(file, error) from error


def _write_json(context: Context, document: dict[str, Any], output: str | None) -> None:
    if output is None:
        context.emit(document)
        return
    import json

    _write(output, json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


def _write(output: str, text: str) -> None:
    from pathlib import Path

    try:
        Path(output).write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise _failed(output, error) from error


def _failed(file: str, error: OSError) -> Exception:
    from textcrm.errors import StorageFailure

    return StorageFailure(
        "report-failed",
        Text("{file} cannot be written: {why}", "无法写入 {file}：{why}"),
        hint=Text("name another file with -o", "请用 -o 指定其他文件"),
        file=file,
        why=error.strerror or "",
    )
