"""Where platforms differ: locks, claiming a name, replacing, flushing, processes, finding git."""

from __future__ import annotations

import contextlib
import importlib
import os
import time
from pathlib import Path, PureWindowsPath
from typing import Any

WINDOWS = os.name == "nt"
_PATIENCE = 5.0


def try_lock(handle: int) -> bool:
    """Lock an open file for this process alone, without waiting; the system frees it on death."""
    try:
        if WINDOWS:
            msvcrt: Any = importlib.import_module("msvcrt")
            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl: Any = importlib.import_module("fcntl")
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def unlock(handle: int) -> None:
    """Free a lock at once; on Windows closing the file may free it late."""
    if not WINDOWS:
        return
    msvcrt: Any = importlib.import_module("msvcrt")
    os.lseek(handle, 0, os.SEEK_SET)
    with contextlib.suppress(OSError):
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)


def claim(note: Path, target: Path) -> bool:
    """Make ``target`` with the content of ``note``; False where it is there already.

    A hard link does both at once. Where a file system has no links, Windows renames a copy (which
    there never replaces), others create exclusively and then write.
    """
    try:
        os.link(note, target)
    except FileExistsError:
        return False
    except OSError:
        return _claim_by_rename(note, target) if WINDOWS else _claim_by_creation(note, target)
    return True


def _claim_by_rename(note: Path, target: Path) -> bool:
    copy = note.with_suffix(".claim")
    copy.write_bytes(note.read_bytes())
    try:
        copy.rename(target)
    except FileExistsError:
        copy.unlink(missing_ok=True)
        return False
    return True


def _claim_by_creation(note: Path, target: Path) -> bool:
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(note.read_bytes())
    return True


def replace(source: Path, target: Path) -> None:
    """Put a file in the place of another; on Windows wait for an editor that has it open."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if not WINDOWS or time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def sync_folder(folder: Path) -> None:
    """Make new names in a folder durable; Windows cannot open folders and does it by itself."""
    if WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # some network and FUSE file systems refuse to sync a folder
        pass
    finally:
        os.close(handle)


def sync_everything() -> bool:
    """Flush all files at once, which for thousands is far cheaper; False where there is no way."""
    if WINDOWS or not hasattr(os, "sync"):
        return False
    os.sync()
    return True


def is_drive_path(path: str) -> bool:
    """Whether Windows would read a relative-looking path as another place."""
    return WINDOWS and ("\\" in path or bool(PureWindowsPath(path).drive))


def git_program() -> str:
    """How to call git. Windows would look into the current folder first: never run that one."""
    if not WINDOWS:
        return "git"
    for folder in os.get_exec_path():
        candidate = Path(folder) / "git.exe"
        if Path(folder).is_absolute() and candidate.is_file():
            return str(candidate)
    return "git.exe"


def is_alive(number: int) -> bool:
    """Whether a process of that number runs; where that cannot be told, it does.

    On Windows ``os.kill`` would end it.
    """
    if WINDOWS:
        return _is_alive_on_windows(number)
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


_QUERY = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
_NO_SUCH = 87  # ERROR_INVALID_PARAMETER


def _is_alive_on_windows(number: int) -> bool:
    ctypes: Any = importlib.import_module("ctypes")
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    handle = kernel.OpenProcess(_QUERY, False, number)
    if not handle:
        return bool(ctypes.get_last_error() != _NO_SUCH)
    kernel.CloseHandle(handle)
    return True


def is_runnable(file: Path) -> bool:
    """Whether git would run this file as a hook; on Windows it runs any."""
    return file.is_file() and (WINDOWS or os.access(file, os.X_OK))
