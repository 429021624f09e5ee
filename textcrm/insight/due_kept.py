"""The seeds of all records, kept in the catalog: made again only of what changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import sqlite3
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.catalog.text import got
from textcrm.insight.due_case import Seed
from textcrm.insight.due_seeds import Rules, renew_on, seeds_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.catalog import Catalog, KeptDoc
    from textcrm.vault import Vault

_FORM: Final = "3"
_BATCH: Final = 500


class Kept(NamedTuple):
    """A seed with whose it is."""

    id: str
    name: str
    owner: str
    seed: Seed


def kept(vault: Vault, catalog: Catalog, horizon: dt.date) -> Iterator[Kept]:
    """The seeds that may be seen on the vault's day, looking ahead up to a day: all that are, and
    some more. They are kept in ``catalog``, which is up to the files.
    """
    yield from catalog.safely(lambda: _followed(vault, catalog, horizon))


def _followed(vault: Vault, catalog: Catalog, horizon: dt.date) -> list[Kept]:
    rules = Rules(vault)
    stamp = _stamp(vault, catalog)
    at = _at(catalog, stamp)
    today = vault.today.toordinal()
    if at is None or today < at.day:  # a clock that went back: what was foretold is not yet
        at = _begin(catalog, stamp)
    if (at.sequence, at.day) != (catalog.sequence, today):
        _follow(vault, catalog, rules, at)
    return _read(catalog, today, horizon.toordinal())


def _stamp(vault: Vault, catalog: Catalog) -> str:
    """What the seeds depend on beside the records."""
    own = vault.config
    parts = (
        _FORM,
        catalog.identity,
        vault.today.year,
        own.thresholds,
        own.types,
        own.tiers,
        own.currency,
    )
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()


class _At(NamedTuple):
    """Up to which sequence of the catalog and on which day the seeds were made, and by which
    beginning: who finds another one there has built in vain.
    """

    sequence: int
    day: int
    by: str


def _at(catalog: Catalog, stamp: str) -> _At | None:
    """How far the seeds are; None where they are of no use."""
    try:
        found = catalog.connection.execute(
            "SELECT sequence, day, by FROM due_at WHERE stamp=?", (stamp,)
        ).fetchone()
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            return None
        raise
    return _At(int(found[0]), int(found[1]), str(found[2])) if found else None


def _begin(catalog: Catalog, stamp: str) -> _At:
    by = secrets.token_hex(8)
    with catalog.writing() as connection:
        for table in ("due_at", "due_rows", "due_seeds"):
            connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(
            "CREATE TABLE due_at(stamp TEXT, sequence INTEGER, day INTEGER, by TEXT)"
        )
        connection.execute(
            "CREATE TABLE due_rows(row INTEGER PRIMARY KEY, owner TEXT, renew INTEGER)"
        )
        connection.execute(
            "CREATE TABLE due_seeds(row INTEGER, kind TEXT, code TEXT, due INTEGER, "
            "first INTEGER, until INTEGER, told TEXT)"
        )
        connection.execute("CREATE INDEX due_seeds_row ON due_seeds(row)")
        connection.execute("INSERT INTO due_at VALUES(?, -1, -1, ?)", (stamp, by))
    return _At(-1, -1, by)


def _follow(vault: Vault, catalog: Catalog, rules: Rules, at: _At) -> None:
    """Bring the seeds up to the catalog and to today, a few hundred records at a time."""
    sequence, today = catalog.sequence, vault.today.toordinal()
    changes = catalog.changed_since(at.sequence)
    chosen: list[int] | None = None
    if at.sequence >= 0 and not changes.everything:
        renewed = catalog.connection.execute("SELECT row FROM due_rows WHERE renew<=?", (today,))
        chosen = sorted({*changes.upserted, *(row for (row,) in renewed)})
    docs = catalog.docs(chosen)
    count = 0
    with vault.telling() as told:
        while batch := list(islice(docs, _BATCH)):
            with catalog.writing() as connection:
                _forget(connection, [doc.row for doc in batch])
                _put(connection, rules, batch)
            count += len(batch)
            if told is not None and count > _BATCH:
                told(count)
    with catalog.writing() as connection:
        _forget(connection, changes.removed)
        connection.execute(
            "UPDATE due_at SET sequence=?, day=? WHERE by=?", (sequence, today, at.by)
        )


def _forget(connection: sqlite3.Connection, rows: Iterable[int]) -> None:
    gone = [(row,) for row in rows]
    connection.executemany("DELETE FROM due_seeds WHERE row=?", gone)
    connection.executemany("DELETE FROM due_rows WHERE row=?", gone)


def _put(connection: sqlite3.Connection, rules: Rules, docs: Iterable[KeptDoc]) -> None:
    rows, lines = [], []
    for doc in docs:
        case = rules.case(doc)
        owner = case.typed.get("owner")
        renew = renew_on(case)
        rows.append((doc.row, _spelled(owner if isinstance(owner, str) else ""), _number(renew)))
        for one in seeds_of(case):
            days = _number(one.due), _number(one.start), _number(one.until)
            lines.append((doc.row, one.kind, one.code, *days, _spelled(one.data)))
    connection.executemany("INSERT OR REPLACE INTO due_rows VALUES(?, ?, ?)", rows)
    connection.executemany("INSERT INTO due_seeds VALUES(?, ?, ?, ?, ?, ?, ?)", lines)


def _spelled(value: Any) -> str:
    return json.dumps(
        value, default=str
    )  # ASCII: no text of a record is one that SQLite cannot keep


def _number(day: dt.date | None) -> int | None:
    return None if day is None else day.toordinal()


def _day(number: int | None) -> dt.date | None:
    return None if number is None else dt.date.fromordinal(number)


_SELECT: Final = (
    "SELECT records.id, records.name, due_rows.owner, kind, code, due, due_seeds.first, "
    "due_seeds.until, told FROM due_seeds JOIN due_rows USING(row) JOIN records USING(row) "
    "WHERE (due IS NULL OR due<=? OR due_seeds.first<=?) "
    "AND (due_seeds.until IS NULL OR due_seeds.until>=?) ORDER BY row, due_seeds.rowid"
)


def _read(catalog: Catalog, today: int, horizon: int) -> list[Kept]:
    found = catalog.connection.execute(_SELECT, (horizon, today, today)).fetchall()
    told_of: dict[str, Any] = {}  # many say the same: owners, limits
    days: dict[int | None, dt.date | None] = {
        number: _day(number) for number in {each for line in found for each in line[5:8]}
    }
    for line in found:
        for text in (line[2], line[8]):
            if text not in told_of:
                told_of[text] = json.loads(text)
    return [
        Kept(
            got(own),
            got(name),
            told_of[owner],
            Seed(kind, code, days[due], days[first], days[until], told_of[told]),
        )
        for own, name, owner, kind, code, due, first, until, told in found
    ]
