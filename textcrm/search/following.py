"""An index follows the catalog: built when there is none that fits, else told what changed."""

from __future__ import annotations

import os
from contextlib import nullcontext
from itertools import islice
from typing import TYPE_CHECKING, Final

from textcrm.catalog.collecting import uncollected
from textcrm.catalog.followers import sequence_of, version_of
from textcrm.search.analyzers import VERSION, terms_of
from textcrm.search.placing import places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from textcrm.catalog import Catalog
    from textcrm.query import Doc
    from textcrm.search.analyzers import Terms
    from textcrm.search.text_index import TextIndex

    Telling = Callable[[], AbstractContextManager[Callable[[int], None] | None]]

_VERSION: Final = f"1 {VERSION}"
_TRIES: Final = 5
_BATCH: Final = 1000
_FINISHED: Final = "UPDATE search_texts_at SET sequence=? WHERE by=?"


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
    for known in (index.sequence, sequence_of(catalog, "search_texts_at", _VERSION)):
        if known >= 0 and not catalog.changed_since(known).everything:
            return False
    builder = _begin(catalog)
    # Where another process built the index meanwhile, the texts are not written here either.
    if _build(catalog, index, sequence, telling, builder):
        with catalog.writing() as connection:
            connection.execute(_FINISHED, (sequence, builder))
    return True


def _build(
    catalog: Catalog, index: TextIndex, sequence: int, telling: Telling, builder: str = ""
) -> bool:
    """Build an index of all records, and with a builder's name the texts, on two processors where
    there are many; whether it was built here.
    """
    from textcrm.search.beside import NoReaders, Readers

    rows = catalog.safely(catalog.rows)
    with telling() as progress, uncollected():
        if Readers.are_worth_it(catalog, rows):
            try:
                with Readers(
                    catalog, rows, builder, lambda some: entries(catalog, some, builder)
                ) as readers:
                    return index.build_beside(readers, sequence, progress)
            except NoReaders:
                pass  # alone, then
        return index.build(entries(catalog, rows, builder), sequence, progress)


def _index(catalog: Catalog, index: TextIndex, sequence: int, telling: Telling) -> bool:
    """Bring the index up to a sequence; whether there was anything to do."""
    known = index.sequence
    if known == sequence:
        return False
    changes = catalog.changed_since(known)
    if known < 0 or changes.everything:
        _build(catalog, index, sequence, telling)
    else:
        index.update(entries(catalog, changes.upserted), changes.removed, sequence)
    return True


def entries(
    catalog: Catalog, rows: Iterable[int], builder: str = ""
) -> Iterator[tuple[int, Terms]]:
    """What an index is told of some records; with a builder's name their texts are stored too."""
    lines: list[_Line] = []
    for doc in catalog.docs(rows):
        leaves = doc.folded_leaves()
        if builder:
            lines.append((doc.row, _stored(doc), places_of(leaf for leaf, _ in leaves)))
            if len(lines) >= _BATCH:
                _put(catalog, lines)
                lines = []
        yield doc.row, terms_of(doc, leaves)
    if lines:
        _put(catalog, lines)


def _texts(catalog: Catalog, sequence: int) -> bool:
    """Bring the folded texts up to a sequence; whether there was anything to do."""
    known = sequence_of(catalog, "search_texts_at", _VERSION)
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
        connection.execute(_FINISHED, (sequence, by))
    return True


_Line = tuple[int, bytes, str]


def _put(catalog: Catalog, lines: list[_Line]) -> None:
    with catalog.writing() as connection:
        connection.executemany("INSERT OR REPLACE INTO search_texts VALUES(?, ?, ?)", lines)


def _builder(catalog: Catalog) -> str:
    return str(catalog.connection.execute("SELECT by FROM search_texts_at").fetchone()[0])


def _stored(doc: Doc) -> bytes:
    return doc.haystack.encode("utf-8", "surrogatepass")


def _begin(catalog: Catalog) -> str:
    by = os.urandom(8).hex()
    with catalog.writing() as connection:
        connection.execute("DROP TABLE IF EXISTS search_texts")
        connection.execute("DROP TABLE IF EXISTS search_texts_at")
        connection.execute(
            "CREATE TABLE search_texts(row INTEGER PRIMARY KEY, text BLOB, places TEXT)"
        )
        connection.execute("CREATE TABLE search_texts_at(version TEXT, sequence INTEGER, by TEXT)")
        connection.execute(
            "INSERT INTO search_texts_at VALUES(?, -1, ?)", (version_of(catalog, _VERSION), by)
        )
    return by
