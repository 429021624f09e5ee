"""An index follows the catalog: built when there is none that fits, else told what changed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import nullcontext
from itertools import islice
from typing import TYPE_CHECKING, Final

from textcrm.catalog.collecting import uncollected
from textcrm.search.analyzers import VERSION, terms_of
from textcrm.search.scoring import places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from textcrm.catalog import Catalog, KeptDoc
    from textcrm.query import Doc
    from textcrm.search.analyzers import Terms
    from textcrm.search.text_index import TextIndex

    Telling = Callable[[], AbstractContextManager[Callable[[int], None] | None]]

_VERSION: Final = f"1 {VERSION}"
_TRIES: Final = 5
_BATCH: Final = 1000


def follow(catalog: Catalog, index: TextIndex, telling: Telling = nullcontext) -> None:
    """Bring an index, and the folded texts beside it, up to the catalog.

    While an index is built, ``telling`` gives what is told now and then how many records are. Other processes may change the
    catalog meanwhile; after some tries it is left at what it was then.
    """
    for _ in range(_TRIES):
        sequence = catalog.sequence
        if not _both(catalog, index, sequence, telling) and not (
            _index(catalog, index, sequence, telling) or _texts(catalog, sequence)
        ):
            return


def _both(catalog: Catalog, index: TextIndex, sequence: int, telling: Telling) -> bool:
    """Where neither the index nor the texts can be used, build the two from one reading."""
    for known in (index.sequence, _known(catalog)):
        if known >= 0 and not catalog.changed_since(known).everything:
            return False
    texts = _NewTexts(catalog)
    with telling() as progress, uncollected():
        index.build(texts.passing(catalog.docs()), sequence, progress)
    texts.finish(sequence)
    return True


def _index(catalog: Catalog, index: TextIndex, sequence: int, telling: Telling) -> bool:
    """Bring the index up to a sequence; whether there was anything to do."""
    known = index.sequence
    if known == sequence:
        return False
    changes = catalog.changed_since(known)
    if known < 0 or changes.everything:
        with telling() as progress:
            index.build(_entries(catalog.docs()), sequence, progress)
    else:
        index.update(_entries(catalog.docs(changes.upserted)), changes.removed, sequence)
    return True


def _entries(docs: Iterable[KeptDoc]) -> Iterator[tuple[int, Terms]]:
    return ((doc.row, terms_of(doc)) for doc in docs)


def _texts(catalog: Catalog, sequence: int) -> bool:
    """Bring the folded texts up to a sequence; whether there was anything to do."""
    known = _known(catalog)
    if known == sequence:
        return False
    changes = catalog.changed_since(known)
    anew = known < 0 or changes.everything
    by = _begin(catalog) if anew else _builder(catalog)
    docs = catalog.docs(None if anew else changes.upserted)
    while batch := list(islice(docs, _BATCH)):
        _put(catalog, [(doc.row, _stored(doc), places_of(doc.leaves())) for doc in batch])
    with catalog.writing() as connection:
        gone = [(row,) for row in changes.removed]
        connection.executemany("DELETE FROM search_texts WHERE row=?", gone)
        # Nobody else may have begun anew meanwhile: then it is theirs to finish.
        connection.execute("UPDATE search_texts_at SET sequence=? WHERE by=?", (sequence, by))
    return True


_Line = tuple[int, bytes, str]


def _put(catalog: Catalog, lines: list[_Line]) -> None:
    with catalog.writing() as connection:
        connection.executemany("INSERT OR REPLACE INTO search_texts VALUES(?, ?, ?)", lines)


class _NewTexts:
    """The folded texts, stored on the way of records to the index."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._by = _begin(catalog)
        self._lines: list[_Line] = []
        self._whole = False

    def passing(self, docs: Iterable[KeptDoc]) -> Iterator[tuple[int, Terms]]:
        """The entries of the index."""
        for doc in docs:
            leaves = doc.folded_leaves()
            self._lines.append((doc.row, _stored(doc), places_of(leaf for leaf, _ in leaves)))
            if len(self._lines) >= _BATCH:
                self._put()
            yield doc.row, terms_of(doc, leaves)
        self._put()
        self._whole = True

    def _put(self) -> None:
        _put(self._catalog, self._lines)
        self._lines = []

    def finish(self, sequence: int) -> None:
        """Say up to where they are; not where another process built the index meanwhile."""
        if self._whole:
            with self._catalog.writing() as connection:
                connection.execute(
                    "UPDATE search_texts_at SET sequence=? WHERE by=?", (sequence, self._by)
                )


def _builder(catalog: Catalog) -> str:
    return str(catalog.connection.execute("SELECT by FROM search_texts_at").fetchone()[0])


def _stored(doc: Doc) -> bytes:
    return doc.haystack.encode("utf-8", "surrogatepass")


def _known(catalog: Catalog) -> int:
    try:
        found = catalog.connection.execute(
            "SELECT sequence FROM search_texts_at WHERE version=?", (_version(catalog),)
        ).fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return -1
        raise
    return int(found[0]) if found else -1


def _version(catalog: Catalog) -> str:
    return f"{_VERSION} {catalog.identity}"


def _begin(catalog: Catalog) -> str:
    by = os.urandom(8).hex()
    with catalog.writing() as connection:
        connection.execute("DROP TABLE IF EXISTS search_texts")
        connection.execute("DROP TABLE IF EXISTS search_texts_at")
        connection.execute(
            "CREATE TABLE search_texts(row INTEGER PRIMARY KEY, text BLOB, places TEXT)"
        )
        connection.execute("CREATE TABLE search_texts_at(version TEXT, sequence INTEGER, by TEXT)")
        connection.execute("INSERT INTO search_texts_at VALUES(?, -1, ?)", (_version(catalog), by))
    return by
