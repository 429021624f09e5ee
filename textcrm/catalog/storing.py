"""Storing what was read: one transaction a batch, each leaving the tables whole."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.catalog import encoding
from textcrm.catalog.cells import Term, cells_of
from textcrm.catalog.entries import derived_of, sum_of
from textcrm.catalog.text import got, put

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from textcrm.catalog.cells import Cell
    from textcrm.catalog.database import Database
    from textcrm.catalog.entries import Entry
    from textcrm.catalog.reading import Looked

    _Placed = tuple[int, Collection[Cell]]  # a row, and values to be put there

_REMEMBERED: Final = 200_000


class Damaged(sqlite3.DatabaseError):
    """A row that does not say what was stored."""


class Tree(NamedTuple):
    """What a record is served from, checked against its sum."""

    row: int
    id: str
    head: bytes
    body: bytes
    derived: bytes


class Storage:
    """Writes entries into a database; remembers the numbers of terms."""

    def __init__(self, database: Database, numbers: Mapping[str, int] | None = None) -> None:
        """``numbers`` are rows that files had in a database that was lost: they get them again."""
        self.database = database
        self.numbers: dict[str, int] = dict(numbers or {})
        self._terms: dict[Term, int] = {}
        self._knows_all = False
        self._version = -1
        self._last = self._before = 0

    def store(self, looked: Iterable[Looked]) -> tuple[list[int], list[int]]:
        """Store what was read; gives the rows that changed and those that are gone."""
        upserted: list[int] = []
        removed: list[int] = []
        with self._changing() as (connection, sequence):
            cells: list[_Placed] = []
            for one in looked:
                row = self._row(connection, one.path)
                if one.signature is None:
                    if row is not None:
                        self._remove(connection, row, sequence)
                        removed.append(row)
                elif one.entry is None and row is not None:
                    connection.execute(
                        "UPDATE files SET size=?, mtime=?, ctime=?, inode=?, seen=? WHERE row=?",
                        (*one.signature, one.seen, row),
                    )
                elif one.entry is not None:
                    upserted.append(self._put(connection, row, one, sequence, cells))
            self._put_cells(connection, cells)
            if upserted or removed:
                connection.execute("UPDATE meta SET value=? WHERE name='sequence'", (sequence,))
        return upserted, removed

    def remove(self, rows: Sequence[int]) -> None:
        """Take out records whose files are gone."""
        with self._changing() as (connection, sequence):
            for row in rows:
                self._remove(connection, row, sequence)
            connection.execute("UPDATE meta SET value=? WHERE name='sequence'", (sequence,))

    def renew(self, rows: Sequence[int], today: dt.date, settings: Mapping[str, Any]) -> None:
        """Compute again what follows from records on another day; their text stays."""
        with self._changing() as (connection, _):
            cells: list[_Placed] = []
            for row in rows:
                tree = tree_of(connection, row)
                if tree is None:
                    continue
                masked = whole(tree)
                before = cells_of(masked, encoding.decode(tree.derived))
                derived, fresh = derived_of(masked, today, tree.id, settings)
                after = cells_of(masked, derived)
                self._forget_cells(connection, row, before - after)
                cells.append((row, after - before))
                kept = encoding.encode(derived)
                connection.execute(
                    "UPDATE records SET derived=?, first=?, until=?, sum=? WHERE row=?",
                    (kept, *fresh, sum_of(tree.id, fresh, tree.head, tree.body, kept), row),
                )
            self._put_cells(connection, cells)

    def note_settled(self, digest: bytes) -> None:
        """Remember what a scan found when all of it was known and of age."""
        with self.database.writing() as connection:
            connection.execute("UPDATE meta SET value=? WHERE name='settled'", (digest,))

    def forget_terms(self) -> None:
        """Let go of the numbers of values, which are much where much was stored."""
        self._terms = {}
        self._knows_all = False

    # -- one transaction

    @contextlib.contextmanager
    def _changing(self) -> Iterator[tuple[sqlite3.Connection, int]]:
        """A write transaction, and the sequence of its changes."""
        try:
            with self.database.writing() as connection:
                sequence = self._begin(connection)
                # A work tree may come back to what it was (a new record that is deleted again):
                # what was settled before a change says nothing after it.
                connection.execute("UPDATE meta SET value=NULL WHERE name='settled'")
                yield connection, sequence
                if self._last != self._before:
                    connection.execute("UPDATE meta SET value=? WHERE name='terms'", (self._last,))
        except BaseException:
            self._terms.clear()
            self._knows_all = False
            raise

    def _begin(self, connection: sqlite3.Connection) -> int:
        """Terms that others may have dropped are looked up anew."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version or len(self._terms) > _REMEMBERED:
            self._terms.clear()
            self._version = version
            self._knows_all = False
        self._last = self._before = int(self.database.meta("terms"))
        if not self._last:
            self._knows_all = True  # what is not remembered is not there: nothing to look up
        return int(self.database.meta("sequence")) + 1

    # -- rows

    @staticmethod
    def _row(connection: sqlite3.Connection, path: str) -> int | None:
        found = connection.execute("SELECT row FROM files WHERE path=?", (put(path),)).fetchone()
        return found[0] if found else None

    def _put(
        self,
        connection: sqlite3.Connection,
        row: int | None,
        one: Looked,
        sequence: int,
        cells: list[_Placed],
    ) -> int:
        entry: Entry | None = one.entry
        assert entry is not None  # noqa: S101 - the caller looked
        assert one.signature is not None  # noqa: S101
        values = (*one.signature, one.seen, entry.hash, sequence)
        before: set[Cell] = set()
        if row is None:
            row = connection.execute(
                "INSERT INTO files(row, path, size, mtime, ctime, inode, seen, hash, sequence) "
                "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (self._number(connection, one.path), put(one.path), *values),
            ).lastrowid
            assert row is not None  # noqa: S101 - a row was just made
            self.numbers[one.path] = row
        else:
            before = self._forget(connection, row)
            connection.execute(
                "UPDATE files SET size=?, mtime=?, ctime=?, inode=?, seen=?, hash=?, sequence=? "
                "WHERE row=?",
                (*values, row),
            )
        if not entry.broken:
            parts = (put(entry.id), put(entry.name), entry.head, entry.derived, *entry.fresh)
            connection.execute(
                "INSERT INTO records(row, id, name, head, derived, first, until, sum, body) "
                "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (row, *parts, entry.sum, entry.body),
            )
            connection.executemany(
                "INSERT OR IGNORE INTO called VALUES(?, ?, ?)",
                [(put(word), kind, row) for kind, word in entry.called],
            )
        if before:
            after = set(entry.cells)
            self._forget_cells(connection, row, before - after)
            cells.append((row, after - before))
        else:
            cells.append((row, entry.cells))
        return row

    def _number(self, connection: sqlite3.Connection, path: str) -> int | None:
        """The number that a file had before, where that is free; None for the next one."""
        number = self.numbers.get(path)
        if number is None:
            return None
        taken = connection.execute("SELECT 1 FROM files WHERE row=?", (number,)).fetchone()
        return None if taken else number

    def _remove(self, connection: sqlite3.Connection, row: int, sequence: int) -> None:
        self._forget_cells(connection, row, self._forget(connection, row))
        connection.execute("DELETE FROM files WHERE row=?", (row,))
        connection.execute("INSERT OR IGNORE INTO removed VALUES(?, ?)", (sequence, row))

    @staticmethod
    def _forget(connection: sqlite3.Connection, row: int) -> set[Cell]:
        """Take out what is kept of a record, its values apart: those are given back."""
        tree = tree_of(connection, row)
        if tree is None:
            return set()
        for table in ("records", "called"):
            connection.execute(f"DELETE FROM {table} WHERE row=?", (row,))  # noqa: S608 - fixed names
        return cells_of(whole(tree), encoding.decode(tree.derived))

    def _forget_cells(
        self, connection: sqlite3.Connection, row: int, cells: Iterable[Cell]
    ) -> None:
        """Take out values of a row, and from the terms what nobody else has."""
        for key, item in cells:
            term = _term(connection, key)
            if term is None:
                continue
            connection.execute(
                "DELETE FROM cells WHERE term=? AND row=? AND item=?", (term, row, item)
            )
            left = connection.execute("SELECT 1 FROM cells WHERE term=? LIMIT 1", (term,))
            if left.fetchone() is None:
                connection.execute(
                    "DELETE FROM terms WHERE path=? AND kind=? AND value=?",
                    (put(key[0]), key[1], put(key[2])),
                )
                self._terms.pop(key, None)

    def _put_cells(self, connection: sqlite3.Connection, cells: list[_Placed]) -> None:
        self._number_terms(connection, {key for _, own in cells for key, _ in own})
        terms = self._terms
        rows = [(terms[key], row, item) for row, own in cells for key, item in own]
        rows.sort()
        connection.executemany("INSERT OR IGNORE INTO cells VALUES(?, ?, ?)", rows)

    def _number_terms(self, connection: sqlite3.Connection, keys: set[Term]) -> None:
        """Give every value a number; that of one that was dropped is never used again."""
        new = []
        for key in sorted(keys - self._terms.keys()):
            found = None if self._knows_all else _term(connection, key)
            if found is None:
                self._last += 1
                new.append((put(key[0]), key[1], put(key[2]), self._last))
            self._terms[key] = self._last if found is None else found
        connection.executemany("INSERT INTO terms VALUES(?, ?, ?, ?)", new)


def _term(connection: sqlite3.Connection, key: Term) -> int | None:
    found = connection.execute(
        "SELECT term FROM terms WHERE path=? AND kind=? AND value=?",
        (put(key[0]), key[1], put(key[2])),
    ).fetchone()
    return found[0] if found else None


def tree_of(connection: sqlite3.Connection, row: int) -> Tree | None:
    """What is kept of a record. Raises Damaged."""
    found = connection.execute(
        "SELECT row, id, head, body, derived, first, until, sum FROM records WHERE row=?", (row,)
    ).fetchone()
    return checked(found) if found else None


def checked(found: Sequence[Any]) -> Tree:
    """A row of ``records`` whose sum is right. Raises Damaged."""
    row, stored, head, body, derived, first, until, total = found
    try:
        record_id = got(stored)
        if sum_of(record_id, (first, until), head, body, derived) == total:
            return Tree(row, record_id, head, body, derived)
    except (TypeError, ValueError) as error:
        raise Damaged(str(row)) from error
    raise Damaged(str(row))


def whole(tree: Tree) -> dict[str, Any]:
    """The masked record of a stored tree."""
    head, body = encoding.decode(tree.head), encoding.unpacked(tree.body)
    return {
        key: body[key] if value is encoding.ELSEWHERE else value for key, value in head.items()
    }
