"""Committing that fails at any step: full disks, locks, others in between."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from committing import (
    A,
    B,
    add_line,
    assert_tidy,
    change,
    filled,
    git,
    hook,
    picture,
    posix_only,
    refused,
)

from textcrm.errors import Conflict, StorageFailure, TextcrmError
from textcrm.gitrepo import GitRepo, steps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def repo(git_repo: Path) -> GitRepo:
    return filled(git_repo)


class At:
    """Does something when a step is reached, once."""

    def __init__(self, step: str, action: Callable[[], None]) -> None:
        self.step, self.action, self.left = step, action, 1

    def __call__(self, step: str) -> None:
        if step == self.step and self.left:
            self.left -= 1
            self.action()


def full_disk() -> None:
    import errno

    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", steps.STEPS[: steps.STEPS.index("ref")])
@pytest.mark.parametrize("adopting", [False, True])
def test_a_failure_at_any_step_is_undone(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, step: str, adopting: bool
) -> None:
    own = None
    if adopting:
        (repo.top / A).write_bytes(b"by hand\n")
        git(repo.top, "add", A)
        own = {A: b"by hand\n"}
    files = {A: b"by hand\nuid: 1\n", B: None, "new/x.yaml": b"x\n"}
    monkeypatch.setattr(steps, "listener", At(step, full_disk))
    error = refused(repo, lambda: change(repo, files, adopt=own))
    assert error.code == "disk-full"
    change(repo, {"other.yaml": b"1\n"})
    assert (repo.top / B).exists()
    assert not (repo.top / "new").exists()


def test_interrupted_by_the_user(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    before = picture(repo.top)
    monkeypatch.setattr(steps, "listener", At("index", interrupt))
    with pytest.raises(KeyboardInterrupt):
        add_line(repo)
    assert picture(repo.top) == before
    assert_tidy(repo)


def test_an_editor_that_saves_in_between_wins(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save() -> None:
        (repo.top / B).write_bytes(b"saved just now\n")

    monkeypatch.setattr(steps, "listener", At("worktree1", save))
    with pytest.raises(Conflict) as caught:
        change(repo, {A: b"1\n", B: b"2\n"})
    assert caught.value.data["path"] == B
    assert (repo.top / B).read_bytes() == b"saved just now\n"
    assert repo.status() == [(B, " ", "M")]


def test_a_commit_of_another_git_in_between_is_built_upon(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit() -> None:
        (repo.top / A).write_bytes(b"theirs\n")
        git(repo.top, "commit", "-qm", "theirs", "--", A)

    monkeypatch.setattr(steps, "listener", At("objects", commit))
    add_line(repo)
    assert repo.read("HEAD", A) == b"theirs\nstage: won\n"
    assert repo.status() == []
    assert len(list(repo.log())) == 3


def test_a_branch_moved_at_the_last_moment(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    def move() -> None:
        tree = git(repo.top, "rev-parse", "HEAD^{tree}").strip()
        theirs = git(repo.top, "commit-tree", tree, "-p", "HEAD", "-m", "theirs").strip()
        git(repo.top, "update-ref", "refs/heads/main", theirs)

    monkeypatch.setattr(steps, "listener", At("index", move))
    add_line(repo)
    assert [one.subject for one in repo.log()] == ["C1: set stage", "theirs", "base"]
    assert repo.status() == []
    assert_tidy(repo)


def test_a_locked_branch(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    from textcrm.gitrepo import process

    monkeypatch.setattr(process, "_WRITING", ("-c", "core.fsync=all"))
    lock = repo.git_dir / "refs/heads/main.lock"

    def hold() -> None:
        lock.write_bytes(b"")

    before = picture(repo.top)
    monkeypatch.setattr(steps, "listener", At("index", hold))
    with pytest.raises(StorageFailure) as caught:
        add_line(repo)
    assert caught.value.code == "git-locked"
    lock.unlink()
    assert picture(repo.top) == before


def test_a_hook_on_references_that_refuses(repo: GitRepo) -> None:
    if sys.platform == "win32":
        pytest.skip("a shell script")
    hook(repo, "reference-transaction", '[ "$1" = prepared ] && exit 1; exit 0\n')
    assert refused(repo, lambda: add_line(repo)).code == "git-failed"


SMALL_FILES = """
import resource, sys
from textcrm.gitrepo import GitRepo
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
GitRepo.open(sys.argv[1]).commit(lambda read: {sys.argv[2]: b"x" * 60_000, "n.yaml": b"1"}, "m")
"""


@posix_only
def test_a_full_disk(repo: GitRepo) -> None:
    """A limit on file sizes fails as a full disk does, also inside git."""
    before = picture(repo.top)
    done = subprocess.run(
        [sys.executable, "-B", "-c", SMALL_FILES, str(repo.top), A],  # or half a module is kept
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "StorageFailure" in done.stderr
    assert picture(repo.top) == before
    add_line(repo)
    assert_tidy(repo)


def fill(repo: GitRepo, noise: bytes) -> tuple[str | None, TextcrmError]:
    """Commit until it fails; gives the last commit told, and the error."""
    told = change(repo, {"a.yaml": b"0\n"})
    for number in range(400):
        try:
            told = change(repo, {"a.yaml": noise + b"%d\n" % number})
        except TextcrmError as error:
            return told, error
    pytest.fail("the disk did not fill")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small file system")
@pytest.mark.parametrize("kilobytes", [1, 90, 150, 220])
def test_a_tiny_file_system(tmp_path: Path, kilobytes: int) -> None:
    """Fill a real disk until a commit fails: HEAD is the last one told, files are as in HEAD."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        git(disk, "init", "-q", "--template=", "-b", "main", "r")
        repo = GitRepo.open(disk / "r")
        told, error = fill(repo, os.urandom(kilobytes * 1024))
        assert error.code == "disk-full"
        assert repo.head().commit == told
        assert (disk / "r/a.yaml").read_bytes() == repo.read("HEAD", "a.yaml")
        git(disk / "r", "gc", "-q", "--prune=now", check=False)
        subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
        assert repo.status() == []
        assert change(repo, {"a.yaml": b"after\n"})
        assert_tidy(repo)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


@posix_only
def test_a_git_directory_that_cannot_be_written(repo: GitRepo) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    repo.git_dir.chmod(0o500)
    try:
        with pytest.raises(StorageFailure) as caught:
            add_line(repo)
    finally:
        repo.git_dir.chmod(0o700)
    assert caught.value.code == "disk-failed"


UPDATE_REF_DIES = """#!/bin/sh
for word in "$@"; do
  if [ "$word" = update-ref ] && [ -e "$DIES" ]; then
    rm "$DIES"; : > .git/refs/heads/main.lock; : > .git/HEAD.lock; kill -9 $$
  fi
done
exec "$REAL" "$@"
"""


@posix_only
def test_a_git_process_of_ours_that_is_killed(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system kills when memory is short; the locks of the dead must not block the next."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(UPDATE_REF_DIES, encoding="ascii")
    (folder / "git").chmod(0o755)
    (tmp_path / "dies").touch()
    monkeypatch.setenv("REAL", shutil.which("git") or "git")
    monkeypatch.setenv("DIES", str(tmp_path / "dies"))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    fragile = GitRepo.open(repo.top)
    assert refused(fragile, lambda: add_line(fragile)).code == "git-failed"
    assert add_line(fragile)
    assert_tidy(fragile)
