"""The tokens in SQLite: FTS5 in the catalog's own database.

The table holds postings and nothing else (``content=''``), and which place a token stands in but
not where (``detail=column``): tokens of pairs need no positions. Tokens go through the tokenizer
``ascii``, which keeps together whatever is not ASCII punctuation, as no token has.

FTS5 can only take out postings whose text it is told again, and nobody remembers that of a record
that changed. So a changed record gets a new number here (from 2**32 on, told apart by
``search_moved``) and the old one is dead (``search_dead``) until the next build, which comes when
too many are.
"""

from __future__ import annotations

import os
import sqlite3
import time
from itertools import islice
from typing import TYPE_CHECKING, Final

from textcrm.search.analyzers import VERSION
from textcrm.search.text_index import PLACES, All, AnyOf, Prefix, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from textcrm.catalog.catalog import Catalog
    from textcrm.search.analyzers import Terms
    from textcrm.search.beside import Readers
    from textcrm.search.text_index import Tree

STAMP: Final = f"sqlite 1 {VERSION}"
_BATCH: Final = 2000
_PART: Final = 500  # records that another process reads at once
_FIRST_MOVED: Final = 2**32
_DEAD_SHARE: Final = 5  # a fifth of the records, and not before there are
_FEWEST_DEAD: Final = 2000
_TOGETHER: Final = 16  # tokens that the table is asked for in one expression; it bears 256
_FORGOTTEN: Final = 3600  # seconds after which a table that was never finished is a killed build's


class SqliteIndex:
    """A TextIndex; see :class:`textcrm.search.text_index.TextIndex`."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._moved: tuple[int, dict[int, int], set[int]] | None = None

    # -- what there is

    @property
    def stamp(self) -> str:
        """What the index was built by; empty where there is none."""
        return str(self._meta("stamp") or "")

    @property
    def sequence(self) -> int:
        """The catalog's sequence that it holds."""
        found = self._meta("sequence")
        own = self.stamp == STAMP and self._meta("identity") == self._catalog.identity
        return int(found) if own and found is not None else -1

    def _meta(self, name: str) -> int | str | None:
        try:
            found = self._catalog.connection.execute(
                "SELECT value FROM search_meta WHERE name=?", (name,)
            ).fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return None
            raise
        return found[0] if found else None

    # -- writing

    def build(
        self,
        entries: Iterable[tuple[int, Terms]],
        sequence: int,
        progress: Callable[[int], None] | None = None,
    ) -> bool:
        """Build a new table beside the old one, batch by batch, and put it in its place at once."""
        return self._build(_batches(entries), sequence, progress)

    def build_beside(
        self, readers: Readers, sequence: int, progress: Callable[[int], None] | None = None
    ) -> bool:
        """As :meth:`build`: others read and cut to tokens, this process stores."""
        rows = readers.rows
        parts = (rows[start : start + _PART] for start in range(0, len(rows), _PART))
        return self._build(readers.results(lines_of, parts), sequence, progress)

    def _build(
        self,
        batches: Iterable[list[_Line]],
        sequence: int,
        progress: Callable[[int], None] | None,
    ) -> bool:
        name = f"search_fts_{int(time.time())}_{os.urandom(4).hex()}"
        columns = ", ".join(PLACES)
        with self._catalog.writing() as connection:
            connection.execute(
                f"CREATE VIRTUAL TABLE {name} USING fts5({columns}, content='', columnsize=0, "
                "detail=column, tokenize='ascii')"
            )
            connection.execute(f"INSERT INTO {name}({name}, rank) VALUES('hashsize', 67108864)")
        done = 0
        for batch in batches:
            with self._catalog.writing() as connection:
                connection.executemany(_insert(name), batch)
            done += len(batch)
            if progress is not None:
                progress(done)
        with self._catalog.writing() as connection:
            connection.execute(f"INSERT INTO {name}({name}) VALUES('optimize')")
            before = self._meta("table")
            for table in ("search_moved", "search_dead", "search_meta"):
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            connection.execute(
                "CREATE TABLE search_meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID"
            )
            connection.execute(
                "CREATE TABLE search_moved(number INTEGER PRIMARY KEY, row INTEGER)"
            )
            connection.execute("CREATE INDEX search_moved_row ON search_moved(row)")
            connection.execute("CREATE TABLE search_dead(number INTEGER PRIMARY KEY)")
            connection.executemany(
                "INSERT INTO search_meta VALUES(?, ?)",
                [
                    ("stamp", STAMP),
                    ("identity", self._catalog.identity),
                    ("sequence", sequence),
                    ("table", name),
                    ("count", done),
                ],
            )
            for old in _tables(connection):
                if old == before or int(old.split("_")[2]) < time.time() - _FORGOTTEN:
                    connection.execute(f'DROP TABLE "{old}"')
        self._moved = None
        return True

    def update(
        self, upserted: Iterable[tuple[int, Terms]], removed: Iterable[int], sequence: int
    ) -> None:
        """Put in what changed; what stood there is dead."""
        batch = [_line(row, terms) for row, terms in upserted]
        gone = [*removed, *(line[0] for line in batch)]
        with self._catalog.writing() as connection:
            if self.sequence >= sequence:  # somebody else did it meanwhile
                return
            name = self._meta("table")
            last = connection.execute("SELECT max(number) FROM search_moved").fetchone()[0]
            number = max(last or 0, _FIRST_MOVED)
            for row in gone:
                connection.execute(
                    "INSERT OR IGNORE INTO search_dead "
                    "SELECT number FROM search_moved WHERE row=? UNION SELECT ?",
                    (row, row),
                )
            for row, *texts in batch:
                number += 1
                connection.execute(_insert(str(name)), (number, *texts))
                connection.execute("INSERT INTO search_moved VALUES(?, ?)", (number, row))
            connection.execute("UPDATE search_meta SET value=? WHERE name='sequence'", (sequence,))
        self._moved = None

    @property
    def is_worn(self) -> bool:
        """Whether so much of it is dead that it should be built anew."""
        dead = self._catalog.connection.execute("SELECT count(*) FROM search_dead").fetchone()[0]
        return int(dead) > max(_FEWEST_DEAD, int(self._meta("count") or 0) // _DEAD_SHARE)

    # -- reading

    def find(self, tree: Tree, place: str = "") -> set[int]:
        """The rows that a tree finds, in any place or in one."""
        if isinstance(tree, Token | Prefix):
            return self._rows(_phrase(tree), place)
        phrases = [_phrase(node) for node in tree.nodes if isinstance(node, Token | Prefix)]
        if 0 < len(phrases) == len(tree.nodes) <= _TOGETHER:
            return self._rows((" AND " if isinstance(tree, All) else " OR ").join(phrases), place)
        if isinstance(tree, AnyOf):
            return set().union(*(self.find(node, place) for node in tree.nodes))
        found = self.find(tree.nodes[0], place)
        for node in tree.nodes[1:]:
            if not found:
                break
            found &= self.find(node, place)
        return found

    def _rows(self, phrase: str, place: str) -> set[int]:
        name = self._meta("table")
        asked = f"{place} : ({phrase})" if place else phrase
        found = self._catalog.connection.execute(
            f"SELECT rowid FROM {name} WHERE {name} MATCH ?",  # noqa: S608 - our own name
            (asked,),
        ).fetchall()
        rows = {row for (row,) in found}
        moved, dead = self._changes()
        if dead:
            rows -= dead
        if moved:
            changed = rows & moved.keys()
            rows -= changed
            rows.update(moved[number] for number in changed)
        return rows

    def _changes(self) -> tuple[dict[int, int], set[int]]:
        sequence = self.sequence
        if self._moved is None or self._moved[0] != sequence:
            connection = self._catalog.connection
            moved = dict(connection.execute("SELECT number, row FROM search_moved").fetchall())
            dead = {number for (number,) in connection.execute("SELECT number FROM search_dead")}
            self._moved = sequence, moved, dead
        return self._moved[1], self._moved[2]


def _phrase(tree: Token | Prefix) -> str:
    return f'"{tree.text}" *' if isinstance(tree, Prefix) else f'"{tree.text}"'


def _insert(name: str) -> str:
    return f"INSERT INTO {name}(rowid, {', '.join(PLACES)}) VALUES(?, ?, ?, ?, ?)"


_Line = tuple[int, str, str, str, str]


def _line(row: int, terms: Terms) -> _Line:
    return (row, *map(" ".join, terms))  # type: ignore[return-value]


def lines_of(entries: Iterable[tuple[int, Terms]]) -> list[_Line]:
    """Entries as the table takes them."""
    return [_line(row, terms) for row, terms in entries]


def _batches(entries: Iterable[tuple[int, Terms]]) -> Iterator[list[_Line]]:
    lines = (_line(row, terms) for row, terms in entries)
    while batch := list(islice(lines, _BATCH)):
        yield batch


def _tables(connection: sqlite3.Connection) -> list[str]:
    """The tables of postings, those that a killed build left too; shadows go with their table."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type='table' AND name LIKE 'search_fts_%' "
        "AND sql LIKE 'CREATE VIRTUAL%'"
    )
    return [name for (name,) in found]
