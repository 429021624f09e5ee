"""A glance at the catalog, for a press of TAB: ids, names and tags without opening a vault.

Nothing is read anew and nothing written. What a glance cannot tell for certain it does not tell:
``None`` then means to ask the :class:`~textcrm.catalog.Catalog`, which follows the files.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from textcrm.catalog import scanning
from textcrm.catalog.database import FAULTS, FILE, made_by
from textcrm.catalog.folder import NAME, require_own
from textcrm.catalog.text import got, put, span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_T = TypeVar("_T")


class Named(NamedTuple):
    """A customer as TAB offers one: by ``id``, with the name; an empty one where none is known."""

    id: str
    name: str


def is_there(root: Path) -> bool:
    """Whether there is a catalog at all; one that is not is not made at a press of TAB."""
    return (root / NAME / FILE).is_file()


def ids(root: Path, start: str, release: str, *, most: int = 50) -> list[Named] | None:
    """The first customers whose file is named so, and what they are called.

    The names of the files are those of this moment. Only the files that are offered are looked
    at, and one that changed since the catalog was made is read. ``release`` is this version of
    textcrm. None where no file is named so. Raises TrustFailure as ``Catalog.refresh`` does.
    """
    paths = sorted(scanning.named(root, start), key=_stem)[:most]
    if not paths:
        return None
    known = _asked(root, release, lambda database: _entries(database, paths)) or {}
    found = []
    for path in paths:
        entry = known.get(path)
        one = entry[1] if entry and _still(root, path, entry[0]) else _read(root, path)
        found.append(one if one.id.startswith(start) else Named(_stem(path), one.name))
    return found


def names(
    root: Path, start: str, folded: str, release: str, *, most: int = 50
) -> list[Named] | None:
    """The first customers with an id, a former one, a name or an alias that begins so.

    ``folded`` is the beginning as names are compared. None where a file changed since the catalog
    was brought up to date. Raises TrustFailure.
    """

    def ask(database: sqlite3.Connection) -> list[Named] | None:
        if not _is_settled(database, root):
            return None
        return beginning(database, start, folded, most=most)

    return _asked(root, release, ask)


def beginning(database: sqlite3.Connection, start: str, folded: str, *, most: int) -> list[Named]:
    """Of the catalog's records those with an id, a name or an alias that begins so, the first ones."""
    found = database.execute(
        "SELECT DISTINCT id, name FROM called JOIN records USING(row) "
        "WHERE word>=? AND word<? OR word>=? AND word<? ORDER BY word LIMIT ?",
        (*span(start), *span(folded), most),
    )
    return [Named(got(own), got(name)) for own, name in found]


def tags(root: Path, release: str) -> list[str] | None:
    """Every tag in use, in order; None as for :func:`names`. Raises TrustFailure."""

    def ask(database: sqlite3.Connection) -> list[str] | None:
        if not _is_settled(database, root):
            return None
        found = database.execute(
            "SELECT kind, value FROM terms WHERE path='tags' "
            "AND EXISTS(SELECT 1 FROM cells WHERE cells.term=terms.term)"
        ).fetchall()
        if any(kind == "+" for kind, _ in found):
            return None  # one that is too long for the table
        return sorted(got(value) for kind, value in found if kind == "s" and value)

    return _asked(root, release, ask)


def _asked(root: Path, release: str, ask: Callable[[sqlite3.Connection], _T | None]) -> _T | None:
    """An answer of the database, where it is one of ours and sound."""
    file = root / NAME / FILE
    require_own(root, root / NAME)
    with contextlib.suppress(ValueError, *FAULTS):
        # Opened only where it is, never waited for, and never written to.
        database = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=0)
        with contextlib.closing(database):
            database.execute("PRAGMA trusted_schema=OFF")
            if str(_meta(database, "stamp")).startswith(made_by(release)):
                return ask(database)
    return None


def _meta(database: sqlite3.Connection, name: str) -> object:
    found = database.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
    return found[0] if found else None


def _is_settled(database: sqlite3.Connection, root: Path) -> bool:
    """Whether every file is as the catalog has it."""
    before = _meta(database, "settled")
    return before is not None and before == scanning.digest(scanning.scan(root, []))


def _entries(
    database: sqlite3.Connection, paths: list[str]
) -> dict[str, tuple[scanning.Signature, Named]]:
    """Of some files those that were of age when they were read, with what they said."""
    marks = ",".join("?" * len(paths))
    found = database.execute(
        "SELECT path, size, mtime, ctime, inode, seen, id, name "  # noqa: S608 - fixed words
        f"FROM files JOIN records USING(row) WHERE path IN ({marks})",
        [put(path) for path in paths],
    )
    return {
        got(path): ((a, b, c, d), Named(got(own), got(name)))
        for path, a, b, c, d, seen, own, name in found
        if scanning.is_settled((a, b, c, d), seen)
    }


def _still(root: Path, path: str, signature: scanning.Signature) -> bool:
    try:
        status = os.lstat(os.path.join(root, path))  # noqa: PTH118 - strings are fast
    except OSError:
        return False
    return scanning.signature_of(status) == signature


def _read(root: Path, path: str) -> Named:
    """What a file says that the catalog does not know; its own name where it cannot be read."""
    from textcrm import yamlfile
    from textcrm.errors import TextcrmError

    own, name = None, None
    with contextlib.suppress(OSError, TextcrmError):
        tree = yamlfile.read_mapping(yamlfile.decode(scanning.look(root, path).data))
        own, name = tree.get("id"), tree.get("name")
    return Named(
        own if isinstance(own, str) else _stem(path), name if isinstance(name, str) else ""
    )


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].rpartition(".")[0]
