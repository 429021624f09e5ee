"""What git tells, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Read = Callable[[str], bytes | None]
    Build = Callable[[Read], Mapping[str, "bytes | Stored | None"]]


class Stored(NamedTuple):
    """The content of a large file, never in memory as a whole: its blob, and a file that holds it.

    The file lies on the repository's disk until the change is committed. Made by
    :func:`textcrm.gitrepo.large.store`.
    """

    blob: str
    file: Path


class Person(NamedTuple):
    """An author or committer, as a commit names one."""

    name: str
    email: str


class Head(NamedTuple):
    """Where HEAD stands: ``ref`` is None when detached, ``commit`` on a branch not yet born."""

    ref: str | None
    commit: str | None


class FileStatus(NamedTuple):
    """A path that is not as HEAD has it; the two letters of ``git status --porcelain``."""

    path: str
    index: str  # type: ignore[assignment] # the contract's word; hides tuple.index
    worktree: str


class BlobChange(NamedTuple):
    """What one commit did to one path; a blob is None where the path is not there."""

    status: str
    path: str
    before: str | None
    after: str | None


class Commit(NamedTuple):
    """A commit with its raw changes; a merge shows only what differs from all its parents.

    ``at`` is when its author made the change, ``committed`` when it took its place in this history,
    which is later where sync replayed it; None where that was not asked of git.
    """

    id: str
    parents: tuple[str, ...]
    author: Person
    at: dt.datetime
    subject: str
    body: str
    trailers: dict[str, list[str]]
    changes: tuple[BlobChange, ...]
    committed: dt.datetime | None = None


class PastCommit(NamedTuple):
    """One commit of a history to be written: whole files by path, None deletes."""

    message: str
    author: Person
    at: dt.datetime
    changes: Mapping[str, bytes | None]
