"""Seeing which record files changed: names and stat signatures of all, content of the young.

A file is taken as unchanged when size, mtime, ctime and inode are those it had when it was read.
One that changed within the clock's grain of the moment it was read may change again and look the
same (the racy case that git's index documents): it is read again until it has come of age.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm import store, yamlfile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Signature = tuple[int, int, int, int]
GRAIN: Final = 2_000_000_000  # FAT counts in two seconds; nothing coarser is in use


class Seen(NamedTuple):
    """A record file that was opened: its signature before it was read, and what it holds."""

    signature: Signature
    data: bytes


def signature_of(status: os.stat_result) -> Signature:
    """Size, mtime and ctime in nanoseconds, inode.

    A directory entry of Windows knows neither inode nor change time: there they are nothing.
    """
    if os.name == "nt":
        return status.st_size, status.st_mtime_ns, 0, 0
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def scan(root: Path, broken: list[store.Broken]) -> dict[str, Signature]:
    """Every record file of the work tree with its signature, in the order of their names.

    Folders that cannot be looked into go to ``broken``.
    """
    found: dict[str, Signature] = {}
    for path, entry in _below(os.path.join(root, store.FOLDER), store.FOLDER, broken):  # noqa: PTH118 - strings
        try:
            found[path] = signature_of(entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            continue
        except OSError:
            found[path] = (-1, 0, 0, 0)
    return found


def _below(
    folder: str, relative: str, broken: list[store.Broken]
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        broken.append(store.Broken(relative, store.unreadable(relative, error)))
        return
    for entry in entries:
        name = entry.name
        if entry.is_file(follow_symlinks=False):
            if name.endswith(store.SUFFIX) and name[0] != ".":
                yield f"{relative}/{name}", entry
        elif name[0] != "." and entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, f"{relative}/{name}", broken)


def is_settled(signature: Signature, seen: int) -> bool:
    """Whether a file that was read at a moment (ns) cannot have changed since unseen."""
    return max(signature[1], signature[2]) + GRAIN < seen


def look(root: Path, path: str) -> Seen:
    """Read a record file, its signature taken first. Raises OSError.

    What became a symbolic link, a pipe or a device since it was listed is not followed.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(os.path.join(root, path), flags)  # noqa: PTH118 - 10,000 times
    with os.fdopen(descriptor, "rb", closefd=True) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        return Seen(signature_of(status), file.read(yamlfile.MAX_BYTES + 1))
