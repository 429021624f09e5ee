"""The audit log: who changed which field from what to what, when and why (K1, K2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import store
from textcrm.history import tracing
from textcrm.history.versions import RecordChange, Versions
from textcrm.vault import moments

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from textcrm.changes import Change, StablePath
    from textcrm.gitrepo import Commit, GitRepo
    from textcrm.record import Record
    from textcrm.schema import Schema
    from textcrm.vault import Vault


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
    records: Iterable[Record] | None = None,
    limit: int | None = None,
    by: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    op: str | None = None,
    field: Sequence[str] | None = None,
    deleted: bool = False,
    remember: bool = True,
) -> Iterator[Entry]:
    """Tell the history, newest first: of one record, of several, or of the vault.

    A record is followed to its former ids and to files that it was renamed from. Commits made
    with plain git are told just as well. ``since`` and ``until`` are days of the vault's time zone;
    ``limit`` counts entries; ``field`` names a field that
    must have changed, from the top (contacts, phones) or, as one name, at any depth; ``deleted``
    keeps only what was deleted. Sealed values stand locked, unless ``remember`` is off: then they
    are as in the files, ciphertext.
    """
    if limit is not None and limit <= 0:
        return
    several = [record] if record is not None else records
    wanted = (
        None if several is None else [p for one in several for p in tracing.own_paths(vault, one)]
    )
    if wanted is not None and not wanted:
        return
    told = 0
    begin = None if since is None else moments.first(vault, since)
    end = None if until is None else moments.last(vault, until)
    with Versions(vault, remember=remember) as versions:
        filtered = deleted or any(one is not None for one in (by, op, field))
        most = None if filtered else limit
        commits = _commits(vault, wanted, versions, begin, end, most, follow=record is not None)
        for commit in commits:
            entry = _entry(vault, commit, versions, wanted)
            if not _fits(vault, entry, by, op, field, deleted=deleted):
                continue
            yield entry
            told += 1
            if limit is not None and told >= limit:
                return


def _commits(
    vault: Vault,
    wanted: list[str] | None,
    versions: Versions,
    since: dt.datetime | None,
    until: dt.datetime | None,
    most: int | None,
    *,
    follow: bool,
) -> Iterator[Commit]:
    """The commits that touch the wanted paths; following adds the paths that it comes upon."""
    if wanted is None and not vault.prefix:
        yield from versions.commits(vault.repo.commit_ids(since=since, until=until, limit=most))
        return
    inside = [vault.prefix.rstrip("/")] if vault.prefix else []
    starts = [("HEAD", wanted if wanted is not None else inside)]
    seen: set[str] = set()
    while starts:
        rev, paths = starts.pop(0)
        for commit in vault.repo.log(rev, paths=paths, since=since, until=until):
            if commit.id in seen:
                continue
            seen.add(commit.id)
            if follow and wanted is not None:
                for old, parent in tracing.sources(vault, commit, wanted, versions):
                    wanted.append(old)
                    starts.append((parent, [old]))
            yield commit


def paths_ever(vault: Vault, record: Record) -> list[str]:
    """All files, by path in git, that a record ever was."""
    wanted = tracing.own_paths(vault, record)
    with Versions(vault, remember=False) as versions:
        for _ in _commits(vault, wanted, versions, None, None, None, follow=True):
            pass  # following a rename adds what it was before
    return wanted


def _fits(
    vault: Vault,
    entry: Entry,
    by: str | None,
    op: str | None,
    field: Sequence[str] | None,
    *,
    deleted: bool,
) -> bool:
    if deleted and not any(one.kind == "removed" for one in entry.records):
        return False
    if op is not None and entry.op != op:
        return False
    if by is not None:
        person = vault.access.find(by)
        words = {by.casefold(), vault.access.display(by).casefold()}
        if person:
            words |= {person.name.casefold(), person.email.casefold()}
        if entry.by.casefold() not in words and entry.email.casefold() not in words:
            return False
    return field is None or any(
        _names_field(vault, change, list(field))
        for record in entry.records
        for change in record.changes
    )


def _names_field(vault: Vault, change: Change, wanted: list[str]) -> bool:
    """Whether a change is one of a field, or of what the field is in or what is in it."""
    names = field_names(vault.schema, change.path)
    size = min(len(names), len(wanted))
    if names[:size] == wanted[:size]:
        rest = wanted[size:]
        return not rest or any(_holds(one, rest) for one in (change.before, change.after))
    if len(wanted) > 1:
        return False
    return wanted[0] in names or any(_within(one, wanted[0]) for one in change[1:])


def _holds(value: Any, names: list[str]) -> bool:
    if not names:
        return value is not None
    if isinstance(value, list):
        return any(_holds(one, names) for one in value)
    return isinstance(value, dict) and _holds(value.get(names[0]), names[1:])


def _within(value: Any, name: str) -> bool:
    if isinstance(value, list):
        return any(_within(one, name) for one in value)
    return isinstance(value, dict) and (
        name in value or any(_within(one, name) for one in value.values())
    )


def field_names(schema: Schema, path: StablePath) -> list[str]:
    """The names of the fields along a stable path, without the items of lists."""
    names: list[str] = []
    for depth, step in enumerate(path):
        above = schema.at(path[:depth]) if depth else None
        item = (
            above is not None and above.kind == "items" and schema.at(path[: depth + 1]) is above
        )
        if isinstance(step, str) and not item:
            names.append(step)
    return names


def _entry(vault: Vault, commit: Commit, versions: Versions, only: list[str] | None) -> Entry:
    records: list[RecordChange] = []
    others: list[str] = []
    for change in commit.changes:
        if only is not None and change.path not in only:
            continue
        path = change.path.removeprefix(vault.prefix)
        if store.is_record_path(path) and change.path.startswith(vault.prefix):
            records.append(versions.change(path, change))
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


def record_at(vault: Vault, repo: GitRepo, path: str, rev: str) -> Record | None:
    """A record as a commit had it, None where that commit has no such file."""
    data = repo.read(rev, vault.prefix + path)
    return None if data is None else store.parse(path, data, vault.schema)
