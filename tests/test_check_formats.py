"""The forms of CI hosts: escaped, valid, with names that stay when lines move; nothing sealed in any."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from cli_running import Shell
from hypothesis import given
from hypothesis import strategies as st
from sealing_vault import git, keyed_vault, record

from textcrm.findings import Finding, Problem
from textcrm.quality.formats import FORMATS, github, gitlab, junit, sarif
from textcrm.quality.formats.report import Report, fingerprints
from textcrm.text import Text

SECRET = "6222021234567890128"
FILE = "customers/2026/01/C20260101001.yaml"


@pytest.fixture
def shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(keyed_vault(tmp_path / "vault"), capfd)


def _odd(shell: Shell) -> None:
    """An error, a warning and a plain value that should be sealed, on lines of their own."""
    record(shell.folder, status="actve", industry="做IT的", bank_account=SECRET)


def _problem(message: str = "x", file: str = FILE, code: str = "enum", **more: Any) -> Problem:
    said = message.replace("{", "{{").replace("}", "}}")
    finding = Finding(code, more.pop("severity", "error"), ("a", 0), Text(said, said))
    return Problem(file, 3, 7, "C1", finding, **more)


def _report(*problems: Problem, **more: Any) -> Report:
    return Report(problems, "all checked", 1, "en", **more)


@pytest.mark.parametrize("form", ["text", "json", *FORMATS])
def test_each_form_tells_all_and_ends_with_1(shell: Shell, form: str) -> None:
    _odd(shell)
    for language in ("zh", "en"):
        ran = shell("--lang", language, "check", "--format", form)
        assert ran.code == 1
        for code in ("enum", "industry-words", "plain-sealed"):
            assert code in ran.out
        assert SECRET not in ran.out + ran.err


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_wrong_is_valid_too(shell: Shell, form: str) -> None:
    record(shell.folder)
    ran = shell("check", "--format", form)
    assert ran.code == 0
    if form == "gitlab":
        assert ran.data == []
    if form == "sarif":
        assert ran.data["runs"][0]["results"] == []
    if form == "junit":
        (suite,) = ET.fromstring(ran.out)
        assert (suite.get("tests"), suite.get("failures")) == ("1", "0")


def test_warnings_fail_where_strict(shell: Shell) -> None:
    record(shell.folder, industry="做IT的")
    assert shell("check", "--format", "junit").code == 0
    (suite,) = ET.fromstring(shell("check", "--format", "junit").out)
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")
    ran = shell("check", "--format", "junit", "--strict")
    assert ran.code == 1
    (suite,) = ET.fromstring(ran.out)
    assert (suite.get("failures"), suite.get("skipped")) == ("1", "0")


# -- GitHub


def test_github_escapes_what_its_commands_end_with() -> None:
    problem = _problem("100%, a: b\nc", file="customers/a,b:c%.yaml")
    (line,) = github.render(_report(problem)).splitlines()
    assert line == (
        "::error file=customers/a%2Cb%3Ac%25.yaml,line=3,col=7,title=textcrm enum::100%25, a: b c"
    )


@given(st.text(max_size=40), st.text(max_size=40))
def test_github_gets_one_line_a_problem_whatever_is_in_it(message: str, name: str) -> None:
    told = github.render(_report(_problem(message, file=name), _problem("y", severity="warning")))
    lines = told.split("\n")
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning", ""]
    assert "\r" not in told
    properties = lines[0].removeprefix("::error ").split("::")[0]
    assert len(properties.split(",")) == 4


def test_github_puts_errors_first_and_the_whole_into_log_and_summary(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record(shell.folder, 1, industry="做IT的")
    record(shell.folder, 2, status="a|b <script>")
    page = tmp_path / "summary.md"
    page.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    ran = shell("--lang", "zh", "check", "--format", "github")
    lines = ran.out.splitlines()
    assert [line[:9] for line in lines[:2]] == ["::error f", "::warning"]
    assert not any(line.startswith("::") for line in lines[2:])
    assert sum("customers/" in line for line in lines[2:]) == 2
    summary = page.read_text(encoding="utf-8")
    assert summary.startswith("before\n### textcrm check")
    assert "a\\|b &lt;script>" in summary


# -- GitLab


def test_gitlab_report_has_what_code_quality_reads(shell: Shell) -> None:
    _odd(shell)
    issues = shell("check", "--format", "gitlab").data
    assert {one["check_name"]: one["severity"] for one in issues} == {
        "enum": "major",
        "industry-words": "minor",
        "plain-sealed": "blocker",
    }
    for one in issues:
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["location"]["path"] == FILE
        assert one["location"]["lines"]["begin"] >= 1
        assert re.fullmatch("[0-9a-f]{32}", one["fingerprint"])
    assert len({one["fingerprint"] for one in issues}) == len(issues)


def test_a_vault_in_a_folder_names_files_from_the_repository(tmp_path: Path, shell: Shell) -> None:
    top = tmp_path / "top"
    top.mkdir()
    git(top, "init", "-q")
    inner = top / "crm" / "客户"
    inner.parent.mkdir()
    shell.folder.rename(inner)
    (inner / ".git").rename(tmp_path / "gone")
    shell.folder = inner
    record(inner, status="actve")
    assert shell("check", "--format", "gitlab").data[0]["location"]["path"] == f"crm/客户/{FILE}"
    result = shell("check", "--format", "sarif").data["runs"][0]["results"][0]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == f"crm/%E5%AE%A2%E6%88%B7/{FILE}"


def test_fingerprints_stay_when_lines_items_and_language_move(shell: Shell) -> None:
    item = "\n- {id: %s, number: '12'}"
    file = record(shell.folder, status="actve")
    text = file.read_text(encoding="utf-8")
    contacts = "source: referral\ncontacts:\n- id: ccccc\n  name: 王芳\n  phones:\n"
    one, two = "  - {id: aaaaa, number: '12'}\n", "  - {id: bbbbb, number: '13'}\n"

    def marks(content: str, language: str = "en") -> set[str]:
        file.write_text(content, encoding="utf-8")
        found = shell("--lang", language, "check", "--format", "gitlab").data
        return {issue["fingerprint"] for issue in found}

    first = marks(text + contacts + one + two)
    assert len(first) == 3, item
    assert marks("# a comment\n" + text + "\n" + contacts + two + one, "zh") == first
    assert marks(text + contacts + one) < first


def test_two_findings_at_one_place_have_two_names() -> None:
    report = _report(_problem("a"), _problem("b"), _problem("a", commit="f" * 40))
    assert len({mark for _, mark in fingerprints(report)}) == 3


# -- SARIF and JUnit: the essentials of the official schemas


def test_sarif_is_as_the_standard_says(shell: Shell) -> None:
    """SARIF 2.1.0, sections 3.13 to 3.30: names, places from 1, rules that results point to."""
    _odd(shell)
    log = shell("check", "--format", "sarif").data
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"] not in ("", rule["id"])
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (place,) = result["locations"]
        where = place["physicalLocation"]
        assert where["region"]["startLine"] >= 1
        assert where["region"]["startColumn"] >= 1
        assert where["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
        assert all(isinstance(mark, str) for mark in result["partialFingerprints"].values())
    lines = (shell.folder / FILE).read_text(encoding="utf-8").splitlines()
    for result in run["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        value = lines[region["startLine"] - 1][region["startColumn"] - 1 :]
        assert value.strip("'\"") in ("actve", "做IT的", SECRET)


SUITE = {
    "name", "package", "id", "hostname", "timestamp", "tests", "failures", "errors", "skipped", "time",
}  # fmt: skip


def test_junit_is_as_ant_and_jenkins_have_it(shell: Shell) -> None:
    """The order of children and the attributes that both schemas know, and no others."""
    _odd(shell)
    root = ET.fromstring(shell("check", "--format", "junit").out)
    assert root.tag == "testsuites"
    assert root.attrib == {}
    (suite,) = root
    assert set(suite.attrib) == SUITE
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
    tags = [child.tag for child in suite]
    cases = suite.findall("testcase")
    assert tags == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]
    assert int(suite.attrib["tests"]) == len(cases) == 4
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) == 2
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped")) == 1
    for case in cases:
        assert set(case.attrib) == {"name", "classname", "time"}
        assert len(case) <= 1
        for fate in case:
            assert set(fate.attrib) == {"message", "type"}
    assert len({case.attrib["name"] for case in cases}) == len(cases)


@given(st.text(max_size=60))
def test_any_text_is_well_formed(text: str) -> None:
    report = _report(_problem(text), prefix="客 户/", version="1.0")
    ET.fromstring(junit.render(report).encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    assert json.loads(gitlab.render(report))[0]["location"]["path"] == f"客 户/{FILE}"
    json.loads(sarif.render(report))


# -- files and options


def test_a_report_goes_to_a_file_and_people_still_read(shell: Shell, tmp_path: Path) -> None:
    _odd(shell)
    target = tmp_path / "gl.json"
    ran = shell("--lang", "zh", "check", "--format", "gitlab", "-o", str(target))
    assert ran.code == 1
    assert "错误[enum]" in ran.out
    assert len(json.loads(target.read_text(encoding="utf-8"))) == 3
    ran = shell("check", "--format", "gitlab", "-o", str(tmp_path / "no" / "such" / "x.json"))
    assert ran.code == 9
    assert "cannot be written" in ran.err


def test_json_is_one_thing_however_it_is_asked_for(shell: Shell) -> None:
    _odd(shell)
    assert shell("check", "--format", "json").data == shell("check", "--json").data
    assert shell("check", "--format", "yaml").code == 2


def test_staged_and_ranges_have_the_same_forms(shell: Shell) -> None:
    git(shell.folder, "tag", "base")
    _odd(shell)
    git(shell.folder, "add", "-A")
    staged = shell("check", "--staged", "--format", "gitlab").data
    assert {one["check_name"] for one in staged} == {"enum", "industry-words", "plain-sealed"}
    git(shell.folder, "commit", "-q", "--no-verify", "-m", "x")
    ran = shell("check", "--range", "base..HEAD", "--format", "sarif")
    assert ran.code == 1
    found = ran.data["runs"][0]["results"]
    assert {one["ruleId"] for one in found} == {"enum", "industry-words", "plain-sealed"}


# -- changed files only


def test_since_looks_at_what_a_branch_and_hand_edits_changed(shell: Shell) -> None:
    record(shell.folder, 1, status="actve")
    record(shell.folder, 2)
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "--no-verify", "-m", "x")
    git(shell.folder, "branch", "start")
    ran = shell("check", "--since", "start", "--json")
    assert (ran.code, ran.data["checked"]) == (0, 0)
    record(shell.folder, 3, status="actve")
    ran = shell("check", "--since", "start", "--json")
    assert (ran.code, ran.data["checked"]) == (1, 1)
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "--no-verify", "-m", "y")
    assert shell("check", "--since", "start", "--json").data["checked"] == 1
    # Who judges has changed: everybody is judged anew.
    file = shell.folder / "textcrm.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# x\n", encoding="utf-8")
    assert shell("check", "--since", "start", "--json").data["checked"] == 3
    assert shell("check", "--since", "nowhere").code == 4
    assert shell("check", "--since", "start", "--staged").code == 2
