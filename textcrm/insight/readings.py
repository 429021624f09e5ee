"""The pinyin of words that groups sort by, kept in the catalog: its dictionary takes long to load.

Only words of fields that hold no names of people are kept, and those of one dictionary: another
version of it begins again. What is damaged is asked of the dictionary.
"""

from __future__ import annotations

import contextlib
import sqlite3
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textcrm.catalog import Catalog

_FORM: Final = "1"
_MOST: Final = 5000


class Readings:
    """The sort keys of words, as :func:`textcrm.normalize.names.pinyin_key` gives them."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[str, str] | None = None
        self._fresh: dict[str, str] = {}

    def of(self, text: str) -> str:
        """The key of a word."""
        from textcrm.normalize.names import pinyin_key

        if text.isascii():
            return pinyin_key(text)
        if self._known is None:
            self._known = self._catalog.safely(self._read)
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._fresh[text] = pinyin_key(text)
        return found

    def keep(self) -> None:
        """Keep what was not known before; a disk that refuses costs time only."""
        from textcrm.catalog.text import put

        if not self._fresh or len(self._fresh) > _MOST:
            return
        with contextlib.suppress(sqlite3.Error), self._catalog.writing() as connection:
            if self._known == self._fresh or len(self._known or ()) > _MOST:
                connection.execute("DROP TABLE IF EXISTS insight_readings")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS insight_readings(stamp TEXT, word, reading, "
                "PRIMARY KEY(stamp, word)) WITHOUT ROWID"
            )
            connection.executemany(
                "INSERT OR REPLACE INTO insight_readings VALUES(?, ?, ?)",
                [(_stamp(), put(word), put(key)) for word, key in self._fresh.items()],
            )
        self._fresh = {}

    def _read(self) -> dict[str, str]:
        from textcrm.catalog.text import got

        try:
            found = self._catalog.connection.execute(
                "SELECT word, reading FROM insight_readings WHERE stamp=?", (_stamp(),)
            ).fetchall()
            return {got(word): got(reading) for word, reading in found}
        except (sqlite3.OperationalError, ValueError):
            return {}  # never made so far, or of no use: the dictionary knows


def _stamp() -> str:
    """Which dictionary it is: its place, size and time, for its version takes long to ask."""
    spec = find_spec("pypinyin")
    if spec is None or spec.origin is None:
        return _FORM
    found = [_FORM]
    for name in ("__init__.py", "phrases_dict.py", "phrases_dict.json", "pinyin_dict.json"):
        file = Path(spec.origin).with_name(name)
        with contextlib.suppress(OSError):
            status = file.stat()
            found.append(f"{file} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(found)
