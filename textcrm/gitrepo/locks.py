"""The two locks of a commit: one among textcrm's processes, and git's own on the index."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from textcrm.gitrepo import failures, system

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_NOTE = b"textcrm transaction "


@contextlib.contextmanager
def vault_lock(file: Path, patience: float) -> Iterator[None]:
    """Hold the lock among all textcrm processes of a repository; death frees it.

    Raises StorageFailure (vault-busy) after so many seconds.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as handle:
        number = handle.fileno()
        if not _await(lambda: system.try_lock(number), patience, 0.05):
            raise failures.vault_busy(str(file))
        try:
            yield
        finally:
            system.unlock(number)


@contextlib.contextmanager
def index_lock(lock: Path, folder: Path, name: str, patience: float) -> Iterator[None]:
    """Hold git's ``index.lock``, with a note in it that says whose it is.

    Git itself only asks whether the file is there. Raises StorageFailure (git-locked).
    """
    note = folder / f"{name}.own"
    note.write_bytes(_NOTE + name.encode())
    try:
        if not _await(lambda: system.claim(note, lock), patience, 0.1):
            raise failures.locked(str(lock))
        try:
            yield
        finally:
            release_stale(lock)
    finally:
        note.unlink(missing_ok=True)


def release_stale(lock: Path) -> bool:
    """Remove an index lock if textcrm made it; the caller holds the vault's lock."""
    if not is_ours(lock):
        return False
    lock.unlink(missing_ok=True)
    return True


def is_ours(lock: Path) -> bool:
    """Whether textcrm made an index lock, now or before a crash."""
    try:
        with lock.open("rb") as file:
            return file.read(len(_NOTE)) == _NOTE
    except FileNotFoundError:
        return False


def release_dead(lock: Path, since: float, patience: float) -> None:
    """Remove a branch's lock that a killed ``git update-ref`` of ours left behind.

    Ours is younger than the journal (``since``) and does not go away. Raises StorageFailure.
    """
    end = time.monotonic() + patience
    while True:
        try:
            made = lock.stat().st_mtime
        except (FileNotFoundError, NotADirectoryError):
            return
        if made >= since - 1 and time.time() - made > 2:
            lock.unlink(missing_ok=True)
            return
        if time.monotonic() > end:
            raise failures.locked(str(lock))
        time.sleep(0.1)


def _await(attempt: Callable[[], bool], patience: float, longest: float) -> bool:
    """Try until it works, in growing and uneven pauses."""
    end = time.monotonic() + patience
    pause = 0.002
    while not attempt():
        if time.monotonic() > end:
            return False
        time.sleep(pause * (0.5 + time.perf_counter_ns() % 1000 / 1000))
        pause = min(pause * 1.5, longest)
    return True


def new_name() -> str:
    """A name for one transaction's files: sorts by time, unlike any other process's."""
    return f"{time.time_ns()}-{os.getpid()}"
