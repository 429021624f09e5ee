"""The columns of exported tables: the 12 of 客户信息总表 first, then what else the schema has."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.exchange.export_cells import Cell, Settings, cell
from textcrm.paths import value_at
from textcrm.record import as_day
from textcrm.schema.words import folded
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from textcrm.exchange.export_customers import Customer
    from textcrm.paths import Path
    from textcrm.schema import Field, Schema

    Where = Callable[[Mapping[str, Any]], Path | None]

REMINDER: Final = "reminder"
UPDATED: Final = "updated"


class Column(NamedTuple):
    """A column of a table, one row a customer (or an item of a list).

    ``name`` is for programs; ``where`` gives the path of the value in a record's tree, relative to
    the row, also where nothing stands there yet; None for what is computed and cannot be edited.
    """

    name: str
    heading: Text
    kind: str
    field: Field | None
    where: Where | None
    wide: int = 14

    def value(self, tree: Mapping[str, Any]) -> Any:
        """The value in a tree, None where there is none."""
        path = self.where(tree) if self.where is not None else None
        return value_at(path, tree) if path is not None else None


class Heading(NamedTuple):
    """One of the 12 headings of part 4 of the source article (H4), and what stands under it."""

    zh: str
    en: str
    name: str
    wide: int


# H4, to the letter and in this order. The English words are for --headings en.
HEADINGS: Final = (
    Heading("客户编号", "Customer id", "id", 15),
    Heading("客户名称", "Name", "name", 26),
    Heading("联系人", "Contact", "contacts.name", 10),
    Heading("联系方式", "Contact number", "contacts.phones.number", 17),
    Heading("所属行业", "Industry", "industry", 18),
    Heading("客户来源", "Source", "source", 10),
    Heading("核心需求", "Needs", "needs", 30),
    Heading("最近跟进日期", "Last contact", "interactions.at", 13),
    Heading("跟进人", "Owner", "owner", 9),
    Heading("沟通内容摘要", "Summary of contact", "interactions.summary", 40),
    Heading("合作状态", "Status", "status", 10),
    Heading("客户标签", "Tags", "tags", 20),
)
_MORE: Final = ("contacts.title", "contacts.emails.address", "contacts.social.wechat")
_ADDRESS: Final = ("province", "city", "district", "street")
_HIDDEN: Final = frozenset(("id", "uid", "former_ids"))


def sheet_columns(schema: Schema, *, opened: bool) -> tuple[Column, ...]:
    """The columns of 客户信息总表: H4, the reminder of F1, then the other fields of the schema.

    ``opened`` adds the sealed fields, which are empty otherwise.
    """
    first = [_headed(one, schema) for one in HEADINGS]
    reminder = [
        Column(REMINDER, Text("Reminder", "更新提醒"), "integer", None, None, 12),
        Column(UPDATED, Text("Updated", "最近更新日期"), "date", None, None, 13),
    ]
    taken = {one.name for one in first}
    rest = [
        one
        for one in (*_of_main(schema, _MORE), *leaves(schema.fields, (), opened=opened))
        if one.name not in taken and one.name not in _HIDDEN
    ]
    rest += _of_address(schema)
    return distinct((*first, *reminder, *rest))


@lru_cache(maxsize=8)
def headings_of(schema: Schema) -> Mapping[str, str]:
    """Where the headings of our own tables lead when they come in again, folded, in both languages.

    What is computed leads nowhere, nor does what a cell holds several values of.
    """
    found: dict[str, str] = {}
    for one in sheet_columns(schema, opened=True):
        first, *rest = one.name.split(".")
        listed = one.name.split(".")[0] in ("contacts", "addresses")
        steps = [first, "0", *rest] if listed else [first, *rest]
        lost = one.where is None or (
            one.field is not None and one.field.kind in ("any", "mapping")
        )
        for heading in (one.heading.zh, one.heading.en):
            found.setdefault(folded(heading), "" if lost else "/".join(steps))
    return found


def value_of(column: Column, customer: Customer, settings: Settings) -> Cell:
    """The cell of a customer in the main table."""
    if column.name == UPDATED:
        return updated_on(customer)
    if column.name == REMINDER:
        day = updated_on(customer)
        return (settings.today - day).days if day is not None else None
    value = column.value(customer.tree)
    if column.kind == "date" and isinstance(value, dt.datetime):
        value = value.date()
    return cell(column.field, value, settings)


def updated_on(customer: Customer) -> dt.date | None:
    """The day that the reminder counts from: the last update, else the last contact, else the
    first day.
    """
    derived = customer.derived
    return customer.updated or derived.get("last_contact") or derived.get("created")


def leaves(fields: Iterable[Field], prefix: tuple[str, ...], *, opened: bool) -> Iterator[Column]:
    """A column for each scalar, and each list of scalars, below some fields; no lists of items."""
    for field in fields:
        path = (*prefix, field.name)
        if field.kind == "items" or (field.seal and not opened):
            continue
        if field.fields and field.kind == "mapping" and not field.seal:
            yield from leaves(field.fields, path, opened=opened)
            continue
        name = ".".join(path)
        heading = _inner_heading(field) if prefix else field.label
        yield Column(name, heading, _kind(field), field, _fixed(path), _wide(field))


def distinct(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Columns with headings of their own: a heading that is taken gets its group before it."""
    seen: set[str] = set()
    result = []
    for one in columns:
        heading = one.heading
        if heading.zh in seen and one.field is not None and one.field.within is not None:
            group = one.field.within.label
            heading = Text(f"{group.en}: {heading.en}", f"{group.zh}·{heading.zh}")
        number = 2
        while heading.zh in seen:
            heading = Text(f"{one.heading.en} {number}", f"{one.heading.zh}{number}")
            number += 1
        seen.add(heading.zh)
        result.append(one._replace(heading=heading))
    return tuple(result)


def _inner_heading(field: Field) -> Text:
    """What stands inside a mapping is headed by both, unless its own label says it all."""
    group = field.within.label if field.within is not None else field.label
    if group.zh in field.label.zh or field.label.zh == "说明":
        return field.label
    return Text(f"{group.en}: {field.label.en}", f"{group.zh}·{field.label.zh}")


def _fixed(path: Path) -> Where:
    return lambda _tree: path


def _kind(field: Field) -> str:
    return "text" if field.kind in ("list", "size", "any", "mapping") else field.kind


def _wide(field: Field) -> int:
    if field.kind in ("integer", "boolean", "enum", "person"):
        return 10
    return 30 if field.index == "text" and field.kind == "text" else 15


def _headed(heading: Heading, schema: Schema) -> Column:
    field = schema.at(heading.name.split("."))
    where = _WHERE.get(heading.name) or _fixed((heading.name,))
    kind = _kind(field) if field is not None else "text"
    kind = "date" if heading.name == "interactions.at" else kind
    return Column(heading.name, Text(heading.en, heading.zh), kind, field, where, heading.wide)


def _of_main(schema: Schema, names: Iterable[str]) -> Iterator[Column]:
    """More of the main contact, for tables that have one row a customer."""
    for name in names:
        field = schema.at(name.split("."))
        if field is not None and not field.seal:
            tail = tuple(name.split(".")[1:])
            yield Column(name, field.label, field.kind, field, _in_contact(tail), _wide(field))


def _of_address(schema: Schema) -> Iterator[Column]:
    for name in _ADDRESS:
        field = schema.at(("addresses", name))
        if field is not None and not field.seal:
            yield Column(
                f"addresses.{name}", field.label, "text", field, _fixed(("addresses", 0, name)), 12
            )


# -- places


def main_contact_place(tree: Mapping[str, Any]) -> int:
    """The index of the main contact: the one named, else the first (A9)."""
    wanted = tree.get("main_contact")
    listed = tree.get("contacts")
    for place, contact in enumerate(listed if isinstance(listed, list) else ()):
        if (
            wanted
            and isinstance(contact, dict)
            and wanted in (contact.get("id"), contact.get("name"))
        ):
            return place
    return 0


def last_interaction_place(tree: Mapping[str, Any]) -> int | None:
    """The index of the latest interaction, None where there is none with a day."""
    listed = tree.get("interactions")
    best: tuple[dt.date, int] | None = None
    for place, one in enumerate(listed if isinstance(listed, list) else ()):
        day = as_day(one.get("at")) if isinstance(one, dict) else None
        if day is not None and (best is None or (day, place) > best):
            best = day, place
    return best[1] if best else None


def _in_contact(tail: tuple[str, ...]) -> Where:
    first = {"phones": ("phones", 0, "number"), "emails": ("emails", 0, "address")}
    inner: Path = first.get(tail[0], tail)

    def where(tree: Mapping[str, Any]) -> Path:
        return ("contacts", main_contact_place(tree), *inner)

    return where


def _in_interaction(name: str) -> Where:
    def where(tree: Mapping[str, Any]) -> Path | None:
        place = last_interaction_place(tree)
        return ("interactions", 0 if place is None else place, name)

    return where


_WHERE: Final[dict[str, Where]] = {
    "contacts.name": _in_contact(("name",)),
    "contacts.phones.number": _in_contact(("phones", "number")),
    "interactions.at": _in_interaction("at"),
    "interactions.summary": _in_interaction("summary"),
}


# -- lists


class Listed(NamedTuple):
    """A list of mappings as a table of its own: one row an item.

    ``path`` are the names that lead to it; ``name`` is for programs (``contacts_phones``).
    """

    path: tuple[str, ...]
    label: Text
    columns: tuple[Column, ...]
    parent: Field | None

    @property
    def name(self) -> str:
        """The table's name."""
        return "_".join(self.path)


def lists_of(schema: Schema, *, opened: bool) -> tuple[Listed, ...]:
    """Every list of mappings of the schema, those inside others too, in its order."""
    found = []
    for field in schema.walk():
        if field.kind != "items" or not field.fields or (field.seal and not opened):
            continue
        parent = (
            field.within if field.within is not None and field.within.kind == "items" else None
        )
        label = field.label
        if parent is not None:
            label = Text(f"{parent.label.en} {label.en}", f"{parent.label.zh}-{label.zh}")
        columns = [one for one in leaves(field.fields, (), opened=opened) if one.name != "id"]
        found.append(Listed(field.path, label, distinct(columns), parent))
    return tuple(found)


class Item(NamedTuple):
    """An item of a list: its path in the record with indexes, itself, the item around it."""

    path: Path
    tree: Mapping[str, Any]
    parent: Mapping[str, Any] | None


def items_at(tree: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[Item]:
    """The items of a list wherever it stands, in the record's order."""
    yield from _items_below(tree, names, (), None)


def _items_below(
    tree: Mapping[str, Any],
    names: tuple[str, ...],
    at: Path,
    parent: Mapping[str, Any] | None,
) -> Iterator[Item]:
    name, *rest = names
    value = tree.get(name)
    if isinstance(value, dict) and rest:
        yield from _items_below(value, tuple(rest), (*at, name), parent)
        return
    for place, one in enumerate(value if isinstance(value, list) else ()):
        if not isinstance(one, dict):
            continue
        if rest:
            yield from _items_below(one, tuple(rest), (*at, name, place), one)
        else:
            yield Item((*at, name, place), one, parent)


def parent_name(parent: Mapping[str, Any] | None) -> str:
    """How people know the item around another: by its name, title, number or id."""
    for key in ("name", "title", "number", "id"):
        value = parent.get(key) if parent else None
        if isinstance(value, str) and value:
            return value
    return ""
