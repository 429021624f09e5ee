"""Retention and the notice: periods by type, what settles each; the notice and its staleness."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from hypothesis import given
from hypothesis import strategies as st
from ready_made import created

from textcrm.errors import Invalid
from textcrm.vault import Vault, lawful

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(created(tmp_path / "vault", language="zh").root, capsys)


def record(shell: Shell, own: str, text: str) -> None:
    file = shell.folder / "customers" / own[1:5] / own[5:7] / f"{own}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"id: {own}\nname: {own}\n{text}", encoding="utf-8")


def settings(shell: Shell, text: str) -> None:
    file = shell.folder / "textcrm.yaml"
    file.write_text(file.read_text("utf-8") + text, encoding="utf-8")


def test_who_is_past_the_period_of_the_type(shell: Shell) -> None:
    old, fresh = "C20150101001", "C20150101002"
    today = dt.datetime.now(dt.UTC).date()
    record(shell, old, "type: prospect\ninteractions:\n  - at: '2015-02-01'\n")
    record(shell, fresh, f"type: prospect\ninteractions:\n  - at: '{today}'\n")
    record(shell, "C20150101003", "type: existing\ncontracts:\n  - ends: '2999-01-01'\n")
    record(shell, "C20150101004", "type: lost\nconsents:\n"
           "  - {purpose: legal, given: '2015-01-01', basis: legal_duty}\n")  # fmt: skip
    record(shell, "C20150101005", "consents:\n"
           f"  - {{purpose: marketing, given: '2015-01-01', withdrawn: '{today}'}}\n")  # fmt: skip
    record(shell, "C20150101006", "type: lost\nrestricted: true\nconsents:\n"
           "  - {purpose: legal, given: '2015-01-01', basis: legal_duty}\n")  # fmt: skip
    found = {one["id"]: one for one in shell.ok("privacy", "retention", "--json").data}
    assert found[old]["until"] == "2017-02-01"
    assert found[old]["command"] == f"textcrm privacy erase {old} --reason expired"
    assert fresh not in found
    assert "C20150101003" not in found
    assert found["C20150101004"]["action"] == "restrict"
    assert found["C20150101004"]["command"] == "textcrm set C20150101004 restricted=true"
    assert found["C20150101005"]["kind"] == "withdrawn"
    assert "C20150101006" not in found
    assert old in shell.ok("--lang", "en", "privacy", "retention", "--type", "潜在客户").out
    settings(shell, "retention:\n  潜在客户: 永久\n  lost: 100y\n")
    left = {one["id"] for one in shell.ok("privacy", "retention", "--json").data}
    assert left == {"C20150101005"}


@pytest.mark.parametrize("line", ["prospect: soon", "nobody: 2y", "prospect: 0", "lost: [1]"])
def test_a_period_that_is_none_is_told(shell: Shell, line: str) -> None:
    settings(shell, f"retention:\n  {line}\n")
    ran = shell("privacy", "retention", "--json")
    assert (ran.code, ran.error["code"]) == (5, "config-invalid")
    assert "retention/" in ran.error["message"]


@given(st.integers(1, 9999), st.sampled_from(["", "d", "天", "m", "个月", "y", "年"]), st.dates())
def test_a_period_ends_after_it_began(number: int, unit: str, since: dt.date) -> None:
    period = lawful.period(f"{number} {unit}".strip(), "prospect")
    try:
        end = period.end(since)
    except OverflowError:
        return  # beyond the calendar
    assert end is not None
    assert end > since or since.year + number >= 9999 or end.year == 9999


def test_the_last_of_february_is_a_day_of_every_year() -> None:
    assert lawful.period("1y", "x").end(dt.date(2024, 2, 29)) == dt.date(2025, 2, 28)
    assert lawful.period("24个月", "x").end(dt.date(2024, 5, 31)) == dt.date(2026, 5, 31)
    assert lawful.period("never", "x").end(dt.date(2024, 5, 31)) is None
    with pytest.raises(Invalid):
        lawful.period("two", "x")


def test_the_notice_says_what_schema_and_settings_say(shell: Shell) -> None:
    settings(shell, "privacy:\n  controller: 云帆商贸\n  contact: privacy@example.com\n"
             "retention:\n  prospect: 18m\n")  # fmt: skip
    text = shell.ok("privacy", "notice").out
    for word in ("云帆商贸", "privacy@example.com", "18 个月", "18 months", "银行账户", "Bank account",
                 "营销", "Marketing", "撤回"):  # fmt: skip
        assert word in text
    for label in Vault.open(shell.folder).schema.purposes.values():
        assert label.zh in text
        assert label.en in text
    data = shell.ok("privacy", "notice", "-o", str(shell.folder / "privacy/notice"), "--json").data
    assert [one.rpartition(".")[2] for one in data["files"]] == ["md", "html"]
    page = (shell.folder / "privacy/notice.html").read_text("utf-8")
    assert '<article lang="zh-CN">' in page
    assert '<article lang="en">' in page


def test_a_notice_that_is_left_behind_is_told(shell: Shell) -> None:
    assert "notice-stale" not in shell("check", "--json").out
    target = shell.folder / "privacy" / "notice.md"
    shell.ok("privacy", "notice", "-o", str(target))
    assert "notice-stale" not in shell("check", "--json").out
    shell.ok("save")
    file = shell.folder / "schema" / "customer.schema.json"
    schema = json.loads(file.read_text("utf-8"))
    schema["x-textcrm"]["purposes"]["marketing"]["zh"] = "营销与画像"
    file.write_text(json.dumps(schema, ensure_ascii=False, indent=2), encoding="utf-8")
    ran = shell.ok("check", "--json")
    assert "notice-stale" in {one["code"] for one in ran.data["problems"]}
    shell.ok("privacy", "notice", "-o", str(target))
    assert "notice-stale" not in shell("check", "--json").out
    target.write_text("written by a lawyer\n", encoding="utf-8")
    assert shell("privacy", "notice", "-o", str(target)).code == 2
    shell.ok("privacy", "notice", "-o", str(target), "--force")
    assert shell("privacy", "notice", "-o", "x.pdf").code == 2


def test_personal_data_without_ground_is_listed(shell: Shell) -> None:
    record(shell, "C20240101001", "contacts:\n  - {id: aaaaa, name: 张三}\n")
    record(shell, "C20240101002", "source: referral\ncontacts:\n  - {id: aaaaa, name: 张三丰}\n")
    record(shell, "C20240101003", "kind: person\n")
    record(shell, "C20240101004", "kind: organization\n")
    record(
        shell,
        "C20240101005",
        "kind: person\nconsents:\n  - {id: aaaaa, purpose: contact, basis: public}\n",
    )
    for _ in range(2):  # cold and warm
        found = [one["id"] for one in shell.ok("check", "--json").data["problems"]
                 if one["code"] == "no-provenance"]  # fmt: skip
        assert found == ["C20240101001", "C20240101003"]
        shell("list")
