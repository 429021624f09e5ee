"""Hand edits: what stands in the work tree and not in history yet, and saving it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import access, changes, config, store
from textcrm.errors import Invalid, TextcrmError
from textcrm.paths import spell
from textcrm.vault.completing import completed
from textcrm.vault.draft import invalid
from textcrm.vault.typed_places import placed_in, said_first
from textcrm.vault.vault import SCHEMA_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.changes import Change
    from textcrm.findings import Problem
    from textcrm.record import Record
    from textcrm.vault import Draft, Result, Vault


class Edited(NamedTuple):
    """A file that differs from history; ``kind`` is added, changed or deleted."""

    path: str
    kind: str
    id: str | None
    name: str
    changes: tuple[Change, ...]
    error: TextcrmError | None


class Status(NamedTuple):
    """The work tree against history, and this clone against where it shares."""

    edited: tuple[Edited, ...]
    problems: tuple[Problem, ...]
    ahead: int | None
    behind: int | None


OWN_FILES = (config.FILE_NAME, SCHEMA_FILE, access.FILE_NAME, ".gitattributes", ".gitignore")
OWN_FOLDERS = ("attachments/", "privacy/", "access/", "schema/")


def status(vault: Vault) -> Status:
    """What is not saved yet, what is wrong with it, and how far this clone is from its remote."""
    edited = tuple(_edited(vault, path, kind) for path, kind in changed_files(vault))
    problems = [problem for one in edited for problem in _problems(vault, one)]
    distance = vault.repo.ahead_behind()
    return Status(
        edited,
        tuple(problems),
        distance[0] if distance else None,
        distance[1] if distance else None,
    )


def changed_files(vault: Vault) -> Iterator[tuple[str, str]]:
    """The vault's own files that differ from HEAD: (path relative to the vault, kind)."""
    for file in vault.repo.status(vault.prefix):
        path = file.path.removeprefix(vault.prefix)
        if not (store.is_record_path(path) or path in OWN_FILES or path.startswith(OWN_FOLDERS)):
            continue
        there = (vault.root / path).is_file()
        known = vault.repo.read("HEAD", file.path) is not None
        yield path, "deleted" if not there else "changed" if known else "added"


def _edited(vault: Vault, path: str, kind: str) -> Edited:
    if not store.is_record_path(path):
        return Edited(path, kind, None, "", (), None)
    before, _ = _read(vault, path, vault.repo.read("HEAD", vault.prefix + path))
    after, error = _read(vault, path, vault.file(path))
    known = after or before
    differing = changes.compare(
        before.raw if before else None, after.raw if after else None, vault.schema
    )
    return Edited(
        path,
        kind,
        known.id if known else None,
        known.name if known else "",
        () if error else differing,
        error,
    )


def _read(
    vault: Vault, path: str, data: bytes | None
) -> tuple[Record | None, TextcrmError | None]:
    if data is None:
        return None, None
    try:
        return store.parse(path, data, vault.schema), None
    except TextcrmError as error:
        return None, error


def _problems(vault: Vault, edited: Edited) -> list[Problem]:
    if edited.error or edited.kind == "deleted" or not store.is_record_path(edited.path):
        return []
    record = vault.load(edited.path)
    return vault.placed(record, vault.findings(record))


def save(
    vault: Vault,
    words: Sequence[str] = (),
    *,
    message: str | None = None,
) -> tuple[Result, tuple[str, ...]]:
    """Commit hand edits of the vault's files, all or those of the records or paths named.

    Gives records a ``uid`` and items of lists an ``id`` where a hand edit left them out. What is
    invalid is not committed: Invalid, with every problem. Gives the result and the paths saved.
    """
    vault.repo.recover()  # what a killed sync has put in place is no hand edit
    chosen = dict(_chosen(vault, words))
    contents = {path: vault.file(path) for path in chosen}

    def plan(draft: Draft) -> None:
        wrong: list[Problem] = []
        for path, data in contents.items():
            try:
                _adopt(vault, draft, path, data)
            except Invalid as error:
                placed = placed_in(error, path, (data or b"").decode("utf-8", "replace"))
                if "problems" not in placed.data:
                    raise placed from None
                wrong += placed.data["problems"]
        if wrong:
            first = wrong[0]
            raise said_first(invalid(wrong), file=first.file, line=first.line, column=first.column)

    result = vault.write("save", plan, reason=message, adopt=contents)
    return result, tuple(contents)


def _chosen(vault: Vault, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    wanted = {_path(vault, word) for word in words}
    for path, kind in changed_files(vault):
        if not wanted or path in wanted:
            yield path, kind


def _path(vault: Vault, word: str) -> str:
    from pathlib import Path

    file = Path(word)
    if file.exists():
        absolute = file.resolve()
        if absolute.is_relative_to(vault.root.resolve()):
            return absolute.relative_to(vault.root.resolve()).as_posix()
    if word.endswith(store.SUFFIX) or "/" in word:
        return word
    if (vault.root / store.path_of(word)).exists() or any(
        path == store.path_of(word) for path, _ in changed_files(vault)
    ):
        return store.path_of(word)
    return vault.get(word).path


def _adopt(vault: Vault, draft: Draft, path: str, data: bytes | None) -> None:
    if data is None:
        if store.is_record_path(path):
            draft.forget(path)
        else:
            draft.write(path, None)
        return
    if not store.is_record_path(path):
        _checked(path, data)
        draft.write(path, data)
        return
    record = store.parse(path, data, vault.schema)
    base, _ = _read(vault, path, vault.repo.read("HEAD", vault.prefix + path))
    draft.put(path, completed(record), base=base)


def _checked(path: str, data: bytes) -> None:
    """The vault's own settings must read before they are committed."""
    from textcrm.schema import Schema

    if path == config.FILE_NAME:
        config.read(data)
    elif path == access.FILE_NAME:
        access.read(data)
    elif path == SCHEMA_FILE:
        Schema.from_json(data)


def described(change: Change) -> str:
    """A change as status names it: the path only, never a value."""
    return spell(change.path)
