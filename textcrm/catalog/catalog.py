"""The catalog: what the record files say, kept so that only what changed is read again."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from textcrm import store
from textcrm.catalog import scanning
from textcrm.catalog.collecting import uncollected
from textcrm.catalog.database import FAULTS, Database, is_refusal, made_by
from textcrm.catalog.folder import NAME, require_own
from textcrm.catalog.hashing import hash_of
from textcrm.catalog.kept import KeptDoc
from textcrm.catalog.storing import Damaged, Storage, checked
from textcrm.catalog.text import got, put
from textcrm.catalog.unread import unread
from textcrm.catalog.values import Values
from textcrm.query.doc import plan_of
from textcrm.record import DERIVED_DEFAULTS

if TYPE_CHECKING:
    import datetime as dt
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from textcrm.catalog import reading
    from textcrm.catalog.glance import Named
    from textcrm.schema import Schema

_PAGE: Final = 500
_BROKEN: Final = "SELECT row, path FROM files WHERE row NOT IN (SELECT row FROM records)"
_COUNTS: Final = "SELECT count(*) FROM files UNION ALL SELECT count(*) FROM records"
_T = TypeVar("_T")
Progress = "Callable[[int], None]"


class Changes(NamedTuple):
    """Rows that are new or different, and rows that are gone.

    ``everything`` says that what was there before is not known any more: whoever follows the
    catalog begins again with all rows, which ``upserted`` then holds.
    """

    upserted: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    everything: bool = False


class _Known(NamedTuple):
    row: int
    signature: scanning.Signature
    seen: int
    hash: bytes


class Catalog:
    """The records of a work tree as a database follows them. Nothing is written from it.

    ``settings`` are those of :func:`textcrm.record.derive`, ``today`` the day that derived values
    are computed for, ``folder`` where the database lies, ``release`` the
    version of textcrm. Nothing is touched before :meth:`refresh`. Not for several threads at once.
    """

    def __init__(
        self,
        root: Path,
        schema: Schema,
        settings: Mapping[str, Any],
        today: dt.date,
        *,
        folder: Path | None = None,
        release: str = "",
    ) -> None:
        self.root = root
        self.schema = schema
        self.settings = {**DERIVED_DEFAULTS, **settings}
        self.today = today
        self.folder = folder or root / NAME
        self.release = release
        self._database: Database | None = None
        self._storage: Storage | None = None
        self._broken_folders: list[store.Broken] = []
        self._plan = plan_of(schema)

    # -- following the files

    def refresh(self, progress: Callable[[int], None] | None = None) -> Changes:
        """See what changed in the work tree since the last look, by whomever, and read that.

        ``progress`` is told how many files were read so far. Raises TrustFailure where the folder
        came with the clone. A database that cannot be written is left for one in memory, a damaged
        one is made anew; neither is an error.
        """
        require_own(self.root, self.folder)
        return self.safely(lambda: self._refresh(progress))

    def safely(self, work: Callable[[], _T]) -> _T:
        """Do something with the database; where that is damaged, mend it and do it again.

        Records keep their row numbers; the tables of other rooms are gone after it.
        """
        for _ in range(3):
            try:
                return work()
            except FAULTS as error:
                self._mend(error)
        return work()

    def _mend(self, error: Exception) -> None:
        """Go on after an error of the database: in memory, or with a new one, read anew."""
        if self._database is None:
            return
        if is_refusal(error):
            self._database.to_memory()
        else:
            self._database.renewed()
        self._storage = Storage(self._database, self._storage.numbers if self._storage else None)
        with contextlib.suppress(*FAULTS):
            self._refresh(None)

    def _refresh(self, progress: Callable[[int], None] | None) -> Changes:
        storage = self._opened()
        self._renew_derived(storage)
        broken: list[store.Broken] = []
        scan = scanning.scan(self.root, broken)
        self._broken_folders = broken
        now = time.time_ns()
        digest = None if broken else scanning.digest(scan)
        if digest is not None and digest == self._meta("settled"):
            return Changes((), ())
        from textcrm.catalog import reading

        found = scanning.by_path(scan)
        known = self._known()
        storage.numbers.update((path, one.row) for path, one in known.items())
        wanted = []
        young = []
        for path, signature in found.items():
            before = known.get(path)
            if before is None:
                wanted.append(reading.Wanted(path))
            elif before.signature != signature:
                wanted.append(reading.Wanted(path, before.hash))
            elif not scanning.is_settled(signature, before.seen):
                young.append(path)
        wanted += self._racy(young, known, storage, now)
        wanted.sort()
        gone = [before.row for path, before in known.items() if path not in found]
        upserted: list[int] = []
        removed: list[int] = []
        if gone:
            storage.remove(gone)
            removed += gone
        count = 0
        context = reading.Context(self.root, self.schema, self.today, self.settings)
        with uncollected():
            for looked in reading.batches(context, wanted) if wanted else ():
                some, others = storage.store(looked)
                upserted += some
                removed += others
                count += len(looked)
                if progress is not None:
                    progress(count)
        if count:
            storage.forget_terms()
        if digest is not None and not young and not wanted and not gone:
            storage.note_settled(digest)
        return Changes(tuple(upserted), tuple(removed))

    def _racy(
        self, young: list[str], known: Mapping[str, _Known], storage: Storage, now: int
    ) -> list[reading.Wanted]:
        """Of files too young to be judged by their signature, those that changed."""
        from textcrm.catalog import reading

        wanted: list[reading.Wanted] = []
        settled: list[reading.Looked] = []
        for path in young:
            before = known[path]
            try:
                seen = scanning.look(self.root, path)
            except OSError:
                wanted.append(reading.Wanted(path, before.hash))
                continue
            if hash_of(seen.data) != before.hash:
                wanted.append(reading.Wanted(path, before.hash))
            elif scanning.is_settled(seen.signature, now):
                settled.append(reading.Looked(path, seen.signature, now, None))
        if settled:
            storage.store(settled)
        return wanted

    def _renew_derived(self, storage: Storage) -> None:
        day = self.today.toordinal()
        rows = self._all("SELECT row FROM records WHERE until<=? OR first>?", (day, day))
        for start in range(0, len(rows), _PAGE):
            storage.renew(
                [row for (row,) in rows[start : start + _PAGE]], self.today, self.settings
            )

    def _known(self) -> dict[str, _Known]:
        rows = self._all("SELECT path, row, size, mtime, ctime, inode, seen, hash FROM files")
        try:
            known = {
                (path if type(path) is str else got(path)): _Known(row, (a, b, c, d), seen, digest)
                for path, row, a, b, c, d, seen, digest in rows
            }
        except (TypeError, ValueError) as error:
            raise Damaged("files") from error
        stray = self._all("SELECT 1 FROM records WHERE row NOT IN (SELECT row FROM files) LIMIT 1")
        if len(known) != len(rows) or stray:
            raise Damaged("files")
        return known

    def _opened(self) -> Storage:
        if self._storage is None:
            self._database = Database(self.folder, self._stamp())
            self._storage = Storage(self._database)
        return self._storage

    def _stamp(self) -> str:
        """What the tables depend on beside the files: another one means to begin again."""
        parts = (
            self.schema.text,
            repr(sorted((name, str(value)) for name, value in self.settings.items())),
        )
        return made_by(self.release) + hash_of("\0".join(parts).encode()).hex()

    def close(self) -> None:
        """Let go of the database."""
        if self._database is not None:
            self._database.close()
        self._database = self._storage = None

    # -- for an index that follows

    @property
    def connection(self) -> sqlite3.Connection:
        """The database, for tables of another room and for reading; write in :meth:`writing`."""
        self._opened()
        assert self._database is not None  # noqa: S101 - just opened
        return self._database.connection

    def writing(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """A write transaction in the database; all of it or nothing."""
        self._opened()
        assert self._database is not None  # noqa: S101 - just opened
        return self._database.writing()

    @property
    def in_memory(self) -> bool:
        """Whether the disk refused, so that everything is lost when the process ends."""
        return self._database is not None and self._database.in_memory

    @property
    def identity(self) -> str:
        """A word that is another one after each rebuild: keep it beside a sequence."""
        return str(self._meta("identity"))

    @property
    def sequence(self) -> int:
        """A number that grows with every change."""
        return int(self._meta("sequence"))

    def changed_since(self, sequence: int) -> Changes:
        """What changed after a sequence; everything where that was before this database."""
        if not int(self._meta("base")) <= sequence <= self.sequence:
            return Changes(tuple(self.rows()), (), everything=True)
        rows = self._all(
            "SELECT row FROM files JOIN records USING(row) WHERE sequence>? ORDER BY row",
            (sequence,),
        )
        gone = self._all("SELECT DISTINCT row FROM removed WHERE sequence>?", (sequence,))
        broken = self._all(f"{_BROKEN} AND sequence>?", (sequence,))
        return Changes(tuple(row for (row,) in rows), tuple(each[0] for each in [*gone, *broken]))

    def _meta(self, name: str) -> Any:
        found = self._all("SELECT value FROM meta WHERE name=?", (name,))
        if not found:
            raise Damaged("meta")
        return found[0][0]

    # -- reading

    def rows(self) -> list[int]:
        """The numbers of all records, in the order of their files."""
        # By the tables themselves: a damaged index of theirs would leave out rows in silence.
        found = self._all("SELECT row FROM files JOIN records USING(row) ORDER BY +path")
        return [row for (row,) in found]

    def docs(self, rows: Iterable[int] | None = None) -> Iterator[KeptDoc]:
        """Records as queries see them: all, in the order of their files, or some, in that order.

        Rows that are gone are left out.
        """
        chosen = self.safely(self.rows) if rows is None else list(rows)
        for start in range(0, len(chosen), _PAGE):
            page = chosen[start : start + _PAGE]
            found = self.safely(lambda page=page: self._page(page))  # type: ignore[misc]
            for row in page:
                if row in found:
                    yield found[row]

    def doc(self, row: int) -> KeptDoc | None:
        """One record; None where it is gone."""
        return next(self.docs((row,)), None)

    def _page(self, rows: list[int]) -> dict[int, KeptDoc]:
        marks = ",".join("?" * len(rows))
        found = self._all(
            f"SELECT row, id, head, body, derived, first, until, sum, path FROM records "  # noqa: S608 - fixed words
            f"JOIN files USING(row) WHERE row IN ({marks})",
            rows,
        )
        try:
            return {each[0]: self._doc(each) for each in found}
        except (TypeError, ValueError) as error:
            raise Damaged("records") from error

    def _doc(self, found: tuple[Any, ...]) -> KeptDoc:
        row, record_id, head, body, derived = checked(found[:8])
        return KeptDoc(
            row,
            got(found[8]),
            record_id,
            (head, body, derived),
            self.schema,
            today=self.today,
            plan=self._plan,
        )

    @property
    def values(self) -> Values:
        """The table of values, for clauses about fields."""
        return Values(self.connection)

    @property
    def broken(self) -> list[store.Broken]:
        """The files that could not be read, and why."""
        (files,), (records,) = self.safely(lambda: self._all(_COUNTS))
        if files == records:
            return list(self._broken_folders)
        listed = self.safely(lambda: self._all(f"{_BROKEN} ORDER BY path"))
        paths = [(row, got(path)) for row, path in listed]
        return self._broken_folders + unread(self.connection, self.root, self.schema, paths)

    # -- names

    def find(self, word: str) -> list[str]:
        """The files that a word names: by id or former id, else by name or alias."""
        for kinds, wanted in ((("id",), word), (("name", "alias"), store.fold(word))):
            marks = ",".join("?" * len(kinds))
            found = self._all(
                f"SELECT DISTINCT path FROM called JOIN files USING(row) "  # noqa: S608 - fixed words
                f"WHERE word=? AND kind IN ({marks}) ORDER BY path",
                (put(wanted), *kinds),
            )
            if found:
                return [got(path) for (path,) in found]
        return []

    def names(self) -> dict[str, str]:
        """The name of every record by its id."""
        found = self._all("SELECT id, name FROM records JOIN files USING(row) ORDER BY path")
        return {got(record_id): got(name) for record_id, name in found}

    def ids(self) -> dict[int, str]:
        """The id of every record by its row."""
        return {row: got(own) for row, own in self._all("SELECT row, id FROM records")}

    def former_ids(self) -> dict[str, int]:
        """The row that each id answers to, former ones and those of file names too."""
        found = self._all("SELECT word, row FROM called WHERE kind='id' ORDER BY row")
        return {got(word): row for word, row in found}

    def beginning(self, start: str, *, most: int = 50) -> list[Named]:
        """Records with an id, name or alias that begins so, the first ones."""
        from textcrm.catalog.glance import beginning

        return beginning(self.connection, start, store.fold(start), most=most)

    def _all(self, statement: str, values: Iterable[Any] = ()) -> list[Any]:
        return self.connection.execute(statement, tuple(values)).fetchall()
