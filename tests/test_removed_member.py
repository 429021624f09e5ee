"""Whoever was removed is told so by what they write and share, and nobody else is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from sharing import Hub, fresh, git
from team_vault import team_at

from textcrm.history.sync import sync
from textcrm.vault import membership

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.vault import Vault

PEOPLE = """people:
- id: anna
  name: Anna
  role: admin
  email: anna@example.com
"""
BOB = """- id: bob
  name: 鲍伟
  role: sales
  email: Bob@Example.com
"""


@pytest.fixture
def two(tmp_path: Path) -> tuple[Vault, Vault]:
    """Anna's clone and Bob's, who are both members."""
    hub = Hub(tmp_path)
    anna, bob = hub.clone("anna"), hub.clone("bob")
    hub.push_by_hand(anna, "access/access.yaml", PEOPLE + BOB, "both")
    sync(fresh(bob))
    return anna, bob


def removed(hub_of: Vault) -> str:
    """Anna takes Bob out and shares it; gives the day."""
    file = hub_of.root / "access/access.yaml"
    file.write_text(PEOPLE, encoding="utf-8")
    git(hub_of.root, "commit", "-q", "--no-verify", "-am", "bob leaves")
    git(hub_of.root, "push", "-q")
    return dt.datetime.now(dt.UTC).astimezone().date().isoformat()


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "you (Bob) are no member of this vault any more: Anna removed you on {day}"),
     ("zh", "您（Bob）已不是本客户库的成员：Anna 于 {day} 将您移除")],
)  # fmt: skip
def test_sync_save_and_add_say_it(
    two: tuple[Vault, Vault], capsys: pytest.CaptureFixture[str], lang: str, words: str
) -> None:
    anna, bob = two
    shell = Shell(bob.root, capsys)
    assert "member" not in shell.ok("--lang", lang, "add", "甲").err
    day = removed(anna)
    said = words.format(day=day)
    assert said in shell.ok("--lang", lang, "sync").err
    assert said in shell.ok("--lang", lang, "sync").err
    assert said in shell.ok("--lang", lang, "add", "乙").err
    file = next((bob.root / "customers").rglob("C*.yaml"))
    file.write_text(file.read_text("utf-8") + "notes: by hand\n", encoding="utf-8")
    assert said in shell.ok("--lang", lang, "save").err
    file.write_text(file.read_text("utf-8") + "needs: by hand\n", encoding="utf-8")
    for command in (["save"], ["sync"], ["add", "丙"]):
        [one] = [
            one
            for one in shell.ok("--lang", lang, "--json", *command).data["warnings"]
            if one["code"] == "no-member"
        ]
        assert said in one["message"]
        assert "member add" in one["hint"]
    assert Shell(anna.root, capsys).ok("--json", "sync").data["warnings"] == []


def test_a_member_and_a_stranger_are_told_nothing(two: tuple[Vault, Vault]) -> None:
    anna, bob = two
    assert membership.left(fresh(anna)) is None
    assert membership.left(fresh(bob)) is None
    git(bob.root, "config", "user.name", "Nobody")
    git(bob.root, "config", "user.email", "nobody@example.com")
    assert membership.left(fresh(bob)) is None
    removed(anna)
    sync(fresh(bob))
    assert membership.left(fresh(bob)) is None
    git(bob.root, "config", "user.email", "bob@example.com")
    found = membership.left(fresh(bob))
    assert found is not None
    assert (found.name, found.who) == ("Nobody", "Anna")
    (bob.root / "access/access.yaml").write_text("people: [", encoding="utf-8")
    assert membership.left(fresh(bob)) is None
    assert membership.now(fresh(bob)) is None


def test_who_left_stays_the_one_who_spoke_and_owns_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    team = team_at(tmp_path, Shell(tmp_path / "vault", capsys), monkeypatch)
    monkeypatch.setenv("TEXTCRM_SIGNING_KEY", str(team.keys / "chen-chen.throw-away-signing-key"))
    team.by("chen-chen")
    before = {one["id"] for one in team.shell.ok("list", "owner:赵敏", "--json").data}
    theirs = len(team.shell.ok("list", "interactions(by:赵敏)", "--json").data)
    team.shell.ok("member", "remove", "赵敏")
    assert len(team.shell.ok("list", "interactions(by:赵敏)", "--json").data) == theirs
    git(team.root, "-c", "user.name=赵敏", "-c", "user.email=z@example.com",
        "commit", "-q", "--no-verify", "--allow-empty", "-m", "hers")  # fmt: skip
    assert team.shell.ok("log", "--by", "zhao-min", "--json").data[0]["subject"] == "hers"
    told = [
        one
        for one in team.shell("check", "--json").data["problems"]
        if one["code"] == "unknown-person"
    ]
    assert {one["id"] for one in told if one["path"] == "/owner"} == before
    assert not [one for one in told if one["path"].endswith("/by")]
    met = next(
        one
        for one in sorted(before)
        if "赵敏" in team.shell("show", one, "--only", "interactions").out
    )
    assert "zhao-min" not in team.shell.ok("show", met, "--only", "interactions").out
    assert "textcrm assign --all zhao-min" in next(
        one["hint"] for one in told if one["path"] == "/owner"
    )
