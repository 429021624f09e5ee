"""The catalog's database file: opened, made anew where it will not do, or kept in memory.

Tables (``row`` is the number of a record's file, never used twice):

- ``files``: every record file with its stat signature, the moment it was read (``seen``, ns), the
  hash of its content and the sequence of its last change. One without a record is broken.
- ``records``: what Docs are served from: ``head`` (scalars and lists of scalars), ``body``
  (mappings and lists of them, packed), ``derived``; the days for which the derived values hold; a checksum.
- ``terms`` and ``cells``: every distinct value by path, and in which rows and items it stands; see
  :mod:`textcrm.catalog.cells`.
- ``called``: ids, former ids, names and aliases, for the look-up of one record.
- ``removed``: rows that are gone, by sequence. ``meta``: stamp, identity, sequence.

Other rooms may keep tables of their own here, named ``<room>_...``; a rebuild drops them all.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from typing import TYPE_CHECKING, Any, Final

from textcrm.catalog.folder import make_folder
from textcrm.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE: Final = "catalog.db"
_VERSION: Final = 4  # of the tables and of what stands in them
# A message about a damaged file may quote the damage, which then is no text.
FAULTS: Final = (sqlite3.Error, UnicodeDecodeError)
_REFUSALS: Final = ("full", "locked", "busy", "readonly", "read-only", "unable to open", "i/o")
_PATIENCE: Final = 10.0  # seconds that a writer waits for another
_TABLES: Final = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE files(row INTEGER PRIMARY KEY AUTOINCREMENT, path UNIQUE NOT NULL, size INTEGER,
  mtime INTEGER, ctime INTEGER, inode INTEGER, seen INTEGER, hash BLOB, sequence INTEGER);
CREATE INDEX files_sequence ON files(sequence);
CREATE TABLE records(row INTEGER PRIMARY KEY, id, name, head BLOB, derived BLOB, first INTEGER,
  until INTEGER, sum INTEGER, body BLOB);
CREATE INDEX records_days ON records(first, until);
CREATE TABLE terms(path, kind TEXT, value, term INTEGER, PRIMARY KEY(path, kind, value)) WITHOUT ROWID;
CREATE TABLE cells(term INTEGER, row INTEGER, item INTEGER, PRIMARY KEY(term, row, item)) WITHOUT ROWID;
CREATE TABLE called(word, kind TEXT, row INTEGER, PRIMARY KEY(word, kind, row)) WITHOUT ROWID;
CREATE INDEX called_row ON called(row);
CREATE TABLE removed(sequence INTEGER, row INTEGER, PRIMARY KEY(sequence, row)) WITHOUT ROWID;
"""


class Database:
    """One connection; ``in_memory`` where the disk refused."""

    def __init__(self, folder: Path, stamp: str) -> None:
        self.folder = folder
        self.stamp = stamp
        self.in_memory = False
        self.connection = self._opened()

    @property
    def file(self) -> Path:
        """Where the database lies."""
        return self.folder / FILE

    def meta(self, name: str) -> Any:
        """A value of the table ``meta``; None where there is none."""
        found = self.connection.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return found[0] if found else None

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: all of it or nothing. Raises sqlite3.Error."""
        connection = self.connection
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.close()

    # -- opening

    def _opened(self) -> sqlite3.Connection:
        try:
            make_folder(self.folder)
            return self._on_disk()
        except OSError:
            return self.to_memory()
        except FAULTS as error:
            return self.to_memory() if is_refusal(error) else self.renewed()

    def _on_disk(self) -> sqlite3.Connection:
        connection = _connected(str(self.file))
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
            for setting in (
                "synchronous=NORMAL",
                "secure_delete=ON",
                "journal_size_limit=1000000",
                "cache_size=-24000",
                "wal_autocheckpoint=4000",
            ):
                connection.execute(f"PRAGMA {setting}")
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables where those of this version are not there."""
        if self._fits(connection):
            return
        connection.execute("BEGIN IMMEDIATE")
        if not self._fits(connection):  # nobody else made them meanwhile
            _empty(connection)
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            # Grows over rebuilds as well, so that an index sees that it fell behind.
            base = time.time_ns() // 1000
            connection.executemany(
                "INSERT INTO meta VALUES(?, ?)",
                (
                    ("stamp", self.stamp),
                    ("identity", os.urandom(8).hex()),
                    ("sequence", base),
                    ("base", base),
                    ("terms", 0),
                    ("settled", None),  # what the last scan found where all was known
                ),
            )
        connection.execute("COMMIT")

    def _fits(self, connection: sqlite3.Connection) -> bool:
        """Whether the tables are those of this version, schema and settings."""
        try:
            found = connection.execute("SELECT value FROM meta WHERE name='stamp'").fetchone()
        except sqlite3.OperationalError as error:
            if "no such" in str(error) or "has no column" in str(error):
                return False
            raise
        return found is not None and found[0] == self.stamp

    # -- when something is wrong

    def renewed(self) -> sqlite3.Connection:
        """Throw a damaged file away and begin again; in memory where that is refused.

        Whoever has the old file open goes on with it undisturbed. Its journal goes first: a journal
        must never lie beside a database that is not its own.
        """
        if not self.in_memory:
            with contextlib.suppress(AttributeError):
                self.close()
            try:
                with self._locked():
                    for suffix in ("-wal", "-shm", ""):
                        self.file.with_name(FILE + suffix).unlink(missing_ok=True)
                    self.connection = self._on_disk()
                    return self.connection
            except (OSError, *FAULTS):
                pass
        return self.to_memory(copied=False)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time throws away; a second one finds a sound file and keeps it."""
        from textcrm.gitrepo.system import try_lock, unlock

        before = _identity(self.file)
        with (self.folder / "catalog.lock").open("a+b") as handle:
            end = time.monotonic() + _PATIENCE
            while not try_lock(handle.fileno()) and time.monotonic() < end:
                time.sleep(0.02)
            try:
                if _identity(self.file) != before:
                    raise sqlite3.OperationalError("made anew by somebody else")
                yield
            finally:
                unlock(handle.fileno())

    def to_memory(self, *, copied: bool = True) -> sqlite3.Connection:
        """Go on in memory, with what the file holds where it can be read."""
        with contextlib.suppress(AttributeError):
            self.close()
        self.in_memory = True
        connection = _connected(":memory:")
        if copied and self.file.is_file():
            try:
                _copy(self.file, connection)
            except FAULTS:
                connection.close()
                connection = _connected(":memory:")
        self._prepare(connection)
        self.connection = connection
        return connection


def made_by(release: str) -> str:
    """How the stamp of a database begins that a release of textcrm made, and can read."""
    return f"{_VERSION} {release} "


def is_refusal(error: Exception) -> bool:
    """Whether the disk or another process said no, rather than the file being wrong."""
    said = str(error).lower() if isinstance(error, sqlite3.OperationalError) else ""
    return any(word in said for word in _REFUSALS)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _connected(name: str, *, uri: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(
        name,
        timeout=_PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        factory=Connection,
        uri=uri,
    )
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _copy(file: Path, into: sqlite3.Connection) -> None:
    """Copy a database that may not be written to: by its journal where that can be read."""
    place = file.absolute().as_uri()
    try:
        source = _connected(f"{place}?mode=ro", uri=True)
        try:
            source.backup(into)
        finally:
            source.close()
    except sqlite3.OperationalError:
        if file.with_name(FILE + "-wal").exists():
            raise
        source = _connected(f"{place}?immutable=1", uri=True)
        try:
            source.backup(into)
        finally:
            source.close()


def _empty(connection: sqlite3.Connection) -> None:
    """Drop every table, those of other rooms too."""
    found = connection.execute(
        "SELECT name, type FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND type='table'"
    ).fetchall()
    # A virtual table takes its shadows with it, so it goes first.
    names = [name for name, _ in found]
    for name in sorted(names, key=len):
        quoted = name.replace('"', '""')
        connection.execute(f'DROP TABLE IF EXISTS "{quoted}"')
