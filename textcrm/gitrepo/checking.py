"""Whether a commit may write: nothing in progress, and no edit of the user's on its paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.errors import Conflict, StorageFailure
from textcrm.gitrepo import eol
from textcrm.gitrepo.journal import Target
from textcrm.gitrepo.values import Stored
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from textcrm.gitrepo.repository import GitRepo
    from textcrm.gitrepo.snapshot import Snapshot
    from textcrm.gitrepo.worktree import Entry, State, WorkTree

_OPERATIONS: Final = (
    ("MERGE_HEAD", Text("a merge", "合并"), "git merge --continue", "git merge --abort"),
    ("rebase-merge", Text("a rebase", "变基"), "git rebase --continue", "git rebase --abort"),
    ("rebase-apply", Text("a rebase", "变基"), "git rebase --continue", "git rebase --abort"),
    ("CHERRY_PICK_HEAD", Text("a cherry-pick", "拣选"),
     "git cherry-pick --continue", "git cherry-pick --abort"),
    ("REVERT_HEAD", Text("a revert", "还原"), "git revert --continue", "git revert --abort"),
    ("BISECT_LOG", Text("a bisect", "二分查找"), "git bisect next", "git bisect reset"),
)  # fmt: skip
_OLDER = 200


def demand_writable(repo: GitRepo) -> None:
    """Raise StorageFailure (git-bare, git-busy-operation) where no commit may be made."""
    if repo.bare:
        raise StorageFailure(
            "git-bare",
            Text("{path} is a bare repository: it has no files", "{path} 是裸仓库，没有文件"),
            hint=Text("clone it and work in the clone", "请克隆后在克隆中操作"),
            path=str(repo.git_dir),
        )
    for marker, what, finish, abort in _OPERATIONS:
        if (repo.git_dir / marker).exists():
            raise StorageFailure(
                "git-busy-operation",
                Text("{operation} is in progress in git", "git 中有未完成的{operation}"),
                hint=Text(
                    "finish it: {finish}, or stop it: {abort}", "完成：{finish}，或放弃：{abort}"
                ),
                operation=what,
                finish=finish,
                abort=abort,
            )


def finishing(repo: GitRepo) -> str | None:
    """The command that finishes what is in progress in git, None where nothing is."""
    found = (finish for marker, _, finish, _ in _OPERATIONS if (repo.git_dir / marker).exists())
    return next(found, None)


def demand_branch(state: State) -> str:
    """The branch that HEAD is on. Raises StorageFailure (git-detached)."""
    if state.branch is None:
        raise StorageFailure(
            "git-detached",
            Text("git is on no branch (detached HEAD)", "git 当前不在任何分支上（游离 HEAD）"),
            hint=Text("go back to one: git switch main", "请切换回分支：git switch main"),
        )
    return state.branch


class Checker:
    """Looks at the targets of a commit in work tree and index, one by one."""

    def __init__(
        self,
        repo: GitRepo,
        tree: WorkTree,
        state: State,
        snapshot: Snapshot,
        adopt: Mapping[str, bytes | None],
    ) -> None:
        self._repo = repo
        self._tree = tree
        self._state = state
        self._snapshot = snapshot
        self._adopt = adopt
        self.originals: dict[str, bytes | None] = {}

    def target(self, path: str, data: bytes | Stored | None) -> Target:
        """What a path is and becomes. Raises Conflict (uncommitted-edit, staged-edit)."""
        before = self._snapshot.blob(path)
        found = self._tree.read(path)
        there = self._tree.id(found)
        entry = self._state.entries.get(path)
        index = before if entry is None or entry.staged == "." else entry.indexed
        self.originals[path] = found
        adopted = path in self._adopt
        if adopted:
            self._check_adopted(path, found, entry)
        else:
            self._check_clean(path, found, entry)
        after = data.blob if isinstance(data, Stored) else self._tree.id(data)
        return Target(path, before, after, index, there, adopted)

    def _check_adopted(self, path: str, found: bytes | None, entry: Entry | None) -> None:
        if found != self._adopt[path]:
            raise uncommitted(path)
        if entry and entry.staged != "." and entry.edited != ".":
            raise staged(path)

    def _check_clean(self, path: str, found: bytes | None, entry: Entry | None) -> None:
        if entry and entry.staged != ".":
            if not self._is_stale(path, found, entry):
                raise staged(path)
        elif not self._is_committed(path, found, entry):
            raise uncommitted(path)

    def _is_committed(self, path: str, found: bytes | None, entry: Entry | None) -> bool:
        committed = self._snapshot.read(path)
        if found == committed:
            return True
        if committed is None:
            return False
        if entry and entry.edited != ".":
            # Git takes a file of another size for changed without a look at its line ends.
            same = found is not None and eol.differs_only_in_line_ends(found, committed)
            return same and self._is_filtered(path, found or b"")
        if found is None:  # left out by a sparse checkout
            return True
        return eol.differs_only_in_line_ends(found, committed) or self._is_filtered(path, found)

    def _is_filtered(self, path: str, found: bytes) -> bool:
        """Whether a filter of git (``ident``, large files) makes the committed bytes of these."""
        out = self._repo.process.output("hash-object", "--stdin", f"--path={path}", given=found)
        return out.decode().strip() == self._snapshot.blob(path)

    def _is_stale(self, path: str, found: bytes | None, entry: Entry) -> bool:
        """Whether an index entry is an old version that another git put back, not staged work.

        ``git commit -- path`` reads the index before it locks it, so it may undo our entry.
        """
        if found != self._snapshot.read(path) or entry.staged == "U":
            return False
        out = self._repo.process.output(
            "log", f"-n{_OLDER}", "--format=", "--raw", "--no-abbrev", "--no-renames",
            "--end-of-options", self._state.commit or "HEAD", "--", path,
        )  # fmt: skip
        lines = (line.split() for line in out.decode("utf-8", "replace").splitlines())
        older = {line[2] if line[2].strip("0") else None for line in lines if len(line) > 4}
        return entry.indexed in older


def uncommitted(path: str) -> Conflict:
    """The error for a file with an edit that is not in history."""
    return Conflict(
        "uncommitted-edit",
        Text("{path} has edits that are not committed yet", "{path} 有尚未提交的修改"),
        hint=Text("commit them first: textcrm save", "请先提交：textcrm save"),
        path=path,
    )


def staged(path: str) -> Conflict:
    """The error for a file whose index entry is neither HEAD's nor the work tree's."""
    return Conflict(
        "staged-edit",
        Text("{path} has changes of yours in git's index", "{path} 在 git 暂存区中有您的修改"),
        hint=Text(
            "commit them: git add {path}, then textcrm save; or: git restore --staged {path}",
            "提交：git add {path} 后运行 textcrm save；或取消暂存：git restore --staged {path}",
        ),
        path=path,
    )


def met(paths: Sequence[str]) -> Conflict:
    """The error for edits that changed the same place as an interrupted command, now completed."""
    return Conflict(
        "edit-met",
        Text(
            "an interrupted command was completed; in {path} your edit changes what it changed too, "
            "and yours stands in the file ({count} such files)",
            "先前中断的命令已完成；{path} 中您的编辑与它改动了同一处，文件中保留的是您的编辑"
            "（共 {count} 个文件）",
        ),
        hint=Text(
            "look: git diff {path}; keep yours: textcrm save; take the other: git restore {path}",
            "查看：git diff {path}；保留您的：textcrm save；改用对方的：git restore {path}",
        ),
        path=paths[0],
        paths=list(paths),
        count=len(paths),
    )


def set_aside(path: str, copy: Path, count: int) -> Conflict:
    """The error for an edit that had to make way, with the place where it is kept."""
    return Conflict(
        "edit-set-aside",
        Text(
            "an interrupted command was undone; your edit of {path} built on it and is kept as {copy} "
            "({count} such files)",
            "先前中断的命令已撤回；您对 {path} 的编辑以它为基础，现保存在 {copy}（共 {count} 个文件）",
        ),
        hint=Text(
            "bring the others' changes in first: textcrm sync; then put yours in again from there",
            "请先取回他人的改动：textcrm sync；再从该文件补上您的编辑",
        ),
        path=path,
        copy=str(copy),
        count=count,
    )
