"""From the command line: the pool, and handing customers over (F16, issue 8)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_running import Shell
from following import ONE, add, tree
from ready_made import created
from team_vault import Team, git, opened, team_at

from textcrm import ciphertext
from textcrm.records import handover
from textcrm.rules.sealing import sealed_places
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


# -- pool


def test_the_pool_is_taken_from_and_given_to(team: Team) -> None:
    git(team.root, "config", "user.name", "王芳")
    git(team.root, "config", "user.email", "wangfang@example.com")
    shell = team.by("wang-fang")
    listed = shell.ok("pool", "--json").data
    assert listed
    vault = Vault.open(team.root)
    assert {one["id"] for one in listed} == {
        record.id
        for record in vault.records()
        if not record.raw.get("owner") and not record.archived
    }
    own = listed[0]["id"]
    assert "pool take" in shell.ok("pool").out
    shell.ok("pool", "take", own)
    assert tree(shell, own)["owner"] == "wang-fang"
    assert "nothing to change" in shell.ok("pool", "take", own, "--lang", "en").out
    ran = shell("pool", "take", ONE, "--json")
    assert (ran.code, ran.error["code"]) == (7, "taken")
    shell.ok("pool", "release", own, "--reason", "长期未成交")
    assert "owner" not in tree(shell, own)
    assert "长期未成交" in git(team.root, "log", "-1", "--format=%B")
    assert shell("pool", "drop", own).code == 2


# -- handing over (F16, issue 8)


def labels(vault: Vault, own: str) -> list[tuple[str, ...]]:
    record = vault.get(own)
    return [
        tuple(ciphertext.read(node).labels)
        for _, _, node in sealed_places(record.raw, vault.schema)
        if ciphertext.is_sealed(node)
    ]


def test_all_of_a_leaver_passes_on_in_one_commit(team: Team) -> None:
    settings = team.root / "textcrm.yaml"
    text = settings.read_text("utf-8").replace(
        "  公海: no:owner", "  李强的: owner:li-qiang type:prospect\n  公海: no:owner"
    )
    settings.write_text(text, encoding="utf-8")
    other = next(
        record
        for record in Vault.open(team.root).records()
        if record.raw.get("owner") == "zhao-min"
    )
    file = team.root / other.path
    file.write_text(other.text + "collaborators: [li-qiang, wang-fang]\n", encoding="utf-8")
    git(team.root, "commit", "-qam", "x")
    vault = opened(team.root, "chen-chen", "wang-fang")
    owned = {record.id for record in vault.records() if record.raw.get("owner") == "li-qiang"}
    assert any("li-qiang" in one for each in labels(vault, ONE) for one in each)
    plan = handover.plan(vault, "李强", "王芳")
    assert len(plan.owned) == len(owned)
    assert plan.steps > 5
    named = [
        file
        for record in vault.records()
        if record.raw.get("owner") == "li-qiang"
        for file in record.raw.get("documents", [])
        if "li-qiang" in file.get("sealed_for", [])
    ]
    assert plan.attached == len(named)
    before = git(team.root, "rev-list", "--count", "HEAD")
    vault.confirm_grant = lambda *_: True
    handover.hand_over(vault, plan, reason="离职")
    assert int(git(team.root, "rev-list", "--count", "HEAD")) == int(before) + 1
    after = opened(team.root, "wang-fang")
    assert not [record for record in after.records() if record.raw.get("owner") == "li-qiang"]
    assert {
        record.id for record in after.records() if record.raw.get("owner") == "wang-fang"
    } >= owned
    assert after.get(other.id).raw["collaborators"] == ["wang-fang"]
    assert after.config.views["李强的"] == "owner:wang-fang type:prospect"
    assert "# 潜在客户多少天未跟进就提醒" in settings.read_text("utf-8")
    assert not any("li-qiang" in one for each in labels(after, ONE) for one in each)
    again = handover.plan(after, "li-qiang", "wang-fang")
    assert (again.owned, again.shared, again.views) == ((), (), ())


def test_without_the_key_nothing_is_handed_over(team: Team) -> None:
    head = git(team.root, "rev-parse", "HEAD")
    assert team.by(None)("assign", "--all", "李强", "王芳", "--json").code == 3
    assert git(team.root, "rev-parse", "HEAD") == head
    data = team.by(None).ok("assign", "--all", "李强", "王芳", "--dry-run", "--json").data
    assert data["commit"] is None
    assert ONE in data["ids"]


def test_to_the_pool_and_mistakes(shell: Shell) -> None:
    own = add(shell, "甲公司", "--set", "owner=someone-gone")
    for words in (("nobody", "none"), ("someone-gone", "nobody")):
        ran = shell("assign", "--all", *words, "--json")
        assert (ran.code, ran.error["code"]) == (2, "no-such-person")
    assert shell.ok("assign", "--all", "someone-gone", "none", "--json").data["ids"] == [own]
    assert "owner" not in tree(shell, own)


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("owner:li-qiang type:prospect", "owner:wang-fang type:prospect"),
        ("跟进人:李强 -tag:x", "跟进人:王芳 -tag:x"),
        ('owner:"李强" OR owner:zhao-min', 'owner:"王芳" OR owner:zhao-min'),
        ("owner:(li-qiang OR zhao-min) li-qiang", "owner:(wang-fang OR zhao-min) li-qiang"),
        ("name:李强", "name:李强"),
        ('owner:"open', 'owner:"open'),
    ],
)
def test_views_name_the_new_person(team: Team, query: str, other: str) -> None:
    vault = Vault.open(team.root)
    giver = handover.plan(vault, "li-qiang", "wang-fang").giver
    taker = vault.access.find("wang-fang")
    assert taker is not None
    assert handover.renamed(vault, query, giver, taker) == other


def test_whom_to_archive(shell: Shell) -> None:
    """O1."""
    assert shell("archive", "--suggest").code == 1
    file = shell.folder / "customers/2020/01/C20200101001.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("id: C20200101001\nname: 旧客户\n", encoding="utf-8")
    (one,) = shell.ok("archive", "--suggest", "--json").data
    assert (one["id"], one["last"]) == ("C20200101001", "2020-01-01")
    assert "旧客户" in shell.ok("archive", "--suggest").out
    assert json.loads(shell.ok("archive", "--suggest", "--json").out) == [one]
