"""Clocks: the vault's time zone for history's days, and commits of a clock that was years behind."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell

from textcrm.errors import NotFound
from textcrm.history import past
from textcrm.history.log import log
from textcrm.vault import Vault
from textcrm.vault.creation import create

if TYPE_CHECKING:
    from pathlib import Path

# 05:59 on 30 November in Shanghai, and on the evening before it in Greenwich
MOMENT = dt.datetime(2026, 11, 29, 21, 59, tzinfo=dt.UTC)
DAY, DAY_BEFORE = dt.date(2026, 11, 30), dt.date(2026, 11, 29)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    create(tmp_path / "vault", time_zone="Asia/Shanghai")
    return Shell(tmp_path / "vault", capsys)


def commit(folder: Path, message: str, moment: dt.datetime) -> None:
    """Commit all there is with plain git at a moment, by a clock in Greenwich."""
    stamp = f"{int(moment.timestamp())} +0000"
    env = {**os.environ, "GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    for words in (("add", "-A"), ("commit", "-q", "--no-verify", "-m", message)):
        subprocess.run(["git", "-C", str(folder), *words], env=env, check=True)


def noted(folder: Path, text: str, moment: dt.datetime) -> None:
    file = next(folder.glob("customers/*/*/*.yaml"))
    file.write_text(f"{file.read_text('utf-8')}# {text}\n", "utf-8")
    commit(folder, text, moment)


def test_the_days_of_history_are_the_vaults(shell: Shell) -> None:
    shell.ok("add", "云帆")
    noted(shell.folder, "early in Shanghai", MOMENT)
    vault = Vault.open(shell.folder)
    subjects = [one.subject for one in log(vault, since=DAY, until=DAY)]
    assert "early in Shanghai" in subjects
    assert "early in Shanghai" not in [one.subject for one in log(vault, until=DAY_BEFORE)]
    tip = vault.repo.resolve("HEAD")
    assert past.revision(vault, "2026-11-30") == tip
    assert "2026-11-30 05:59" in shell.ok("log", "--since", "2026-11-30", "--limit", "1").out
    assert shell.ok("audit", "report", "--since", "2026-11-30", "--json").data["people"]


def test_a_clock_that_was_behind_hides_nothing(shell: Shell) -> None:
    for name in ("甲", "乙"):
        shell.ok("add", name)
    gone = str(shell.ok("add", "丙", "--json").data["id"])
    shell.ok("rm", gone, "--reason", "test")
    noted(shell.folder, "a flat battery", dt.datetime(2001, 1, 1, tzinfo=dt.UTC))
    since = dt.date.today() - dt.timedelta(days=2)  # noqa: DTZ011 - two days of grace
    ops = [one.op for one in log(Vault.open(shell.folder), since=since)]
    assert ops.count("add") == 3
    report = shell.ok("audit", "report", "--since", since.isoformat(), "--json").data
    assert sum(one["commits"] for one in report["people"]) >= 4
    assert shell.ok("add", "丁", "--json").data["id"] != gone  # an id is never given again


def test_a_git_without_the_filter_is_asked_in_the_old_way(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textcrm.gitrepo.log.SINCE", "--since-as-nothing")
    monkeypatch.setattr("textcrm.gitrepo.history.SINCE", "--since-as-nothing")
    own = str(shell.ok("add", "甲", "--json").data["id"])
    vault = Vault.open(shell.folder)
    since = vault.today - dt.timedelta(days=1)
    assert next(one.op for one in log(vault, since=since)) == "add"
    assert [one.op for one in log(vault, vault.get(own), since=since)] == ["add"]
    assert any(own in path for path in vault.repo.paths_ever("customers/", since=since))


def test_the_newest_deletions_are_shown(shell: Shell) -> None:
    ids = [str(shell.ok("add", f"客户{n}", "--json").data["id"]) for n in range(23)]
    for own in ids:
        shell.ok("rm", own, "--reason", "test")
    told = shell.ok("--lang", "en", "audit", "report").out
    assert ids[-1] in told
    assert ids[0] not in told
    assert "and 3 before that" in told


def test_a_deleted_customer_is_said_to_be(shell: Shell) -> None:
    own = str(shell.ok("add", "云帆", "--json").data["id"])
    shell.ok("rm", own, "--reason", "test")
    gone = shell("show", own, "--json")
    assert gone.code == 4
    assert f"textcrm restore {own}" in gone.error["hint"]
    never = shell("show", "C20200101001", "--json")
    assert never.code == 4
    assert "restore" not in never.error["hint"]
    shell.ok("restore", own)
    shell.ok("show", own)


def test_days_of_the_past_are_the_last_ones(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.ok("add", "云帆", "--set", "status=none")
    own = str(shell.ok("list", "--json").data[0]["id"])
    noted(shell.folder, "in May", dt.datetime(2026, 5, 2, tzinfo=dt.UTC))
    monkeypatch.setattr(Vault, "today", dt.date(2026, 6, 10))
    for words in (("--since", "5月1日"), ("--since", "上个月"), ("--since", "2026-05")):
        told = shell.ok("log", *words, "--until", "上个月", "--json").data
        assert [one["subject"] for one in told] == ["in May"], words
    assert "# in May" in (shell.folder / Vault.open(shell.folder).get(own).path).read_text("utf-8")
    shell.ok("append", own, "purchases", "date=2026-06-03", "product=甲", "amount=100")
    report = shell.ok("report", "purchases", "--since", "本月", "--json").data
    assert report["total"] == shell.ok("report", "purchases", "--json").data["total"]
    assert shell("report", "purchases", "--since", "下半辈子").code == 2
    shell.ok("verify", own, "--on", "5月1日")
    assert Vault.open(shell.folder).get(own).raw["verified"] == "2026-05-01"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "Asia/Shangai"])
def test_a_time_zone_that_is_none_is_named(shell: Shell, zone: str) -> None:
    file = shell.folder / "textcrm.yaml"
    file.write_text(file.read_text("utf-8").replace("Asia/Shanghai", zone), "utf-8")
    ran = shell("list", "--json")  # it was told as a bug, or this machine's zone taken instead
    assert (ran.code, ran.error["code"]) == (5, "config-invalid")
    assert zone in ran.error["message"]
    assert "/" in ran.error["hint"]
    told = {one["check"]: one["state"] for one in shell("doctor", "--json").data}
    assert told["time-zone"] == "error"
    made = shell(
        "init", str(shell.folder.parent / "other"), "--no-input", "--time-zone", zone, at=False
    )
    assert made.code == 5
    assert not (shell.folder.parent / "other" / "textcrm.yaml").exists()


def test_the_state_of_a_day_is_not_that_of_a_clock_that_was_behind(shell: Shell) -> None:
    shell.ok("add", "云帆")
    days = [dt.datetime(2024, 5, day, 12, tzinfo=dt.UTC) for day in (1, 2, 3)]
    begun_anew(shell.folder, dt.datetime(2024, 4, 1, tzinfo=dt.UTC))
    behind = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
    ahead = dt.datetime(2060, 1, 1, tzinfo=dt.UTC)
    for moment in (
        *days[:2],
        ahead,
        days[2],
        behind,
        behind,
        dt.datetime(2024, 5, 9, tzinfo=dt.UTC),
    ):
        noted(shell.folder, f"{moment:%Y-%m-%d}", moment)
    vault = Vault.open(shell.folder)
    for day in ("2024-05-01", "2024-05-02", "2024-05-09"):
        found = past.revision(vault, day)
        assert next(iter(vault.repo.log(found, limit=1))).subject == day
    with pytest.raises(NotFound):
        past.revision(vault, "2024-03-01")


def begun_anew(folder: Path, moment: dt.datetime) -> None:
    """A history of one commit, at a moment, with what is there now."""
    subprocess.run(["git", "-C", str(folder), "checkout", "-q", "--orphan", "anew"], check=True)
    commit(folder, "start", moment)
