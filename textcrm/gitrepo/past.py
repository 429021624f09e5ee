"""Writing a whole history at once, into a repository that has none: the demo's story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import Conflict
from textcrm.gitrepo import failures, identity, journal, locks, system
from textcrm.gitrepo.making import Order, commit_lines, import_stream
from textcrm.gitrepo.message import encoded
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.gitrepo.repository import GitRepo
    from textcrm.gitrepo.values import PastCommit


def write_history(repo: GitRepo, commits: Iterable[PastCommit], ref: str | None) -> str | None:
    """Import commits and check their last state out; see :meth:`GitRepo.write_history`."""
    try:
        with locks.vault_lock(repo.lock_file, repo.patience):
            return _write(repo, list(commits), ref)
    except OSError as error:
        raise failures.disk_failed(error) from error


def _write(repo: GitRepo, commits: list[PastCommit], ref: str | None) -> str | None:
    head = repo.head()
    if head.commit is not None:
        raise Conflict(
            "history-exists",
            Text("{path} has a history already", "{path} 已有历史记录"),
            hint=Text("use a new folder", "请使用新的文件夹"),
            path=str(repo.top),
        )
    if not commits:
        return None
    branch = ref or head.ref or "refs/heads/main"
    tree = repo.worktree()
    for commit in commits:
        for path in commit[3]:
            tree.check_path(path)
    import_stream(repo, b"".join(_stream(branch, commits)))
    _check_out(repo, branch)
    return repo.head().commit


def _stream(branch: str, commits: list[PastCommit]) -> Iterator[bytes]:
    """Each commit goes on from the one before, which fast-import remembers by the branch."""
    name = branch.encode()
    yield b"feature done\n"
    for one in commits:
        message, author, at, changes = one
        who = identity.stamp(author, at)
        yield from commit_lines(name, Order(None, changes, encoded(message), who, who))
    yield b"done\n"


def _check_out(repo: GitRepo, branch: str) -> None:
    git = repo.process
    git.output("symbolic-ref", "HEAD", branch, write=True)
    repo.folder.mkdir(parents=True, exist_ok=True)
    with locks.index_lock(
        repo.git_dir / "index.lock", repo.folder, locks.new_name(), repo.lock_patience
    ):
        index = repo.folder / "past.idx"
        git.output("read-tree", "-m", "-u", "HEAD", env={"GIT_INDEX_FILE": str(index)}, write=True)
        system.replace(index, repo.git_dir / "index")
        journal.sweep(repo.folder)
