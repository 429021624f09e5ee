"""Edits made after a crash, carried over to what recovery makes of their files.

A killed command has put some of its new files in place. An edit of such a file builds on the new
content, an edit of any other on the old one; either is merged with what the file becomes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import line_merge
from textcrm.gitrepo import eol, objects

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.gitrepo.journal import Entry, Target
    from textcrm.gitrepo.repository import GitRepo
    from textcrm.gitrepo.worktree import State, WorkTree

    Blobs = dict[str, str | None]


class Edit(NamedTuple):
    """An edited file: what the edit builds on, what it made of it, what it must go on top of.

    ``commit`` is the one that ``theirs`` belongs to; None stands for no file.
    """

    path: str
    base: bytes | None
    ours: bytes | None
    theirs: bytes | None
    commit: str | None


class Carried(NamedTuple):
    """What an edit came to. ``clash``: both changed the same place, and the edit stands there."""

    data: bytes | None
    clash: bool


class Kept(NamedTuple):
    """What a path holds in the end, instead of the content of the commit.

    ``found`` is the blob id of what was there, ``indexed`` what the index gets.
    """

    found: str | None
    data: bytes | None
    indexed: str | None
    stays: bool
    clash: bool


if TYPE_CHECKING:
    Carry = Callable[[Edit], Carried | None]


def by_lines(edit: Edit) -> Carried:
    """Merge an edit by lines, in its own line ends; where both changed the same, the edit's stand."""
    ours = edit.ours
    if ours is None or edit.base is None or edit.theirs is None or _is_binary(edit):
        return Carried(ours, clash=True)
    base, theirs = (eol.like(one, ours) for one in (edit.base, edit.theirs))
    texts = [one.decode("utf-8", "surrogateescape") for one in (base, ours, theirs)]
    found = line_merge.hunks(*texts)
    text = "".join(
        line for hunk in found for line in (hunk.ours if hunk.clash else line_merge.settled(hunk))
    )
    clash = any(hunk.clash for hunk in found)
    return Carried(text.encode("utf-8", "surrogateescape"), clash)


def _is_binary(edit: Edit) -> bool:
    return any(b"\0" in (one or b"") for one in (edit.base, edit.ours, edit.theirs))


def forward(
    repo: GitRepo, tree: WorkTree, entry: Entry, state: State, now: Blobs
) -> dict[str, Kept] | None:
    """The edited paths when the entry is completed; None where one of them does not allow that.

    An adopted file does not: its edit was the user's own, and the newer text has it already. Nor
    does a file of the user's where the entry makes one, or one that becomes another customer's.
    """
    kept: dict[str, Kept] = {}
    for target in entry.targets:
        found = tree.read(target.path)
        there, index = tree.id(found), index_of(target, state, now)
        edited, staged = is_edit(target, there), _is_staged(target, index)
        if not edited and not staged:
            continue
        if target.adopted:
            return None
        carrier = _Carrier(repo, entry, target, target.after, entry.new)
        file = carrier.carry(found) if edited else Carried(carrier.goal, clash=False)
        if file is None:
            return None
        if not staged:
            indexed: Carried | None = Carried(None, clash=False)
        elif index == there:
            indexed = file
        else:
            indexed = carrier.carry(_blob(repo, index))
        if indexed is None:
            return None
        kept[target.path] = Kept(
            there,
            file.data,
            _stored(repo, indexed.data) if staged else target.after,
            file.data == found,
            file.clash or indexed.clash,
        )
    return kept


def backward(
    repo: GitRepo, tree: WorkTree, entry: Entry, state: State, now: Blobs
) -> dict[str, Kept | None]:
    """The edited paths when the entry is undone; None for one that cannot be carried over.

    The edit of a file that was in place is put on what the branch has now. What somebody has
    committed since is theirs to build on, and stays.
    """
    kept: dict[str, Kept | None] = {}
    for target in entry.targets:
        found = tree.read(target.path)
        there, index = tree.id(found), index_of(target, state, now)
        edited, staged = is_edit(target, there), _is_staged(target, index)
        if target.adopted or now[target.path] != target.before or not (edited or staged):
            continue
        carrier = _Carrier(repo, entry, target, target.before, state.commit)
        file = carrier.carry(found) if edited else Carried(carrier.goal, clash=False)
        indexed = carrier.carry(_blob(repo, index)) if staged else None
        kept[target.path] = (
            None
            if file is None
            else Kept(
                there,
                file.data,
                _stored(repo, indexed.data) if indexed else target.before,
                file.data == found,
                file.clash,
            )
        )
    return kept


class _Carrier:
    """Carries versions of one path over to what it becomes: ``goal``, in a commit."""

    def __init__(
        self, repo: GitRepo, entry: Entry, target: Target, goal: str | None, commit: str | None
    ) -> None:
        self._repo = repo
        self._path = target.path
        placed = target.path in (entry.placed or ())
        self._base = target.after if placed else target.before
        self._stands = self._base == goal
        self._commit = commit
        self.goal = _blob(repo, goal)

    def carry(self, ours: bytes | None) -> Carried | None:
        if self._stands:
            return Carried(ours, clash=False)
        if ours is None:
            return Carried(None, clash=True)
        base = _blob(self._repo, self._base)
        if base is None:  # a file of the user's own, where another comes
            return None
        carry = self._repo.carry or by_lines
        return carry(Edit(self._path, base, ours, self.goal, self._commit))


def is_edit(target: Target, there: str | None) -> bool:
    """Whether a file holds neither what the entry found nor what it makes."""
    return there not in (target.before, target.worktree, target.after)


def _is_staged(target: Target, index: str | None) -> bool:
    return index not in (target.before, target.indexed, target.after)


def index_of(target: Target, state: State, now: Blobs) -> str | None:
    """What the index has of a target, as a blob id."""
    found = state.entries.get(target.path)
    return now[target.path] if found is None or found.staged == "." else found.indexed


def _blob(repo: GitRepo, blob: str | None) -> bytes | None:
    return None if blob is None else objects.read_all(repo.process, [blob])[0]


def _stored(repo: GitRepo, data: bytes | None) -> str | None:
    if data is None:
        return None
    out = repo.process.output("hash-object", "-w", "--stdin", given=data, write=True)
    return out.decode().strip()
