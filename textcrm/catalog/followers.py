"""Tables of other rooms in the catalog's database: up to which of its changes they are."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textcrm.catalog.catalog import Catalog


def version_of(catalog: Catalog, form: str | int) -> str:
    """What the rows of a table are good for: its own form, and this very catalog."""
    return f"{form} {catalog.identity}"


def sequence_of(catalog: Catalog, table: str, form: str | int) -> int:
    """The catalog's sequence that a table ``(version, sequence, ...)`` notes; -1 for none."""
    try:
        found = catalog.connection.execute(
            f"SELECT sequence FROM {table} WHERE version=?",  # noqa: S608 - a fixed word
            (version_of(catalog, form),),
        ).fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return -1
        raise
    return int(found[0]) if found else -1
