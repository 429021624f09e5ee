"""Versions of records and what changed between them, remembered: history does not change.

What a pair of versions differs in is kept by their blob ids in the git directory, where it is
never shared. A value of a field that is to be sealed is not: it stands there locked, whether it
was sealed or, by a slip, plain. Deleting the file, or any damage to it, costs time only.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import changes, store
from textcrm.changes import Change
from textcrm.errors import TextcrmError
from textcrm.gitrepo.log import read_commits

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from textcrm.gitrepo import BlobChange, Commit
    from textcrm.gitrepo.objects import Blobs
    from textcrm.vault import Vault

_FORM = 2
_MOST = 4096
_PART = 200


class RecordChange(NamedTuple):
    """What one commit did to one record; ``kind`` is added, changed, removed or unreadable.

    ``uid`` is told only where nothing is remembered: it is what sealed values are bound to.
    """

    id: str
    name: str
    path: str
    kind: str
    changes: tuple[Change, ...]
    uid: str = ""


class Versions:
    """Compares versions of records by their blobs; use it in a ``with``.

    With ``remember`` what was compared is kept for the next time, sealed values left out;
    without it changes hold the versions' values as they stand.
    """

    def __init__(self, vault: Vault, *, remember: bool = True) -> None:
        self._vault = vault
        self._blobs: Blobs | None = None
        self._trees: dict[str, dict[str, Any] | None] = {}
        self._memory = _Memory.open(vault) if remember else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._blobs is not None:
            self._blobs.close()
        if self._memory is not None:
            self._memory.close()

    def change(self, path: str, change: BlobChange) -> RecordChange:
        """What a commit did to the record at a path of the vault."""
        known = self._memory.recall(path, change) if self._memory else None
        if known is not None:
            return known
        made = self._compared(path, change)
        if self._memory is None:
            return made
        made = made._replace(changes=tuple(self._locked(one) for one in made.changes), uid="")
        self._memory.keep(change, made)
        return made

    def commits(self, ids: list[str]) -> Iterator[Commit]:
        """Tell commits by their ids, those that were told before from memory."""
        for start in range(0, len(ids), _PART):
            part = ids[start : start + _PART]
            known = self._memory.recall_commits(part) if self._memory else {}
            missing = [one for one in part if one not in known]
            if missing:
                for commit in read_commits(self._vault.repo.process, missing):
                    known[commit.id] = commit
                    if self._memory:
                        self._memory.keep_commit(commit)
            yield from (known[one] for one in part if one in known)

    def tree(self, blob: str | None, path: str) -> dict[str, Any] | None:
        """The record in a blob, None where there is none or it cannot be read."""
        if blob is None:
            return None
        if blob not in self._trees:
            if len(self._trees) > _MOST:
                self._trees.clear()
            self._trees[blob] = self._parsed(blob, path)
        return self._trees[blob]

    def _parsed(self, blob: str, path: str) -> dict[str, Any] | None:
        if self._blobs is None:
            self._blobs = self._vault.repo.blobs()
        data = self._blobs.read(blob)
        try:
            return store.parse(path, data, self._vault.schema).raw if data is not None else None
        except TextcrmError:
            return None

    def _compared(self, path: str, change: BlobChange) -> RecordChange:
        before, after = self.tree(change.before, path), self.tree(change.after, path)
        known = after or before or {}
        kind = (
            "added" if change.before is None else "removed" if change.after is None else "changed"
        )
        if (change.after and after is None) or (change.before and before is None):
            kind = "unreadable"
        record_id, name = known.get("id"), known.get("name")
        return RecordChange(
            record_id if isinstance(record_id, str) else _stem(path),
            name if isinstance(name, str) else "",
            path,
            kind,
            () if kind == "unreadable" else changes.compare(before, after, self._vault.schema),
            str(known.get("uid") or ""),
        )

    def _locked(self, change: Change) -> Change:
        return Change(
            change.path,
            locked(self._vault, change.path, change.before),
            locked(self._vault, change.path, change.after),
        )


def locked(vault: Vault, path: tuple[Any, ...], value: Any) -> Any:
    """A value of history with all that is to be sealed taken out, whatever its form was."""
    if value is None:
        return None
    field = vault.schema.at(path)
    if isinstance(value, dict) and "sealed" in value and "age" in value:
        return {"sealed": value["sealed"], "age": ""}
    if field is not None and field.seal:
        return {"sealed": field.seal, "age": ""}
    if isinstance(value, dict):
        return {name: locked(vault, (*path, name), inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [locked(vault, path, inner) for inner in value]
    return value


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(store.SUFFIX)


def _commit_of(own: str, told: list[Any]) -> Commit:
    from textcrm.gitrepo import BlobChange, Commit, Person

    parents, author, at, subject, body, trailers, listed = told
    return Commit(
        own,
        tuple(parents),
        Person(*author),
        dt.datetime.fromisoformat(at),
        subject,
        body,
        trailers,
        tuple(BlobChange(*one) for one in listed),
    )


class _Memory:
    """The comparisons that were made before, in a small database of this clone."""

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self._connection = connection
        self._file = file
        self._broken = False
        self._fresh: list[tuple[str, str, str]] = []
        self._fresh_commits: list[tuple[str, str]] = []

    @classmethod
    def open(cls, vault: Vault) -> _Memory | None:
        """Open it, or make it anew where it is of another form; None where that fails."""
        import hashlib
        import sqlite3

        from textcrm.connection import Connection

        file = vault.repo.common_dir / "textcrm" / "log.db"
        document = json.dumps(vault.schema.document, sort_keys=True, ensure_ascii=False)
        stamp = f"{_FORM}-{hashlib.sha256(document.encode()).hexdigest()}"
        for _ in range(2):
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(
                    file, timeout=0.2, isolation_level=None, factory=Connection
                )
            except (sqlite3.Error, OSError):
                return None
            try:
                connection.execute("PRAGMA synchronous=OFF")
                connection.execute("CREATE TABLE IF NOT EXISTS stamp (stamp TEXT)")
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS compared"
                    " (before TEXT, after TEXT, told TEXT, PRIMARY KEY (before, after))"
                    " WITHOUT ROWID"
                )
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS told (id TEXT PRIMARY KEY, told TEXT) WITHOUT ROWID"
                )
                row = connection.execute("SELECT stamp FROM stamp").fetchone()
                if row is None or row[0] != stamp:
                    connection.execute("BEGIN")
                    connection.execute("DELETE FROM compared")
                    connection.execute("DELETE FROM stamp")
                    connection.execute("INSERT INTO stamp VALUES (?)", (stamp,))
                    connection.execute("COMMIT")
            except sqlite3.DatabaseError:
                connection.close()
                with contextlib.suppress(OSError):
                    file.unlink()
                continue
            return cls(connection, file)
        return None

    def recall(self, path: str, change: BlobChange) -> RecordChange | None:
        import sqlite3

        try:
            row = self._connection.execute(
                "SELECT told FROM compared WHERE before = ? AND after = ?",
                (change.before or "", change.after or ""),
            ).fetchone()
            if row is None:
                return None
            record_id, name, kind, told = json.loads(row[0])
            return RecordChange(
                record_id or _stem(path),
                name,
                path,
                kind,
                tuple(Change(tuple(where), before, after) for where, before, after in told),
            )
        except (sqlite3.Error, ValueError, TypeError) as error:
            self._broken |= not isinstance(error, sqlite3.OperationalError)
            return None

    def recall_commits(self, ids: list[str]) -> dict[str, Commit]:
        import sqlite3

        marks = ",".join("?" * len(ids))
        found: dict[str, Commit] = {}
        try:
            rows = self._connection.execute(
                f"SELECT id, told FROM told WHERE id IN ({marks})",  # noqa: S608 - marks only
                ids,
            )
            for own, told in rows:
                found[own] = _commit_of(own, json.loads(told))
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            self._broken |= not isinstance(error, sqlite3.OperationalError)
            return {}
        return found

    def keep_commit(self, commit: Commit) -> None:
        told = json.dumps(
            [
                commit.parents, commit.author, commit.at.isoformat(), commit.subject,
                commit.body, commit.trailers, commit.changes,
            ],
            ensure_ascii=False,
        )  # fmt: skip
        self._fresh_commits.append((commit.id, told))

    def keep(self, change: BlobChange, made: RecordChange) -> None:
        told = json.dumps(
            [
                "" if made.id == _stem(made.path) else made.id,
                made.name,
                made.kind,
                [list(one) for one in made.changes],
            ],
            ensure_ascii=False,
        )
        self._fresh.append((change.before or "", change.after or "", told))
        if len(self._fresh) >= _MOST:
            self._write()

    def _write(self) -> None:
        import sqlite3

        try:  # another command may be at it, or the disk full
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO compared VALUES (?, ?, ?)", self._fresh
                )
                self._connection.executemany(
                    "INSERT OR REPLACE INTO told VALUES (?, ?)", self._fresh_commits
                )
            finally:
                self._connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._broken |= not isinstance(error, sqlite3.OperationalError)
        self._fresh.clear()
        self._fresh_commits.clear()

    def close(self) -> None:
        if self._fresh or self._fresh_commits:
            self._write()
        self._connection.close()
        if self._broken:
            with contextlib.suppress(OSError):
                self._file.unlink()
