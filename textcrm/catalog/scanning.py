"""Seeing which record files changed: names and stat signatures of all, content of the young.

A file is taken as unchanged when size, mtime, ctime and inode are those it had when it was read.
One that changed within the clock's grain of the moment it was read may change again and look the
same (the racy case that git's index documents): it is read again until it has come of age.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import stat
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm import store, yamlfile
from textcrm.catalog.hashing import hash_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Signature = tuple[int, int, int, int]
Folders = dict[str, dict[str, Signature]]  # the record files by folder and name
GRAIN: Final = 2_000_000_000  # FAT counts in two seconds; nothing coarser is in use


class Seen(NamedTuple):
    """A record file that was opened: its signature before it was read, and what it holds."""

    signature: Signature
    data: bytes


def digest(found: Folders) -> bytes:
    """A short form of what a scan found, to tell at once that nothing changed."""
    return hash_of(marshal.dumps(found, 2))


def _signature_of(status: os.stat_result) -> Signature:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _signature_of_entry(status: os.stat_result) -> Signature:
    """A directory entry of Windows knows neither inode nor change time: there they are nothing."""
    return status.st_size, status.st_mtime_ns, 0, 0


# Size, mtime and ctime in nanoseconds, inode.
signature_of = _signature_of_entry if os.name == "nt" else _signature_of


def scan(root: Path, broken: list[store.Broken]) -> Folders:
    """Every record file of the work tree with its signature, folder by folder, in no order.

    Folders that cannot be looked into go to ``broken``.
    """
    found: Folders = {}
    folders = [(os.path.join(root, store.FOLDER), store.FOLDER)]  # noqa: PTH118 - strings are fast
    while folders:
        folder, relative = folders.pop()
        try:
            with _listed(folder) as listed:
                folders += [
                    (os.path.join(folder, name), f"{relative}/{name}")  # noqa: PTH118
                    for name in _signed(listed, found.setdefault(relative, {}))
                ]
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            broken.append(store.Broken(relative, store.unreadable(relative, error)))
    return found


@contextlib.contextmanager
def _listed(folder: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """A folder's entries. Its files are looked at from within the folder where that can be done:
    the kernel then does not walk the whole path for each. Raises OSError.
    """
    if os.scandir not in os.supports_fd:
        with os.scandir(folder) as listed:
            yield listed
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with os.scandir(descriptor) as listed:
            yield listed
    finally:
        os.close(descriptor)


def by_path(found: Folders) -> dict[str, Signature]:
    """What a scan found by the paths of the files; made only where something changed."""
    return {
        f"{folder}/{name}": signature
        for folder, files in found.items()
        for name, signature in files.items()
    }


def _signed(listed: Iterator[os.DirEntry[str]], found: dict[str, Signature]) -> Iterator[str]:
    """Note the record files of a folder; gives the names of the folders in it."""
    suffix = store.SUFFIX
    known = signature_of is _signature_of  # then written out below: a call each is 5 % of a search
    for entry in listed:
        name = entry.name
        if name[0] == ".":
            continue
        if name.endswith(suffix) and entry.is_file(follow_symlinks=False):
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            except OSError:
                found[name] = (-1, 0, 0, 0)
                continue
            found[name] = (
                (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
                if known
                else _signature_of_entry(status)
            )
        elif entry.is_dir(follow_symlinks=False):
            yield name


def named(root: Path, start: str) -> Iterator[str]:
    """The record files whose name begins so, in no order, by the folders alone: no file is looked at.

    A folder that cannot be looked into has none.
    """
    folders = [(os.path.join(root, store.FOLDER), store.FOLDER)]  # noqa: PTH118 - strings are fast
    while folders:
        folder, relative = folders.pop()
        with contextlib.suppress(OSError), os.scandir(folder) as listed:
            for entry in listed:
                name = entry.name
                if name[0] == ".":
                    continue
                if name.endswith(store.SUFFIX) and entry.is_file(follow_symlinks=False):
                    if name.removesuffix(store.SUFFIX).startswith(start):
                        yield f"{relative}/{name}"
                elif entry.is_dir(follow_symlinks=False):
                    folders.append((entry.path, f"{relative}/{name}"))


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
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        # Memory is asked for as the file is large; one that has grown is read on.
        data = file.read(min(status.st_size, yamlfile.MAX_BYTES) + 1) or b""
        while status.st_size < len(data) <= yamlfile.MAX_BYTES:
            more = file.read(yamlfile.MAX_BYTES + 1 - len(data))
            if not more:
                break
            data += more
        return Seen(signature_of(status), data)
