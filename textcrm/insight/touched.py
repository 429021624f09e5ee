"""When each record was last changed by somebody, out of git, kept in the catalog (F1).

What only rewrites a record does not count: rekey, fix, renumber, migrate (DESIGN section 8). Records
go by their ids, so that a file that moves keeps its day. Commits are read once; those that came
since are read when asked again.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from typing import TYPE_CHECKING, Final

from textcrm import store
from textcrm.errors import TextcrmError
from textcrm.record import id_of_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.catalog import Catalog
    from textcrm.gitrepo import Commit
    from textcrm.vault import Vault

FORMAL: Final = frozenset(("rekey", "fix", "renumber", "migrate"))
_FORM: Final = "1"
_MANY: Final = 500


class Touched:
    """The days by id: of the last change, else of the first commit that is no change."""

    def __init__(self, days: dict[str, tuple[int, bool]]) -> None:
        self._days = days

    def day(self, ids: list[str]) -> dt.date | None:
        """The last change of a record that has or had these ids; None where git knows nothing."""
        if len(ids) == 1:
            day = self._days.get(ids[0])
            return None if day is None else dt.date.fromordinal(day[0])
        found = [self._days[one] for one in ids if one in self._days]
        if not found:
            return None
        real = [day for day, formal in found if not formal]
        return dt.date.fromordinal(max(real) if real else max(day for day, _ in found))


def touched(vault: Vault, catalog: Catalog | None = None) -> Touched:
    """The days of HEAD's history; none where there is no history. They are kept in ``catalog``."""
    catalog = catalog or vault.catalog()
    try:
        head = vault.repo.resolve("HEAD")
        if head is None:
            return Touched({})
        return Touched(catalog.safely(lambda: _followed(vault, catalog, head)))
    except TextcrmError:
        return Touched({})


def _followed(vault: Vault, catalog: Catalog, head: str) -> dict[str, tuple[int, bool]]:
    known = _known(catalog)
    if known == head:
        return _read(catalog)
    onward = known is not None and _leads_to(vault, known, head)
    days = _read(catalog) if onward else {}
    with vault.telling() as told:
        for count, commit in enumerate(vault.repo.log(f"{known}..{head}" if onward else head), 1):
            _take(days, commit, vault.prefix)
            if told is not None and count % _MANY == 0:
                told(count)
    with catalog.writing() as connection:
        connection.execute("DROP TABLE IF EXISTS touched")
        connection.execute(
            "CREATE TABLE touched(id TEXT PRIMARY KEY, day INTEGER, formal INTEGER)"
        )
        connection.execute("CREATE TABLE IF NOT EXISTS touched_at(form TEXT, head TEXT)")
        connection.execute("DELETE FROM touched_at")
        connection.execute("INSERT INTO touched_at VALUES(?, ?)", (_FORM, head))
        connection.executemany(
            "INSERT INTO touched VALUES(?, ?, ?)",
            ((own, day, formal) for own, (day, formal) in days.items()),
        )
    return days


def _leads_to(vault: Vault, known: str, head: str) -> bool:
    return vault.repo.process.run("merge-base", "--is-ancestor", known, head).code == 0


def _take(days: dict[str, tuple[int, bool]], commit: Commit, prefix: str) -> None:
    formal = (commit.trailers.get("Textcrm-Op") or [""])[-1] in FORMAL
    day = commit.at.date().toordinal()
    for own in _records(commit, prefix):
        before = days.get(own)
        if before is None or (before[1], -before[0]) > (formal, -day):
            days[own] = day, formal


def _records(commit: Commit, prefix: str) -> Iterator[str]:
    for change in commit.changes:
        if change.path.startswith(prefix) and change.after is not None:
            path = change.path.removeprefix(prefix)
            if store.is_record_path(path):
                yield id_of_path(path)


def _known(catalog: Catalog) -> str | None:
    try:
        found = catalog.connection.execute(
            "SELECT head FROM touched_at WHERE form=?", (_FORM,)
        ).fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    return str(found[0]) if found else None


def _read(catalog: Catalog) -> dict[str, tuple[int, bool]]:
    found = catalog.connection.execute("SELECT id, day, formal FROM touched").fetchall()
    return {own: (day, bool(formal)) for own, day, formal in found}
