"""A connection to a local database that lets go of it by itself."""

from __future__ import annotations

import contextlib
import sqlite3
import weakref
from typing import Any

_open: weakref.WeakSet[Connection] = weakref.WeakSet()


class Connection(sqlite3.Connection):
    """Closes with whoever held it: Python did so quietly until 3.13, which warns of it."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        _open.add(self)

    def __del__(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # another thread's, or never opened
            self.close()


def close_all() -> None:
    """Close what is open, for a process that ends without taking itself apart."""
    for connection in list(_open):
        with contextlib.suppress(sqlite3.Error):
            connection.close()
