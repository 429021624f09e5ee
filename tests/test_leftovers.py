"""What a refused commit leaves in git's objects: found by doctor, taken away by doctor --prune."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from sealing_vault import git, keyed_vault, record, sealed
from searching_disk import traces

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "6222021234567890128"


@pytest.fixture
def shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(keyed_vault(tmp_path / "vault"), capfd)


def _codes(shell: Shell, *words: str) -> dict[str, str]:
    return {row["check"]: row["detail"] for row in shell("doctor", *words, "--json").data}


def test_28_a_refused_commit_leaves_a_blob_that_doctor_finds_and_removes(shell: Shell) -> None:
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    assert SECRET not in git(shell.folder, "commit", "-m", "x", check=False)
    assert "plain-objects" not in _codes(shell)  # it is staged still: not ours to take
    record(shell.folder, bank_account=sealed("finance@1"))
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "-m", "x")
    assert all("/.git" in place for place in traces([SECRET], [shell.folder]))
    assert traces([SECRET], [shell.folder])
    for lang in ("en", "zh"):
        told = shell("--lang", lang, "doctor")
        assert "doctor --prune" in told.out
        assert SECRET not in told.out + told.err
    assert "plain-objects" in _codes(shell)
    assert set(_codes(shell, "--prune")) >= {"pruned"}
    assert traces([SECRET], [shell.folder]) == []
    assert not {"plain-objects", "pruned"} & set(_codes(shell, "--prune"))
    git(shell.folder, "fsck", "--strict")


def test_what_is_reachable_or_not_ours_is_kept(shell: Shell, tmp_path: Path) -> None:
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "stash", "-u", "-q")  # a stash leads to it
    other = tmp_path / "linked"
    git(shell.folder, "worktree", "add", "-q", str(other))
    record(other, 2, bank_account=SECRET + "9")
    git(other, "add", "-A")  # staged in a linked work tree
    note = git(shell.folder, "hash-object", "-w", "textcrm.yaml").strip()  # no record
    before = git(shell.folder, "count-objects")
    assert not {"plain-objects", "pruned"} & set(_codes(shell, "--prune"))
    assert git(shell.folder, "count-objects") == before
    assert git(shell.folder, "cat-file", "-t", note).strip() == "blob"


def test_packed_ones_are_told_with_the_cure(shell: Shell) -> None:
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "--no-verify", "-m", "x")
    git(shell.folder, "repack", "-adq")
    git(shell.folder, "reset", "-q", "--hard", "HEAD~1")
    git(shell.folder, "reflog", "expire", "--expire=now", "--all")
    (shell.folder / ".git" / "ORIG_HEAD").unlink(missing_ok=True)
    told = shell("--lang", "en", "doctor", "--prune")
    assert "git gc --prune=now" in told.out
