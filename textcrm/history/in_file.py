"""Questions that the merge driver left in records themselves, and writing their answers there."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from textcrm import store, yamlfile
from textcrm.changes import UNRESOLVED
from textcrm.errors import TextcrmError
from textcrm.gitrepo import checking, system
from textcrm.history.questions import Question
from textcrm.paths import locate
from textcrm.vault import edits, formats
from textcrm.vault.seals import sealed_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.changes import StablePath
    from textcrm.gitrepo import FileStatus
    from textcrm.vault import Draft, Result, Vault


def load(vault: Vault, word: str | None = None) -> list[Question]:
    """The questions in records that git finds changed, and in the record that a word names."""
    changed = {
        one.path.removeprefix(vault.prefix): _is_turned(vault, one)
        for one in vault.repo.status(vault.prefix.rstrip("/"))
        if one.path.startswith(vault.prefix)
    }
    if word is not None:
        with contextlib.suppress(TextcrmError):
            changed.setdefault(vault.get(word).path, False)
    return [
        question
        for path in sorted(changed)
        if store.is_record_path(path)
        for question in _of(vault, path, turned=changed[path])
    ]


def _is_turned(vault: Vault, file: FileStatus) -> bool:
    """Whether what git calls theirs is one's own: in a rebase, and where a stash is put back."""
    if any((vault.repo.git_dir / name).exists() for name in ("rebase-merge", "rebase-apply")):
        return True
    unmerged = "U" in (file.index, file.worktree)
    heads = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD")
    return unmerged and not any((vault.repo.git_dir / name).exists() for name in heads)


def _of(vault: Vault, path: str, *, turned: bool) -> Iterator[Question]:
    data = vault.file(path)
    if data is None or UNRESOLVED.encode() not in data:
        return
    try:
        record = store.parse(path, data, vault.schema)
    except TextcrmError:
        return
    listed = record.raw.get(UNRESOLVED)
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("path"), str):
            steps = tuple(_step(part) for part in entry["path"].split("/"))
            base, ours, theirs = (entry.get(side) for side in ("base", "ours", "theirs"))
            sides = (theirs, ours) if turned else (ours, theirs)
            yield Question(
                path, record.id, record.name, steps, base, *sides, "", "",
                in_file=True, turned=turned,
            )  # fmt: skip


def _step(part: str) -> str | int:
    return int(part) if part.isdigit() else part


def next_command(vault: Vault, one: Question) -> str | None:
    """What takes a merge on that was answered in the work tree; None while a question is open."""
    if list(_of(vault, one.file, turned=False)):
        return None
    return checking.finishing(vault.repo) or "textcrm save"


def answer(vault: Vault, one: Question, value: Any, *, reason: str | None) -> Result | None:
    """Write an answer into the record and take the question out.

    A record that is committed so gets a commit; one that a merge has in hand is written to the
    work tree and, where it was unmerged, marked as resolved, for ``git commit`` to go on.
    """
    formats.demand_known(vault)
    status = {each.path: each for each in vault.repo.status(vault.prefix.rstrip("/"))}
    found = status.get(vault.prefix + one.file)
    if found is None:

        def plan(draft: Draft) -> None:
            draft.edit(one.file, lambda record: _answered(vault, record.text, one, value))

        return vault.write("resolve", plan, reason=reason)
    data = vault.file(one.file) or b""
    before = store.parse(one.file, data, vault.schema)
    text = _answered(vault, before.text, one, value)
    answered = store.parse(one.file, yamlfile.encode(text), vault.schema)
    text = sealed_text(vault, answered, before)  # git is given no plain value
    draft = (vault.root / one.file).with_suffix(".textcrm~")
    draft.write_bytes(yamlfile.encode(text))
    system.replace(draft, vault.root / one.file)
    if "U" in (found.index, found.worktree) and UNRESOLVED not in yamlfile.read_mapping(text):
        vault.repo.git("add", "--", vault.prefix + one.file)
    return None


def _answered(vault: Vault, text: str, one: Question, value: Any) -> str:
    raw = yamlfile.read_mapping(text)
    where = locate(one.path, raw)
    if value is None:
        text = edits.remove(text, where) if where else text
    else:
        text = edits.put(text, where or _place(one.path, raw), value, vault.schema)
    raw = yamlfile.read_mapping(text)
    listed = raw.get(UNRESOLVED)
    path = "/".join(map(str, one.path))
    left = [
        entry
        for entry in (listed if isinstance(listed, list) else [])
        if not (isinstance(entry, dict) and entry.get("path") == path)
    ]
    if left:
        return yamlfile.set_value(text, (UNRESOLVED,), left)
    return yamlfile.delete(text, (UNRESOLVED,)) if UNRESOLVED in raw else text


def _place(path: StablePath, raw: dict[str, Any]) -> tuple[str | int, ...]:
    parent = locate(path[:-1], raw) if len(path) > 1 else ()
    return (*(parent or ()), path[-1])
