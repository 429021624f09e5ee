"""What happened with a customer, newest first: contacts, purchases, services as one story (E11, E14)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.cli.days import first_day, last_day
from textcrm.cli.show import masked_tree, plain, value_text
from textcrm.cli.tables import listed
from textcrm.query.names import AHEAD
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textcrm.cli.context import Context
    from textcrm.record import Record
    from textcrm.schema import Field, Schema

_DAYS: Final = ("date", "moment")
_EVERYTHING: Final = ("all", "全部")
_HEAD: Final = ("enum", "person")
_NOT_WHEN: Final = AHEAD | {"birthday"}


class Entry(NamedTuple):
    """One item of a list with the day it happened, None where it names none."""

    day: dt.date | None
    field: Field
    item: Mapping[str, Any]

    @property
    def order(self) -> tuple[str, str]:
        """What entries are sorted by: the day, then the time of day where one is known."""
        return (self.day.isoformat() if self.day else "", str(plain(self.item.get("at", ""))))


def timeline(
    context: Context, record: Record, only: Sequence[str], since: str | None, until: str | None
) -> None:
    """Print the entries of the lists asked for (all that have days if none), newest first.

    ``since`` and ``until`` are days as people say them, both included. Exit 1 where nothing is
    there. Raises Misuse (not-a-list, date-...).
    """
    fields = _fields(record.schema, listed(only))
    first, last = first_day(context, since), last_day(context, until)
    found = [entry for entry in _entries(fields, record.typed) if _within(entry.day, first, last)]
    found.sort(key=lambda entry: entry.order, reverse=True)
    if context.json:
        context.emit([_json(context, entry) for entry in found])
    elif found:
        with context.out.paged():
            name = value_text(context, record.schema.at(("name",)), record.name)
            context.out.title(f"{name}  {record.id}")
            for entry in found:
                _print(context, entry, named=len(fields) > 1)
    else:
        labels = ("、" if context.language == "zh" else ", ").join(
            field.label.say(context.language) for field in fields
        )
        context.hint_error(
            Text("{id}: nothing there ({what})", "{id}：没有记录（{what}）"),
            id=record.id,
            what=labels,
        )
    if not found:
        context.exit(1)


def _within(day: dt.date | None, first: dt.date | None, last: dt.date | None) -> bool:
    if day is None:
        return first is None and last is None
    return (first is None or day >= first) and (last is None or day <= last)


def _fields(schema: Schema, names: Sequence[str]) -> list[Field]:
    """The lists of items that names mean; without names every list whose items have a day."""
    if not names or any(name.casefold() in _EVERYTHING for name in names):
        return [field for field in schema.fields if field.kind == "items" and _day_field(field)]
    from textcrm.search.items import list_of

    return list(dict.fromkeys(list_of(name, schema) for name in names))


def _day_field(field: Field) -> Field | None:
    """The field of an item that tells when it was: the first day in the schema's order.

    A birthday is not when a contact happened, nor is a day that lies ahead.
    """
    days = (child for child in field.fields if child.kind in _DAYS)
    return next((child for child in days if child.name not in _NOT_WHEN), None)


def _entries(fields: Sequence[Field], typed: Mapping[str, Any]) -> Iterator[Entry]:
    for field in fields:
        when = _day_field(field)
        for item in _items(typed, field.path):
            value = item.get(when.name) if when else None
            if isinstance(value, dt.datetime):
                value = value.date()
            yield Entry(value if isinstance(value, dt.date) else None, field, item)


def _items(tree: Any, path: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """The mappings at a path; a list of words gives each word as an item of its own."""
    if not path:
        if isinstance(tree, dict):
            yield tree
        elif tree is not None:
            yield {"": tree}
        return
    below = tree.get(path[0]) if isinstance(tree, dict) else None
    for each in below if isinstance(below, list) else [] if below is None else [below]:
        yield from _items(each, path[1:])


def _json(context: Context, entry: Entry) -> dict[str, Any]:
    """An entry for programs: the list, the day, then the item by its field names."""
    item: Any = dict(entry.item)
    if context.mask:
        item = masked_tree(item, context.vault().schema, entry.field.path)
    tree = {name: plain(_locked(value)) for name, value in item.items() if name}
    words = {"text": plain(item[""])} if "" in item else {}
    day = entry.day.isoformat() if entry.day else None
    return {"list": ".".join(entry.field.path), "day": day, **words, **tree}


def _locked(value: Any) -> Any:
    if isinstance(value, dict):
        if "sealed" in value and "age" in value:
            return {"sealed": value["sealed"], "locked": True}
        return {name: _locked(inner) for name, inner in value.items()}
    return [_locked(inner) for inner in value] if isinstance(value, list) else value


def _print(context: Context, entry: Entry, *, named: bool) -> None:
    """A head (when, what, how, who), then what was said, each on a line of its own."""
    out, field = context.out, entry.field
    when = _day_field(field)
    stamp = entry.item.get(when.name) if when else None
    head = [value_text(context, when, stamp)] if stamp is not None else []
    if named:
        head.append(field.label.say(context.language))
    rest: list[tuple[Field | None, str, Any]] = []
    for name, value in entry.item.items():
        child = field.child(name) if name else field.element
        if name == "id" or (when and name == when.name) or value in (None, "", [], {}):
            continue
        titled = when is None and not head[1 if named else 0 :]
        if child is not None and (child.kind in _HEAD or titled):
            head.append(value_text(context, child, value))
        else:
            rest.append((child, name, value))
    out.line()
    out.line("  ".join(head), style="cyan")
    for child, name, value in rest:
        label = child.label.say(context.language) if child else name
        out.pair(label, _text(context, child, value), depth=1)


def _text(context: Context, field: Field | None, value: Any) -> str:
    """A value on one line, nested ones with the labels of their parts."""
    comma, colon = ("、", "：") if context.language == "zh" else (", ", ": ")
    if isinstance(value, list):
        inner = field.element if field and not field.fields else field
        return comma.join(_text(context, inner, each) for each in value)
    if isinstance(value, dict) and "sealed" not in value:
        parts = []
        for name, each in value.items():
            child = field.child(name) if field else None
            if name == "id" or each in (None, "", [], {}):
                continue
            text = _text(context, child, each)
            is_said = child is not None and child.kind in ("text", "name")
            label = child.label.say(context.language) if child else name
            parts.append(text if is_said else f"{label}{colon}{text}")
        return ("，" if context.language == "zh" else ", ").join(parts)
    return value_text(context, field, value)
