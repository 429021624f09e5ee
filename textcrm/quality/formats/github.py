"""GitHub Actions: workflow commands that annotate lines, and the summary of a step in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textcrm.findings import Problem
    from textcrm.quality.formats.report import Report

_MOST_ROWS: Final = 200
# Workflow commands escape these in any text, and two more inside the properties.
_IN_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY: Final = {**_IN_DATA, ":": "%3A", ",": "%2C"}
_WORDS: Final = {
    "en": ("Where", "Finding", "error", "warning", "{more} more in the log"),
    "zh": ("位置", "问题", "错误", "警告", "其余 {more} 条见日志"),
}


def render(report: Report) -> str:
    """One ``::error`` or ``::warning`` a problem, errors first: GitHub shows ten of each a step."""
    ordered = sorted(report.problems, key=lambda one: one.finding.severity != "error")
    return "".join(_annotation(report, one) + "\n" for one in ordered)


def _annotation(report: Report, problem: Problem) -> str:
    properties = {
        "file": report.file(problem),
        "line": str(problem.line),
        "col": str(problem.column),
        "title": f"textcrm {problem.finding.code}",
    }
    told = ",".join(
        f"{name}={_escaped(value, _IN_PROPERTY)}" for name, value in properties.items()
    )
    return f"::{problem.finding.severity} {told}::{_escaped(report.sentence(problem), _IN_DATA)}"


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)


def summary(report: Report) -> str:
    """The summary of a step: a sentence, and the problems as a table."""
    where, what, error, warning, more = _WORDS[report.language]
    lines = [f"### textcrm check\n\n{_cell(report.title)}\n"]
    if report.problems:
        lines += [f"| {where} | | {what} |\n|---|---|---|"]
    for one in report.problems[:_MOST_ROWS]:
        severity = error if one.finding.severity == "error" else warning
        place = f"{report.file(one)}:{one.line}:{one.column}"
        sentence = _cell(report.sentence(one))
        lines.append(f"| {_cell(place)} | {severity} `{one.finding.code}` | {sentence} |")
    rest = len(report.problems) - _MOST_ROWS
    if rest > 0:
        lines += ["", more.format(more=rest)]
    return "\n".join(lines) + "\n\n"


def _cell(text: str) -> str:
    """Text that a Markdown table shows as it is: no markup, no HTML, no end of the cell."""
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")
    return "".join(
        "\\" + char if char in "|*_`[]#~!" else char for char in " ".join(shown.split())
    )
