"""Blame: who set each field of a record last, when, and in which commit."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import changes
from textcrm.errors import TextcrmError
from textcrm.history.log import log, record_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.changes import Change, StablePath
    from textcrm.history.log import Entry
    from textcrm.record import Record
    from textcrm.vault import Vault


class Blamed(NamedTuple):
    """One field as it is now, and the entry of history that made it so.

    ``entry`` is None where the value is an edit that is not committed yet.
    """

    path: StablePath
    value: Any
    entry: Entry | None


def blame(vault: Vault, record: Record, below: StablePath = ()) -> list[Blamed]:
    """Tell for every field below a path who set it last; history is read no further than needed.

    Each step back undoes a commit in thought: a field belongs to the newest commit whose change
    gave it the value that it has now. Where the file came back (restored, or under another id), a
    value that is what it was before belongs to whoever set it then.
    """
    leaves = [one for one in _leaves(record, vault) if one.path[: len(below)] == below]
    found: dict[StablePath, Entry | None] = {}
    open_ = {one.path: one.after for one in leaves}
    for path in _uncommitted(vault, record, open_):
        found[path] = None
        del open_[path]
    came: dict[StablePath, Any] = {}  # with the file: perhaps it had them before it went
    for entry in log(vault, record):
        if not open_ and not came:
            break
        for one in entry.records:
            for change in one.changes:
                for path in [path for path in open_ if _made(change, path)]:
                    found[path] = entry
                    value = open_.pop(path)
                    if one.kind == "added":
                        came[path] = value
        gone = [one.path for one in entry.records if one.kind == "removed"]
        if came and gone:
            had = _had(vault, gone, f"{entry.commit}^")
            open_.update({path: value for path, value in came.items() if had.get(path) == value})
            came = {}
    return [Blamed(one.path, one.after, found.get(one.path)) for one in leaves]


def _had(vault: Vault, files: list[str], rev: str) -> dict[StablePath, Any]:
    """The values that a record had in files that are gone; nothing of one that does not read."""
    had: dict[StablePath, Any] = {}
    for file in files:
        with contextlib.suppress(TextcrmError):
            before = record_at(vault, vault.repo, file, rev)
            if before is not None:
                had |= {one.path: one.after for one in _leaves(before, vault)}
    return had


def _leaves(record: Record, vault: Vault) -> list[Change]:
    """Every value of a record by its stable path; an item of a list is opened."""
    return list(_opened((), record.raw, vault))


def _opened(path: StablePath, value: Any, vault: Vault) -> Iterator[Change]:
    if isinstance(value, dict) and value and "sealed" not in value:
        for name, inner in value.items():
            yield from _opened((*path, name), inner, vault)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for place, item in enumerate(value):
            own = changes.item_id(item)
            for name, inner in item.items():
                if name != "id":
                    yield from _opened((*path, own or place, name), inner, vault)
    elif value not in (None, [], {}):
        yield changes.Change(path, None, value)


def _made(change: Change, path: StablePath) -> bool:
    """Whether a change set the value at a path: there, above it, or the whole of it."""
    return change.after is not None and path[: len(change.path)] == change.path


def _uncommitted(vault: Vault, record: Record, open_: dict[StablePath, Any]) -> list[StablePath]:
    from textcrm import store

    data = vault.repo.read("HEAD", vault.prefix + record.path)
    try:
        before = store.parse(record.path, data, vault.schema).raw if data is not None else None
    except TextcrmError:
        before = None
    edits = changes.compare(before, record.raw, vault.schema)
    return [path for path in open_ if any(_made(edit, path) for edit in edits)]
