"""What check found the last time, kept in the catalog for files that hold the same since.

A finding may depend on the file, the schema, the settings, the people and their keys, the day and
the version of textcrm. The file goes by the hash of its content, all else by one fingerprint: where
that is another one, tomorrow too, everything is looked at again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from textcrm.findings import Finding, Problem
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from textcrm.vault import Vault

    Head = tuple[str, dict[str, object]]
    Known = dict[str, tuple[list[Problem], Head | None]]

_FORMAT: Final = 4
_TABLE: Final = """CREATE TABLE IF NOT EXISTS warm_files(path PRIMARY KEY, hash BLOB, mark TEXT,
  said BLOB, sum INTEGER) WITHOUT ROWID"""


class Warm:
    """The findings of the last check of a vault; nothing where the vault has no catalog yet."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._catalog = vault.catalog()
        self._mark = fingerprint(vault)
        self._before = self._catalog.safely(self._hashes)

    def _hashes(self) -> dict[str, bytes]:
        return dict(self._catalog.connection.execute("SELECT path, hash FROM files").fetchall())

    def known(self) -> Known:
        """By file, what was found in content that is still the same, and its head."""
        rows = self._catalog.safely(self._rows)
        found: Known = {}
        for path, said, total in rows:
            if zlib.crc32(said) == total:
                found[path] = _decoded(path, said)
        return found

    def _rows(self) -> list[tuple[str, bytes, int]]:
        connection = self._catalog.connection
        connection.execute(_TABLE)
        return connection.execute(
            "SELECT path, said, sum FROM warm_files JOIN files USING(path) "
            "WHERE warm_files.hash=files.hash AND mark=?",
            (self._mark,),
        ).fetchall()

    def keep(
        self, paths: Iterable[str], problems: Iterable[Problem], heads: Iterable[Head]
    ) -> None:
        """Keep what was found in some files just read, unless one changed while it was."""
        self._catalog.refresh()
        after = self._catalog.safely(self._hashes)
        still = {
            path for path, hash_ in self._before.items() if hash_ and after.get(path) == hash_
        }
        by_path: dict[str, list[Problem]] = {path: [] for path in paths if path in still}
        for problem in problems:
            if problem.file in by_path:
                by_path[problem.file].append(problem)
        known = dict(heads)
        rows = []
        for path, found in by_path.items():
            said = _encoded(found, (path, known[path]) if path in known else None)
            if said is not None:
                rows.append((path, self._mark, said, zlib.crc32(said)))
        self._catalog.safely(lambda: self._store(rows))

    def _store(self, rows: list[tuple[str, str, bytes, int]]) -> None:
        with self._catalog.writing() as connection:
            connection.execute(_TABLE)
            connection.execute("DELETE FROM warm_files WHERE mark<>?", (self._mark,))
            connection.executemany(
                "INSERT OR REPLACE INTO warm_files "
                "SELECT path, hash, ?2, ?3, ?4 FROM files WHERE path=?1",
                rows,
            )


def fingerprint(vault: Vault) -> str:
    """What the findings of a file depend on beside its content."""
    from textcrm import __version__

    digest = hashlib.blake2b(digest_size=16)
    parts = [f"{_FORMAT} {__version__} {vault.today}".encode(), vault.schema.text.encode()]
    parts.append(repr(sorted(vault.config.tree.items(), key=lambda pair: pair[0])).encode())
    for file in sorted((vault.root / "access").rglob("*")):
        parts += (str(file).encode("utf-8", "surrogateescape"), _content(file))
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _encoded(problems: list[Problem], head: Head | None) -> bytes | None:
    """Findings and head as bytes; None where they hold something that would not come back."""
    try:
        tree = [
            [
                [*one[:4], _finding(one.finding), one.commit, _plain(one.anchor)]
                for one in problems
            ],
            None if head is None else _plain(head[1]),
        ]
        return json.dumps(tree, ensure_ascii=True, allow_nan=False).encode()
    except (TypeError, ValueError):
        return None


def _finding(one: Finding) -> list[Any]:
    return [_plain(part) for part in one]


def _plain(value: Any) -> Any:
    """A value as JSON has it; what has no form of its own is a mapping with one odd key."""
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, Text):
        return {"\0t": [value.en, value.zh]}
    if type(value) is tuple:
        return {"\0u": [_plain(one) for one in value]}
    if type(value) is Decimal:
        return {"\0n": str(value)}
    if type(value) is dt.date:
        return {"\0y": value.isoformat()}
    if type(value) is bytes:
        return {"\0b": value.hex()}
    if type(value) is list:
        return [_plain(one) for one in value]
    if type(value) is dict and all(type(key) is str for key in value):
        return {"\0d": [[key, _plain(one)] for key, one in value.items()]}
    raise TypeError(type(value).__name__)


def _back(value: Any) -> Any:
    if type(value) is list:
        return [_back(one) for one in value]
    if type(value) is not dict:
        return value
    (kind, inner), *_ = value.items()
    if kind == "\0t":
        return Text(*inner)
    if kind == "\0u":
        return tuple(_back(one) for one in inner)
    if kind == "\0b":
        return bytes.fromhex(inner)
    if kind == "\0n":
        return Decimal(inner)
    if kind == "\0y":
        return dt.date.fromisoformat(inner)
    return {key: _back(one) for key, one in inner}


def _decoded(path: str, said: bytes) -> tuple[list[Problem], Head | None]:
    problems, head = json.loads(said)
    found = [
        Problem(file, line, column, own, Finding(*map(_back, finding)), commit, _back(anchor))
        for file, line, column, own, finding, commit, anchor in problems
    ]
    return found, None if head is None else (path, _back(head))
