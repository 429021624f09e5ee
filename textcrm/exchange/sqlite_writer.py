"""SQLite out: one table for the customers, one for each list, ready for datasette and SQL.

Codes stay codes; the table ``labels`` says what they mean in both languages. Lists of words are
JSON arrays, which datasette makes facets of.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from textcrm.exchange.export_columns import Column, items_at, leaves, lists_of
from textcrm.exchange.json_writer import jsonable
from textcrm.exchange.xlsx_sheet import exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from textcrm.exchange.export_cells import Settings
    from textcrm.exchange.export_columns import Listed
    from textcrm.exchange.export_customers import Customer, Source
    from textcrm.paths import Path as FieldPath

DERIVED: Final = (
    "created",
    "last_contact",
    "days_silent",
    "next_step",
    "next_due",
    "total_spent",
    "receivable",
    "last_purchase",
    "age_band",
)
_TYPES: Final = {
    "money": "NUMERIC",
    "number": "NUMERIC",
    "integer": "INTEGER",
    "boolean": "INTEGER",
}
_COUNTED: Final = {"days_silent": "INTEGER", "total_spent": "NUMERIC", "receivable": "NUMERIC"}


def write(source: Source, settings: Settings, path: Path, *, private: bool = False) -> None:
    """Write the database into the file at ``path``, which is there and empty."""
    del private  # no journal: nothing is written beside the file
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("PRAGMA synchronous=OFF")
        tables = _Tables(database, settings, opened=source.reveals)
        for customer in source:
            tables.add(customer)
        tables.finish()
        database.commit()


class _Tables:
    """The tables of one database."""

    def __init__(self, database: sqlite3.Connection, settings: Settings, *, opened: bool) -> None:
        self._database = database
        self._settings = settings
        schema = settings.schema
        self._columns = tuple(leaves(schema.fields, (), opened=opened))
        self._lists = lists_of(schema, opened=opened)
        self._names = {one.path: _table_name(one) for one in self._lists}
        self._seen: set[str] = set()
        self._known = {field.name for field in schema.fields}
        self._inserts: dict[tuple[str, ...], str] = {}
        self._make()

    def _make(self) -> None:
        own = [*self._columns, *(_derived(name) for name in DERIVED)]
        names = _distinct([*(one.name.replace(".", "_") for one in own), "other"])
        types = [*(_type(one) for one in own), "TEXT"]
        columns = [f"{_quoted(name)} {kind}" for name, kind in zip(names, types, strict=True)]
        columns[0] += " PRIMARY KEY"
        self._create("customers", columns, ())
        for listed in self._lists:
            parent = self._parent(listed)
            first = ["item INTEGER PRIMARY KEY", "customer TEXT REFERENCES customers(id)"]
            if parent:
                first.append(f"parent INTEGER REFERENCES {_quoted(parent)}(item)")
            inner = _distinct(
                [
                    "item",
                    "customer",
                    "parent",
                    "item_id",
                    *(one.name.replace(".", "_") for one in listed.columns),
                ]
            )[3:]
            kinds = ["TEXT", *(_type(one) for one in listed.columns)]
            rest = [f"{_quoted(name)} {kind}" for name, kind in zip(inner, kinds, strict=True)]
            self._create(self._names[listed.path], [*first, *rest], listed.path)
        self._database.execute(
            "CREATE TABLE labels (field TEXT, code TEXT, zh TEXT, en TEXT, PRIMARY KEY (field, code))"
        )

    def _create(self, table: str, columns: Sequence[str], path: tuple[str, ...]) -> None:
        self._database.execute(f"CREATE TABLE {_quoted(table)} ({', '.join(columns)})")
        marks = ",".join("?" * len(columns))
        self._inserts[path] = f"INSERT INTO {_quoted(table)} VALUES ({marks})"  # noqa: S608 - names of the schema, quoted

    def _parent(self, listed: Listed) -> str | None:
        return self._names.get(listed.path[:-1]) if listed.parent is not None else None

    def add(self, customer: Customer) -> None:
        """Write a customer and its items."""
        tree, derived = customer.tree, customer.derived
        key = customer.id
        if key in self._seen:  # a copied file: both are kept apart
            key = f"{customer.id} ({customer.path})"
        self._seen.add(key)
        other = {name: value for name, value in tree.items() if name not in self._known}
        cells = [self._cell(one.value(tree)) for one in self._columns]
        cells[0] = key
        cells += [self._cell(derived.get(name)) for name in DERIVED]
        cells.append(self._json(other) if other else None)
        self._database.execute(self._inserts[()], cells)
        numbers: dict[FieldPath, int] = {}
        for listed in self._lists:
            self._add_items(listed, customer, key, numbers)

    def _add_items(
        self, listed: Listed, customer: Customer, key: str, numbers: dict[FieldPath, int]
    ) -> None:
        for item in items_at(customer.tree, listed.path):
            first: list[Any] = [None, key]
            if self._parent(listed):
                first.append(numbers.get(item.path[:-2]))
            cells = [self._cell(one.value(item.tree)) for one in listed.columns]
            values = [*first, self._cell(item.tree.get("id")), *cells]
            done = self._database.execute(self._inserts[listed.path], values)
            numbers[item.path] = done.lastrowid or 0

    def _cell(self, value: Any) -> Any:
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, Decimal | int):
            if not exact(value):
                return str(value)
            return int(value) if value == int(value) else float(value)
        if isinstance(value, dict | list):
            return self._json(value)
        if isinstance(value, str):
            return value.encode("utf-8", "replace").decode("utf-8")
        return value.isoformat() if isinstance(value, dt.date) else value

    def _json(self, value: Any) -> str:
        text = json.dumps(jsonable(value), ensure_ascii=False, default=str)
        return text.encode("utf-8", "backslashreplace").decode("utf-8")

    def finish(self) -> None:
        """Write the labels of codes, people and fields, and the indexes that joins need."""
        self._database.executemany(
            "INSERT OR IGNORE INTO labels VALUES (?,?,?,?)", _labels(self._settings)
        )
        for listed in self._lists:
            name = self._names[listed.path]
            for column in ("customer", *(("parent",) if self._parent(listed) else ())):
                self._database.execute(
                    f"CREATE INDEX {_quoted(f'{name}_{column}')} ON {_quoted(name)} ({column})"
                )


def _labels(settings: Settings) -> Iterable[tuple[str, str, str, str]]:
    for field in settings.schema.walk():
        for one in field.enum:
            yield ".".join(field.path), one.code, one.label.zh, one.label.en
    for code, name in settings.people.items():
        yield "owner", code, name, name


def _table_name(listed: Listed) -> str:
    name = listed.name
    return f"{name}_" if name in ("customers", "labels") or name.startswith("sqlite_") else name


def _derived(name: str) -> Column:
    from textcrm.text import same

    return Column(name, same(name), "text", None, None)


def _type(column: Column) -> str:
    if column.name in _COUNTED and column.field is None:
        return _COUNTED[column.name]
    return _TYPES.get(column.kind, "TEXT")


def _distinct(names: Sequence[str]) -> list[str]:
    """Names that SQLite tells apart, whose case it does not mind."""
    seen: set[str] = set()
    result = []
    for name in names:
        word = name
        while word.casefold() in seen:
            word += "_"
        seen.add(word.casefold())
        result.append(word)
    return result


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
