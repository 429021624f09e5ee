"""Which engine keeps the full text: Whoosh, or SQLite for vaults where Whoosh is the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.search.sqlite_index import SqliteIndex

if TYPE_CHECKING:
    from textcrm.catalog import Catalog
    from textcrm.search.text_index import TextIndex

FOLDER: Final = "index"  # in the catalog's folder


def open_index(name: str, catalog: Catalog) -> TextIndex:
    """The index of an engine: ``whoosh`` or ``sqlite``.

    SQLite stands in where the catalog itself is in memory: an index on disk would follow a catalog
    that nobody else ever sees.
    """
    if name == "sqlite" or catalog.in_memory:
        return SqliteIndex(catalog)
    from textcrm.search.whoosh_index import WhooshIndex

    return WhooshIndex(catalog.folder / FOLDER, lambda: catalog.identity)
