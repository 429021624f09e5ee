"""Platform differences: each path also where it is not the platform's own."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
import types
from typing import TYPE_CHECKING

import pytest

from textcrm.errors import StorageFailure
from textcrm.gitrepo import GitRepo, locks, rewriting, system

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Msvcrt(types.ModuleType):
    """What Windows' msvcrt does to one byte of a file, for one process."""

    LK_NBLCK, LK_UNLCK = 2, 0

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.held: dict[int, int] = {}

    def locking(self, handle: int, mode: int, count: int) -> None:
        assert count == 1
        assert os.lseek(handle, 0, os.SEEK_CUR) == 0
        file = os.fstat(handle).st_ino
        if mode == self.LK_UNLCK:
            self.held.pop(file, None)
        elif file in self.held:
            raise PermissionError(errno.EACCES, "locked")
        else:
            self.held[file] = handle


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Msvcrt:
    """Take the paths of Windows."""
    module = Msvcrt()
    monkeypatch.setattr(system, "WINDOWS", True)
    monkeypatch.setitem(sys.modules, "msvcrt", module)
    return module


def no_links(*_: object) -> None:
    raise OSError(errno.EPERM, "no hard links on this file system")


def test_lock_excludes_and_frees(tmp_path: Path) -> None:
    lock_file = tmp_path / "deep" / "lock"
    with (
        locks.vault_lock(lock_file, 1),
        pytest.raises(StorageFailure),
        locks.vault_lock(lock_file, 0.05),
    ):
        pass
    with locks.vault_lock(lock_file, 0.05):
        pass


def test_lock_of_windows_excludes_and_frees(tmp_path: Path, windows: Msvcrt) -> None:
    test_lock_excludes_and_frees(tmp_path)
    assert windows.held == {}


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from textcrm.gitrepo import locks\n"
        "with locks.vault_lock(Path(sys.argv[1]), 1): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == b"held"
        with pytest.raises(StorageFailure), locks.vault_lock(tmp_path / "lock", 0.05):
            pass
        child.kill()
    with locks.vault_lock(tmp_path / "lock", 5):
        pass


def rename_without_replacing(source: Path, target: Path) -> None:
    if target.exists():
        raise FileExistsError(errno.EEXIST, "exists")
    source.replace(target)


@pytest.mark.parametrize("way", ["link", "creation", "rename"])
def test_claim_is_exclusive_and_carries_the_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    if way != "link":
        monkeypatch.setattr(os, "link", no_links)
    if way == "rename":
        monkeypatch.setattr(system, "WINDOWS", True)
        monkeypatch.setattr(os, "rename", rename_without_replacing)
    note, lock = tmp_path / "a.own", tmp_path / "index.lock"
    note.write_bytes(b"textcrm transaction 1")
    assert system.claim(note, lock)
    assert lock.read_bytes() == note.read_bytes()
    assert not system.claim(note, lock)
    assert locks.release_stale(lock)
    assert system.claim(note, lock)
    assert {file.name for file in tmp_path.iterdir()} == {"a.own", "index.lock"}


@pytest.mark.parametrize("forced", ["no links", "windows", "other disk", "no sync"])
def test_a_commit_by_the_other_path(
    git_repo: Path, monkeypatch: pytest.MonkeyPatch, forced: str, request: pytest.FixtureRequest
) -> None:
    repo = GitRepo.open(git_repo)
    if forced == "no links":
        monkeypatch.setattr(os, "link", no_links)
    if forced == "windows":
        request.getfixturevalue("windows")
        monkeypatch.setattr(system, "git_program", lambda: "git")
    if forced == "other disk":
        monkeypatch.setattr(system, "replace", across_disks(repo.folder, system.replace))
    if forced == "no sync":
        monkeypatch.setattr(system, "sync_everything", lambda: False)
    files: dict[str, bytes | None] = {f"c/{n}.yaml": b"%d\n" % n for n in range(100)}
    assert repo.commit(lambda _read: files, "many")
    assert repo.commit(lambda _read: {"c/1.yaml": b"x\n", "c/2.yaml": None}, "two")
    assert repo.status() == []
    assert len(list((git_repo / "c").iterdir())) == 99
    assert not list(repo.common_dir.rglob("*.lock"))
    assert not list(repo.folder.iterdir())


def across_disks(folder: Path, real: Callable[[Path, Path], None]) -> Callable[..., None]:
    def replace(source: Path, target: Path) -> None:
        if (
            source.parent == folder
            and folder.parent not in target.parents
            and ".git" not in str(target)
        ):
            raise OSError(errno.EXDEV, "another disk")
        real(source, target)

    return replace


def test_replace_waits_for_an_editor_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, windows: Msvcrt
) -> None:
    refusals = iter([True, True, False])
    real = os.replace

    def busy(source: Path, target: Path) -> None:
        if next(refusals):
            raise PermissionError(errno.EACCES, "in use")
        real(source, target)

    monkeypatch.setattr(os, "replace", busy)
    (tmp_path / "a").write_bytes(b"1")
    system.replace(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"1"


def test_git_is_never_taken_from_the_current_folder_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, windows: Msvcrt
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "git.exe").write_bytes(b"")
    monkeypatch.chdir(here)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", str(there)]))
    assert system.git_program() == str(there / "git.exe")


def test_drive_paths_are_refused_on_windows(windows: Msvcrt) -> None:
    assert system.is_drive_path("C:/x")
    assert system.is_drive_path("a\\..\\b")
    assert not system.is_drive_path("客户/一.yaml")


def test_flushes(tmp_path: Path, windows: Msvcrt) -> None:
    system.sync_folder(tmp_path / "missing")  # nothing to do there
    assert not system.sync_everything()


@pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
def test_a_commit_is_flushed_before_it_is_told(git_repo: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    code = (
        "import sys; from textcrm.gitrepo import GitRepo\n"
        "GitRepo.open(sys.argv[1]).commit(lambda read: {'c/a.yaml': b'1'}, 'm')"
    )
    command = ["strace", "-f", "-y", "-e", "trace=fsync,rename", "-o", str(trace)]
    try:
        done = subprocess.run([*command, sys.executable, "-c", code, str(git_repo)], check=False)
    except FileNotFoundError:
        pytest.skip("no strace here")
    if done.returncode or not trace.exists():
        pytest.skip("strace may not run here")
    flushed = [line for line in trace.read_text(encoding="utf-8").splitlines() if "fsync(" in line]
    for what in (".0.new", ".draft", "/objects/", "/refs/heads/main.lock", "/c>", ".idx.lock"):
        assert any(what in line for line in flushed), what


def test_pruning_waits_for_another_gc(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path)], check=True)
    repo = GitRepo.open(tmp_path)
    running = repo.git_dir / "gc.pid"  # as git writes it, of a process that is alive
    running.write_text(f"{os.getpid()} {socket.gethostname()}", "ascii")
    timer = threading.Timer(0.6, running.unlink)
    timer.start()
    rewriting.forget(repo, tracking=lambda _ref: False)
    timer.join()
    assert not running.exists()
