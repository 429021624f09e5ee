"""Sync: what others shared comes in, what is not shared yet goes out, merged by field.

Nothing local changes before the remote has accepted the result; what two people changed in two
ways stays as the remote has it and becomes a question (DESIGN section 4).
"""

from __future__ import annotations

import json
import os
import random
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.errors import Conflict, NotFound, StorageFailure, TrustFailure
from textcrm.gitrepo import maintenance, moving, remote, system
from textcrm.history import erasures, questions, rebasing
from textcrm.text import Text
from textcrm.vault import formats, wiring

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textcrm.gitrepo import GitRepo
    from textcrm.gitrepo.remote import Upstream
    from textcrm.history.questions import Question
    from textcrm.vault import Vault

_PATIENCE = 60.0  # seconds of being overtaken by others before giving up
_MOST_PENDING = 8
_PRE_SYNC = "refs/textcrm/pre-sync/"


class Synced(NamedTuple):
    """What a sync did. ``pulled`` and ``pushed`` count commits, ``merged`` lists record ids.

    ``offline`` says that the remote was out of reach: ``waiting`` commits are not shared yet.
    ``renamed`` are attachments of ours that got another name, for others had theirs under it.
    """

    pulled: int
    pushed: int
    merged: tuple[str, ...]
    renumbered: dict[str, str]
    questions: tuple[Question, ...]
    offline: bool
    waiting: int
    renamed: tuple[tuple[str, str], ...] = ()


class _Pending(NamedTuple):
    """A sync that was about to move the branch: a kill, or an answer lost on the way, leaves it."""

    old: str
    new: str
    renumbered: dict[str, str]
    questions: list[dict[str, Any]]


def sync(
    vault: Vault,
    *,
    insecure: bool = False,
    accept_rewritten: bool = False,
    wait: Callable[[float], None] = time.sleep,
) -> Synced:
    """Share what is committed here and take in what others shared.

    ``insecure`` allows a remote that sends everything in the clear (L2); ``accept_rewritten``
    goes on where the remote's history was replaced. Raises NotFound (no-remote), Invalid
    (vault-too-new, of the vault here or of the one there), Conflict
    (sync-uncommitted, sync-other-files), TrustFailure (remote-rewritten, remote-erased,
    erased-comes-back), Invalid (yaml-...)
    where a commit of ours does not read, StorageFailure (remote-failed, remote-refused,
    remote-busy, unrelated-histories ...). Nothing has changed then.
    """
    formats.demand_known(vault)
    there = _upstream(vault, insecure=insecure)
    wiring.wire_quietly(vault)
    end = time.monotonic() + _PATIENCE
    for number in range(10_000):
        fetched = remote.fetch(vault.repo.process, there, accept_rewritten=accept_rewritten)
        if fetched == "offline":
            return _offline(vault, there)
        if fetched == "rewritten":
            told = erasures.rewritten(vault, there)
            raise erasures.explained(there, told) if told else _rewritten(there)
        with vault.repo.exclusively():
            done = _attempt(vault, there)
        if done is not None:
            maintenance.after_commit(vault.repo)
            return done
        if time.monotonic() > end:
            break
        wait(_pause(number))
    raise StorageFailure(
        "remote-busy",
        Text("others keep pushing to {remote}", "其他人正不断推送到 {remote}"),
        hint=Text("try again in a moment: textcrm sync", "请稍后重试：textcrm sync"),
        remote=there.remote,
    )


def _pause(number: int) -> float:
    """Uneven pauses, short at first: whoever loses a race must not lose the next for waiting."""
    longest = 0.05 if number < 10 else min(1.0, 0.05 * 1.5 ** (number - 10))
    return random.uniform(0, longest)  # noqa: S311 - a pause, no secret


def _upstream(vault: Vault, *, insecure: bool) -> Upstream:
    there = vault.repo.upstream()
    if there is None:
        if vault.repo.head().ref is None:
            with vault.repo.exclusively():  # says which operation of git is in the way
                _local(vault.repo)
        raise NotFound(
            "no-remote",
            Text("the vault is shared nowhere yet", "客户库还没有远端"),
            hint=Text(
                "name the place once: git remote add origin ADDRESS, then textcrm sync",
                "先登记远端：git remote add origin 地址，再运行 textcrm sync",
            ),
        )
    if not insecure:
        for address in remote.addresses(vault.repo.process, there.remote):
            remote.demand_closed(address, there.remote)
    return there


def _offline(vault: Vault, there: Upstream) -> Synced:
    tip = vault.repo.resolve(there.tracking)
    waiting = _count(vault.repo, f"{tip}..HEAD" if tip else "HEAD")
    return Synced(0, 0, (), {}, tuple(questions.load(vault)), offline=True, waiting=waiting)


def _attempt(vault: Vault, there: Upstream) -> Synced | None:
    """One try under the vault's lock; None where somebody else was faster."""
    repo = vault.repo
    local, tip = _local(repo), repo.resolve(there.tracking)
    if tip:
        formats.demand_known_at(vault, tip)
    erasures.demand_none_incoming(vault, local, tip)
    known = _pending(repo)
    pending = next((one for one in known if _is_half_done(repo, one, local, tip)), None)
    base = erasures.base_before(vault, local, tip) or _base(repo, local, tip, pending)
    plan = rebasing.rebase(
        vault, base=base, local=local, tip=tip, renumbered=pending.renumbered if pending else {}
    )
    erasures.demand_gone(vault, local, tip, plan.new)
    fresh = [questions.Question(**{**one, "path": tuple(one["path"])}) for one in
             (pending.questions if pending else [])] + plan.questions  # fmt: skip
    move = _planned(repo, local, plan.new)
    now = _Pending(local, plan.new, plan.renumbered, [one._asdict() for one in fresh])
    _note(repo, [*known, now])
    if plan.new != tip:
        # Where the answer is lost the remote may have taken it all the same: the note stays.
        pushed = remote.push(repo.process, there, plan.new)
        if pushed == "offline":
            return _offline(vault, there)
        if pushed == "rejected":
            _note(repo, known)
            return None
        _follow(repo, there)
    open_questions = questions.added(questions.load(vault), fresh)
    questions.save(vault, open_questions)
    if move is not None:
        if plan.new != tip or plan.questions:
            repo.git("update-ref", _PRE_SYNC + time.strftime("%Y%m%d-%H%M%S"), local)
        if not moving.perform(repo, move):
            return None
    _forget(repo)
    return Synced(
        _count(repo, f"{local}..{tip}") if tip else 0,
        plan.length if plan.new != tip else 0,
        plan.merged,
        plan.renumbered,
        tuple(open_questions),
        offline=False,
        waiting=0,
        renamed=tuple(plan.renamed.items()),
    )


def _is_half_done(repo: GitRepo, one: _Pending, local: str, tip: str | None) -> bool:
    """Whether the remote has taken a sync that this clone has not moved to.

    Where recovery has completed the move, what the note says is done: its new ids are here, and an
    old one is another customer's by now.
    """
    if tip is None or not _is_ancestor(repo, one.new, tip):
        return False
    return not _is_ancestor(repo, one.new, local)


def _local(repo: GitRepo) -> str:
    head = repo.head()
    if head.ref is None:
        raise StorageFailure(
            "git-detached",
            Text("git is on no branch (detached HEAD)", "git 当前不在任何分支上（游离 HEAD）"),
            hint=Text("go back to one: git switch main", "请切换回分支：git switch main"),
        )
    if head.commit is None:
        raise StorageFailure(
            "git-unborn",
            Text("nothing is committed here yet", "这里还没有任何提交"),
            hint=Text("take in what the remote has: git pull", "先取回远端内容：git pull"),
        )
    return head.commit


def _base(repo: GitRepo, local: str, tip: str | None, pending: _Pending | None) -> str | None:
    """Where ours and theirs part; behind an interrupted sync, where that one left off."""
    if tip is None:
        return None
    if pending is not None and _is_ancestor(repo, pending.old, local):
        return pending.old
    outcome = repo.process.run("merge-base", local, tip)
    if outcome.code == 0:
        return outcome.out.decode().split()[0]
    shallow = repo.git("rev-parse", "--is-shallow-repository").strip() == b"true"
    raise StorageFailure(
        "unrelated-histories",
        Text(
            "this clone holds only the latest history, which does not reach back far enough",
            "此克隆只含最近的历史，无法与远端衔接",
        )
        if shallow
        else Text(
            "the remote's history has nothing in common with this one",
            "远端历史与本地历史毫无关联",
        ),
        hint=Text("fetch the rest: git fetch --unshallow", "取回全部历史：git fetch --unshallow")
        if shallow
        else Text(
            "check the address: git remote -v; a second vault needs a remote of its own",
            "请核对地址：git remote -v；另一个客户库需要自己的远端",
        ),
    )


def _planned(repo: GitRepo, local: str, new: str) -> moving.Move | None:
    if new == local:
        return None
    try:
        return moving.plan(repo, local, new)
    except Conflict as error:
        if error.code in ("uncommitted-edit", "staged-edit"):
            raise moving.in_the_way(error) from error
        raise


def _is_ancestor(repo: GitRepo, one: str, two: str) -> bool:
    return not repo.process.run("merge-base", "--is-ancestor", one, two).code


def _count(repo: GitRepo, revisions: str) -> int:
    out = repo.process.run("rev-list", "--count", revisions, "--").out.strip()
    return int(out) if out.isdigit() else 0


def _follow(repo: GitRepo, there: Upstream) -> None:
    """Let a branch that was pushed for the first time know where it is shared."""
    ref = repo.head().ref or ""
    short = ref.removeprefix("refs/heads/")
    if repo.process.run("config", "--get", f"branch.{short}.remote").code:
        repo.git("config", f"branch.{short}.remote", there.remote)
        repo.git("config", f"branch.{short}.merge", there.branch)


def _rewritten(there: Upstream) -> TrustFailure:
    return TrustFailure(
        "remote-rewritten",
        Text(
            "the history at {remote} was replaced: what was seen there before is gone",
            "{remote} 的历史被改写：之前见过的提交已不在其中",
        ),
        hint=Text(
            "ask who did it and why; to go on from what is there now: textcrm sync --accept-rewritten",
            "请先问清是谁、为何改写；确认后以远端现状继续：textcrm sync --accept-rewritten",
        ),
        remote=there.remote,
    )


# -- what a kill between push and move must not lose


def _file(repo: GitRepo) -> Path:
    return repo.git_dir / "textcrm" / "sync.json"


def _note(repo: GitRepo, pending: list[_Pending]) -> None:
    if not pending:
        _forget(repo)
        return
    file = _file(repo)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(json.dumps([one._asdict() for one in pending[-_MOST_PENDING:]]).encode())
        handle.flush()
        os.fsync(handle.fileno())
    system.replace(draft, file)


def _pending(repo: GitRepo) -> list[_Pending]:
    try:
        return [_Pending(**one) for one in json.loads(_file(repo).read_bytes())]
    except (OSError, ValueError, TypeError):
        return []


def _forget(repo: GitRepo) -> None:
    _file(repo).unlink(missing_ok=True)
