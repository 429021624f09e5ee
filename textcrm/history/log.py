"""The audit log: who changed which field from what to what, when and why (K1, K2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import changes, store
from textcrm.errors import TextcrmError
from textcrm.paths import spell

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from textcrm.changes import Change
    from textcrm.gitrepo import BlobChange, Commit, GitRepo
    from textcrm.record import Record
    from textcrm.vault import Vault


class RecordChange(NamedTuple):
    """What one commit did to one record; ``kind`` is added, changed, removed or unreadable."""

    id: str
    name: str
    path: str
    kind: str
    changes: tuple[Change, ...]


class Entry(NamedTuple):
    """One commit as the log tells it."""

    commit: str
    at: dt.datetime
    by: str
    email: str
    op: str
    reason: str
    subject: str
    records: tuple[RecordChange, ...]
    other_files: tuple[str, ...]


def log(
    vault: Vault,
    record: Record | None = None,
    *,
    limit: int | None = None,
    by: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    op: str | None = None,
    field: str | None = None,
) -> Iterator[Entry]:
    """Tell the history, newest first: of one record (also under former ids) or of the vault.

    Commits made with plain git are told just as well. ``limit`` counts entries, ``field`` is the
    name of a field (at any depth) that must have changed.
    """
    if limit is not None and limit <= 0:
        return
    wanted = _paths(vault, record)
    commits = vault.repo.log(paths=wanted, since=since, until=until)
    told = 0
    with vault.repo.blobs() as blobs:
        reader = _Reader(vault, blobs)
        for commit in commits:
            entry = _entry(vault, commit, reader, wanted if record else None)
            if not _fits(vault, entry, by, op, field):
                continue
            yield entry
            told += 1
            if limit is not None and told >= limit:
                return


def _paths(vault: Vault, record: Record | None) -> list[str]:
    if record is None:
        return [vault.prefix.rstrip("/")] if vault.prefix else []
    former = record.raw.get("former_ids")
    olds = [one for one in former if isinstance(one, str)] if isinstance(former, list) else []
    return [vault.prefix + path for path in (record.path, *map(store.path_of, olds))]


def _fits(vault: Vault, entry: Entry, by: str | None, op: str | None, field: str | None) -> bool:
    if op is not None and entry.op != op:
        return False
    if by is not None:
        person = vault.access.find(by)
        words = {by.casefold()}
        if person:
            words |= {person.name.casefold(), person.email.casefold()}
        if entry.by.casefold() not in words and entry.email.casefold() not in words:
            return False
    if field is None:
        return True
    return any(
        field in spell(change.path).split("/")
        or (isinstance(change.after or change.before, dict) and field in _keys(change))
        for record in entry.records
        for change in record.changes
    )


def _keys(change: Change) -> Iterable[str]:
    return {**(change.before or {}), **(change.after or {})}


def _entry(vault: Vault, commit: Commit, reader: _Reader, only: list[str] | None) -> Entry:
    records: list[RecordChange] = []
    others: list[str] = []
    for change in commit.changes:
        if only is not None and change.path not in only:
            continue
        path = change.path.removeprefix(vault.prefix)
        if store.is_record_path(path) and change.path.startswith(vault.prefix):
            records.append(_record_change(vault, path, change, reader))
        else:
            others.append(path)
    trailers = commit.trailers
    return Entry(
        commit.id,
        commit.at,
        commit.author.name,
        commit.author.email,
        (trailers.get("Textcrm-Op") or [""])[-1],
        (trailers.get("Textcrm-Reason") or [""])[-1],
        commit.subject,
        tuple(records),
        tuple(others),
    )


def _record_change(vault: Vault, path: str, change: BlobChange, reader: _Reader) -> RecordChange:
    before = reader.tree(change.before, path)
    after = reader.tree(change.after, path)
    known = after or before or {}
    kind = "added" if change.before is None else "removed" if change.after is None else "changed"
    if (change.after and after is None) or (change.before and before is None):
        kind = "unreadable"
    record_id = known.get("id")
    name = known.get("name")
    return RecordChange(
        record_id if isinstance(record_id, str) else path.rsplit("/", 1)[-1].removesuffix(".yaml"),
        name if isinstance(name, str) else "",
        path,
        kind,
        () if kind == "unreadable" else changes.compare(before, after, vault.schema),
    )


class _Reader:
    """Reads versions of records; each blob once, for a version is the after of one commit and
    the before of the next.
    """

    def __init__(self, vault: Vault, blobs: Any) -> None:
        self._vault = vault
        self._blobs = blobs
        self._trees: dict[str, dict[str, Any] | None] = {}

    def tree(self, blob: str | None, path: str) -> dict[str, Any] | None:
        """The record in a blob, None where there is none or it cannot be read."""
        if blob is None:
            return None
        if blob not in self._trees:
            if len(self._trees) > 4096:
                self._trees.clear()
            self._trees[blob] = self._parsed(blob, path)
        return self._trees[blob]

    def _parsed(self, blob: str, path: str) -> dict[str, Any] | None:
        data = self._blobs.read(blob)
        if data is None:
            return None
        try:
            return store.parse(path, data, self._vault.schema).raw
        except TextcrmError:
            return None


def record_at(vault: Vault, repo: GitRepo, path: str, rev: str) -> Record | None:
    """A record as a commit had it, None where that commit has no such file."""
    data = repo.read(rev, vault.prefix + path)
    return None if data is None else store.parse(path, data, vault.schema)
