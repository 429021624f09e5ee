"""What others did meanwhile: the remote's commits since a base, asked by path and field."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from textcrm import changes, store
from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.changes import StablePath
    from textcrm.gitrepo import BlobChange, Commit
    from textcrm.gitrepo.objects import Blobs
    from textcrm.three_way import Side
    from textcrm.vault import Vault


class Story:
    """The commits from a base to the remote's tip, read when they are first asked for."""

    def __init__(self, vault: Vault, blobs: Blobs, base: str, tip: str) -> None:
        self._vault = vault
        self._blobs = blobs
        self._range = f"{base}..{tip}"

    @cached_property
    def _commits(self) -> list[Commit]:
        return list(self._vault.repo.log(self._range))

    @cached_property
    def _touching(self) -> dict[str, list[tuple[Commit, BlobChange]]]:
        """The changes of each path, the newest first."""
        found: dict[str, list[tuple[Commit, BlobChange]]] = {}
        for commit in self._commits:
            for change in commit.changes:
                found.setdefault(change.path, []).append((commit, change))
        return found

    def author(self, path: str, field: StablePath = ()) -> str:
        """Who changed a field (or the file) last."""
        touching = self._touching.get(path, [])
        for commit, change in touching:
            if any(_related(one, field) for one in self._fields(path, change)):
                return commit.author.name
        return touching[0][0].author.name if touching else ""

    def rekeyed(self, path: str) -> Callable[[StablePath], Side | None]:
        """For each field of a file: ``ours`` where the remote's change was a mere rekey."""
        touching = self._touching.get(path, [])
        if not any(_op(commit) == "rekey" for commit, _ in touching):
            return lambda _field: None
        edited = {
            field
            for commit, change in touching
            if _op(commit) != "rekey"
            for field in self._fields(path, change)
        }
        return lambda field: None if any(_related(one, field) for one in edited) else "ours"

    @cached_property
    def moved(self) -> dict[str, str]:
        """Record files that were renamed: new path by old, told by the record's uid."""
        gone: dict[str, str] = {}
        came: dict[str, str] = {}
        for path, touching in self._touching.items():
            last, first = touching[0][1], touching[-1][1]
            if last.after is None and first.before is not None:
                uid = self._uid(path, first.before)
                if uid:
                    gone[uid] = path
            elif first.before is None and last.after is not None:
                uid = self._uid(path, last.after)
                if uid:
                    came[uid] = path
        return {path: came[uid] for uid, path in gone.items() if uid in came}

    def _uid(self, path: str, blob: str) -> str | None:
        raw = self._raw(path, blob)
        uid = raw.get("uid") if raw else None
        return uid if isinstance(uid, str) else None

    def _fields(self, path: str, change: BlobChange) -> list[StablePath]:
        before, after = self._raw(path, change.before), self._raw(path, change.after)
        return [one.path for one in changes.compare(before, after, self._vault.schema)]

    def _raw(self, path: str, blob: str | None) -> dict[str, Any] | None:
        if blob is None or not store.is_record_path(path.removeprefix(self._vault.prefix)):
            return None
        data = self._blobs.read(blob)
        try:
            return store.parse(path, data, self._vault.schema).raw if data is not None else None
        except TextcrmError:
            return None


def _op(commit: Commit) -> str:
    return (commit.trailers.get("Textcrm-Op") or [""])[-1]


def _related(one: StablePath, two: StablePath) -> bool:
    """Whether one path is the other, or leads to it."""
    size = min(len(one), len(two))
    return one[:size] == two[:size]
