"""Opens an index of Whoosh for writing: by whole posting lists, else by its ordinary writer."""

from __future__ import annotations

import contextlib
import sys
from array import array
from typing import TYPE_CHECKING, Any, Final

from whoosh import columns, fields, formats
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex, LockError
from whoosh.util.filelock import try_for
from whoosh.writing import CLEAR, SegmentWriter

from textcrm.search.text_index import PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import ModuleType

    from textcrm.search.analyzers import Terms

lists: ModuleType | None
try:
    from textcrm.search import whoosh_lists as lists
except ImportError:  # another version of Whoosh: its own, slower ways
    lists = None

ROW: Final = "row"
_DELAY: Final = 0.05  # seconds between two tries to get the lock


class Rows(columns.NumericColumn):  # type: ignore[misc]
    """The row of every document, 64 bits each; read as a whole."""

    def __init__(self) -> None:
        super().__init__("q", default=-1)

    class Reader(columns.NumericColumn.Reader):  # type: ignore[misc]
        """Whoosh's own asks for one number at a time."""

        def load(self) -> array[int]:
            """All of them."""
            found = array("q")
            found.frombytes(bytes(self._dbfile.get(self._basepos, self._count * found.itemsize)))
            if sys.byteorder == "little":
                found.byteswap()
            return found


class Tokens(fields.FieldType):  # type: ignore[misc]
    """A field of tokens that are there or not: no weights, no positions, nothing stored."""

    indexed = True
    unique = False
    scorable = False
    stored = False
    spelling = False
    vector = None

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.analyzer = None
        self.column_type = None

    def index(
        self, value: Iterable[str], **_options: Any
    ) -> list[tuple[bytes, int, float, bytes]]:
        """The postings of a list of tokens, as Whoosh's writer takes them."""
        return [(token.encode(), 1, 1.0, b"") for token in value]

    def to_bytes(self, value: str | bytes) -> bytes:
        """A token as the index has it."""
        return value if isinstance(value, bytes) else value.encode()


def schema() -> fields.Schema:
    """The fields: the places that a token may stand in, and the record's row."""
    return fields.Schema(**{place: Tokens() for place in PLACES}, **{ROW: fields.COLUMN(Rows())})


class _Noting(SegmentWriter):  # type: ignore[misc]
    """Tells, before a generation can be seen, which files it is made of."""

    note: Callable[[int, dict[str, list[int]]], None]

    def _commit_toc(self, segments: list[Any]) -> None:
        ids = tuple(f"{segment.segment_id()}." for segment in segments)
        self.note(
            self.generation,
            {name: [] for name in sorted(self.storage) if name.startswith(ids)},
        )
        super()._commit_toc(segments)


class OrdinaryWriter(_Noting):
    """Whoosh's own writer, told of records by their tokens."""

    def __init__(self, index: FileIndex, **options: Any) -> None:
        super().__init__(index, limitmb=512, **options)

    def add_terms(self, row: int, terms: Terms) -> None:
        """Add a record by its tokens."""
        self.add_document(**terms._asdict(), **{ROW: row})


def _writer_of_lists(index: FileIndex, **options: Any) -> Any:
    """Our writer of whole posting lists, with a note."""
    assert lists is not None  # noqa: S101 - asked before
    kind = type("_Lists", (_Noting, lists.ListWriter), {})
    return kind(index, PLACES, **options)


def writes_lists() -> bool:
    """Whether this version of Whoosh is one whose segments we write."""
    return lists is not None


def segment_of(entries: Iterable[tuple[int, Terms]], folder: str, name: str) -> Any:
    """Write a segment that no index has yet, for another process to commit. Raises OSError."""
    assert lists is not None  # noqa: S101 - asked before
    index = FileIndex(FileStorage(folder), schema(), name)
    writer = lists.ListWriter(index, PLACES, _lk=False)
    try:
        for row, terms in entries:
            writer.add_terms(row, terms)
        segment = writer._finalize_segment()  # noqa: SLF001 - as Whoosh's own writer on processes
        writer._finish()  # noqa: SLF001
    except BaseException:
        with contextlib.suppress(Exception):
            writer.cancel()
        raise
    return segment


def numbers_of(matcher: Any) -> Iterable[int]:
    """The documents of a term."""
    return lists.numbers_of(matcher) if lists else matcher.all_ids()  # type: ignore[no-any-return]


def opened(folder: Path, name: str, *, anew: bool, patience: float) -> Any:
    """A writer; ``anew`` for one that takes the place of all that is there.

    Waits ``patience`` seconds for another process that writes. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    storage = FileStorage(str(folder))
    options = {"timeout": patience, "delay": _DELAY}
    try:
        if anew:
            with _locked(storage, name, patience):
                _begin(storage, name)
        index = FileIndex(storage, schema(), name)
        if not anew:
            return OrdinaryWriter(index, **options)
        writer = (_writer_of_lists if lists else OrdinaryWriter)(index, **options)
    except LockError as error:
        raise TimeoutError(str(folder)) from error
    writer.mergetype = CLEAR
    return writer


@contextlib.contextmanager
def _locked(storage: FileStorage, name: str, patience: float) -> Iterator[None]:
    lock = storage.lock(f"{name}_WRITELOCK")
    if not try_for(lock.acquire, timeout=patience, delay=_DELAY):
        raise LockError
    try:
        yield
    finally:
        lock.release()


def _begin(storage: FileStorage, name: str) -> None:
    """An empty index where there is none that opens, so that there is one to write to."""
    try:
        TOC.read(storage, name, schema=schema())
    except Exception:  # noqa: BLE001 - whatever another version or a damaged file may lead to
        TOC.create(storage, schema(), name)


def rows_of(leaf: Any) -> array[int]:
    """The row of every document of a segment; none where the index holds no document yet."""
    if not leaf.doc_count_all():
        return array("q")
    reader = leaf.column_reader(ROW, translate=False)
    if isinstance(reader, Rows.Reader):
        return reader.load()
    return array("q", (reader[number] for number in range(leaf.doc_count_all())))
