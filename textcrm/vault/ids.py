"""Identities: the customer's id of a day, the immutable uid, the short id of a list item."""

from __future__ import annotations

import contextlib
import secrets
import time
from typing import TYPE_CHECKING, Any

from textcrm import store
from textcrm.changes import item_id
from textcrm.record import id_of_path

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from textcrm.gitrepo import GitRepo

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = "abcdefghjkmnpqrstvwxyz"
_ITEM = _LETTERS + "23456789"


def new_uid(milliseconds: int | None = None) -> str:
    """Make a ULID: 48 bits of time in ms, 80 of chance, in Crockford's base 32 (ulid/spec)."""
    now = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    number = (now << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def new_item_id(taken: Collection[str] = ()) -> str:
    """Make a short random id for a list item: a letter first, so that it is never an index."""
    while True:
        fresh = secrets.choice(_LETTERS) + "".join(secrets.choice(_ITEM) for _ in range(4))
        if fresh not in taken:
            return fresh


def give_item_ids(tree: Any) -> Any:
    """Copy a tree, giving every mapping in a list an ``id``, first, where it has none."""
    if isinstance(tree, dict):
        return {name: give_item_ids(value) for name, value in tree.items()}
    if not isinstance(tree, list):
        return tree
    taken = {own for item in tree if isinstance(item, dict) and (own := item_id(item))}
    result = []
    for item in tree:
        fresh = give_item_ids(item)
        if isinstance(fresh, dict) and not fresh.get("id") and "sealed" not in fresh:
            own = new_item_id(taken)
            taken.add(own)
            fresh = {"id": own, **fresh}
        result.append(fresh)
    return result


def next_id(day: dt.date, taken: Iterable[str], prefix: str = "C") -> str:
    """One above the highest id of the day: C + yyyymmdd + at least three digits (B6)."""
    start = f"{prefix}{day:%Y%m%d}"
    numbers = [
        int(name[len(start) :])
        for name in taken
        if name.startswith(start) and name[len(start) :].isdigit()
    ]
    return f"{start}{max(numbers, default=0) + 1:03d}"


def taken_on(day: dt.date, root: Path, repo: GitRepo | None, prefix: str) -> set[str]:
    """The ids of a day's month that are, or ever were, used: work tree, branches, history, tombstones."""
    folder = f"{store.FOLDER}/{day:%Y/%m}"
    names: set[str] = set()
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        names.update(file.name for file in (root / folder).iterdir())
    if repo is not None:
        names.update(repo.paths_ever(f"{prefix}{folder}", since=day))
    used = {id_of_path(name) for name in names if name.endswith(store.SUFFIX)}
    return used | _erased(root, repo, prefix)


def _erased(root: Path, repo: GitRepo | None, prefix: str) -> set[str]:
    """The ids of tombstones: of the work tree, of HEAD, and of what others shared."""
    from textcrm.vault import tombstones

    found: set[str] = set()
    with contextlib.suppress(OSError):
        found |= tombstones.ids_in((root / tombstones.FILE_NAME).read_bytes())
    if repo is not None:
        there = repo.upstream()
        revisions = ["HEAD", *([there.tracking] if there else [])]
        for data in repo.read_many([(rev, prefix + tombstones.FILE_NAME) for rev in revisions]):
            found |= tombstones.ids_in(data)
    return found
