"""What reports read: columns of the catalog for the customers that are asked about."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.catalog.cells import ITEMS
from textcrm.catalog.text import got
from textcrm.catalog.values import PLACES
from textcrm.insight.columns import number_of, row_of
from textcrm.insight.converting import Conversion
from textcrm.insight.periods import Span
from textcrm.insight.table import Said
from textcrm.record import as_day
from textcrm.text import Text, same

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from decimal import Decimal

    from textcrm.catalog import Catalog
    from textcrm.query import Doc, Query
    from textcrm.vault import Vault


_ITEM: Final = (1 << PLACES) - 1


class Item(NamedTuple):
    """An item of a list: the row of its record, its place (from 1), the values asked for."""

    row: int
    place: int
    values: dict[str, Any]

    def day(self, name: str) -> dt.date | None:
        """The day of a date or moment."""
        return as_day(self.values.get(name))

    def text(self, name: str) -> str | None:
        """A text that says something."""
        value = self.values.get(name)
        return value if isinstance(value, str) and value else None

    def amount(self, name: str = "amount") -> Decimal | None:
        """A number; None where it is missing, sealed or no number."""
        return number_of(self.values.get(name))


class Facts:
    """The chosen customers of a vault, by their row numbers in the catalog.

    Values come from the catalog's table of values, never from files; what is too long for that
    table is read from the record as the catalog keeps it. Nothing sealed is in either.
    ``currency`` (ISO 4217) wants all amounts of items in that one, at the vault's dated rates:
    ``home`` is then that currency, and ``conversion`` knows which rates were used. What lies
    outside a ``span`` is not counted, and asks for no rate.
    Raises Misuse (query-syntax).
    """

    def __init__(
        self,
        vault: Vault,
        query: str = "",
        *,
        archived: bool = False,
        currency: str = "",
        span: Span | None = None,
    ) -> None:
        self.vault = vault
        self.query = query
        self.today = vault.today
        self.home = currency or vault.config.currency
        self._span = span or Span()
        self.conversion = Conversion(vault.config, currency, self.today) if currency else None
        self.catalog: Catalog = vault.catalog()
        everybody = frozenset(self.catalog.safely(self.catalog.rows))
        self._everybody = len(everybody)
        self._items: dict[tuple[str, ...], list[Item]] = {}
        self._said: dict[tuple[str, str], Said] = {}
        self._columns: dict[str, dict[int, Any]] = {}
        self.archived = archived
        self.wanted: Query | None = None
        self.rows = self._chosen(query, everybody, archived=archived)

    def _chosen(self, query: str, everybody: frozenset[int], *, archived: bool) -> frozenset[int]:
        if query.strip():
            from textcrm.vault import finding

            self.wanted = finding.query(self.vault, query)
            return frozenset(finding.rows(self.vault, self.wanted, archived=archived))

        if archived:
            return everybody
        return everybody - self.catalog.safely(lambda: self.catalog.values.having(("archived",)))

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def people(self) -> dict[int, tuple[str, str]]:
        """Id and name of each customer by row."""
        found = self.catalog.safely(
            lambda: self.catalog.connection.execute("SELECT row, id, name FROM records").fetchall()
        )
        return {row: (got(id_), got(name)) for row, id_, name in found if row in self.rows}

    def id_of(self, row: int) -> str:
        """The id of a customer."""
        return self.people[row][0]

    def name_of(self, row: int) -> str:
        """The name of a customer."""
        return self.people[row][1]

    # -- values

    def placed(self, path: str) -> list[tuple[int, int, Any]]:
        """Row, item and value of everything at a dotted path, in order."""
        parts = tuple(path.split("."))

        def read() -> tuple[list[tuple[int, int, Any]], set[int]]:
            values = self.catalog.values
            return values.placed(parts), values.unkept(parts)

        found, unkept = self.catalog.safely(read)
        unkept &= self.rows
        if unkept or len(self.rows) < self._everybody:
            wanted = self.rows - unkept
            found = [one for one in found if one[0] in wanted]
        for doc in self.catalog.docs(sorted(unkept)):
            found += [(doc.row, item, value) for item, value in _values(doc.typed, parts, 0)]
        return found

    def column(self, path: str) -> dict[int, Any]:
        """The first value at each place of a path, in no order; :func:`row_of` tells whose it is.

        What takes few steps for each of many items is made of these. Not to be changed.
        """
        if path not in self._columns:
            self._columns[path] = self._column(path)
        return self._columns[path]

    def _column(self, path: str) -> dict[int, Any]:
        parts = tuple(path.split("."))

        def read() -> tuple[dict[int, Any], set[int]]:
            values = self.catalog.values
            return values.column(parts), values.unkept(parts)

        found, unkept = self.catalog.safely(read)
        unkept &= self.rows
        if unkept or len(self.rows) < self._everybody:
            wanted = self.rows - unkept
            found = {place: value for place, value in found.items() if row_of(place) in wanted}
        for doc in self.catalog.docs(sorted(unkept)):
            for item, value in _values(doc.typed, parts, 0):
                found.setdefault(doc.row << PLACES | item, value)
        return found

    def one(self, path: str) -> dict[int, Any]:
        """The value at a path by row, the first where there are several."""
        found: dict[int, Any] = {}
        places = self.column(path)
        if "" in places.values():
            for row, _, value in self.placed(path):
                if value != "":
                    found.setdefault(row, value)
        else:
            for place in sorted(places):
                found.setdefault(place >> PLACES, places[place])
        return found

    def several(self, path: str) -> dict[int, list[Any]]:
        """The values at a path by row, each once."""
        found: dict[int, dict[Any, None]] = {}
        for row, _, value in self.placed(path):
            found.setdefault(row, {})[value] = None
        return {row: list(values) for row, values in found.items()}

    def items(self, of: str, *names: str) -> list[Item]:
        """The items of a list with those of the named fields that they have, in order.

        An item that has none of the fields is not given. Amounts that come with their ``currency``
        are in the one that is wanted, by the day of the item's ``date``.
        """
        asked = ("", of, *names)
        if asked not in self._items:
            found = self.recorded(of, *names)
            change = "currency" in names and self.conversion is not None
            self._items[asked] = [self._converted(one) for one in found] if change else found
        return self._items[asked]

    def recorded(self, of: str, *names: str) -> list[Item]:
        """As :meth:`items`, every amount as it stands in the records."""
        asked = (of, *names)
        if asked not in self._items:
            self._items[asked] = self._gathered(of, names)
        return self._items[asked]

    def _converted(self, item: Item) -> Item:
        amount = item.amount()
        counted = (item.day("date") or item.day("expected_close")) in self._span
        if self.conversion is None or amount is None or not counted:
            return item
        own = item.text("currency") or self.conversion.home
        value, currency = self.conversion.amount(amount, own, item.day("date"))
        return item._replace(values={**item.values, "amount": value, "currency": currency})

    def _gathered(self, of: str, names: tuple[str, ...]) -> list[Item]:
        columns = [(name, self.column(f"{of}.{name}")) for name in names]
        found: dict[int, dict[str, Any]] = {
            place: {} for place in sorted(set().union(*(column for _, column in columns)))
        }
        for name, column in columns:
            for place, value in column.items():
                found[place][name] = value
        return [Item(row_of(place), place & _ITEM, values) for place, values in found.items()]

    def having(self, path: str) -> set[int]:
        """The customers with something at a path, sealed or not."""
        parts = tuple(path.split("."))
        return self.catalog.safely(lambda: self.catalog.values.having(parts)) & self.rows

    def unkept(self, path: str) -> set[int]:
        """The customers with more at a path than the table of values tells."""
        parts = tuple(path.split("."))
        return self.catalog.safely(lambda: self.catalog.values.unkept(parts)) & self.rows

    def counted(self, of: str) -> tuple[dict[int, int], set[int]]:
        """How many items a list at the top of a record has, by row; and the customers where only
        the record itself tells.
        """

        def read() -> tuple[dict[int, int], set[int]]:
            values, path, own = self.catalog.values, (ITEMS, of), (of,)
            numbers = {row: number for row, _, number in values.placed(path)}
            others = values.unkept(own) | {row for row, _, _ in values.placed(own)}
            return numbers, values.unkept(path) | (others - numbers.keys())

        numbers, doubtful = self.catalog.safely(read)
        return numbers, doubtful & self.rows

    def item_docs(self, of: str, rows: set[int] | None = None) -> list[Doc]:
        """A view of the record for each item at a dotted path that fits the query; see
        :func:`textcrm.search.items.items`.
        """
        from textcrm.search.items import items

        path = tuple(of.split("."))
        return items(self.docs(rows), path, self.wanted, archived=self.archived)

    def docs(self, rows: set[int] | None = None) -> Iterator[Doc]:
        """Whole records as the catalog keeps them, in the order of their rows."""
        return self.catalog.docs(sorted(self.rows if rows is None else rows & self.rows))

    # -- words

    def said(self, path: str, code: Any) -> Said | None:
        """A code of a field with its label; of a person with the display name."""
        if code is None or code == "":
            return None
        if not isinstance(code, str):
            return self._worded(path, code)
        if (path, code) not in self._said:
            self._said[path, code] = self._worded(path, code)
        return self._said[path, code]

    def _worded(self, path: str, code: Any) -> Said:
        field = self.vault.schema.at(tuple(path.split(".")))
        known = field.element.enum_value(code) if field and isinstance(code, str) else None
        if known is not None:
            return Said(known.code, known.label)
        if field is not None and field.kind == "person":
            return Said(str(code), same(self.vault.access.display(str(code))))
        if path == "industry":
            from textcrm.normalize.industry import industry_name

            return Said(str(code), same(industry_name(str(code)) or str(code)))
        return Said(str(code), same(str(code)))

    def order(self, path: str) -> dict[str, int]:
        """The place of each code of a field in the schema."""
        field = self.vault.schema.at(tuple(path.split(".")))
        return {each.code: place for place, each in enumerate(field.enum if field else ())}

    def label(self, path: str) -> Text:
        """The label of a field."""
        field = self.vault.schema.at(tuple(path.split(".")))
        return field.label if field is not None else same(path)

    def currency(self, item: Item) -> str:
        """The currency of an item's amounts: its own, else the vault's."""
        return item.text("currency") or self.home


def _values(node: Any, parts: tuple[str, ...], item: int) -> Iterator[tuple[int, Any]]:
    """The scalars at a path of a typed tree, with the item of the first list on the way."""
    if isinstance(node, list):
        for place, one in enumerate(node, 1):
            yield from _values(one, parts, item or place)
    elif not parts:
        if node is not None and not isinstance(node, dict):
            yield item, node
    elif isinstance(node, dict) and parts[0] in node:
        yield from _values(node[parts[0]], parts[1:], item)
