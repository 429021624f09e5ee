"""A private place for a moment: a file in memory where the system has such a place, gone after."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX: Final = "textcrm-edit-"
_NAME: Final = re.compile(rf"{_PREFIX}(\d+)-")
_ENDING: Final = ("SIGTERM", "SIGHUP")


def memory_folder() -> Path | None:
    """A folder that lies in memory, so that nothing of it is ever on a disk; None without one."""
    for folder in (os.environ.get("XDG_RUNTIME_DIR"), "/dev/shm"):  # noqa: S108 - memory-backed
        if folder and Path(folder).is_dir() and os.access(folder, os.W_OK):
            return Path(folder)
    return None


@contextlib.contextmanager
def private_file(name: str, data: bytes) -> Iterator[Path]:
    """A file of one's own (0600 in a folder 0700), removed at the end, also on SIGTERM and SIGHUP."""
    sweep()
    base = memory_folder() or Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))
    try:
        with _signals_end_us():
            file = folder / name
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            yield file
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove what a killed program left: folders of ours whose process is gone."""
    from textcrm.gitrepo.system import is_alive

    for base in (memory_folder(), Path(tempfile.gettempdir())):
        if base is None:
            continue
        with contextlib.suppress(OSError):
            for entry in os.scandir(base):
                match = _NAME.match(entry.name)
                if match and entry.is_dir(follow_symlinks=False) and not is_alive(int(match[1])):
                    shutil.rmtree(entry.path, ignore_errors=True)


@contextlib.contextmanager
def _signals_end_us() -> Iterator[None]:
    """Let a signal that would kill the program end it in order."""
    known: dict[int, Any] = {}
    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is not None:
            with contextlib.suppress(ValueError):  # not in the main thread
                known[number] = signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def quiet_editor(words: list[str]) -> list[str]:
    """The words that start an editor, with what keeps known ones from writing copies of the text."""
    program = Path(shutil.which(words[0]) or words[0]).resolve().name
    name = Path(words[0]).name
    if "vim" in program or name in ("vim", "nvim", "gvim"):
        options = "set nobackup nowritebackup noundofile noswapfile nomodeline"
        history = ["-i", "NONE"]
        return [words[0], "-n", *history, "--cmd", options, *words[1:]]
    if name in ("emacs", "emacsclient") and name == "emacs":
        lisp = "(setq make-backup-files nil auto-save-default nil create-lockfiles nil)"
        return [words[0], "--eval", lisp, *words[1:]]
    return words
