"""The tokens in Whoosh: one field a place, a token a term, no positions, nothing stored.

The index lies beside the catalog, in files of Whoosh's own (``text_...``). Each generation of it has
a note (``state.N.json``) of what it was built by, up to which change of the catalog, and by
which files; it is written before the generation can be seen, so that a process killed at any moment
leaves the old index or the new one. Whoosh neither makes files durable nor checks them: both is
done here, by fsync and by what the note says of the files; whatever still goes wrong in
reading means that the index is damaged, and is made anew.

Whoosh pickles an index's schema. That pickle is never read: the schema is always ours, and a
folder that came with a clone is refused before (textcrm.catalog.folder).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.search.analyzers import VERSION
from textcrm.search.text_index import MOST_EXPANDED, PLACES, All, AnyOf, Moved, Prefix, TooMany

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from whoosh.reading import IndexReader

    from textcrm.search.analyzers import Terms
    from textcrm.search.beside import Readers
    from textcrm.search.text_index import Tree

_NAME: Final = "text"
_FORMAT: Final = 1  # of our use of Whoosh, beside its own version and the tokens'
_TOLD: Final = 500
_PATIENCE: Final = (
    300.0  # seconds to wait for another process that builds; it would take as long here
)
_DEAD_SHARE: Final = 5  # a fifth of the records, and not before there are
_FEWEST_DEAD: Final = 2000
_TOC = re.compile(rf"_{_NAME}_(\d+)\.toc")
_NOTE = re.compile(r"state\.(\d+)\.json")


class _State(NamedTuple):
    """What a note says."""

    generation: int
    stamp: str
    identity: str
    sequence: int
    files: dict[str, list[int]]


_NOTHING: Final = _State(-1, "", "", -1, {})


def stamp() -> str:
    """What an index is built by: our format, Whoosh's version, the tokens'."""
    from whoosh import versionstring

    return f"whoosh {_FORMAT} {versionstring()} {VERSION}"


class WhooshIndex:
    """A TextIndex; see :class:`textcrm.search.text_index.TextIndex`.

    ``identity`` tells which catalog's rows it holds.
    """

    def __init__(self, folder: Path, identity: Callable[[], str]) -> None:
        self.folder = folder
        self._identity = identity
        self._state: _State | None = None
        self._reader: _Reader | None = None

    # -- what there is

    @property
    def stamp(self) -> str:
        """What the index was built by; empty where there is none that can be used."""
        return self._known().stamp

    @property
    def sequence(self) -> int:
        """The catalog's sequence that it holds."""
        return self._known().sequence

    def _known(self) -> _State:
        """The note of the generation that would be read now; looked up without Whoosh."""
        if self._state is None:
            state = _noted(self.folder)
            fits = state.identity == self._identity() and state.stamp == stamp()
            self._state = state if fits and _is_whole(self.folder, state) else _NOTHING
        return self._state

    # -- writing

    def build(
        self,
        entries: Iterable[tuple[int, Terms]],
        sequence: int,
        progress: Callable[[int], None] | None = None,
    ) -> bool:
        """Write one new segment in the place of all that there is."""
        with self._writer(sequence, anew=True) as writer:
            if writer is None:
                return False
            for done, (row, terms) in enumerate(entries, 1):
                writer.add_terms(row, terms)
                if progress is not None and done % _TOLD == 0:
                    progress(done)
        return True

    def build_beside(
        self, readers: Readers, sequence: int, progress: Callable[[int], None] | None = None
    ) -> bool:
        """Write two new segments at a time, one of them in another process."""
        from textcrm.search import whoosh_writing as writing
        from textcrm.search.beside import NoReaders, taken

        if not writing.writes_lists():
            raise NoReaders
        middle = (len(readers.rows) + 1) // 2
        with self._writer(sequence, anew=True) as writer:
            if writer is None:
                return False
            other = readers.start(
                writing.segment_of, readers.rows[middle:], str(self.folder), _NAME
            )
            for done, (row, terms) in enumerate(readers.here(readers.rows[:middle]), 1):
                writer.add_terms(row, terms)
                if progress is not None and done % _TOLD == 0:
                    progress(2 * done)
            writer.flush_early()
            segment = taken(other)
            writer.mergetype = lambda *_: [segment]  # beside which the writer puts its own
        return True

    def update(
        self, upserted: Iterable[tuple[int, Terms]], removed: Iterable[int], sequence: int
    ) -> None:
        """Take out what is gone or changed and add what changed; small segments are merged."""
        batch = list(upserted)
        gone = {*removed, *(row for row, _ in batch)}
        with self._writer(sequence, anew=False) as writer:
            if writer is None:
                return
            for number in self._read().numbers(gone):
                writer.delete_document(number)
            for row, terms in batch:
                writer.add_terms(row, terms)
            dead = writer.deleted_count()
            alive = sum(one.doc_count_all() for one in writer.segments) - dead
            writer.optimize = dead > max(_FEWEST_DEAD, alive // _DEAD_SHARE)

    @contextlib.contextmanager
    def _writer(self, sequence: int, *, anew: bool) -> Iterator[Any]:
        """A writer that commits in the end; None where another process did it meanwhile.

        Raises OSError where the folder cannot be written.
        """
        from textcrm.search import whoosh_writing as writing

        found = writing.opened(self.folder, _NAME, anew=anew, patience=_PATIENCE)
        self._forget()
        try:
            if self._known().sequence >= sequence:
                found.cancel()
                yield None
                return
            yield found
            found.note = lambda generation, files: _note(
                self.folder, _State(generation, stamp(), self._identity(), sequence, files)
            )
            found.commit()
            _tidy(self.folder, found.generation)
        except BaseException:
            with contextlib.suppress(Exception):
                found.cancel()
            raise
        finally:
            self._forget()

    def _forget(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = self._state = None

    def discard(self) -> None:
        """Let go of an index that is damaged: the next look finds none, and one is built."""
        self._forget()
        for file in _files(self.folder):
            if _NOTE.fullmatch(file.name):
                with contextlib.suppress(OSError):
                    file.unlink()

    # -- reading

    def find(self, tree: Tree, place: str = "") -> set[int]:
        """The rows that a tree finds, in any place or in one. Raises TooMany, Moved."""
        places = (place,) if place else PLACES
        try:
            reader = self._read()
            return reader.rows(_Asked(reader, places).numbers(tree))
        except (TooMany, Moved):
            raise
        except Exception as error:  # whatever a damaged file may lead to
            self.discard()
            raise Moved from error

    def _read(self) -> _Reader:
        if self._reader is None:
            state = self._known()
            reader = _Reader(self.folder)
            if _noted(self.folder) != state:  # another process, between the note and the reader
                reader.close()
                self._state = None
                raise Moved
            self._reader = reader
        return self._reader


class _Reader:
    """One generation of the index, open: documents by term, and the rows they are."""

    def __init__(self, folder: Path) -> None:
        from whoosh.filedb.filestore import FileStorage
        from whoosh.index import FileIndex

        from textcrm.search.whoosh_writing import schema

        reader: IndexReader = FileIndex(FileStorage(str(folder)), schema(), _NAME).reader()
        self.inner = reader
        self._rows: list[int] | None = None

    def close(self) -> None:
        """Let go of the files."""
        self.inner.close()

    @property
    def row_of(self) -> list[int]:
        """The row of every document."""
        if self._rows is None:
            from textcrm.search.whoosh_writing import rows_of

            leaves = [leaf for leaf, _ in self.inner.leaf_readers()]
            self._rows = [row for leaf in leaves for row in rows_of(leaf)]
        return self._rows

    def rows(self, numbers: set[int]) -> set[int]:
        """The rows of some documents."""
        row_of = self.row_of
        return {row_of[number] for number in numbers}

    def numbers(self, rows: set[int]) -> list[int]:
        """The documents that some rows are, those taken out before left out."""
        is_deleted = self.inner.is_deleted
        return [
            number
            for number, row in enumerate(self.row_of)
            if row in rows and not is_deleted(number)
        ]


class _Asked:
    """Documents by a tree of tokens, in some places of an open index."""

    def __init__(self, reader: _Reader, places: tuple[str, ...]) -> None:
        self._inner = reader.inner
        self._places = places

    def numbers(self, tree: Tree) -> set[int]:
        """The documents that a tree finds."""
        if isinstance(tree, All):
            found = self.numbers(tree.nodes[0])
            for node in tree.nodes[1:]:
                if not found:
                    break
                found &= self.numbers(node)
            return found
        if isinstance(tree, AnyOf):
            return set().union(*(self.numbers(node) for node in tree.nodes))
        if isinstance(tree, Prefix):
            return self._beginning(tree.text)
        return set().union(*(self._holding(place, tree.text) for place in self._places))

    def _beginning(self, text: str) -> set[int]:
        found: set[int] = set()
        seen: set[bytes] = set()
        for place in self._places:
            for token in self._inner.expand_prefix(place, text):
                seen.add(token)
                if len(seen) > MOST_EXPANDED:
                    raise TooMany
                found.update(self._holding(place, token))
        return found

    def _holding(self, place: str, token: str | bytes) -> Iterator[int]:
        from whoosh.reading import TermNotFound

        from textcrm.search.whoosh_writing import numbers_of

        for leaf, offset in self._inner.leaf_readers():
            with contextlib.suppress(TermNotFound):
                for number in numbers_of(leaf.postings(place, token)):
                    yield number + offset


# -- the notes beside the index


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _noted(folder: Path) -> _State:
    """The note of the newest generation; nothing where one of the two is missing or unreadable."""
    found = [int(match[1]) for file in _files(folder) if (match := _TOC.fullmatch(file.name))]
    if not found:
        return _NOTHING
    try:
        text = (folder / f"state.{max(found)}.json").read_text(encoding="utf-8")
        return _State(**json.loads(text))
    except (OSError, ValueError, TypeError):
        return _NOTHING


def _is_whole(folder: Path, state: _State) -> bool:
    """Whether the files are those that were written, as far as sizes and times tell."""
    try:
        return state.generation >= 0 and all(
            _signature(folder / name) == signature for name, signature in state.files.items()
        )
    except (OSError, AttributeError):
        return False


def _signature(file: Path) -> list[int]:
    stat = file.stat()
    return [stat.st_size, stat.st_mtime_ns]


def _note(folder: Path, state: _State) -> None:
    """Make the segments durable, then their note; the generation itself comes after."""
    files: dict[str, list[int]] = {}
    for name in state.files:
        with (folder / name).open("rb+") as stream:
            os.fsync(stream.fileno())
        files[name] = _signature(folder / name)
    target = folder / f"state.{state.generation}.json"
    with target.open("w", encoding="utf-8") as stream:
        json.dump(state._replace(files=files)._asdict(), stream)
        stream.flush()
        os.fsync(stream.fileno())


def _tidy(folder: Path, generation: int) -> None:
    """Remove the notes of other generations."""
    for file in _files(folder):
        found = _NOTE.fullmatch(file.name)
        if found and int(found[1]) != generation:
            with contextlib.suppress(OSError):
                file.unlink()
