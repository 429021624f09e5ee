"""JUnit XML, in the form that Ant's, Jenkins's and GitLab's readers have in common."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from textcrm.quality.formats.report import fingerprints

if TYPE_CHECKING:
    from textcrm.findings import Problem
    from textcrm.quality.formats.report import Report

_NAME: Final = "textcrm check"
# What XML 1.0 cannot hold at all (section 2.2).
_UNHOLDABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None).isoformat()


def render(report: Report) -> str:
    """A suite with one failed test a problem, and one that passes for all that was checked.

    A warning that does not fail the check is a skipped test. Valid by Ant's schema and by that of
    Jenkins, which share no attribute for files: the file is the class. The time stamp is a fixed
    one, so that the same findings give the same report.
    """
    failures = sum(report.fails(problem) for problem in report.problems)
    root = ET.Element("testsuites")
    counts = {
        "name": _NAME,
        "package": "textcrm",
        "id": "0",
        "hostname": "localhost",
        "timestamp": _EPOCH,
        "tests": str(len(report.problems) + 1),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(len(report.problems) - failures),
        "time": "0",
    }
    suite = ET.SubElement(root, "testsuite", counts)
    ET.SubElement(suite, "properties")
    _case(suite, _NAME, _clean(report.title))
    for problem, mark in fingerprints(report):
        _of_problem(report, suite, problem, mark)
    ET.SubElement(suite, "system-out").text = _clean(report.title)
    ET.SubElement(suite, "system-err")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _of_problem(report: Report, suite: ET.Element, problem: Problem, mark: str) -> None:
    finding = problem.finding
    path = finding.path if problem.anchor is None else problem.anchor
    place = "/".join(map(str, path))
    file = _clean(report.file(problem))
    # Hosts follow a test by its name, which stays when lines move; the mark parts two of one name.
    name = " ".join(part for part in (problem.id or "", finding.code, place, mark[:6]) if part)
    case = _case(suite, file, _clean(name))
    sentence = _clean(report.sentence(problem))
    fate = "failure" if report.fails(problem) else "skipped"
    told = ET.SubElement(case, fate, {"message": sentence, "type": finding.code})
    told.text = f"{file}:{problem.line}:{problem.column}: {sentence}"


def _case(suite: ET.Element, of: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", {"classname": of, "name": name, "time": "0"})


def _clean(text: str) -> str:
    return _UNHOLDABLE.sub("\ufffd", text)
