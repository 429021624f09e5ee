"""The journaled transaction: the only way in which textcrm moves a branch.

Objects first; then, under git's own lock, the journal, the work tree, the index and a
compare-and-swap of the branch. Killed at any step, the next transaction completes it or finds
that nothing had begun. A failure that was told is never applied later.
"""

from __future__ import annotations

import datetime as dt
import time
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from textcrm.errors import StorageFailure
from textcrm.gitrepo import (
    checking,
    eol,
    failures,
    hooks,
    identity,
    journal,
    locks,
    recovery,
    steps,
)
from textcrm.gitrepo.applying import Application
from textcrm.gitrepo.journal import Entry
from textcrm.gitrepo.making import Order, make_commit, recommit
from textcrm.gitrepo.message import encoded, one_line
from textcrm.gitrepo.snapshot import Snapshot
from textcrm.gitrepo.values import Stored
from textcrm.gitrepo.worktree import WorkTree, state_of
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textcrm.gitrepo.repository import GitRepo
    from textcrm.gitrepo.values import Build, Person

_TRIES = 20
_LONGEST = 3.0  # seconds that a commit is tried again where others keep moving the branch


class Wish(NamedTuple):
    """What a caller wants committed; see :meth:`GitRepo.commit`."""

    build: Build
    message: str | Callable[[], str]
    author: Person | None = None
    at: dt.datetime | None = None
    adopt: Mapping[str, bytes | None] | None = None
    accept_worktree: bool = False


class _Draft(NamedTuple):
    """One try: what HEAD was, what shall change, and the commit made of it."""

    commit: str
    changes: Mapping[str, bytes | Stored | None]
    adopt: Mapping[str, bytes | None]


def commit(repo: GitRepo, wish: Wish) -> str | None:
    """Run one transaction; see :meth:`GitRepo.commit`."""
    checking.demand_writable(repo)
    try:
        with locks.vault_lock(repo.lock_file, repo.patience):
            recovery.recover(repo)
            return _run(repo, wish)
    except OSError as error:
        raise failures.disk_failed(error) from error


def _run(repo: GitRepo, wish: Wish) -> str | None:
    started = time.monotonic()
    for number in count():
        if number >= _TRIES and time.monotonic() - started > _LONGEST:
            break
        checking.demand_writable(repo)
        name = locks.new_name()
        with Snapshot(repo.process) as snapshot:
            draft = _prepare(repo, wish, snapshot, name)
            if draft is None:
                return None
            if _apply(repo, draft, snapshot, name):
                return draft.commit
        time.sleep(min(0.002 * number, 0.05))
    raise StorageFailure(
        "git-busy",
        Text("the branch keeps moving under other git processes", "分支正被其他 git 进程不断改动"),
        hint=Text("try again in a moment", "请稍后重试"),
    )


def _prepare(repo: GitRepo, wish: Wish, snapshot: Snapshot, name: str) -> _Draft | None:
    """Build the change on HEAD and make its objects; None where it changes nothing."""
    wanted = dict(wish.build(snapshot.read))
    tree = repo.worktree()
    for path in wanted:
        tree.check_path(path)
    small = {path: data for path, data in wanted.items() if not isinstance(data, Stored)}
    stored = eol.as_git_stores(
        repo.process, small, snapshot.read, repo.settings.get("core.autocrlf", "")
    )
    changes: dict[str, bytes | Stored | None] = {
        path: data for path, data in stored.items() if snapshot.read(path) != data
    }
    changes |= {
        path: data
        for path, data in wanted.items()
        if isinstance(data, Stored) and snapshot.blob(path) != data.blob
    }
    if not changes:
        return None
    order = _order(repo, wish, snapshot, changes)
    made = make_commit(repo, order, sign=False)
    steps.reached("objects")
    made = _finished(repo, made, order, name)
    adopt = small if wish.accept_worktree else wish.adopt or {}
    return _Draft(made, changes, adopt)


def _order(
    repo: GitRepo, wish: Wish, snapshot: Snapshot, changes: Mapping[str, bytes | Stored | None]
) -> Order:
    message = wish.message if isinstance(wish.message, str) else wish.message()
    at = wish.at or dt.datetime.now(dt.UTC).astimezone()
    author = wish.author or repo.identity()
    return Order(
        snapshot.commit,
        {path: one.blob if isinstance(one, Stored) else one for path, one in changes.items()},
        encoded(message),
        identity.stamp(author, at),
        identity.stamp(repo.committer(), at),
    )


def _finished(repo: GitRepo, made: str, order: Order, name: str) -> str:
    """Ask the hooks and sign, as ``git commit`` would; gives the commit that is to be."""
    message = hooks.run_hooks(repo, made, order.message, name)
    sign = identity.is_true(repo.settings, "commit.gpgsign")
    if message == order.message and not sign:
        return made
    if not one_line(message.decode("utf-8", "replace")):
        raise hooks.emptied(repo)
    return recommit(repo, made, order._replace(message=message), sign=sign)


def _apply(repo: GitRepo, draft: _Draft, snapshot: Snapshot, name: str) -> bool:
    """Put a made commit into effect; False where HEAD is not what it was built upon any more."""
    folder = repo.folder
    folder.mkdir(parents=True, exist_ok=True)
    with locks.index_lock(repo.git_dir / "index.lock", folder, name, repo.lock_patience):
        steps.reached("indexlock")
        tree = repo.worktree()
        state = state_of(repo.process, list(draft.changes))
        ref = checking.demand_branch(state)
        if state.commit != snapshot.commit:
            return False
        checker = checking.Checker(repo, tree, state, snapshot, draft.adopt)
        targets = tuple(checker.target(path, data) for path, data in draft.changes.items())
        entry = Entry(name, ref, state.commit, draft.commit, targets)
        return put_into_effect(repo, tree, entry, draft.changes, checker.originals)


def put_into_effect(
    repo: GitRepo,
    tree: WorkTree,
    entry: Entry,
    contents: Mapping[str, bytes | Stored | None],
    originals: Mapping[str, bytes | None],
) -> bool:
    """Journal an entry and perform it; the caller holds both locks. False: the branch moved."""
    application = Application(repo, tree, entry)
    done = False
    try:
        application.stage(contents)
        steps.reached("newindex")
        journal.write(repo.folder, entry)
        steps.reached("journal")
        done = application.perform(lambda target: (target.worktree,))
        if done:
            steps.reached("ref")
    finally:
        # Told as failed, it must not be applied by a later recovery, unless it went through.
        try:
            if not done and repo.head().commit != entry.new:
                application.undo(originals)
        finally:
            journal.forget(repo.folder, entry)
            journal.sweep(repo.folder)
    steps.reached("applied")
    return done
