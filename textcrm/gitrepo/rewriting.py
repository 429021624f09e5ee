"""Rewriting history without some files: in a fresh mirror, proved, and only then taken over.

git-filter-repo does the rewriting, as a program of its own, in a mirror of the repository that
nobody else uses. Nothing of the repository changes before the mirror is proved; then all refs move
in one transaction, which either happens or does not.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import Conflict, StorageFailure
from textcrm.gitrepo import failures
from textcrm.gitrepo.process import Git
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import Self

    from textcrm.gitrepo.repository import GitRepo

_TEMPORARY: Final = "refs/textcrm-rewrite/"
_PREFIX: Final = "rewrite-"
_PATIENCE: Final = 60.0  # seconds of waiting for another gc
_LET_GO: Final = ("refs/remotes/", "refs/textcrm/pre-sync/")
# What commit messages become is decided before; this only looks it up by the commit's old id.
_MESSAGES: Final = (
    "import json\n"
    "global _TOLD\n"
    "try:\n"
    "  _TOLD\n"
    "except NameError:\n"
    "  _TOLD = json.load(open({file!r}, encoding='utf-8'))\n"
    "told = _TOLD.get(({thing}.original_id or b'').decode())\n"
    "if told is not None:\n"
    "  {thing}.message = told.encode('utf-8', 'surrogateescape')\n"
)


class Introduced(NamedTuple):
    """A version of a file that a commit brought: its path in git, its blob."""

    commit: str
    path: str
    blob: str


def introduced(git: Git) -> Iterator[Introduced]:
    """Every version of every file that any ref of this clone's own brought, remotes' left out."""
    out = git.output(
        "log", "--exclude=refs/remotes/*", "--all", "-m", "--full-history", "--raw", "-z",
        "--no-abbrev", "--no-renames", "--no-mailmap", "--no-show-signature", "--root",
        "--format=%x01%H",
    )  # fmt: skip
    commit = ""
    tokens = iter(out.decode("utf-8", "surrogateescape").split("\0"))
    for token in tokens:
        for part in token.split("\n"):
            if part.startswith("\x01"):
                commit = part[1:]
            elif part.startswith(":"):
                blob = part.split(" ")[3]
                path = next(tokens)
                if blob.strip("0"):
                    yield Introduced(commit, path, blob)


def demand_ready(repo: GitRepo) -> None:
    """Raise Conflict where something outside the refs would keep or lose history: stash, worktrees."""
    git = repo.process
    if not git.run("rev-parse", "--verify", "--quiet", "refs/stash").code:
        raise Conflict(
            "git-stash",
            Text(
                "git's stash holds work, which a rewrite of history would lose",
                "git stash 中还有内容，改写历史会丢失它们",
            ),
            hint=Text(
                "git stash pop, commit or drop it, then again",
                "请先 git stash pop 并提交或丢弃，再重试",
            ),
        )
    listed = git.output("worktree", "list", "--porcelain").decode("utf-8", "replace")
    if listed.count("worktree ") > 1:
        raise Conflict(
            "git-worktrees",
            Text(
                "this repository has several work trees, whose HEADs would keep the old history",
                "此仓库有多个工作树，它们会保留旧历史",
            ),
            hint=Text(
                "remove the others first: git worktree remove PATH",
                "请先移除其他工作树：git worktree remove 路径",
            ),
        )
    if git.output("rev-parse", "--is-shallow-repository").strip() == b"true":
        raise Conflict(
            "git-shallow",
            Text("this clone does not hold all of history", "此克隆不含全部历史"),
            hint=Text("fetch the rest: git fetch --unshallow", "请先取回：git fetch --unshallow"),
        )


class Mirror:
    """A mirror of a repository in its git directory, gone when the ``with`` ends."""

    def __init__(self, repo: GitRepo) -> None:
        self._repo = repo
        base = repo.common_dir / "textcrm"
        base.mkdir(parents=True, exist_ok=True)
        for left in base.glob(f"{_PREFIX}*"):  # of a run that was killed; the lock is held
            shutil.rmtree(left, ignore_errors=True)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        self.git = Git(self.folder / "mirror.git")
        self.refs: dict[str, str] = {}

    def __enter__(self) -> Self:
        own = Git(self.folder)
        own.output("init", "--quiet", "--bare", "mirror.git", write=True)
        self.refs = _refs(self._repo.process)
        source = str(self._repo.common_dir)
        specs = [f"{ref}:{ref}" for ref in self.refs]
        for start in range(0, len(specs), 200):
            self.git.output(
                "-c", "gc.auto=0", "fetch", "--quiet", "--no-tags", "--no-auto-maintenance",
                "--no-write-fetch-head", source, *specs[start : start + 200], write=True,
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def rewrite(
        self, paths: Collection[str], blobs: Collection[str], messages: Mapping[str, str]
    ) -> dict[str, str]:
        """Take files (paths in git) and blobs out of every commit; gives the new id of each commit.

        ``messages`` are new messages by a commit's old id. No commit is left out, so that each has
        its counterpart. Raises StorageFailure (rewrite-failed).
        """
        words = self._files(paths, blobs, messages)
        head = self._repo.head().ref or "refs/heads/main"
        self.git.output("symbolic-ref", "HEAD", head, write=True)
        outcome = self.git.run_module(
            "git_filter_repo", "--force", "--quiet", "--prune-empty", "never",
            "--prune-degenerate", "never", "--replace-refs", "delete-no-add",
            "--preserve-commit-encoding", *words,
        )  # fmt: skip
        if outcome.code:
            raise rewrite_failed(outcome.err)
        map_file = self.git.folder / "filter-repo" / "commit-map"
        try:
            lines = map_file.read_text("ascii").splitlines()[1:]
        except OSError as error:
            raise rewrite_failed(str(error)) from error
        pairs = (line.split() for line in lines)
        return {words[0]: words[1] for words in pairs}

    def _files(
        self, paths: Collection[str], blobs: Collection[str], messages: Mapping[str, str]
    ) -> list[str]:
        chosen = self.folder / "paths"
        chosen.write_bytes(
            b"".join(
                b"literal:" + path.encode("utf-8", "surrogateescape") + b"\n" for path in paths
            )
        )
        stripped = self.folder / "blobs"
        stripped.write_text("".join(f"{one}\n" for one in blobs), encoding="ascii")
        words = ["--invert-paths", "--paths-from-file", str(chosen)] if paths else []
        words += ["--strip-blobs-with-ids", str(stripped)] if blobs else []
        if messages:
            told = self.folder / "messages.json"
            told.write_text(json.dumps(messages), encoding="utf-8")
            for thing in ("commit", "tag"):
                code = _MESSAGES.format(file=str(told), thing=thing)
                words += [f"--{thing}-callback", code]
        return words

    def missing(self, blobs: Iterable[str]) -> bool:
        """Whether none of the blobs is among the mirror's objects any more."""
        return not present(self.git, blobs)

    def trees(self, commits: Iterable[str]) -> list[str]:
        """The tree of each commit."""
        return _trees(self.git, commits)

    def differences(self, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
        """What differs between pairs of an old tree and a new one: letter, path, old blob."""
        alternates = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(self._repo.common_dir / "objects")}
        given = "".join(f"{old} {new}\n" for old, new in pairs).encode()
        out = self.git.output(
            "diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev", "--no-renames",
            given=given, env=alternates,
        )  # fmt: skip
        tokens = iter(out.decode("utf-8", "surrogateescape").split("\0"))
        for token in tokens:
            raw = token.rpartition("\n")[2]
            if raw.startswith(":"):
                words = raw.split(" ")
                yield words[4][0], next(tokens), words[2]

    def swap(self) -> None:
        """Take the mirror's refs over, all at once; the repository's index and files stay.

        The tree of the branch that is checked out must be the same before and after, which the
        caller has proved. Raises StorageFailure where a ref moved meanwhile; then nothing did.
        """
        git = self._repo.process
        git.output(
            "-c", "gc.auto=0", "fetch", "--quiet", "--no-tags", "--no-auto-maintenance",
            "--no-write-fetch-head", str(self.git.folder), f"+refs/*:{_TEMPORARY}*", write=True,
        )  # fmt: skip
        after = _refs(self.git)
        lines = ["start"]
        for ref, old in self.refs.items():
            new = after.get(ref)
            if new is None:
                lines.append(f"delete {ref} {old}")
            elif new != old:
                lines.append(f"update {ref} {new} {old}")
        lines += ["prepare", "commit", ""]
        git.output(
            "update-ref", "--no-deref", "--stdin", given="\n".join(lines).encode(), write=True
        )
        _drop(git, _TEMPORARY)


def _refs(git: Git) -> dict[str, str]:
    """Every ref but those of remotes: object id by name."""
    out = git.output("for-each-ref", "--format=%(objectname) %(refname)").decode()
    pairs = (line.split(" ", 1) for line in out.splitlines())
    skipped = ("refs/remotes/", _TEMPORARY)
    return {ref: one for one, ref in pairs if not ref.startswith(skipped)}


def _drop(git: Git, prefix: str) -> None:
    out = git.output("for-each-ref", "--format=delete %(refname)", prefix)
    if out:
        git.output("update-ref", "--stdin", given=out, write=True)


def _trees(git: Git, commits: Iterable[str]) -> list[str]:
    given = "".join(f"{one}^{{tree}}\n" for one in commits).encode()
    out = git.output("cat-file", "--batch-check=%(objectname)", given=given)
    return out.decode("ascii").splitlines()


def tags(repo: GitRepo) -> list[str]:
    """The annotated tags, by object id."""
    out = repo.git("for-each-ref", "--format=%(objecttype) %(objectname)", "refs/tags/").decode()
    return [line.partition(" ")[2] for line in out.splitlines() if line.startswith("tag ")]


def trees(repo: GitRepo, commits: Iterable[str]) -> list[str]:
    """The tree of each commit."""
    return _trees(repo.process, commits)


def present(git: Git, blobs: Iterable[str]) -> list[str]:
    """Which of the objects are there."""
    given = "".join(f"{one}\n" for one in blobs).encode()
    out = git.output("cat-file", "--batch-check=%(objectname)", given=given) if given else b""
    return [line for line in out.decode("ascii").splitlines() if not line.endswith("missing")]


def forget(repo: GitRepo, *, tracking: Callable[[str], bool]) -> list[str]:
    """Let go of what still leads to the old history here, and prune it.

    Reflogs expire; remote-tracking refs, and those by which a sync can be taken back, that
    ``tracking`` says hold it are dropped, and named. The next fetch learns a remote's anew.
    """
    git = repo.process
    out = git.output("for-each-ref", "--format=%(refname)", *_LET_GO).decode()
    dropped = [ref for ref in out.splitlines() if tracking(ref)]
    for ref in dropped:
        git.output("update-ref", "--no-deref", "-d", ref, write=True)
    for name in ("ORIG_HEAD", "FETCH_HEAD", "MERGE_HEAD", "AUTO_MERGE"):
        (repo.git_dir / name).unlink(missing_ok=True)
    _drop(git, _TEMPORARY)
    git.output("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all", write=True)
    _collect(git)
    return dropped


def _collect(git: Git) -> None:
    """Prune what nothing leads to, once another gc (git's own, or of a killed command) has ended."""
    until = time.monotonic() + _PATIENCE
    while True:
        outcome = git.run("gc", "--quiet", "--prune=now", write=True)
        if not outcome.code:
            return
        if "already running" not in outcome.err or time.monotonic() > until:
            raise failures.git_failed("gc", outcome.err)
        time.sleep(0.2)


def rewrite_failed(said: str) -> StorageFailure:
    """The error of a rewriting that did not come to its end."""
    if "No module named" in said:
        return StorageFailure(
            "filter-repo-missing",
            Text("git-filter-repo is not installed", "未安装 git-filter-repo"),
            hint=Text("pip install git-filter-repo", "请运行 pip install git-filter-repo"),
        )
    known = failures.git_failed("filter-repo", said)
    return StorageFailure(
        "rewrite-failed",
        Text(
            "history could not be rewritten, it is as it was: {detail}",
            "历史改写未完成，仓库保持原样：{detail}",
        ),
        hint=known.hint,
        detail=said.strip()[-600:],
    )
