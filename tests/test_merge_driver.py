"""The merge driver under plain git: merge, rebase, cherry-pick, stash, and git without it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from sharing import Hub, fresh, git

from textcrm.quality import doctor
from textcrm.records import editing, interactions
from textcrm.vault import wiring

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Hub(tmp_path).clone("anna")


def branches(vault: Vault, field: str, main: str, side: str) -> str:
    """One customer whose field is one thing on main and another on the branch side."""
    one = vault.add("云帆", status="none", stage="lead").id
    git(vault.root, "switch", "-q", "-c", "side")
    editing.change(fresh(vault), one, [(field, side)])
    interactions.log(fresh(vault), one, "on side", channel="phone")
    git(vault.root, "switch", "-q", "main")
    interactions.log(fresh(vault), one, "on main", channel="phone")
    editing.change(fresh(vault), one, [("status", main)])
    return one


def test_a_new_vault_and_every_clone_that_writes_is_wired(vault: Vault, tmp_path: Path) -> None:
    assert not wiring.is_wired(vault)
    assert any(row.code == "merge-driver" for row in doctor.examine(fresh(vault)))
    vault.add("云帆")
    assert wiring.is_wired(fresh(vault))
    git(vault.root, "config", "--unset", "merge.textcrm.driver")
    doctor.examine(fresh(vault), fix=True)
    assert wiring.is_wired(fresh(vault))
    assert wiring.is_wired(fresh(type(vault).open(tmp_path / "first")))


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    "words", [("merge", "-q", "--no-edit", "side"), ("rebase", "-q", "side")], ids=lambda w: w[0]
)
def test_git_merges_by_field(vault: Vault, words: tuple[str, ...]) -> None:
    one = branches(vault, "stage", "active", "won")
    git(vault.root, *words)
    raw = fresh(vault).get(one).raw
    assert (raw["status"], raw["stage"]) == ("active", "won")
    assert sorted(item["summary"] for item in raw["interactions"]) == ["on main", "on side"]
    assert git(vault.root, "status", "--porcelain") == ""


@pytest.mark.usefixtures("program")
def test_cherry_pick_and_stash_merge_by_field(vault: Vault) -> None:
    one = branches(vault, "stage", "active", "won")
    path = fresh(vault).get(one).path
    git(vault.root, "cherry-pick", "side")
    file = vault.root / path
    file.write_text(file.read_text("utf-8") + "notes: by hand\n", encoding="utf-8")
    git(vault.root, "stash", "-q")
    editing.change(fresh(vault), one, [("intent", "high")])
    git(vault.root, "stash", "pop", "-q")
    raw = fresh(vault).get(one).raw
    assert (raw["intent"], raw["notes"]) == ("high", "by hand")
    assert {item["summary"] for item in raw["interactions"]} == {"on main", "on side"}


@pytest.mark.usefixtures("program")
def test_a_question_stands_in_the_record_and_resolve_answers_it(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    one = branches(vault, "status", "active", "paused")
    git(vault.root, "merge", "-q", "--no-edit", "side", check=False)
    shell = Shell(vault.root, capsys)
    text = (vault.root / fresh(vault).get(one).path).read_text("utf-8")
    assert "<<<<" not in text
    ran = shell("check", "--json")
    assert "merge-unresolved" in {one["code"] for one in ran.data["problems"]}
    (listed,) = shell.ok("resolve", "--json").data
    assert (listed["mine"], listed["theirs"]) == ("active", "paused")
    shell.ok("resolve", one, "status", "--theirs")
    raw = fresh(vault).get(one).raw
    assert raw["status"] == "paused"
    assert "_conflicts" not in raw
    git(vault.root, "commit", "-q", "--no-edit")
    assert shell.ok("check").code == 0
    assert {item["summary"] for item in raw["interactions"]} == {"on main", "on side"}


@pytest.mark.usefixtures("program")
def test_mine_is_ones_own_in_a_rebase_too(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    one = branches(vault, "status", "active", "paused")
    git(vault.root, "rebase", "-q", "side", check=False)  # git calls the side's value ours now
    shell = Shell(vault.root, capsys)
    (listed,) = shell.ok("resolve", "--json").data
    assert (listed["mine"], listed["theirs"]) == ("active", "paused")
    assert "theirs (stands in the record now): Paused" in shell.ok("--lang", "en", "resolve").out
    assert "git rebase --continue" in shell.ok("resolve", one, "status", "--mine").out
    git(vault.root, "-c", "core.editor=true", "rebase", "--continue")
    assert fresh(vault).get(one).raw["status"] == "active"


@pytest.mark.usefixtures("program")
def test_mine_is_what_was_stashed(vault: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    one = vault.add("云帆", status="none").id
    file = vault.root / fresh(vault).get(one).path
    file.write_text(file.read_text("utf-8").replace("none", "paused"), encoding="utf-8")
    git(vault.root, "stash", "-q")
    editing.change(fresh(vault), one, [("status", "active")])
    git(vault.root, "stash", "pop", "-q", check=False)
    shell = Shell(vault.root, capsys)
    (listed,) = shell.ok("resolve", "--json").data
    assert (listed["mine"], listed["theirs"]) == ("paused", "active")
    assert "textcrm save" in shell.ok("resolve", one, "status", "--mine").out
    assert fresh(vault).get(one).raw["status"] == "paused"


@pytest.mark.usefixtures("program")
def test_a_question_that_was_committed_is_answered_in_a_commit(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    one = branches(vault, "status", "active", "paused")
    git(vault.root, "merge", "-q", "--no-edit", "side", check=False)
    git(vault.root, "commit", "-q", "-a", "--no-edit", "--no-verify")
    shell = Shell(vault.root, capsys)
    assert shell.ok("resolve", one, "status", "--value", "ended", "--json").data["commit"]
    assert fresh(vault).get(one).raw["status"] == "ended"
    assert shell.ok("check").code == 0


@pytest.mark.usefixtures("program")
def test_a_broken_side_is_left_to_git(vault: Vault) -> None:
    one = branches(vault, "stage", "active", "won")
    git(vault.root, "switch", "-q", "side")
    path = fresh(vault).get(one).path
    (vault.root / path).write_text("id: [broken\n", encoding="utf-8")
    git(vault.root, "commit", "-q", "-am", "broken", "--no-verify")
    git(vault.root, "switch", "-q", "main")
    git(vault.root, "merge", "-q", "--no-edit", "side", check=False)
    assert "<<<<<<<" in (vault.root / path).read_text("utf-8")
    assert "UU" in git(vault.root, "status", "--porcelain")


def test_without_textcrm_on_the_path_git_s_markers_hold_both_sides(
    vault: Vault, tmp_path: Path
) -> None:
    one = branches(vault, "status", "active", "paused")
    env = {**os.environ, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["git", "-C", str(vault.root), "merge", "-q", "--no-edit", "side"],
        check=False,
        capture_output=True,
        env=env,
    )
    assert done.returncode == 1
    text = (vault.root / "customers").rglob(f"{one}.yaml").__next__().read_text("utf-8")
    assert "active" in text
    assert "paused" in text
    assert "<<<<<<< ours" in text

    del tmp_path
