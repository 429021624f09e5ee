"""Undo: a change taken back as a new commit, field by field, keeping what came after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.errors import Conflict, Misuse, NotFound
from textcrm.history.taking_back import Versions, take_back
from textcrm.paths import spell
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.changes import StablePath
    from textcrm.gitrepo import Commit
    from textcrm.history.taking_back import Answer, Clash
    from textcrm.vault import Draft, Result, Vault

UNDOES = "Textcrm-Undoes"
_FIRST = ("init", "member-keys")
_ACCESS = "access/"


class Undone(NamedTuple):
    """What was taken back: the commit, what it had done, and the new commit.

    ``kept`` is what changed since and was left as it is.
    """

    commit: str
    subject: str
    op: str
    result: Result
    kept: tuple[Clash, ...] = ()


def undo(
    vault: Vault,
    rev: str | None = None,
    *,
    reason: str | None = None,
    choose: Callable[[Clash], Answer] | None = None,
) -> Undone:
    """Take back a commit, by default the last of mine that is not undone yet.

    What others changed since stays. Where the same field was changed again, ``choose`` says
    whether to keep that or to take it back all the same; without it that is a Conflict
    (undo-conflict) which names every such field, and nothing is written. Raises NotFound
    (nothing-to-undo, no-such-commit), Misuse (undo-merge, undo-access).
    """
    commit = _commit(vault, rev) if rev else _last_of_mine(vault)
    return _take_back(vault, commit, "undo", reason, choose)


def redo(
    vault: Vault,
    *,
    reason: str | None = None,
    choose: Callable[[Clash], Answer] | None = None,
) -> Undone:
    """Take the last undo of mine back; see :func:`undo`. Raises NotFound (nothing-to-redo)."""
    for commit, undone in _standing(vault):
        op = _op(commit)
        if op == "undo" and not undone:
            return _take_back(vault, commit, "redo", reason, choose)
        if op not in ("undo", "redo"):
            break
    raise NotFound(
        "nothing-to-redo", Text("there is no undo of yours to take back", "没有可以重做的撤销")
    )


def _standing(vault: Vault) -> Iterator[tuple[Commit, bool]]:
    """My commits, the newest first, each with whether it is taken back now.

    Taken back: undone, and that undo not redone. Whatever takes a commit back is newer than it,
    so history is read no further than the caller goes.
    """
    me = vault.repo.identity().email.casefold()
    dead: set[str] = set()
    for commit in vault.repo.log(paths=[vault.prefix.rstrip("/")] if vault.prefix else []):
        if commit.id not in dead:
            dead.update(commit.trailers.get(UNDOES) or [])
        if commit.author.email.casefold() == me:
            yield commit, commit.id in dead


def _op(commit: Commit) -> str:
    return (commit.trailers.get("Textcrm-Op") or [""])[-1]


def _last_of_mine(vault: Vault) -> Commit:
    for commit, undone in _standing(vault):
        if undone or _op(commit) in ("undo", "redo") or len(commit.parents) > 1:
            continue
        if not commit.parents or _op(commit) in _FIRST:
            break
        return commit
    raise NotFound(
        "nothing-to-undo",
        Text("there is no change of yours left to undo", "没有可以撤销的本人改动"),
        hint=Text("see the changes: textcrm log", "查看改动记录：textcrm log"),
    )


def _commit(vault: Vault, rev: str) -> Commit:
    found = vault.repo.resolve(rev)
    for commit in vault.repo.log(rev=found, limit=1) if found else ():
        if commit.id == found:
            return commit
    raise NotFound(
        "no-such-commit",
        Text("there is no commit “{rev}”", "没有提交“{rev}”"),
        hint=Text("see the commits: textcrm log", "查看提交：textcrm log"),
        rev=rev,
    )


def _demand_undoable(vault: Vault, commit: Commit) -> None:
    if len(commit.parents) > 1:
        raise Misuse(
            "undo-merge",
            Text("{commit} is a merge and cannot be undone", "{commit} 是合并提交，不能撤销"),
            hint=Text("undo the commits in it one by one", "请逐个撤销其中的提交"),
            commit=commit.id[:8],
        )
    if any(one.path.startswith(vault.prefix + _ACCESS) for one in commit.changes):
        raise Misuse(
            "undo-access",
            Text(
                "{commit} ({subject}) changed who may read what; old keys must not come back",
                "{commit}（{subject}）改动了读取权限；旧的密钥不能恢复，因此不能撤销",
            ),
            hint=Text(
                "change it with textcrm member; to undo an earlier change, name it: "
                "textcrm undo COMMIT",
                "请用 textcrm member 修改；要撤销更早的改动请指定：textcrm undo 提交号",
            ),
            commit=commit.id[:8],
            subject=commit.subject,
        )
    if _op(commit) == "rekey":
        raise Misuse(
            "undo-rekey",
            Text(
                "{commit} sealed values anew; taking it back would open them to those who left",
                "{commit} 重新加密了数据；撤销会让已移除的人重新可读，因此不能撤销",
            ),
            hint=Text(
                "to undo an earlier change, name it: textcrm undo COMMIT",
                "要撤销更早的改动请指定：textcrm undo 提交号",
            ),
            commit=commit.id[:8],
        )


def _take_back(
    vault: Vault,
    commit: Commit,
    op: str,
    reason: str | None,
    choose: Callable[[Clash], Answer] | None,
) -> Undone:
    _demand_undoable(vault, commit)
    versions = _versions(vault, commit)
    asked = _Asked(choose)

    def plan(draft: Draft) -> None:
        asked.clashes.clear()
        for path, pair in versions.items():
            take_back(vault, draft, path, pair, asked)
        if choose is None and asked.clashes:
            raise _conflict(asked.clashes)

    result = vault.write(
        op,
        plan,
        reason=reason,
        subject=f"{op} {commit.id[:8]}: {commit.subject}"[:120],
        trailers=[(UNDOES, commit.id)],
    )
    return Undone(commit.id, commit.subject, _op(commit), result, asked.kept())


class _Asked:
    """What was asked of a person, once each: a plan that others overtook runs again."""

    def __init__(self, choose: Callable[[Clash], Answer] | None) -> None:
        self._choose = choose
        self._answers: dict[tuple[str, StablePath, str], Answer] = {}
        self.clashes: list[Clash] = []

    def __call__(self, clash: Clash) -> Answer:
        self.clashes.append(clash)
        key = _key(clash)
        if key not in self._answers:
            self._answers[key] = self._choose(clash) if self._choose is not None else "keep"
        return self._answers[key]

    def kept(self) -> tuple[Clash, ...]:
        """What was left as it is."""
        return tuple(one for one in self.clashes if self._answers[_key(one)] == "keep")


def _key(clash: Clash) -> tuple[str, StablePath, str]:
    return clash.file, clash.path, repr(clash.now)


def _versions(vault: Vault, commit: Commit) -> dict[str, Versions]:
    """The files of the vault that a commit changed, before and after it."""
    inside = [one for one in commit.changes if one.path.startswith(vault.prefix)]
    with vault.repo.blobs() as blobs:
        names = [blob for one in inside for blob in (one.before, one.after) if blob]
        known = dict(zip(names, blobs.read_many(names), strict=True))
    return {
        one.path.removeprefix(vault.prefix): Versions(
            known.get(one.before or ""), known.get(one.after or "")
        )
        for one in inside
    }


def _conflict(clashes: list[Clash]) -> Conflict:
    first = clashes[0]
    fields = [spell(one.path) for one in clashes if one.id == first.id and one.path]
    return Conflict(
        "undo-conflict",
        Text(
            "{word} was changed again since ({fields}), and so were {more} more places",
            "{word} 之后又有改动（{fields}），另有 {more} 处",
        )
        if len(clashes) > max(1, len(fields))
        else Text(
            "{word}: changed again since, so it cannot be undone: {fields}",
            "{word}：之后又有改动，无法直接撤销：{fields}",
        ),
        hint=Text(
            "take back the rest: add --keep-later; all of it: --drop-later; see: textcrm log {word}",
            "只撤销其余部分：加 --keep-later；连之后的改动一并撤销：加 --drop-later；"
            "查看：textcrm log {word}",
        ),
        word=first.id,
        fields=fields or [first.file],
        more=len(clashes) - max(1, len(fields)),
        clashes=[{"id": one.id, "path": "/" + spell(one.path)} for one in clashes],
    )
