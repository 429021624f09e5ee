"""GitLab's Code Quality report: a JSON array of issues (docs.gitlab.com, Code Quality report format)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from textcrm.quality.formats.report import fingerprints

if TYPE_CHECKING:
    from textcrm.findings import Problem
    from textcrm.quality.formats.report import Report

BLOCKING: Final = frozenset(("plain-sealed", "secret-key"))
"""What must not even stay in a branch: whoever can clone has it."""


def render(report: Report) -> str:
    """The report as JSON, all ASCII: some runners read it in their own encoding."""
    issues = [_issue(report, problem, mark) for problem, mark in fingerprints(report)]
    return json.dumps(issues, ensure_ascii=True, indent=2) + "\n"


def _issue(report: Report, problem: Problem, mark: str) -> dict[str, Any]:
    begin = {"line": problem.line, "column": problem.column}
    return {
        "description": report.sentence(problem),
        "check_name": problem.finding.code,
        "fingerprint": mark,
        "severity": _severity(problem),
        "location": {
            "path": report.file(problem),
            "lines": {"begin": problem.line},
            "positions": {"begin": begin, "end": begin},
        },
    }


def _severity(problem: Problem) -> str:
    if problem.finding.severity == "warning":
        return "minor"
    return "blocker" if problem.finding.code in BLOCKING else "major"
