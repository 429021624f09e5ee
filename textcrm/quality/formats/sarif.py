"""SARIF 2.1.0 (OASIS), as GitHub's code scanning, VS Code's viewer and others read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from textcrm.quality.formats.report import fingerprints
from textcrm.rules.catalogue import CATALOGUE

if TYPE_CHECKING:
    from textcrm.findings import Problem
    from textcrm.quality.formats.report import Report

_VERSION: Final = "2.1.0"
_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_MARK: Final = "textcrm/v1"
_HASH: Final = "primaryLocationLineHash"  # the one name that GitHub looks at


def render(report: Report) -> str:
    """One run with its rules and results; columns count characters, files stand at the root."""
    codes = sorted({problem.finding.code for problem in report.problems})
    driver = {
        "name": "textcrm",
        "version": report.version,
        "semanticVersion": report.version,
        "rules": [_rule(report, code) for code in codes],
    }
    places = {code: place for place, code in enumerate(codes)}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the repository's root"}}},
        "results": [_result(report, one, mark, places) for one, mark in fingerprints(report)],
    }
    document = {
        "$schema": _SCHEMA,
        "version": _VERSION,
        "runs": [run],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _rule(report: Report, code: str) -> dict[str, Any]:
    known = CATALOGUE.get(code)
    said = known.about.say(report.language) if known else code
    worst = any(
        one.finding.code == code and one.finding.severity == "error" for one in report.problems
    )
    rows = {"properties": {"tags": known.rows.split()}} if known and known.rows else {}
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in code.split("-")),
        "shortDescription": {"text": said},
        "defaultConfiguration": {"level": "error" if worst else "warning"},
        **rows,
    }


def _result(report: Report, problem: Problem, mark: str, places: dict[str, int]) -> dict[str, Any]:
    code = problem.finding.code
    return {
        "ruleId": code,
        "ruleIndex": places[code],
        "level": problem.finding.severity,
        "message": {"text": report.sentence(problem)},
        "locations": [{"physicalLocation": _location(report, problem)}],
        "partialFingerprints": {_HASH: f"{mark}:1", _MARK: mark},
    }


def _location(report: Report, problem: Problem) -> dict[str, Any]:
    uri = quote(report.file(problem).encode("utf-8", "surrogateescape"), safe="/")
    return {
        "artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"},
        "region": {"startLine": problem.line, "startColumn": problem.column},
    }
