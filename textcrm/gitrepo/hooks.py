"""The user's hooks: pre-commit and commit-msg see our commit before anything shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import StorageFailure
from textcrm.gitrepo import failures, own_hooks
from textcrm.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.gitrepo.repository import GitRepo


def run_hooks(repo: GitRepo, commit: str, message: bytes, name: str) -> bytes:
    """Ask the hooks that are there about a commit; gives its message, which commit-msg may change.

    ``name`` is the transaction's, for files of its own. post-commit and the like are not run.
    Raises StorageFailure (git-hook).
    """
    pre_commit = repo.hooks_dir / "pre-commit"
    commit_msg = repo.hooks_dir / "commit-msg"
    # What we commit was checked as it was written: our own hook is passed over, the user's not.
    with_index = own_hooks.runs_more(repo, pre_commit)
    with_message = own_hooks.runs_more(repo, commit_msg)
    if not (with_index or with_message):
        return message
    repo.folder.mkdir(parents=True, exist_ok=True)
    index = _index_of(repo, commit, repo.folder / f"{name}.hook.idx")
    env = {"GIT_INDEX_FILE": str(index), "GIT_EDITOR": ":", **own_hooks.CHECKED}
    try:
        if with_index:
            _run(repo, pre_commit, [], env)
            _demand_unchanged(repo, commit, env)
        return _run_on_message(repo, commit_msg, message, name, env) if with_message else message
    finally:
        index.unlink(missing_ok=True)


def _index_of(repo: GitRepo, commit: str, index: Path) -> Path:
    """An index that holds a commit's tree, so that a hook sees our change and no staged others."""
    env = {"GIT_INDEX_FILE": str(index)}
    own = repo.git_dir / "index"
    if own.exists():  # keeps what it knows of unchanged files, else a hook would read them all
        index.write_bytes(own.read_bytes())
        if not repo.process.run("read-tree", "-m", commit, env=env).code:
            return index
        index.unlink(missing_ok=True)
    repo.process.output("read-tree", commit, env=env)
    return index


def _run(repo: GitRepo, hook: Path, args: list[str], env: dict[str, str]) -> None:
    outcome = repo.process.run_hook(hook.name, hook, args, env)
    if outcome.code:
        said = (outcome.err + outcome.out.decode("utf-8", "replace")).strip()
        raise StorageFailure(
            "git-hook",
            Text(
                "the {hook} hook refused the change: {detail}", "{hook} 钩子拒绝了改动：{detail}"
            ),
            hint=Text(
                "mend what it names; the hook lies in {folder}", "按提示修正；钩子位于 {folder}"
            ),
            hook=hook.name,
            detail=said[-2000:] or f"exit {outcome.code}",
            folder=str(repo.hooks_dir),
        )


def _demand_unchanged(repo: GitRepo, commit: str, env: dict[str, str]) -> None:
    outcome = repo.process.run("diff-index", "--cached", "--quiet", commit, env=env)
    if outcome.code == 1:
        raise StorageFailure(
            "git-hook",
            Text(
                "the {hook} hook changed the files that were to be committed: {detail}",
                "{hook} 钩子修改了待提交的文件：{detail}",
            ),
            hint=Text(
                "let it leave the vault's files alone; the hook lies in {folder}",
                "请让它不要改动客户库的文件；钩子位于 {folder}",
            ),
            hook="pre-commit",
            detail="git diff-index",
            folder=str(repo.hooks_dir),
        )
    if outcome.code:
        raise failures.git_failed("diff-index", outcome.err)


def emptied(repo: GitRepo) -> StorageFailure:
    """The error for a commit-msg hook that left no message."""
    return StorageFailure(
        "git-hook",
        Text("the {hook} hook left an empty message", "{hook} 钩子清空了提交说明"),
        hint=Text("the hook lies in {folder}", "钩子位于 {folder}"),
        hook="commit-msg",
        folder=str(repo.hooks_dir),
    )


def _run_on_message(
    repo: GitRepo, hook: Path, message: bytes, name: str, env: dict[str, str]
) -> bytes:
    file = repo.folder / f"{name}.msg"
    file.write_bytes(message)
    try:
        _run(repo, hook, [str(file)], env)
        return file.read_bytes()
    finally:
        file.unlink(missing_ok=True)
