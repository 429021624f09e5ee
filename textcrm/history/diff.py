"""Diff: what differs in a record, or in the vault, between two moments, by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import changes, store
from textcrm.errors import TextcrmError
from textcrm.history import past

if TYPE_CHECKING:
    from textcrm.changes import Change
    from textcrm.record import Record
    from textcrm.vault import Vault


class Difference(NamedTuple):
    """One record that differs; ``kind`` is added, changed, removed or unreadable."""

    id: str
    name: str
    path: str
    kind: str
    changes: tuple[Change, ...]
    uid: str = ""


def diff(vault: Vault, record: Record | None = None, span: str | None = None) -> list[Difference]:
    """Tell what differs between ``A..B``: commits, tags or days; B is the work tree if left out.

    Without a span: what is edited and not saved. Raises NotFound (no-such-commit).
    """
    start, end = _ends(vault, span)
    before = _tree(vault, start)
    after = _tree(vault, end)
    only = None if record is None else vault.prefix + record.path
    paths = sorted(
        path
        for path in before.keys() | after.keys()
        if before.get(path) != after.get(path) and (only is None or path == only)
    )
    with vault.repo.blobs() as blobs:

        def read(names: dict[str, str], path: str) -> bytes | None:
            blob = names.get(path)
            if blob is None:
                return None
            return (
                vault.file(path.removeprefix(vault.prefix)) if blob == _HERE else blobs.read(blob)
            )

        found = [_difference(vault, path, read(before, path), read(after, path)) for path in paths]
    return [one for one in found if one.kind != "changed" or one.changes]


_HERE = "work tree"


def _ends(vault: Vault, span: str | None) -> tuple[str, str | None]:
    if span is None:
        return vault.repo.head().commit or vault.repo.empty_tree, None
    start, dots, end = span.partition("..")
    first = past.revision(vault, start) if start else vault.repo.head().commit or ""
    return first, past.revision(vault, end.lstrip(".")) if dots and end.strip(".") else None


def _tree(vault: Vault, rev: str | None) -> dict[str, str]:
    """The record files of a commit, as blob ids; of the work tree where it differs from HEAD."""
    if rev is not None:
        listed = vault.repo.list_tree(rev, vault.prefix + store.FOLDER)
        return {path: blob for path, blob in listed.items() if _is_record(vault, path)}
    known = _tree(vault, vault.repo.head().commit)
    for one in vault.repo.status(vault.prefix + store.FOLDER):
        if not _is_record(vault, one.path):
            continue
        if (vault.repo.top / one.path).is_file():
            known[one.path] = _HERE
        else:
            known.pop(one.path, None)
    return known


def _is_record(vault: Vault, path: str) -> bool:
    return store.is_record_path(path.removeprefix(vault.prefix))


def _difference(vault: Vault, path: str, before: bytes | None, after: bytes | None) -> Difference:
    own = path.removeprefix(vault.prefix)
    records: list[Record | None] = []
    kind = "added" if before is None else "removed" if after is None else "changed"
    for data in (before, after):
        try:
            records.append(store.parse(own, data, vault.schema) if data is not None else None)
        except TextcrmError:
            records.append(None)
            kind = "unreadable"
    old, new = records
    known = new or old
    told = changes.compare(old.raw if old else None, new.raw if new else None, vault.schema)
    return Difference(
        known.id if known else own.rsplit("/", 1)[-1].removesuffix(store.SUFFIX),
        known.name if known else "",
        own,
        kind,
        told if kind == "changed" else (),
        known.uid or "" if known else "",
    )
