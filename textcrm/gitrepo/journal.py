"""The journal: what a commit means to change, durable before anything visible changes.

It lies in the git directory, for it must survive a deleted ``.textcrm`` (DESIGN section 8).
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

from textcrm.gitrepo import system

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIX = ".journal"


class Target(NamedTuple):
    """One path of a commit, as blob ids (None: not there).

    ``before`` is HEAD's, ``after`` the commit's; ``indexed`` and ``worktree`` are what was found
    there at the start, usually ``before``. An adopted path's own edit is (part of) the change.
    ``mode`` is git's: 100755 for a program.
    """

    path: str
    before: str | None
    after: str | None
    indexed: str | None
    worktree: str | None
    adopted: bool
    mode: str = "100644"


class Entry(NamedTuple):
    """A transaction: move a branch from one commit to another, and the files with it.

    ``follows``: the new commit is no child of the old one but what the remote has (sync).
    ``placed`` is filled in by the first recovery: the paths whose new file was in place by then.
    """

    name: str
    ref: str
    old: str | None
    new: str
    targets: tuple[Target, ...]
    follows: bool = False
    placed: tuple[str, ...] | None = None

    @property
    def paths(self) -> list[str]:
        """The paths that it changes."""
        return [target.path for target in self.targets]


def write(folder: Path, entry: Entry) -> None:
    """Make an entry durable: it is there whole, or not at all."""
    _put(folder, entry, _draft(folder, entry))


def note_placed(folder: Path, entry: Entry) -> Entry:
    """Let an entry say which new files a crash left in place; once, for sweeping loses it.

    A prepared file that is still there was not put in place. The entry keeps its age.
    """
    if entry.placed is not None:
        return entry
    placed = tuple(
        target.path
        for number, target in enumerate(entry.targets)
        if target.after and not staged(folder, entry, number).exists()
    )
    entry = entry._replace(placed=placed)
    at = written_at(folder, entry)
    draft = _draft(folder, entry)
    os.utime(draft, (at, at))
    _put(folder, entry, draft)
    return entry


def staged(folder: Path, entry: Entry, number: int) -> Path:
    """Where the new file of an entry's target waits until it is put in place."""
    return folder / f"{entry.name}.{number}.new"


def _draft(folder: Path, entry: Entry) -> Path:
    data = json.dumps({**entry._asdict(), "targets": [list(one) for one in entry.targets]})
    draft = folder / f"{entry.name}.draft"
    write_durably(draft, data.encode("ascii"))
    return draft


def _put(folder: Path, entry: Entry, draft: Path) -> None:
    system.replace(draft, _file(folder, entry))
    system.sync_folder(folder)


def forget(folder: Path, entry: Entry) -> None:
    """Take an entry out: the transaction is done, or undone."""
    _file(folder, entry).unlink(missing_ok=True)


def written_at(folder: Path, entry: Entry) -> float:
    """When an entry was written, in seconds since the epoch."""
    return _file(folder, entry).stat().st_mtime


def read_all(folder: Path) -> list[Entry]:
    """What a crash left behind, the oldest first. An unreadable entry is put aside."""
    result = []
    for file in sorted(folder.glob("*" + _SUFFIX)):
        try:
            tree = json.loads(file.read_bytes())
            targets = tuple(Target(*one) for one in tree.pop("targets"))
            placed = tree.pop("placed", None)
            result.append(
                Entry(**tree, targets=targets, placed=None if placed is None else tuple(placed))
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            file.replace(folder.parent / f"unreadable-{file.name}")
    return result


def sweep(folder: Path) -> None:
    """Remove the prepared files of dead transactions; the caller holds the vault's lock."""
    for file in folder.iterdir():
        if file.suffix != _SUFFIX:
            file.unlink(missing_ok=True)


def is_idle(folder: Path) -> bool:
    """Whether no transaction left anything behind."""
    try:
        with os.scandir(folder) as found:
            return next(found, None) is None
    except FileNotFoundError:
        return True


def write_durably(file: Path, data: bytes) -> None:
    """Write a file and flush it to the disk."""
    with file.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def _file(folder: Path, entry: Entry) -> Path:
    return folder / (entry.name + _SUFFIX)
