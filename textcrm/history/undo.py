"""Undo: a change taken back as a new commit, field by field, keeping what came after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import changes, store
from textcrm.errors import Conflict, Misuse, NotFound
from textcrm.paths import locate, spell, value_at
from textcrm.text import Text
from textcrm.vault import edits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.changes import Change
    from textcrm.gitrepo import Commit
    from textcrm.record import Record
    from textcrm.vault import Draft, Result, Vault

UNDOES = "Textcrm-Undoes"


class Undone(NamedTuple):
    """What was taken back: the commit, what it had done, and the new commit."""

    commit: str
    subject: str
    op: str
    result: Result


def undo(vault: Vault, rev: str | None = None, *, reason: str | None = None) -> Undone:
    """Take back a commit, by default the last of mine that is not undone yet.

    Fields that somebody changed since stay as they are: that is a Conflict (undo-conflict), and
    nothing is written. Raises NotFound (nothing-to-undo, no-such-commit).
    """
    commit = _commit(vault, rev) if rev else _last_of_mine(vault)
    return _take_back(vault, commit, "undo", reason)


def redo(vault: Vault, *, reason: str | None = None) -> Undone:
    """Take the last undo of mine back. Raises NotFound (nothing-to-redo)."""
    undone = _undone(vault)
    for commit in _mine(vault):
        op = _op(commit)
        if op == "undo" and commit.id not in undone:
            return _take_back(vault, commit, "redo", reason)
        if op not in ("undo", "redo"):
            break
    raise NotFound(
        "nothing-to-redo", Text("there is no undo of yours to take back", "没有可以重做的撤销")
    )


def _mine(vault: Vault) -> Iterator[Commit]:
    me = vault.repo.identity()
    for commit in vault.repo.log(paths=[vault.prefix.rstrip("/")] if vault.prefix else []):
        if commit.author.email == me.email:
            yield commit


def _op(commit: Commit) -> str:
    return (commit.trailers.get("Textcrm-Op") or [""])[-1]


def _undone(vault: Vault) -> set[str]:
    """The commits whose effect is taken back now: undone, and the undo itself not redone."""
    dead: set[str] = set()
    for commit in vault.repo.log(paths=[vault.prefix.rstrip("/")] if vault.prefix else []):
        if commit.id not in dead:
            dead.update(commit.trailers.get(UNDOES) or [])
    return dead


def _last_of_mine(vault: Vault) -> Commit:
    undone = _undone(vault)
    for commit in _mine(vault):
        if commit.id in undone or _op(commit) in ("undo", "redo") or len(commit.parents) > 1:
            continue
        if not commit.parents or _op(commit) == "init":
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
            return _undoable(commit)
    raise NotFound(
        "no-such-commit",
        Text("there is no commit “{rev}”", "没有提交“{rev}”"),
        hint=Text("see the commits: textcrm log", "查看提交：textcrm log"),
        rev=rev,
    )


def _undoable(commit: Commit) -> Commit:
    if len(commit.parents) > 1:
        raise Misuse(
            "undo-merge",
            Text("{commit} is a merge and cannot be undone", "{commit} 是合并提交，不能撤销"),
            hint=Text("undo the commits in it one by one", "请逐个撤销其中的提交"),
            commit=commit.id[:8],
        )
    return commit


def _take_back(vault: Vault, commit: Commit, op: str, reason: str | None) -> Undone:
    blobs = _blobs(vault, commit)

    def plan(draft: Draft) -> None:
        for path, (before, after) in blobs.items():
            _revert(vault, draft, path, before, after)

    result = vault.write(
        op,
        plan,
        reason=reason,
        subject=f"{op} {commit.id[:8]}: {commit.subject}"[:120],
        trailers=[(UNDOES, commit.id)],
    )
    return Undone(commit.id, commit.subject, _op(commit), result)


def _blobs(vault: Vault, commit: Commit) -> dict[str, tuple[bytes | None, bytes | None]]:
    inside = [change for change in commit.changes if change.path.startswith(vault.prefix)]
    with vault.repo.blobs() as blobs:

        def read(blob: str | None) -> bytes | None:
            return blobs.read(blob) if blob else None

        return {
            change.path.removeprefix(vault.prefix): (read(change.before), read(change.after))
            for change in inside
        }


def _revert(
    vault: Vault, draft: Draft, path: str, before: bytes | None, after: bytes | None
) -> None:
    current = draft.read(path)
    if current == after:
        _put_back(draft, path, before)
    elif current == before:
        return
    elif not store.is_record_path(path) or None in (before, after, current):
        raise _conflict(path, [path])
    else:
        draft.edit(path, lambda record: _inverse(vault, record, path, before or b"", after or b""))


def _put_back(draft: Draft, path: str, before: bytes | None) -> None:
    if not store.is_record_path(path):
        draft.write(path, before)
    elif before is None:
        draft.delete(path)
    else:
        draft.restore(path, before)


def _inverse(vault: Vault, record: Record, path: str, before: bytes, after: bytes) -> str:
    old = store.parse(path, before, vault.schema)
    new = store.parse(path, after, vault.schema)
    wanted = changes.compare(old.raw, new.raw, vault.schema)
    clashes = [spell(change.path) for change in wanted if not _stands(change, record.raw)]
    if clashes:
        raise _conflict(record.id, clashes)
    text = record.text
    for change in reversed(wanted):
        raw = store.parse(path, text.encode(), vault.schema).raw
        text = _undo_change(vault, text, raw, change)
    return text


def _stands(change: Change, raw: dict[str, Any]) -> bool:
    """Whether the record still has what the commit wrote (or already what was before)."""
    where = locate(change.path, raw)
    now = value_at(where, raw) if where else None
    return now in (change.after, change.before)


def _undo_change(vault: Vault, text: str, raw: dict[str, Any], change: Change) -> str:
    where = locate(change.path, raw)
    if where and value_at(where, raw) == change.before:
        return text
    if change.before is None:
        return edits.remove(text, where) if where else text
    if where is None:
        parent = locate(change.path[:-1], raw)
        if parent is None:
            return edits.append(text, tuple(change.path[:-1]), change.before, vault.schema)
        return edits.append(text, parent, change.before, vault.schema)
    return edits.put(text, where, change.before, vault.schema)


def _conflict(word: str, fields: list[str]) -> Conflict:
    return Conflict(
        "undo-conflict",
        Text(
            "{word}: changed again since, so it cannot be undone: {fields}",
            "{word}：之后又有改动，无法撤销：{fields}",
        ),
        hint=Text(
            "undo the later change first, or set the field: textcrm log {word}",
            "请先撤销之后的改动，或直接修改该字段：textcrm log {word}",
        ),
        word=word,
        fields=fields,
    )
