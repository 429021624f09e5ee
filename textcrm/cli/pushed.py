"""What is pushed to a server, judged before it is taken (git's pre-receive hook)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textcrm.errors import NotFound
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.gitrepo import GitRepo


def judge(context: Context, lines: str) -> bool:
    """Judge lines of ``OLD NEW REF``; prints what is wrong on stderr and gives whether all is well."""
    from textcrm.gitrepo import GitRepo

    repo = GitRepo.open(Path.cwd())
    good = True
    for line in lines.splitlines():
        old, new, ref = line.split(" ", 2)
        if ref.startswith("refs/heads/"):
            good = _update(context, repo, old, new, ref) and good
    return good


def _update(context: Context, repo: GitRepo, old: str, new: str, ref: str) -> bool:
    known = old if old.strip("0") else None
    if not new.strip("0"):
        return _refuse(context, ref, Text("a branch is not deleted", "不允许删除分支"))
    if known and repo.process.run("merge-base", "--is-ancestor", known, new).code:
        checkpoint = _signed_rewrite(repo, known, new)
        if checkpoint is not None:
            return _range(context, repo, f"{checkpoint}..{new}", new)
        return _refuse(
            context,
            ref,
            Text(
                "the push would rewrite history: fetch and sync first",
                "该推送会改写历史：请先取回并同步",
            ),
        )
    head = known or repo.head().commit
    return _range(context, repo, f"{head}..{new}" if head else new, new)


def _signed_rewrite(repo: GitRepo, known: str, new: str) -> str | None:
    """The tip that an admin of the known history signed as its rewriting (privacy erase)."""
    from textcrm import access
    from textcrm.quality.erased import admins_of
    from textcrm.vault import tombstones
    from textcrm.vault.committed import CommittedVault

    try:
        vault = CommittedVault.at(repo, new)
    except NotFound:
        return None
    admins = admins_of(repo.read(known, access.FILE_NAME))
    found = tombstones.accepted(vault, known, new, admins)
    return found.new if found is not None else None


def _range(context: Context, repo: GitRepo, span: str, new: str) -> bool:
    from textcrm.audit import verify
    from textcrm.cli.problems import print_problem
    from textcrm.quality.range import check_range
    from textcrm.vault.committed import CommittedVault

    try:
        vault = CommittedVault.at(repo, new)
    except NotFound:
        return True  # no vault: not ours to judge
    done = verify(vault, span)
    plain = check_range(vault, span).problems
    for one in done.violations:
        context.err.line(f"{one.commit[:8]} {one.by}: [{one.rule}] {one.say(context.language)}")
    for problem in plain:
        print_problem(context, problem, on_error=True)
    return not done.errors and all(one.finding.severity != "error" for one in plain)


def _refuse(context: Context, ref: str, why: Text) -> bool:
    context.err.line(f"{ref}: {why.say(context.language)}")
    return False
