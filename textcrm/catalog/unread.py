"""Why files could not be read, asked again of each: a mended one is read at the next look."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from textcrm import store
from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from textcrm.schema import Schema


def unread(
    connection: sqlite3.Connection, root: Path, schema: Schema, files: Iterable[tuple[int, str]]
) -> list[store.Broken]:
    """The files (row, path) that cannot be read even now, with the reason."""
    result: list[store.Broken] = []
    for row, path in files:
        try:
            store.load(root, path, schema)
            # Mended this moment, or its record was lost.
            connection.execute("UPDATE files SET size=-2, hash=NULL WHERE row=?", (row,))
            connection.execute("UPDATE meta SET value=NULL WHERE name='settled'")
        except (FileNotFoundError, sqlite3.Error):
            continue
        except TextcrmError as error:
            result.append(store.Broken(path, error))
        except OSError as error:
            result.append(store.Broken(path, store.unreadable(path, error)))
    return result
