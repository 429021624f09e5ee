"""The acceptance check that nothing brings back what was erased (49), with real git and a real server."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from erasing import ONE, OTHER, blobs_of, erase, shared
from people_at_work import ANNA, Office, commit
from team_vault import git

from textcrm import store
from textcrm.vault import tombstones

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def office(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    return Office(tmp_path, capfd, monkeypatch)


def test_49_a_stale_clone_that_merges_and_pushes_is_refused(office: Office, program: Path) -> None:
    server, anna, bob = shared(office)
    bob.ok("set", ONE, "notes=别忘了")
    bob.ok("set", OTHER, "notes=续约")
    erase(anna, ONE)
    git(office.root, "push", "-q", "--force", "origin", "main")
    assert not blobs_of(server, ONE)
    hook = server / "hooks" / "pre-receive"
    hook.write_text(f'#!/bin/sh\nexec "{program}" hook pre-receive\n', encoding="utf-8")
    hook.chmod(0o755)
    # an ordinary pull and push, as people do it
    done = _run(bob.root, "pull", "-q", "--no-rebase", "--no-edit", "--allow-unrelated-histories",
                "-X", "ours", "origin", "main")  # fmt: skip
    if done.returncode:  # a deletion against a change: whatever they decide, it is in history
        git(bob.root, "add", "-A")
        git(bob.root, "commit", "-q", "--no-verify", "-m", "merge")
    ran = bob("check", "--range", "origin/main..HEAD", "--json")
    assert ran.code == 1
    wrong = [one for one in ran.data["problems"] if one["code"] == "erased-comes-back"]
    assert store.path_of(ONE) in {one["file"] for one in wrong}
    assert ONE in wrong[0]["message"]
    pushed = _run(bob.root, "push", "origin", "HEAD:main", PATH=f"{program.parent}:/usr/bin:/bin")
    assert pushed.returncode != 0
    assert store.path_of(ONE) in pushed.stderr
    assert not blobs_of(server, ONE)


def _run(root: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        ["git", "-C", str(root), *words], capture_output=True, text=True, check=False,
        env={**os.environ, **env},
    )  # fmt: skip


def test_49_sync_tells_of_the_erasure_and_takes_the_new_history_over(office: Office) -> None:
    server, anna, bob = shared(office)
    bob.ok("set", ONE, "notes=别忘了")
    bob.ok("set", OTHER, "notes=续约")
    erase(anna, ONE)
    ran = anna("sync", "--json")
    assert (ran.code, ran.error["code"]) == (8, "erased-comes-back")
    assert ran.error["path"] == store.path_of(ONE) or ONE in ran.error["path"]
    git(office.root, "push", "-q", "--force", "origin", "main")
    anna.ok("sync")
    ran = bob("sync", "--json")
    assert (ran.code, ran.error["code"]) == (8, "remote-erased")
    assert ONE in ran.error["message"]
    ran = bob.ok("sync", "--accept-rewritten", "--json")
    assert ran.data["questions"] == []
    assert bob.ok("show", OTHER, "--json").data["notes"] == "续约"
    assert bob("show", ONE).code == 4
    assert not blobs_of(server, ONE)
    assert "续约" in git(server, "show", f"main:{store.path_of(OTHER)}")
    assert bob("doctor", "--erased").code == 1  # the old commits lie in reflogs still
    bob.ok("doctor", "--erased", "--prune")
    bob.ok("doctor", "--erased")


def test_49_the_hook_takes_a_signed_rewrite_and_no_other(office: Office, program: Path) -> None:
    server, anna, _ = shared(office)
    hook = server / "hooks" / "pre-receive"
    hook.write_text(f'#!/bin/sh\nexec "{program}" hook pre-receive\n', encoding="utf-8")
    hook.chmod(0o755)
    before = git(server, "rev-parse", "main")
    git(office.root, "checkout", "-q", "--orphan", "forged")
    git(office.root, "rm", "-q", "--cached", store.path_of(ONE))
    commit(office.root, "forged")
    pushed = _run(office.root, "push", "--force", "origin", "forged:main")
    assert pushed.returncode
    assert git(server, "rev-parse", "main") == before
    git(office.root, "checkout", "-q", "--force", "main")
    git(office.root, "branch", "-q", "-D", "forged")
    erase(anna, ONE)
    pushed = _run(office.root, "push", "--force", "origin", "main")
    assert pushed.returncode == 0, pushed.stderr
    assert not blobs_of(server, ONE)


def test_49_nothing_here_brings_it_back(office: Office) -> None:
    anna = office.by(ANNA)
    text = (office.root / store.path_of(ONE)).read_text("utf-8")
    erase(anna, ONE, rewrite=False)
    for words in (("restore", ONE), ("undo",), ("restore", ONE, "--at", "HEAD~1")):
        ran = anna(*words, "--json")
        assert ran.code == 8, (words, ran)
        assert ran.error["code"] == "erased-comes-back"
    for path in (store.path_of(ONE), "customers/2026/04/C20260429009.yaml"):
        file = office.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace(ONE, file.stem), encoding="utf-8")
        assert anna("check").code == 1
        assert anna("save", "--json").code == 8
        git(office.root, "add", "-A")
        ran = anna("hook", "pre-commit", "--json")
        assert ran.code == 1
        assert "erased-comes-back" in {one["code"] for one in ran.data["problems"]}
        git(office.root, "reset", "-q")
        file.unlink()
    day = anna.ok("add", "新客户", "--json").data["id"]
    assert day != ONE


def test_49_an_id_is_never_given_again(office: Office) -> None:
    anna = office.by(ANNA)
    own = anna.add(name="张三")
    erase(anna, own)
    assert anna.add(name="李四") != own
    erase(anna, own)  # once more: nothing is left, and that is no mistake


def test_49_a_tombstone_that_is_touched_is_found(office: Office) -> None:
    anna = office.by(ANNA)
    erase(anna, ONE, rewrite=False)
    before = git(office.root, "rev-parse", "HEAD").strip()
    file = office.root / tombstones.FILE_NAME
    file.write_text(file.read_text("utf-8").replace(ONE, "C20240318009"), encoding="utf-8")
    assert "tombstones-unsigned" in anna("check").out
    commit(office.root, "hide it")
    ran = anna("check", "--range", f"{before}..HEAD", "--json")
    assert {"tombstone-removed", "tombstones-unsigned"} <= {
        one["code"] for one in ran.data["problems"]
    }


def test_49_an_edit_that_was_not_shared_yet_does_not_bring_it_back(office: Office) -> None:
    _, anna, bob = shared(office)
    bob.ok("set", ONE, "notes=别忘了")
    bob.ok("set", OTHER, "notes=续约")
    erase(anna, ONE, rewrite=False)
    anna.ok("sync")
    data = bob.ok("sync", "--json").data
    assert data["questions"] == []
    assert bob("show", ONE).code == 4
    anna.ok("sync")
    assert anna.ok("show", OTHER, "--json").data["notes"] == "续约"
    assert anna("show", ONE).code == 4


def test_49_copies_of_edits_that_a_recovery_set_aside_go_too(office: Office) -> None:
    folder = office.root / ".git/textcrm/set-aside/1"
    copies = [folder / store.path_of(ONE), folder / f"attachments/{ONE}/a.pdf"]
    other = folder / store.path_of(OTHER)
    for file in (*copies, other):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("notes: by hand\n", encoding="utf-8")
    erase(office.by(ANNA), ONE, rewrite=False)
    assert [file for file in (*copies, other) if file.exists()] == [other]
