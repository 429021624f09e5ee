"""Completing what a crash interrupted: rolled forward, or put where nothing is lost.

A transaction whose journal was written is completed on the branch's present tip; files edited
since keep their edit, on top of it. Where somebody committed the same files since, its commit is
kept under ``refs/textcrm/lost/`` instead, and edits go on top of theirs.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from textcrm.errors import TextcrmError
from textcrm.gitrepo import carrying, checking, failures, identity, journal, locks, objects, system
from textcrm.gitrepo.applying import Application, put_content, put_index, release_dead_locks
from textcrm.gitrepo.carrying import index_of
from textcrm.gitrepo.making import Order, make_commit
from textcrm.gitrepo.worktree import sibling, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from textcrm.gitrepo.carrying import Kept
    from textcrm.gitrepo.journal import Entry, Target
    from textcrm.gitrepo.repository import GitRepo
    from textcrm.gitrepo.worktree import State, WorkTree

_TRIES = 30
LOST = "refs/textcrm/lost/"


class _Told(NamedTuple):
    """What must be told: edits that met the same change, copies of edits that found no place."""

    met: list[str]
    copies: dict[str, Path]


def recover(repo: GitRepo) -> int:
    """Complete interrupted transactions; the caller holds the vault's lock. Gives their number.

    Raises Conflict (edit-met, edit-set-aside) where an edit made since wants a look. All is
    completed then, and the next call goes on.
    """
    locks.release_stale(repo.git_dir / "index.lock")
    if journal.is_idle(repo.folder):
        return 0
    entries = [journal.note_placed(repo.folder, one) for one in journal.read_all(repo.folder)]
    journal.sweep(repo.folder)
    told = _Told([], {})
    for entry in entries:
        release_dead_locks(repo, entry.ref, journal.written_at(repo.folder, entry))
        for target in entry.targets:
            sibling(repo.top / target.path).unlink(missing_ok=True)
        with locks.index_lock(
            repo.git_dir / "index.lock", repo.folder, f"{entry.name}.recovery", repo.lock_patience
        ):
            _finish(repo, entry, told)
        journal.forget(repo.folder, entry)
    if told.copies:
        path, copy = next(iter(told.copies.items()))
        raise checking.set_aside(path, copy, len(told.copies))
    if told.met:
        raise checking.met(told.met)
    return len(entries)


def _finish(repo: GitRepo, entry: Entry, told: _Told) -> None:
    tree = repo.worktree()
    for _ in range(_TRIES):
        state = state_of(repo.process, entry.paths)
        checking.demand_branch(state)
        now = _blobs_at(repo, state.commit, entry.paths)
        if _has_landed(repo, entry, state, now):
            _settle(repo, tree, entry, state, now)
            return
        kept = _can_go_on(repo, tree, entry, state, now)
        new = None if kept is None else _rebuilt(repo, entry, state)
        if kept is None or new is None:
            _park(repo, tree, entry, state, now, told)
            return
        if _roll_forward(repo, tree, entry._replace(old=state.commit, new=new), kept):
            told.met.extend(path for path, one in kept.items() if one.clash)
            return
    raise failures.locked(str(repo.common_dir / entry.ref))


def _blobs_at(repo: GitRepo, commit: str | None, paths: list[str]) -> dict[str, str | None]:
    """The blobs of some paths in a commit."""
    if commit is None:
        return dict.fromkeys(paths)
    given = b"".join(objects.request(f"{commit}:{path}") for path in paths)
    lines = repo.process.output("cat-file", "--batch-check", given=given).splitlines()
    headers = [objects.parse_header(line) for line in lines]
    return {
        path: header[0] if header else None for path, header in zip(paths, headers, strict=True)
    }


def _has_landed(repo: GitRepo, entry: Entry, state: State, now: dict[str, str | None]) -> bool:
    """Whether the change is in history: by our commit, or by a commit of the index as we left it."""
    if state.commit is None:
        return False
    if all(now[target.path] == target.after for target in entry.targets):
        return True
    return not repo.process.run("merge-base", "--is-ancestor", entry.new, state.commit).code


def _can_go_on(
    repo: GitRepo, tree: WorkTree, entry: Entry, state: State, now: dict[str, str | None]
) -> dict[str, Kept] | None:
    """What edited files come to, where the branch is the same and has the paths as it had them."""
    if state.branch != entry.ref or any(now[one.path] != one.before for one in entry.targets):
        return None
    return carrying.forward(repo, tree, entry, state, now)


def _found(tree: WorkTree, target: Target) -> str | None:
    return tree.id(tree.read(target.path))


def _rebuilt(repo: GitRepo, entry: Entry, state: State) -> str | None:
    """The commit to go on with: the one that was made, or its like on the branch's new tip."""
    if state.commit == entry.old:
        return entry.new
    # What follows the remote has nothing of its own to carry over: the next sync does it anew.
    return None if entry.follows else _moved(repo, entry, state.commit)


def _roll_forward(repo: GitRepo, tree: WorkTree, entry: Entry, kept: Mapping[str, Kept]) -> bool:
    application = Application(repo, tree, entry, kept)
    application.stage(_contents(repo, {one.path: one.after for one in entry.targets}))
    return application.perform(lambda target: (target.before, target.worktree, target.after))


def _contents(repo: GitRepo, blobs: dict[str, str | None]) -> dict[str, bytes | None]:
    there = {path: blob for path, blob in blobs.items() if blob is not None}
    data = objects.read_all(repo.process, list(there.values()))
    return {**dict.fromkeys(blobs), **dict(zip(there, data, strict=True))}


def _moved(repo: GitRepo, entry: Entry, tip: str | None) -> str | None:
    """The interrupted commit made again on the branch's present tip."""
    raw = repo.process.output("cat-file", "commit", entry.new)
    head, _, message = raw.partition(b"\n\n")
    lines = dict(line.partition(" ")[::2] for line in head.decode("utf-8", "replace").split("\n"))
    changes = {target.path: target.after for target in entry.targets}
    order = Order(tip, changes, message, lines["author"], lines["committer"])
    try:
        return make_commit(repo, order, sign=identity.is_true(repo.settings, "commit.gpgsign"))
    except TextcrmError:  # no key at hand: it cannot go on, and must not block what comes next
        return None


def _settle(
    repo: GitRepo, tree: WorkTree, entry: Entry, state: State, now: dict[str, str | None]
) -> None:
    """The change is in history: let files and index follow where they still lag behind."""
    ours = [target for target in entry.targets if now[target.path] == target.after]
    files = [
        target
        for target in ours
        if _found(tree, target) in (target.before, target.worktree)
        and _found(tree, target) != target.after
    ]
    indexed = [
        target
        for target in ours
        if index_of(target, state, now) in (target.before, target.indexed)
        and index_of(target, state, now) != target.after
    ]
    _follow(repo, tree, files, indexed, now)


def _park(
    repo: GitRepo,
    tree: WorkTree,
    entry: Entry,
    state: State,
    now: dict[str, str | None],
    told: _Told,
) -> None:
    """Somebody else changed the same files: keep our commit reachable and make way for theirs.

    An adopted file keeps its content: it was the user's own edit to begin with. Any other edit is
    put on top of theirs; what cannot be is set aside as a file of its own, never lost.
    """
    if not entry.follows:
        repo.process.output("update-ref", LOST + entry.name, entry.new, write=True)
    _carry_back(repo, tree, entry, state, now, told)
    files = [
        target
        for target in entry.targets
        if not target.adopted and _found(tree, target) == target.after != now[target.path]
    ]
    indexed = [
        target
        for target in entry.targets
        if index_of(target, state, now) == target.after != now[target.path]
    ]
    _follow(repo, tree, files, indexed, now)


def _carry_back(
    repo: GitRepo,
    tree: WorkTree,
    entry: Entry,
    state: State,
    now: dict[str, str | None],
    told: _Told,
) -> None:
    index: dict[str, str | None] = {}
    for path, kept in carrying.backward(repo, tree, entry, state, now).items():
        if kept is None:
            copy = _aside(repo) / entry.name / path
            _set_aside(copy, tree.read(path) or b"")
            told.copies[path] = copy
            contents = _contents(repo, {path: now[path]})
            put_content(repo, tree, "follow", path, contents)
            index[path] = now[path]
            continue
        if not kept.stays:
            put_content(repo, tree, "follow", path, {path: kept.data})
        index[path] = kept.indexed
    put_index(repo, index)


def _set_aside(copy: Path, data: bytes) -> None:
    """Keep an edit as a file that its owner alone reads: it may hold what is not sealed yet."""
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy.touch(mode=0o600)
    journal.write_durably(copy, data)
    system.sync_folder(copy.parent)


def _follow(
    repo: GitRepo,
    tree: WorkTree,
    files: list[Target],
    indexed: list[Target],
    now: dict[str, str | None],
) -> None:
    contents = _contents(repo, {target.path: now[target.path] for target in files})
    for target in files:
        put_content(repo, tree, "follow", target.path, contents)
    put_index(repo, {target.path: now[target.path] for target in indexed})


def recover_alone(repo: GitRepo) -> int:
    """Recover outside a transaction. Raises StorageFailure where no commit could be made either."""
    if repo.bare or (
        journal.is_idle(repo.folder) and not locks.is_ours(repo.git_dir / "index.lock")
    ):
        return 0
    checking.demand_writable(repo)
    try:
        with locks.vault_lock(repo.lock_file, repo.patience):
            return recover(repo)
    except OSError as error:
        raise failures.disk_failed(error) from error


@contextlib.contextmanager
def exclusively(repo: GitRepo) -> Iterator[None]:
    """See :meth:`GitRepo.exclusively`."""
    checking.demand_writable(repo)
    try:
        with locks.vault_lock(repo.lock_file, repo.patience):
            recover(repo)
            checking.demand_writable(repo)
            yield
    except OSError as error:
        raise failures.disk_failed(error) from error


def set_aside(repo: GitRepo) -> list[Path]:
    """The copies of edits that found no place; whoever has put theirs in again deletes them."""
    return sorted(file for file in _aside(repo).rglob("*") if file.is_file())


def _aside(repo: GitRepo) -> Path:
    return repo.local_folder / "set-aside"


def parked(repo: GitRepo) -> list[str]:
    """The commits that recovery had to set aside, as full ref names."""
    out = repo.process.output("for-each-ref", "--format=%(refname)", LOST.rstrip("/"))
    return out.decode().split()
