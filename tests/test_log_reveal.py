"""Sealed values in history: told as changed, in clear only with the reader's key and --reveal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from sharing import git
from team_vault import private_keys, team_vault

from textcrm import sealing
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW, CARD = "6222020200112233445", "6222020200998877665", "11010519491231002X"


class Team:
    def __init__(self, root: Path, shell: Shell, environment: pytest.MonkeyPatch) -> None:
        self.root = root
        self.shell = shell
        self.environment = environment

    def by(self, who: str) -> Shell:
        key = private_keys(self.root.parent) / f"{who}.throw-away-key.txt"
        self.environment.setenv("TEXTCRM_IDENTITY", str(key))
        return self.shell


@pytest.fixture
def team(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Team:
    root = team_vault(tmp_path)
    shell = Shell(root, capsys)
    keys = private_keys(tmp_path)
    public = (keys / "chen-chen.throw-away-signing-key.pub").read_text("utf-8")
    shell.ok("member", "trust", sealing.fingerprint(public))
    return Team(root, shell, monkeypatch)


@pytest.fixture
def own(team: Team) -> str:
    """A customer of one's own whose account was changed once."""
    shell = team.by("wang-fang")
    made = shell.ok("add", "甲公司", "--set", f"bank_account={OLD}", "--json")
    one = str(made.data["id"])
    shell.ok("append", one, "contacts", "name=张三", f"id_number={CARD}")
    shell.ok("set", one, f"bank_account={NEW}")
    return one


def test_changed_and_no_more_is_told_without_the_option(team: Team, own: str) -> None:
    for language, said in (("en", "changed (sealed)"), ("zh", "已更改（加密）")):
        ran = team.by("wang-fang").ok("--lang", language, "log", own)
        assert said in ran.out
    told = team.shell.ok("log", own, "--json").out
    assert not any(one in told for one in (OLD, NEW, CARD))
    (change,) = json.loads(told)[0]["records"][0]["changes"]
    assert change["path"] == "/bank_account"
    assert change["before"]["locked"] is change["after"]["locked"] is True


def test_in_clear_for_who_holds_the_key(team: Team, own: str) -> None:
    shell = team.by("wang-fang")
    ran = shell.ok("log", own, "--reveal", "--purpose", "对账")
    assert f"{OLD} → {NEW}" in ran.out
    data = shell.ok("log", own, "--reveal", "--json").data
    assert data[0]["records"][0]["changes"] == [
        {"path": "/bank_account", "before": OLD, "after": NEW}
    ]
    assert CARD not in json.dumps(data)
    assert "identity" in shell.ok("log", own, "--reveal").err
    assert CARD in team.by("chen-chen").ok("log", own, "--reveal").out
    assert shell.ok("audit", "reads", "--json").data[0]["purpose"] == "对账"
    assert shell.ok("audit", "reads", "--json").data[-1]["ids"] == [own]
    again = shell.ok("log", own, "--json").out
    assert NEW not in again
    memory = Vault.open(team.root).repo.common_dir / "textcrm" / "log.db"
    assert not any(one.encode() in memory.read_bytes() for one in (OLD, NEW, CARD))


def test_blame_and_diff_too(team: Team, own: str) -> None:
    shell = team.by("wang-fang")
    assert NEW not in shell.ok("blame", own, "bank_account").out
    assert NEW in shell.ok("blame", own, "bank_account", "--reveal").out
    assert OLD in shell.ok("diff", own, "HEAD~1..", "--reveal", "--json").out
    assert OLD not in shell.ok("diff", own, "HEAD~1..", "--json").out


def test_another_s_key_opens_nothing_and_says_so(team: Team, own: str) -> None:
    team.environment.delenv("TEXTCRM_IDENTITY")
    ran = team.shell("log", own, "--reveal")
    assert ran.code == 3
    assert OLD not in ran.out + ran.err
    assert "已更改（加密）" in ran.out or "changed (sealed)" in ran.out
    assert team.shell("audit", "reads").code == 1


@pytest.mark.usefixtures("program")
def test_an_answer_to_a_question_in_the_file_is_sealed(team: Team, own: str) -> None:
    """git's own merge left a question about a sealed value: the answer goes to git sealed."""
    shell = team.by("wang-fang")
    third = "6222020200555555555"
    git(team.root, "switch", "-qc", "side", "HEAD~1")
    shell.ok("set", own, f"bank_account={third}")
    git(team.root, "switch", "-q", "main")
    git(team.root, "merge", "-q", "side", check=False)
    assert [one["path"] for one in shell("resolve", "--json").data] == ["/bank_account"]
    assert third in shell.ok("resolve", "--reveal").out
    shell.ok("resolve", own, "bank_account", "--value", "6222020200777777777")
    record = Vault.open(team.root).get(own)
    assert "6222020200777777777" not in record.text
    assert (
        shell.ok("show", own, "--reveal", "--json").data["bank_account"] == "6222020200777777777"
    )
    git(team.root, "commit", "-qm", "merged")


def test_fields_by_their_path_and_operations_in_words(team: Team, own: str) -> None:
    shell = team.by("wang-fang")
    shell.ok("set", own, "contacts/0/title=经理", "状态=合作中")

    def ops(*words: str) -> list[str]:
        ran = shell("log", own, *words, "--json")
        return [one["op"] for one in ran.data]

    assert ops("--field", "contacts/title") == ["set"]
    assert ops("--field", "职务") == ["set"]
    assert ops("--field", "contacts") == ["set", "append"]
    assert ops("--field", "状态") == ["set"]
    assert ops("--field", "id_number") == ["append"]
    assert ops("--field", "addresses") == []
    assert ops("--op", "追加") == ["append"]
    assert ops("--op", "changed") == ["set", "set"]
    item = Vault.open(team.root).get(own).raw["contacts"][0]["id"]
    assert ops("--field", f"/contacts/{item}/title") == ["set"]
    assert ops("--field", "联系人/职务") == ["set"]
    assert ops("--field", "nonsense") == []
