"""A git repository as textcrm uses it: reading, and the one way of committing."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from textcrm.gitrepo import failures
from textcrm.gitrepo.process import Git
from textcrm.gitrepo.values import Head

if TYPE_CHECKING:
    import contextlib
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from textcrm.gitrepo.carrying import Carry
    from textcrm.gitrepo.objects import Blobs
    from textcrm.gitrepo.remote import Upstream
    from textcrm.gitrepo.values import BlobChange, Build, Commit, FileStatus, PastCommit, Person
    from textcrm.gitrepo.worktree import WorkTree

_LAYOUT = (
    "--is-bare-repository",
    "--absolute-git-dir",
    "--git-common-dir",
    "--show-object-format",
    "--git-path",
    "hooks",
    "--show-toplevel",
)


class GitRepo:
    """A repository and its work tree. Paths are relative to ``top``, with slashes.

    Remembers the user's identity and settings, holds no file open, bears threads and processes.
    """

    patience = 60.0
    """Seconds to wait for other textcrm commands."""
    lock_patience = 10.0
    """Seconds to wait for another git process that holds ``index.lock``."""
    carry: Carry | None = None
    """How recovery merges an edit made since a crash; by lines where nobody knows better."""

    def __init__(
        self,
        *,
        top: Path,
        git_dir: Path,
        common_dir: Path,
        hooks_dir: Path,
        algorithm: str,
        bare: bool,
    ) -> None:
        self.top = top
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.hooks_dir = hooks_dir
        self.algorithm = algorithm
        self.bare = bare
        self.process = Git(top)

    @classmethod
    def open(cls, path: str | Path) -> GitRepo:
        """The repository around a folder: a sub-folder, linked work tree, submodule, or bare.

        Raises NotFound (no-repository), StorageFailure (git-missing, git-refused).
        """
        here = Path(path).absolute()
        outcome = Git(here).run("rev-parse", *_LAYOUT)
        lines = outcome.out.decode("utf-8", "surrogateescape").split("\n")[:-1]
        bare = bool(lines) and lines[0] == "true"
        if outcome.code and not (bare and len(lines) >= 5):
            raise _not_opened(here, outcome.err)
        git_dir = Path(lines[1])
        top = git_dir if bare else Path(lines[5])
        return cls(
            top=top,
            git_dir=git_dir,
            common_dir=_within(here, lines[2]),
            hooks_dir=_within(here, lines[4]),
            algorithm=lines[3],
            bare=bare,
        )

    @classmethod
    def init(cls, path: str | Path, *, branch: str = "main") -> GitRepo:
        """Make an empty repository. Raises StorageFailure."""
        folder = Path(path).absolute()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise failures.disk_failed(error) from error
        Git(folder).output("init", "--quiet", f"--initial-branch={branch}", ".", write=True)
        return cls.open(folder)

    # -- places

    @property
    def folder(self) -> Path:
        """Where transactions keep their journal and prepared files."""
        return self.git_dir / "textcrm" / "transaction"

    @property
    def lock_file(self) -> Path:
        """The lock among textcrm processes, one for all work trees of a repository."""
        return self.common_dir / "textcrm" / "lock"

    @property
    def local_folder(self) -> Path:
        """Where what belongs to this clone alone is kept, never shared and never disposable."""
        return self.common_dir / "textcrm"

    @property
    def objects_dir(self) -> Path:
        """Git's object store."""
        return self.common_dir / "objects"

    @property
    def id_length(self) -> int:
        """Hexadecimal digits of an object id."""
        return 64 if self.algorithm == "sha256" else 40

    @property
    def empty_tree(self) -> str:
        """The id of a tree that holds nothing."""
        import hashlib

        return hashlib.new(self.algorithm, b"tree 0\0").hexdigest()

    def worktree(self) -> WorkTree:
        """The files of the work tree."""
        from textcrm.gitrepo.worktree import WorkTree

        return WorkTree(self.top, self.algorithm)

    # -- git itself

    def git(
        self,
        *args: str,
        input: bytes | None = None,
        env: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> bytes:
        """Run any git command at the top of the work tree and give what it prints.

        Raises StorageFailure where it fails, unless ``check`` is off.
        """
        if check:
            return self.process.output(*args, given=input, env=env, write=True)
        return self.process.run(*args, given=input, env=env, write=True).out

    @cached_property
    def settings(self) -> dict[str, str]:
        """The settings that a commit honours, by lower-case name."""
        from textcrm.gitrepo.identity import read_settings

        return read_settings(self.process)

    @cached_property
    def _author(self) -> Person:
        from textcrm.gitrepo.identity import read_person

        return read_person(self.process, "AUTHOR")

    @cached_property
    def _committer(self) -> Person:
        from textcrm.gitrepo.identity import has_roles, read_person

        if has_roles(self.process, self.settings):
            return read_person(self.process, "COMMITTER")
        return self._author

    def identity(self) -> Person:
        """Git's user, as author of what is committed here. Raises StorageFailure (git-identity)."""
        return self._author

    def committer(self) -> Person:
        """Git's user as committer, who may be set apart from the author."""
        return self._committer

    # -- reading

    def head(self) -> Head:
        """The branch that HEAD is on and the commit that it points to."""
        ref = self.process.run("symbolic-ref", "--quiet", "HEAD").out.decode().strip()
        return Head(ref or None, self.resolve("HEAD"))

    def resolve(self, rev: str) -> str | None:
        """The id of the commit that a revision names, None where it names none."""
        if not rev.strip() or not rev.isprintable():
            return None
        outcome = self.process.run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}"
        )
        return outcome.out.decode().strip() if outcome.code == 0 else None

    def read(self, rev: str, path: str) -> bytes | None:
        """The bytes of a file in a revision, None where there is none."""
        return self.read_many([(rev, path)])[0]

    def read_many(self, names: Sequence[tuple[str, str]]) -> list[bytes | None]:
        """The bytes of some files, each by revision and path, in one process."""
        from textcrm.gitrepo.objects import read_all

        return read_all(self.process, [f"{rev}:{path}" for rev, path in names])

    def blobs(self) -> Blobs:
        """A reader for thousands of blobs, to be used in a ``with``."""
        from textcrm.gitrepo.objects import Blobs

        return Blobs(self.process)

    def list_tree(self, rev: str, prefix: str = "") -> dict[str, str]:
        """The files below a folder in a revision: blob ids by path. Raises NotFound."""
        from textcrm.gitrepo.history import list_tree

        return list_tree(self.process, rev, prefix)

    def staged(self, prefix: str = "", index: str | None = None) -> list[BlobChange]:
        """What the index holds that HEAD does not, below a folder; conflicts are left out.

        ``index`` is another index file: within a hook, the one being committed (``GIT_INDEX_FILE``).
        """
        from textcrm.gitrepo.staging import read_staged

        return read_staged(self.process, prefix, index)

    def indexed(self, paths: Sequence[str], index: str | None = None) -> dict[str, str]:
        """The blob ids of some files in the index, by path; see :meth:`staged`."""
        from textcrm.gitrepo.staging import read_indexed

        return read_indexed(self.process, paths, index)

    def status(self, prefix: str = "") -> list[FileStatus]:
        """What differs from HEAD below a folder, untracked files each, ignored ones not."""
        from textcrm.gitrepo.worktree import read_status

        return read_status(self.process, prefix)

    def log(
        self,
        rev: str = "HEAD",
        paths: Sequence[str] = (),
        *,
        reverse: bool = False,
        limit: int | None = None,
        since: dt.date | dt.datetime | None = None,
        until: dt.date | dt.datetime | None = None,
        author: str | None = None,
    ) -> Iterator[Commit]:
        """Tell commits, newest first, in one process.

        ``since`` and ``until`` go by the commit's own date, a day counts whole; ``author`` is part
        of a name or e-mail; ``limit`` comes before ``reverse``. Close the iterator, or use it up.
        Raises NotFound (no-such-commit).
        """
        from textcrm.gitrepo.log import Query, read_log

        return read_log(
            self.process, Query(rev, tuple(paths), reverse, limit, since, until, author)
        )

    def first_commits(self) -> list[str]:
        """The commits that HEAD's history begins with; several where histories were joined."""
        if self.resolve("HEAD") is None:
            return []
        return self.git("rev-list", "--max-parents=0", "HEAD").decode().split()

    def commit_ids(
        self,
        rev: str = "HEAD",
        *,
        since: dt.date | dt.datetime | None = None,
        until: dt.date | dt.datetime | None = None,
        limit: int | None = None,
    ) -> list[str]:
        """The ids of the commits that :meth:`log` tells, and nothing of them; far cheaper."""
        from textcrm.gitrepo.log import Query, read_ids

        return read_ids(self.process, Query(rev, limit=limit, since=since, until=until))

    def commit_at(self, moment: dt.date | dt.datetime) -> str | None:
        """The commit that HEAD's branch was at, at a moment or at the end of a day."""
        from textcrm.gitrepo.history import commit_at

        return commit_at(self.process, moment)

    def paths_ever(self, prefix: str = "", *, since: dt.date | None = None) -> set[str]:
        """Every path below a folder that any branch, local or remote, ever added.

        ``since`` leaves out what was committed before that day, for speed.
        """
        from textcrm.gitrepo.history import paths_ever

        return paths_ever(self.process, prefix, since)

    def remotes(self) -> dict[str, str]:
        """The remotes: address by name."""
        from textcrm.gitrepo.history import remotes

        return remotes(self.process)

    def ahead_behind(self) -> tuple[int, int] | None:
        """How many commits HEAD has that its upstream lacks, and the other way; None without."""
        from textcrm.gitrepo.history import ahead_behind

        return ahead_behind(self.process)

    # -- sharing, see :mod:`textcrm.gitrepo.remote` and :mod:`textcrm.gitrepo.moving`

    def upstream(self) -> Upstream | None:
        """Where the branch of HEAD is shared; None without a remote, or off any branch."""
        from textcrm.gitrepo import remote

        ref = self.head().ref
        return remote.upstream(self.process, ref) if ref else None

    def exclusively(self) -> contextlib.AbstractContextManager[None]:
        """Hold the vault's lock, what a crash left being completed first.

        Raises StorageFailure where no commit could be made either.
        """
        from textcrm.gitrepo.recovery import exclusively

        return exclusively(self)

    # -- writing

    def commit(
        self,
        build: Build,
        message: str | Callable[[], str],
        *,
        author: Person | None = None,
        at: dt.datetime | None = None,
        accept_worktree: bool = False,
        adopt: Mapping[str, bytes | None] | None = None,
    ) -> str | None:
        """Commit whole files, all or nothing; gives the commit, None where nothing changes.

        ``build`` gets a function that reads a path from HEAD and gives the new content by path
        (None deletes). It runs again, on the newer HEAD, where another process was faster; a
        ``message`` that is a function is asked after it. The user's other staged and unstaged
        work is not touched. ``at`` dates author and committer.

        A path with an edit of the user's is refused, unless it is the very content that is to be
        committed (``accept_worktree``), or stands in ``adopt`` with just the content that the
        work tree has of it: then that edit is, or is part of, the change (``save``).

        Raises Misuse (path-outside), Conflict (uncommitted-edit, staged-edit, path-blocked),
        StorageFailure (git-bare, git-detached, git-busy-operation, git-locked, git-identity,
        git-hook, git-signing, vault-busy, disk-full ...). Nothing has changed then.
        """
        from textcrm.gitrepo import maintenance, transaction

        wish = transaction.Wish(build, message, author, at, adopt, accept_worktree)
        made = transaction.commit(self, wish)
        if made is not None:
            maintenance.after_commit(self)
        return made

    def recover(self) -> int:
        """Complete what a crash interrupted; every commit does so first. Gives the number."""
        from textcrm.gitrepo.recovery import recover_alone

        return recover_alone(self)

    def parked(self) -> list[str]:
        """Refs of interrupted commits whose files somebody else had changed before recovery."""
        from textcrm.gitrepo.recovery import parked

        return parked(self)

    def write_history(
        self, commits: Iterable[PastCommit], *, ref: str | None = None
    ) -> str | None:
        """Write a whole history into a repository that has none, and check it out.

        Each commit is ``(message, author, at, changes)``. Raises Conflict (history-exists).
        """
        from textcrm.gitrepo.past import write_history

        return write_history(self, commits, ref)


def _within(here: Path, path: str) -> Path:
    """A path as git tells it, which may be relative to where it was asked."""
    return (here / path).resolve()


def _not_opened(here: Path, stderr: str) -> Exception:
    if "not a git repository" in stderr or "must be run in a work tree" in stderr:
        return failures.no_repository(str(here))
    return failures.git_failed("rev-parse", stderr)
