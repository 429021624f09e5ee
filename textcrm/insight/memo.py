"""What took long to compute, kept in the catalog: of the whole vault, or of some values.

A key names all that an answer depends on. One answer a name is kept; damage costs time only.
Nothing sealed is ever in one, for nothing sealed is in the catalog.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.catalog import Catalog

_TABLE: Final = "CREATE TABLE IF NOT EXISTS insight_memo(name TEXT PRIMARY KEY, key TEXT, said BLOB, sum INTEGER)"


def of_vault(catalog: Catalog, name: str, key: str, make: Callable[[], Any]) -> Any:
    """What ``make`` gives, which JSON can carry, or what it gave while no record was another one.

    ``key`` adds what it depends on beside the records. The catalog is to be up to the files. What
    was made while a file changed is not kept, nor where some cannot be read.
    """
    before = _whole(catalog, key)
    found = catalog.safely(lambda: _read(catalog, name, before))
    if found is not None:
        return found
    made = make()
    catalog.refresh()
    if _whole(catalog, key) == before and not catalog.broken:
        _keep(catalog, name, before, made)
    return made


def of_same(catalog: Catalog, name: str, key: str, make: Callable[[], Any]) -> Any:
    """What ``make`` gives, or what it gave for the same key, which tells of all that it works on."""
    found = catalog.safely(lambda: _read(catalog, name, key))
    if found is None:
        found = make()
        _keep(catalog, name, key, found)
    return found


def _whole(catalog: Catalog, key: str) -> str:
    return f"{catalog.identity} {catalog.sequence} {key}"


def _keep(catalog: Catalog, name: str, key: str, made: Any) -> None:
    said = zlib.compress(json.dumps(made).encode(), 1)
    with contextlib.suppress(sqlite3.Error), catalog.writing() as connection:
        connection.execute(_TABLE)
        connection.execute(
            "INSERT OR REPLACE INTO insight_memo VALUES(?, ?, ?, ?)",
            (name, key, said, _sum(key, said)),
        )


def _sum(key: str, said: bytes) -> int:
    return zlib.crc32(said, zlib.crc32(key.encode()))


def _read(catalog: Catalog, name: str, key: str) -> Any:
    try:
        found = catalog.connection.execute(
            "SELECT said, sum FROM insight_memo WHERE name=? AND key=?", (name, key)
        ).fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    if found is None or not isinstance(found[0], bytes) or _sum(key, found[0]) != found[1]:
        return None
    return json.loads(zlib.decompress(found[0]))
