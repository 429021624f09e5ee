"""Following up from the command line: due in its forms, log, verify."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from cli_running import Shell
from following import ONE, add, answering, tree
from ready_made import created
from team_vault import Team, git, team_at

from textcrm.errors import Misuse
from textcrm.records import confirming
from textcrm.vault import Vault


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A vault with nobody in it yet."""
    return Shell(created(tmp_path / "vault").root, capsys)


@pytest.fixture
def team(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Team:
    return team_at(tmp_path, Shell(tmp_path / "vault", capsys), monkeypatch)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return answering(monkeypatch)


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("en", "Due: 3天后 → 2026-05-04 (Mon)"), ("zh", "3天后 → 2026-05-04（周一）")],
)
def test_the_day_that_was_understood_is_shown(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, lang: str, shown: str
) -> None:
    monkeypatch.setattr(Vault, "today", dt.date(2026, 5, 1))
    own = add(shell, "云帆")
    told = shell.ok("--lang", lang, "log", own, "来电", "--next", "报价", "--due", "3天后").out
    assert shown in told
    assert (
        "→"
        not in shell.ok(
            "--lang", lang, "log", own, "来电", "--due", "2026-05-09", "--next", "x"
        ).out
    )


# -- due


def test_due_says_what_when_why_and_how(shell: Shell) -> None:
    own = add(shell, "甲公司", "--set", "interactions/0/next/what=寄合同", "--set",
              "interactions/0/at=2020-01-01", "--set", "interactions/0/next/due=2020-01-04")  # fmt: skip
    (one,) = [each for each in shell.ok("due", "--json").data if each["kind"] == "next"]
    assert one.keys() >= {"id", "name", "kind", "due", "days", "reason", "owner"}
    assert (one["id"], one["due"], one["remind_on"]) == (own, "2020-01-04", "2020-01-06")
    assert one["days"] == (dt.date(2020, 1, 4) - Vault.open(shell.folder).today).days
    assert one["owner"] is None
    assert one["reason"] == "寄合同"
    assert one["command"].startswith(f"textcrm log {own}")
    assert shell.ok("due", "--count", "--kind", "下一步").out == "1\n"
    text = shell.ok("due", "--lang", "zh").out
    assert "逾期与今天（1）" in text
    assert "下一步：寄合同" in text
    assert f"textcrm log {own} '…' --done" in text
    assert shell("due", "--kind", "payment").code == 1


def test_due_of_a_kind_that_is_none(shell: Shell) -> None:
    ran = shell("due", "--kind", "nonsense", "--json")
    assert (ran.code, ran.error["code"]) == (2, "unknown-kind")
    assert shell("due", "--owner", "nobody-here").code == 2


def test_the_calendar_has_the_same_names_again(shell: Shell, tmp_path: Path) -> None:
    own = add(shell, "甲公司")
    shell.ok("log", own, "电话", "--next", "寄合同", "--due", "2020-01-04")
    file = tmp_path / "due.ics"
    assert shell.ok("due", "--ics", str(file), "--json").data == {"file": str(file), "entries": 1}
    uid = [line for line in file.read_text("utf-8").splitlines() if line.startswith("UID")]
    shell.ok("set", own, "interactions/0/next/due=2020-02-04")
    assert shell("due", "--ics", str(file)).code == 2  # it is there already
    shell.ok("due", "--ics", str(file), "--force")
    assert uid[0] in file.read_text("utf-8")
    assert uid[0] in shell.ok("due", "--ics", "-").out


def test_each_instalment_is_an_entry_of_its_own(shell: Shell) -> None:
    own = add(shell, "甲公司", "--set", "contracts/0/number=HT-1")
    for day in ("2020-01-02", "2020-02-03"):
        shell.ok("append", own, "contracts/0/instalments", f"due={day}")
    text = shell.ok("due", "--kind", "instalment", "--ics", "-").out
    uids = [line for line in text.splitlines() if line.startswith("UID")]
    assert len(set(uids)) == 2


def test_an_older_schema_is_asked_for_what_it_has(shell: Shell, answers: list[str]) -> None:
    own = add(shell, "甲公司", "--set", "类型=潜在客户")
    file = shell.folder / "schema/customer.schema.json"
    schema = json.loads(file.read_text("utf-8"))
    for name in ("stage_since", "first_cooperation"):
        del schema["properties"][name]
    file.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    answers += ["", "云主机"]
    shell.ok("set", own, "阶段=成交")
    assert tree(shell, own)["products"] == ["云主机"]
    assert answers == []


def test_the_digest_is_a_mail_and_the_schedule_sends_it(shell: Shell) -> None:
    assert "没有待办事项" in shell.ok("due", "--digest", "--lang", "zh").out
    own = add(shell, "甲公司")
    shell.ok("log", own, "电话", "--next", "寄合同", "--due", "2020-01-04")
    text = shell.ok("due", "--digest", "--lang", "zh").out
    assert "【逾期与今天】1 项" in text
    assert f"甲公司 {own}" in text
    assert "\x1b" not in text
    lines = shell.ok("due", "--schedule", "--owner", "none", "--json").data
    assert "due --digest" in lines["cron"]
    assert "--owner none" in lines["cron"]
    assert any(line.startswith("OnCalendar") for line in lines["systemd"])


def test_many_lines_are_told_by_the_first_of_a_kind(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    shell = team.by(None)
    for number in range(15):
        file = team.root / f"customers/2020/01/C202001010{number + 10}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = f"id: {file.stem}\nname: 甲{number}\nstatus: active\n"
        file.write_text(text, encoding="utf-8")
    text = shell.ok("due", "--lang", "zh").out
    assert "textcrm due --kind survey" in text
    assert text.count("没有做过满意度调查") == 10
    assert shell.ok("due", "--lang", "zh", "--all").out.count("没有做过满意度调查") > 20


# -- log


def test_log_done_settles_what_was_due(shell: Shell) -> None:
    own = add(shell, "甲公司")
    shell.ok("log", own, "电话", "--next", "寄合同", "--due", "2020-01-04")
    shell.ok("log", own, "电话", "--next", "回访", "--due", "2999-01-04")
    shell.ok("log", own, "已寄出", "--done")
    steps = [one.get("next", {}).get("done") for one in tree(shell, own)["interactions"]]  # type: ignore[attr-defined]
    assert steps == ["true", None, None]
    assert git(shell.folder, "log", "-1", "--format=%s").startswith(own)
    shell.ok("log", own, "--done")  # the step says what was done
    last = tree(shell, own)["interactions"]
    assert last[-1]["summary"] == "回访"  # type: ignore[index]
    assert last[1]["next"]["done"] == "true"  # type: ignore[index]


def test_on_a_terminal_log_asks_for_the_next_step(shell: Shell, answers: list[str]) -> None:
    """F10, N6."""
    own = str(shell.ok("add", "甲公司", "--json").data["id"])
    answers += ["发报价", "3天后"]
    shell.ok("log", own, "电话")
    one = tree(shell, own)["interactions"][0]  # type: ignore[index]
    assert one["next"]["what"] == "发报价"
    day = Vault.open(shell.folder).today + dt.timedelta(days=3)
    assert one["next"]["due"] == day.isoformat()
    answers += [""]
    shell.ok("log", own, "已发")  # the open step is offered as done, and is
    assert tree(shell, own)["interactions"][0]["next"]["done"] == "true"  # type: ignore[index]


# -- verify (F5, F13)


def reached(shell: Shell) -> str:
    return add(
        shell, "甲公司", "--set", "contacts/0/name=王明", "--set",
        "contacts/0/phones/0/number=19900000014", "--set",
        "contacts/0/phones/1/number=19900000015", "--set",
        "contacts/0/emails/0/address=wang@example.com",
    )  # fmt: skip


def test_verify_notes_the_day_and_the_methods(shell: Shell) -> None:
    own = reached(shell)
    shell.ok("verify", own, "--method", "0014", "--dead", "wang@example.com")
    found = tree(shell, own)
    assert found["verified"] == Vault.open(shell.folder).today.isoformat()
    contact = found["contacts"][0]  # type: ignore[index]
    assert [one.get("verification") for one in contact["phones"]] == ["ok", None]
    assert contact["emails"][0]["verification"] == "dead"
    shell.ok("verify", own, "--on", "2026-05-01", "--method", "电话")
    found = tree(shell, own)
    assert found["verified"] == "2026-05-01"
    assert [one["verification"] for one in found["contacts"][0]["phones"]] == ["ok", "ok"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("word", "code"), [("0000", "no-such-method"), ("19900", "no-such-method")]
)
def test_a_method_that_nobody_has(shell: Shell, word: str, code: str) -> None:
    own = reached(shell)
    ran = shell("verify", own, "--method", word, "--json")
    assert (ran.code, ran.error["code"]) == (2, code)
    assert "19900000014" not in ran.err
    assert "verified" not in tree(shell, own)


def test_the_draft_is_masked_and_writes_nothing(team: Team, tmp_path: Path) -> None:
    shell = team.by(None)
    head = git(team.root, "rev-parse", "HEAD")
    text = shell.ok("verify", ONE, "--draft", "--lang", "zh").out
    record = Vault.open(team.root).get(ONE)
    for contact in record.raw["contacts"]:
        for one in contact.get("phones", []):
            assert one["number"] not in text
    assert "****" in text
    assert record.name in text
    assert git(team.root, "rev-parse", "HEAD") == head
    own = tmp_path / "own.txt"
    own.write_text("Dear {contact} of {name}: {day}\n", encoding="utf-8")
    short = shell.ok("verify", ONE, "--template", str(own)).out
    assert short.startswith("Dear ")
    assert record.name in short
    (team.root / "templates").mkdir()
    (team.root / "templates/confirmation.zh.txt").write_text("您好，{contact}", encoding="utf-8")
    assert shell.ok("verify", ONE, "--draft", "--lang", "zh").out.startswith("您好，")
    for wrong in ("{phone}", "{name", "{0}"):
        with pytest.raises(Misuse):
            confirming.draft(Vault.open(team.root), record, "zh", wrong)
    assert shell("verify", ONE, "--template", str(tmp_path / "no.txt")).code == 9


def test_a_step_that_begins_with_its_day_is_due_then(shell: Shell) -> None:
    own = add(shell, "甲公司")
    said = shell.ok("log", own, "聊了", "--next", "2030年6月10日提供方案").out
    assert "2030-06-10" in said
    entries: Any = tree(shell, own)["interactions"]
    assert entries[0]["next"] == {"what": "2030年6月10日提供方案", "due": "2030-06-10"}
    shell.ok("log", own, "再聊", "--next", "明天提供方案", "--due", "2030-07-01")
    later: Any = tree(shell, own)["interactions"]
    assert later[1]["next"]["due"] == "2030-07-01"
