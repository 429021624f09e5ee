"""Putting a commit into effect, and taking it back: work tree, then index, then branch.

The index moves before the branch: were it left behind by a crash, the user's next plain
``git commit`` would silently revert our change.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textcrm.gitrepo import failures, journal, large, locks, steps, system
from textcrm.gitrepo.values import Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from textcrm.gitrepo.carrying import Kept
    from textcrm.gitrepo.journal import Entry, Target
    from textcrm.gitrepo.repository import GitRepo
    from textcrm.gitrepo.worktree import WorkTree

_FEW = 64


class Application:
    """One journal entry being put into effect; the caller holds the vault's lock and git's own.

    ``kept`` says what paths hold instead of the entry's content: edits made since a crash.
    """

    def __init__(
        self, repo: GitRepo, tree: WorkTree, entry: Entry, kept: Mapping[str, Kept] | None = None
    ) -> None:
        self._repo = repo
        self._tree = tree
        self._entry = entry
        self._kept = kept or {}
        self._index = repo.folder / f"{entry.name}.idx"
        self._index_moved = False

    def stage(self, contents: Mapping[str, bytes | Stored | None]) -> None:
        """Prepare the new files and the new index beside the old ones: what may fill the disk."""
        targets = self._entry.targets
        together = len(targets) > _FEW
        for number, target in enumerate(targets):
            kept = self._kept.get(target.path)
            data = kept.data if kept else contents[target.path]
            if data is None or (kept and kept.stays):
                continue
            if isinstance(data, Stored):
                large.place(data.file, self._staged(number))
            elif together:
                self._staged(number).write_bytes(data)
            else:
                journal.write_durably(self._staged(number), data)
        if together and not system.sync_everything():
            self._sync_each(len(targets))
        build_index(
            self._repo,
            self._index,
            {
                target.path: self._kept[target.path].indexed
                if target.path in self._kept
                else target.after
                for target in targets
            },
            {target.path: target.mode for target in targets},
        )

    def _sync_each(self, count: int) -> None:
        import os

        for number in range(count):
            if self._staged(number).exists():
                with self._staged(number).open("rb+") as handle:
                    os.fsync(handle.fileno())

    def perform(self, expected: Callable[[Target], Iterable[str | None]]) -> bool:
        """Move everything into place; False where the branch has moved away meanwhile.

        ``expected`` gives the contents that may be overwritten: an editor may have saved a file
        since it was looked at. Raises Conflict (uncommitted-edit), StorageFailure.
        """
        self._move_files(expected)
        self._refresh_index()
        system.replace(self._index, self._repo.git_dir / "index")
        self._index_moved = True
        system.sync_folder(self._repo.git_dir)
        steps.reached("index")
        return self._move_branch()

    def _move_files(self, expected: Callable[[Target], Iterable[str | None]]) -> None:
        from textcrm.gitrepo.checking import uncommitted

        for number, target in enumerate(self._entry.targets):
            kept = self._kept.get(target.path)
            found = self._tree.id(self._tree.read(target.path))
            if found not in ((kept.found,) if kept else expected(target)):
                raise uncommitted(target.path)
            if kept is None:
                self._tree.put(target.path, self._staged(number) if target.after else None)
                if target.after and self._entry.follows:
                    self._tree.set_mode(target.path, target.mode)
            elif not kept.stays:
                self._tree.put(target.path, None if kept.data is None else self._staged(number))
            if number == 0:
                steps.reached("worktree1")
        for folder in {path.rpartition("/")[0]: path for path in self._entry.paths}.values():
            self._tree.sync(folder)
        steps.reached("worktree")

    def _move_branch(self) -> bool:
        entry, git = self._entry, self._repo.process
        null = "0" * len(entry.new)
        start = time.time()
        outcome = git.run(
            "update-ref", "--no-deref",
            "-m", "sync (textcrm)" if entry.follows else "commit (textcrm)",
            entry.ref, entry.new, entry.old or null,
            write=True,
        )  # fmt: skip
        if not outcome.code:
            return True
        if outcome.code < 0:  # killed, by the system when memory is short: its locks stay
            release_dead_locks(self._repo, entry.ref, start)
        if self._repo.head() != (entry.ref, entry.old):
            return False
        raise failures.git_failed("update-ref", outcome.err)

    def undo(self, contents: Mapping[str, bytes | None]) -> None:
        """Put files and index back as they were found, where they hold ours."""
        for number, target in enumerate(self._entry.targets):
            found = self._tree.id(self._tree.read(target.path))
            if found == target.after != target.worktree:
                put_content(self._repo, self._tree, f"{number}.undo", target.path, contents)
        if self._index_moved:
            put_index(self._repo, {one.path: one.indexed for one in self._entry.targets})

    def _staged(self, number: int) -> Path:
        return journal.staged(self._repo.folder, self._entry, number)

    def _refresh_index(self) -> None:
        """Let the index know the new files' times, so that git need not read them; best effort."""
        env = {"GIT_INDEX_FILE": str(self._index)}
        there = [target.path for target in self._entry.targets if target.after]
        if not there:
            return
        if len(there) <= _FEW:
            words = (*large.STREAMED, "add", "--refresh", "--", *there)
            self._repo.process.run(*words, env=env, write=True)
        else:
            self._repo.process.run("update-index", "-q", "--refresh", env=env, write=True)


def release_dead_locks(repo: GitRepo, ref: str, since: float) -> None:
    """Remove what a killed ``git update-ref`` of ours, started at ``since``, left locked."""
    for lock in (repo.git_dir / "HEAD.lock", repo.common_dir / f"{ref}.lock"):
        locks.release_dead(lock, since, repo.lock_patience)


def build_index(
    repo: GitRepo, index: Path, blobs: Mapping[str, str | None], modes: Mapping[str, str]
) -> None:
    """Copy the index and change some entries of the copy."""
    own = repo.git_dir / "index"
    if own.exists():
        index.write_bytes(own.read_bytes())
    null = "0" * repo.id_length
    lines = "".join(
        f"0 {null}\t{path}\0" if blob is None else f"{modes.get(path, '100644')} {blob}\t{path}\0"
        for path, blob in blobs.items()
    )
    repo.process.output(
        "update-index", "-z", "--index-info",
        given=lines.encode("utf-8", "surrogateescape"),
        env={"GIT_INDEX_FILE": str(index)},
        write=True,
    )  # fmt: skip


def put_index(repo: GitRepo, blobs: Mapping[str, str | None]) -> None:
    """Change some entries of the index; the caller holds its lock."""
    if not blobs:
        return
    index = repo.folder / "put.idx"
    build_index(repo, index, blobs, {})
    system.replace(index, repo.git_dir / "index")


def put_content(
    repo: GitRepo, tree: WorkTree, name: str, path: str, contents: Mapping[str, bytes | None]
) -> None:
    """Put a file of the work tree in place by way of a prepared one."""
    data = contents[path]
    staged = repo.folder / name
    if data is not None:
        journal.write_durably(staged, data)
    tree.put(path, staged if data is not None else None)
