"""kill -9 at every step of a commit: nothing acknowledged is lost, the next command recovers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from textcrm.errors import Conflict
from textcrm.gitrepo import GitRepo, journal, locks, steps

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")

A = "customers/2024/05/C20240501001.yaml"
B = "customers/2024/05/C20240501002.yaml"
NEW = "customers/2024/06/新 客户.yaml"

# The child tells of its first commit, then dies on the way of its second.
CHILD = """
import os, signal, sys
from textcrm.gitrepo import GitRepo, steps

top, step, group = sys.argv[1:4]
A, B, NEW = sys.argv[4:7]
repo = GitRepo.open(top)

def die(reached):
    if reached == step:
        (os.killpg if group == "group" else os.kill)(os.getpid(), signal.SIGKILL)

made = repo.commit(lambda read: {A: read(A) + b"told: 1\\n"}, "told")
print(made, flush=True)
steps.listener = die
repo.commit(lambda read: {A: read(A) + b"stage: won\\n", B: None, NEW: b"id: 3\\n"}, "killed")
print("not reached", flush=True)
"""

ADOPTING = """
import os, signal, sys
from textcrm.gitrepo import GitRepo, steps

top, step = sys.argv[1:3]
A = sys.argv[3]
own = {A: b"by hand\\n"}
steps.listener = lambda reached: reached == step and os.kill(os.getpid(), signal.SIGKILL)
GitRepo.open(top).commit(lambda read: {A: b"by hand\\nuid: 1\\n"}, "saved", adopt=own)
"""


def git(folder: Path, *args: str, check: bool = True) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *args], check=check, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def repo(git_repo: Path) -> GitRepo:
    """A repository with two records and work of the user's own, staged and not."""
    repo = GitRepo.open(git_repo)
    base: dict[str, bytes | None] = {A: b"id: 1\n", B: b"id: 2\n", "notes.txt": b"a\n"}
    repo.commit(lambda _read: base, "base")
    (git_repo / "notes.txt").write_bytes(b"staged\n")
    git(git_repo, "add", "notes.txt")
    (git_repo / "notes.txt").write_bytes(b"staged\nand not\n")
    (git_repo / "loose.txt").write_bytes(b"untracked\n")
    return repo


USER_S_OWN = [("notes.txt", "M", "M"), ("loose.txt", "?", "?")]


def run_killed(top: Path, step: str, group: str = "one") -> str:
    """Let a child die at a step; gives the commit it told of before."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(top), step, group, A, B, NEW],
        check=False,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    told = done.stdout.split()
    assert len(told) == 1
    return told[0]


def assert_sound(repo: GitRepo) -> None:
    """The user's work is as it was, no lock and no leftover stays, the objects are whole."""
    assert repo.status() == USER_S_OWN
    assert git(repo.top, "diff", "--cached").count("\n+staged") == 1
    assert (repo.top / "notes.txt").read_bytes() == b"staged\nand not\n"
    assert not list(repo.common_dir.rglob("*.lock"))
    assert not list(repo.folder.iterdir())
    git(repo.top, "fsck", "--no-dangling")


def assert_whole(repo: GitRepo, *, happened: bool) -> None:
    """The killed change is there in all its files, or in none."""
    state = (repo.read("HEAD", A), repo.read("HEAD", B), repo.read("HEAD", NEW))
    before = (b"id: 1\ntold: 1\n", b"id: 2\n", None)
    after = (b"id: 1\ntold: 1\nstage: won\n", None, b"id: 3\n")
    assert state == (after if happened else before)
    for path, data in zip((A, B, NEW), state, strict=True):
        file = repo.top / path
        assert (file.read_bytes() if file.exists() else None) == data


JOURNALED = steps.STEPS[steps.STEPS.index("journal") :]


@pytest.mark.parametrize("group", ["one", "group"])
@pytest.mark.parametrize("step", steps.STEPS)
def test_killed_at_a_step(repo: GitRepo, step: str, group: str) -> None:
    told = run_killed(repo.top, step, group)
    git(repo.top, "merge-base", "--is-ancestor", told, "HEAD")
    recovered = repo.recover()
    assert recovered == (1 if step in JOURNALED and step != "applied" else 0)
    assert_sound(repo)
    assert_whole(repo, happened=step in JOURNALED)
    assert repo.recover() == 0


@pytest.mark.parametrize("step", steps.STEPS)
def test_the_next_commit_recovers_by_itself(repo: GitRepo, step: str) -> None:
    run_killed(repo.top, step)
    assert repo.commit(lambda _read: {"other.yaml": b"1\n"}, "next")
    assert_sound(repo)
    assert_whole(repo, happened=step in JOURNALED)
    subjects = [commit.subject for commit in repo.log()]
    assert subjects == ["next", *(["killed"] if step in JOURNALED else []), "told", "base"]


@pytest.mark.parametrize("step", ["index", "ref", "applied"])
def test_a_plain_git_commit_after_a_kill_reverts_nothing(repo: GitRepo, step: str) -> None:
    """What git advises (remove the lock, go on) must not take back what is in the branch."""
    run_killed(repo.top, step)
    (repo.git_dir / "index.lock").unlink(missing_ok=True)
    git(repo.top, "commit", "-qm", "user")
    assert (repo.read("HEAD", A) or b"").endswith(b"stage: won\n")
    repo.recover()
    assert (repo.read("HEAD", A) or b"").endswith(b"stage: won\n")
    assert repo.status() == [("notes.txt", " ", "M"), ("loose.txt", "?", "?")]
    assert repo.parked() == []


@pytest.mark.parametrize("step", ["journal", "worktree1", "worktree", "index"])
def test_rolled_forward_onto_a_branch_that_moved(repo: GitRepo, step: str) -> None:
    run_killed(repo.top, step)
    tree = git(repo.top, "rev-parse", "HEAD^{tree}").strip()
    theirs = git(repo.top, "commit-tree", tree, "-p", "HEAD", "-m", "theirs").strip()
    git(repo.top, "update-ref", "refs/heads/main", theirs)
    assert repo.recover() == 1
    assert_sound(repo)
    assert_whole(repo, happened=True)
    newest, second, *_ = repo.log()
    assert (newest.subject, second.subject) == ("killed", "theirs")


@pytest.mark.parametrize("step", ["journal", "worktree", "index"])
def test_parked_where_somebody_changed_the_same_file(repo: GitRepo, step: str) -> None:
    run_killed(repo.top, step)
    (repo.git_dir / "index.lock").unlink()
    git(repo.top, "stash", "-q", check=False)
    git(repo.top, "reset", "-q", "--hard")
    (repo.top / A).write_bytes(b"theirs\n")
    git(repo.top, "commit", "-qm", "theirs", "--", A)
    assert repo.recover() == 1
    [lost] = repo.parked()
    assert repo.read(lost, NEW) == b"id: 3\n"
    assert repo.read("HEAD", A) == b"theirs\n"
    assert (repo.top / A).read_bytes() == b"theirs\n"
    assert [one for one in repo.status() if one.path != "loose.txt"] == []
    assert not list(repo.folder.iterdir())


def test_completed_where_the_user_edited_a_new_file_since(repo: GitRepo) -> None:
    run_killed(repo.top, "worktree")
    (repo.top / A).write_bytes(b"mine, later\n")
    assert repo.recover() == 1
    assert repo.parked() == []
    assert (repo.top / A).read_bytes() == b"mine, later\n"
    assert (repo.read("HEAD", A) or b"").endswith(b"stage: won\n")
    assert not (repo.top / B).exists()
    assert (repo.top / NEW).read_bytes() == b"id: 3\n"
    assert set(repo.status()) == {*USER_S_OWN, (A, " ", "M")}


def test_an_edit_of_a_file_that_was_not_in_place_goes_on_top(repo: GitRepo) -> None:
    run_killed(repo.top, "journal")
    (repo.top / A).write_bytes(b"id: one\ntold: 1\n")
    assert repo.recover() == 1
    assert (repo.top / A).read_bytes() == b"id: one\ntold: 1\nstage: won\n"
    assert repo.read("HEAD", A) == b"id: 1\ntold: 1\nstage: won\n"
    assert set(repo.status()) == {*USER_S_OWN, (A, " ", "M")}


def test_an_edit_of_the_same_place_stands_and_is_told_once(repo: GitRepo) -> None:
    run_killed(repo.top, "journal")
    (repo.top / A).write_bytes(b"id: 1\ntold: 1\nstage: lost\n")
    with pytest.raises(Conflict) as caught:
        repo.recover()
    assert (caught.value.code, caught.value.data["paths"]) == ("edit-met", [A])
    assert A in caught.value.say("zh")
    assert (repo.top / A).read_bytes() == b"id: 1\ntold: 1\nstage: lost\n"
    assert (repo.read("HEAD", A) or b"").endswith(b"stage: won\n")
    assert repo.recover() == 0


def test_an_edit_goes_back_with_the_file_where_the_branch_has_moved(repo: GitRepo) -> None:
    """Somebody committed one of the files: the commit is parked, and the other's edit stays."""
    run_killed(repo.top, "worktree")
    (repo.git_dir / "index.lock").unlink()
    file = repo.top / A
    file.write_bytes(file.read_bytes().replace(b"id: 1", b"id: one"))
    (repo.top / B).write_bytes(b"theirs\n")
    git(repo.top, "commit", "-qm", "theirs", "--", B)
    assert repo.recover() == 1
    assert len(repo.parked()) == 1
    assert file.read_bytes() == b"id: one\ntold: 1\n"
    assert repo.read("HEAD", A) == b"id: 1\ntold: 1\n"
    assert (repo.top / B).read_bytes() == b"theirs\n"
    assert set(repo.status()) == {*USER_S_OWN, (A, " ", "M")}


@pytest.mark.parametrize("second", ["worktree1", "worktree", "index"])
def test_a_recovery_that_is_killed_too_keeps_the_edits(repo: GitRepo, second: str) -> None:
    run_killed(repo.top, "worktree1")
    file = repo.top / A
    file.write_bytes(file.read_bytes().replace(b"id: 1", b"id: one"))
    script = (
        "import os, signal, sys; from textcrm.gitrepo import GitRepo, steps\n"
        "steps.listener = lambda one: one == sys.argv[2] and os.kill(os.getpid(), signal.SIGKILL)\n"
        "GitRepo.open(sys.argv[1]).recover()"
    )
    done = subprocess.run([sys.executable, "-c", script, str(repo.top), second], check=False)
    assert done.returncode == -signal.SIGKILL
    repo.recover()
    assert file.read_bytes() == b"id: one\ntold: 1\nstage: won\n"
    assert (repo.read("HEAD", A) or b"").endswith(b"stage: won\n")
    assert (repo.top / NEW).read_bytes() == b"id: 3\n"
    assert set(repo.status()) == {*USER_S_OWN, (A, " ", "M")}
    assert journal.is_idle(repo.folder)


@pytest.mark.parametrize("step", steps.STEPS)
def test_a_hand_edit_being_saved_is_never_lost(repo: GitRepo, step: str) -> None:
    (repo.top / A).write_bytes(b"by hand\n")
    done = subprocess.run([sys.executable, "-c", ADOPTING, str(repo.top), step, A], check=False)
    assert done.returncode == -signal.SIGKILL
    repo.recover()
    if step in JOURNALED:
        assert repo.read("HEAD", A) == b"by hand\nuid: 1\n"
        assert_sound(repo)
    else:
        assert (repo.top / A).read_bytes() == b"by hand\n"
        assert set(repo.status()) == {*USER_S_OWN, (A, " ", "M")}


@pytest.mark.parametrize("step", ["journal", "worktree", "index"])
def test_a_hand_edit_being_saved_survives_being_parked(repo: GitRepo, step: str) -> None:
    (repo.top / A).write_bytes(b"by hand\n")
    subprocess.run([sys.executable, "-c", ADOPTING, str(repo.top), step, A], check=False)
    (repo.git_dir / "index.lock").unlink()
    other = git(repo.top, "hash-object", "-w", "notes.txt").strip()
    index = {**os.environ, "GIT_INDEX_FILE": str(repo.git_dir / "elsewhere")}
    for command in (
        ["read-tree", "HEAD"],
        ["update-index", "--cacheinfo", f"100644,{other},{A}"],
    ):
        subprocess.run(["git", "-C", str(repo.top), *command], check=True, env=index)
    tree = subprocess.run(
        ["git", "-C", str(repo.top), "write-tree"], check=True, env=index, capture_output=True
    ).stdout.decode().strip()  # fmt: skip
    theirs = git(repo.top, "commit-tree", tree, "-p", "HEAD", "-m", "theirs").strip()
    git(repo.top, "update-ref", "refs/heads/main", theirs)
    repo.recover()
    assert len(repo.parked()) == 1
    assert (repo.top / A).read_bytes().startswith(b"by hand\n")


def test_another_branch_since(repo: GitRepo) -> None:
    git(repo.top, "stash", "-q", "-u")
    run_killed(repo.top, "journal")
    (repo.git_dir / "index.lock").unlink()
    git(repo.top, "switch", "-qc", "elsewhere", "HEAD~1")
    assert repo.recover() == 1
    assert len(repo.parked()) == 1
    assert repo.status() == []


def test_a_linked_work_tree_recovers_its_own(repo: GitRepo, tmp_path: Path) -> None:
    git(repo.top, "worktree", "add", "-q", "-b", "second", str(tmp_path / "second"))
    run_killed(tmp_path / "second", "worktree")
    assert repo.recover() == 0
    linked = GitRepo.open(tmp_path / "second")
    assert linked.recover() == 1
    assert linked.status() == []
    assert_whole(linked, happened=True)


def test_locks_that_a_killed_git_of_ours_left(repo: GitRepo) -> None:
    run_killed(repo.top, "index", "group")
    stale = [repo.git_dir / "HEAD.lock", repo.git_dir / "refs/heads/main.lock"]
    for lock in stale:
        lock.write_bytes(b"")
    start = time.monotonic()
    assert repo.recover() == 1
    assert time.monotonic() - start < 6
    assert_sound(repo)
    assert_whole(repo, happened=True)


def test_a_lock_older_than_the_journal_is_not_ours(repo: GitRepo) -> None:
    run_killed(repo.top, "index")
    lock = repo.git_dir / "refs/heads/main.lock"
    lock.write_bytes(b"")
    os.utime(lock, (time.time() - 1000, time.time() - 1000))
    repo.lock_patience = 0.2
    with pytest.raises(Exception, match="another git process"):
        repo.recover()
    lock.unlink()
    assert repo.recover() == 1
    assert_whole(repo, happened=True)


def test_an_index_lock_of_another_git_is_never_removed(repo: GitRepo) -> None:
    lock = repo.git_dir / "index.lock"
    for content in (b"", b"DIRC", b"textcrm"):
        lock.write_bytes(content)
        assert not locks.release_stale(lock)
        assert repo.recover() == 0
        assert lock.exists()


def test_an_unreadable_journal_is_put_aside(repo: GitRepo) -> None:
    repo.folder.mkdir(parents=True, exist_ok=True)
    (repo.folder / "1-1.journal").write_bytes(b"{")
    assert repo.recover() == 0
    assert journal.is_idle(repo.folder)
    assert (repo.folder.parent / "unreadable-1-1.journal").exists()


def test_recovery_waits_until_an_operation_is_finished(repo: GitRepo) -> None:
    run_killed(repo.top, "worktree")
    (repo.git_dir / "MERGE_HEAD").write_text("0" * 40 + "\n", encoding="ascii")
    with pytest.raises(Exception, match="in progress"):
        repo.recover()
    (repo.git_dir / "MERGE_HEAD").unlink()
    assert repo.recover() == 1
    assert_whole(repo, happened=True)
