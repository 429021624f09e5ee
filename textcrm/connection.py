"""A connection to a local database that lets go of it by itself."""

from __future__ import annotations

import contextlib
import sqlite3


class Connection(sqlite3.Connection):
    """Closes with whoever held it: Python did so quietly until 3.13, which warns of it."""

    def __del__(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # another thread's, or never opened
            self.close()
