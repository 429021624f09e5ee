"""Problems in words: one line each for people and editors, one object each for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.paths import spell
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.findings import Problem
    from textcrm.text import Language

_SHORT = 10
SEVERITIES = {"error": Text("error", "错误"), "warning": Text("warning", "警告")}


def problem_json(problem: Problem, language: Language) -> dict[str, Any]:
    """One problem for ``check --json`` (DESIGN section 6)."""
    finding = problem.finding
    document = {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "id": problem.id,
        "path": "/" + spell(finding.path) if finding.path else "",
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.say(language),
        "hint": finding.say_hint(language),
    }
    return {**document, "commit": problem.commit} if problem.commit else document


def problem_line(problem: Problem, language: Language) -> str:
    """``file:line:column: error[code] sentence``, as editors' quickfix lists read it.

    In history ``commit:file`` stands for the file, which is how git names it: ``git show`` takes it.
    """
    finding = problem.finding
    severity = SEVERITIES[finding.severity].say(language)
    sentence = finding.say(language)
    colon = "：" if language == "zh" else ": "
    commit = f"{problem.commit[:_SHORT]}:" if problem.commit else ""
    return (
        f"{commit}{problem.file}:{problem.line}:{problem.column}: "
        f"{severity}[{finding.code}]{colon}{sentence}"
    )


def print_problem(context: Context, problem: Problem, *, on_error: bool = False) -> None:
    """Print one problem with its hint below; ``on_error`` to standard error."""
    out = context.err if on_error else context.out
    style = "red" if problem.finding.severity == "error" else "yellow"
    out.line(problem_line(problem, context.language), style=style)
    hint = problem.finding.say_hint(context.language)
    if hint:
        out.line(f"    → {hint}", style="dim")
