"""Moving the branch, and the files with it, to a commit that is there already (sync).

As careful as a commit: work of the user's own on other paths is not touched, an edit on one of
the paths that are to change refuses the move, and a kill at any step is completed or undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.errors import Conflict, StorageFailure
from textcrm.gitrepo import checking, journal, locks, objects, steps, transaction
from textcrm.gitrepo.journal import Entry
from textcrm.gitrepo.snapshot import Snapshot
from textcrm.gitrepo.worktree import state_of
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.gitrepo.repository import GitRepo

_PLAIN = ("100644", "100755", "000000")


class Move(NamedTuple):
    """A way from one commit to another: whole files by path (None: gone), git's modes."""

    old: str
    new: str
    contents: Mapping[str, bytes | None]
    modes: Mapping[str, str]


def plan(repo: GitRepo, old: str, new: str) -> Move:
    """See what moving would change, and that nothing of the user's stands in its way.

    Raises Conflict (uncommitted-edit, staged-edit, path-blocked), StorageFailure (git-links).
    """
    blobs, modes = _difference(repo, old, new)
    there = {path: blob for path, blob in blobs.items() if blob is not None}
    data = objects.read_all(repo.process, list(there.values()))
    contents = {**dict.fromkeys(blobs), **dict(zip(there, data, strict=True))}
    move = Move(old, new, contents, modes)
    _checked(repo, move)
    return move


def perform(repo: GitRepo, move: Move) -> bool:
    """Move; the caller holds the vault's lock. False where HEAD is not where it was any more."""
    folder = repo.folder
    folder.mkdir(parents=True, exist_ok=True)
    name = locks.new_name()
    with locks.index_lock(repo.git_dir / "index.lock", folder, name, repo.lock_patience):
        steps.reached("indexlock")
        ref, checker, targets = _targets(repo, move)
        if targets is None:
            return False
        entry = Entry(name, ref, move.old, move.new, targets, follows=True)
        return transaction.put_into_effect(
            repo, repo.worktree(), entry, move.contents, checker.originals
        )


def _checked(repo: GitRepo, move: Move) -> None:
    tree = repo.worktree()
    for path in move.contents:
        tree.check_path(path)
    _targets(repo, move)


def _targets(
    repo: GitRepo, move: Move
) -> tuple[str, checking.Checker, tuple[journal.Target, ...] | None]:
    paths = list(move.contents)
    state = state_of(repo.process, paths)
    ref = checking.demand_branch(state)
    with Snapshot(repo.process) as snapshot:
        checker = checking.Checker(repo, repo.worktree(), state, snapshot, {})
        if state.commit != move.old:
            return ref, checker, None
        targets = tuple(
            checker.target(path, data)._replace(mode=move.modes.get(path, "100644"))
            for path, data in move.contents.items()
        )
    return ref, checker, targets


def _difference(repo: GitRepo, old: str, new: str) -> tuple[dict[str, str | None], dict[str, str]]:
    out = repo.process.output(
        "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", old, new
    )
    words = out.decode("utf-8", "surrogateescape").split("\0")
    blobs: dict[str, str | None] = {}
    modes: dict[str, str] = {}
    for raw, path in zip(words[::2], words[1::2], strict=False):
        before, after, _, blob, _ = raw.lstrip(":").split(" ")
        if before not in _PLAIN or after not in _PLAIN:
            raise _links(path)
        blobs[path] = blob if blob.strip("0") else None
        if after != "000000":
            modes[path] = after
    return blobs, modes


def _links(path: str) -> StorageFailure:
    return StorageFailure(
        "git-links",
        Text(
            "{path} is a link or a submodule, which sync does not move",
            "{path} 是链接或子模块，sync 不处理",
        ),
        hint=Text("use git itself: git pull --rebase", "请直接用 git：git pull --rebase"),
        path=path,
    )


def in_the_way(error: Conflict) -> Conflict:
    """The error for an incoming change to a file that is being edited by hand."""
    path = str(error.data.get("path", ""))
    return Conflict(
        "sync-uncommitted",
        Text(
            "{path} was changed by others, and has edits of yours that are not saved",
            "{path} 已被他人改动，而您在本地还有未保存的修改",
        ),
        hint=Text(
            "save yours first: textcrm save, then textcrm sync",
            "请先 textcrm save，再 textcrm sync",
        ),
        path=path,
    )
