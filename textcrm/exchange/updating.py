"""What a proposal changes in a customer that is there: field by field, nothing is taken away."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import ciphertext
from textcrm.exchange.grouping import is_same_person
from textcrm.exchange.naming import names_contact
from textcrm.matching import key_of
from textcrm.store import fold
from textcrm.vault import edits
from textcrm.yamlfile.scalars import typed_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from textcrm.paths import Path
    from textcrm.schema import Field, Schema

    Alike = Callable[[Mapping[str, Any], Mapping[str, Any], Field], bool]

# Texts that grow: what is there was written by somebody.
_GROWING: Final = ("notes",)
# Who kept a contact is not whom a table names as the customer's owner.
_FIRST_HOLDS: Final = ("by",)
_DAY: Final = len("2024-05-01")
_MINUTE: Final = len("2024-05-01 09:30")
_ZONE: Final = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")
_TOLD_APART: Final = ("id", "note", "verification")


class Change(NamedTuple):
    """One change: a value to set, or an item to append to the list at the path."""

    path: Path
    value: Any
    append: bool = False


def changes(
    raw: Mapping[str, Any],
    tree: Mapping[str, Any],
    schema: Schema,
    *,
    opened: Callable[[Path, Any], Any],
) -> list[Change]:
    """The changes that make a record hold what a proposal says.

    A value that differs is replaced, an item that is not there is added, notes are added to. A
    value that is sealed is compared with what ``opened`` gives for it, and left where that is None.
    ``id`` and ``uid`` are never changed; another name becomes an alias, unless ``tree`` is of the
    same id. The name of a contact, by which a row without a name is called, is no name of a company.
    """
    fields = {field.name: field for field in schema.fields}
    proposed = {k: v for k, v in tree.items() if k not in ("id", "uid", "kind", "former_ids")}
    if tree.get("kind") and not raw.get("kind"):
        proposed["kind"] = tree["kind"]
    name = proposed.get("name")
    if name and names_contact(tree, raw):
        del proposed["name"]
        proposed.pop("kind", None)
    elif name and tree.get("id") != raw.get("id"):
        proposed.pop("name")
        known = [raw.get("name"), *_texts(raw.get("aliases"))]
        if fold(str(name)) not in [fold(str(one)) for one in known]:
            proposed["aliases"] = [*proposed.get("aliases", ()), name]
    return list(_mapping((), raw, proposed, fields, opened))


def apply(text: str, found: Sequence[Change], schema: Schema) -> str:
    """Put changes into a record's text."""
    for one in found:
        if one.append:
            text = edits.append(text, one.path, one.value, schema)
        else:
            text = edits.put(text, one.path, one.value, schema)
    return text


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _mapping(
    path: Path,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    fields: Mapping[str, Field],
    opened: Callable[[Path, Any], Any],
) -> Iterator[Change]:
    for name, value in new.items():
        if value is None or value in ("", [], {}):
            continue
        yield from _value((*path, name), old.get(name), value, fields.get(name), opened)


def _value(
    path: Path,
    old: Any,
    value: Any,
    field: Field | None,
    opened: Callable[[Path, Any], Any],
) -> Iterator[Change]:
    if old in (None, "", [], {}):
        yield Change(path, value)
    elif ciphertext.is_sealed(old):
        current = opened(path, old)
        if current is not None and not _same(current, value):
            yield Change(path, value)
    elif isinstance(value, dict) and isinstance(old, dict):
        inner = {one.name: one for one in field.fields} if field is not None else {}
        yield from _mapping(path, old, value, inner, opened)
    elif isinstance(value, list) and field is not None and field.kind == "items":
        yield from _items(path, old if isinstance(old, list) else [], value, field, opened)
    elif isinstance(value, list):
        have = {fold(str(one)) for one in (old if isinstance(old, list) else [old])}
        for one in value:
            if fold(str(one)) not in have:
                have.add(fold(str(one)))
                yield Change(path, one, append=True)
    elif path[-1] in _GROWING:
        if str(value).strip() not in str(old):
            yield Change(path, f"{str(old).rstrip()}\n{value}")
    elif not _same(old, value, field.kind if field is not None else ""):
        yield Change(path, value)


def _same(old: Any, value: Any, kind: str = "") -> bool:
    """Whether two values mean the same; a day is the same as a moment of it."""
    one, other = typed_text(old), typed_text(value)
    if one == other:
        return True
    if one is None or other is None:
        return False
    if kind == "moment":
        return is_same_moment(one, other)
    if kind in ("money", "number", "integer"):
        try:
            return Decimal(one) == Decimal(other)
        except InvalidOperation:
            return False
    return one.strip() == other.strip()


def is_same_moment(old: str, new: str) -> bool:
    """Whether a moment is another one, or the day without its time is its day."""
    old, new = old.replace("T", " "), new.replace("T", " ")
    if len(new) == _DAY:
        return old.startswith(new)
    # Seconds and a zone that one of them does not say make no other moment.
    return old[:_MINUTE] == new[:_MINUTE] and not (_zone(old) and _zone(new) and old != new)


def _zone(moment: str) -> str:
    match = _ZONE.search(moment[_DAY:])
    return match[0] if match else ""


def _items(
    path: Path,
    old: list[Any],
    new: Sequence[Any],
    field: Field,
    opened: Callable[[Path, Any], Any],
) -> Iterator[Change]:
    fields = {one.name: one for one in field.fields}
    taken: set[int] = set()
    for item in new:
        if not isinstance(item, dict):  # the check of the whole record refuses it, with its place
            if item not in old:
                yield Change(path, item, append=True)
            continue
        place = _partner(old, item, field, taken)
        if place is None:
            yield Change(path, item, append=True)
            continue
        taken.add(place)
        rest = {
            name: value
            for name, value in item.items()
            if name != "id" and not (name in _FIRST_HOLDS and old[place].get(name))
        }
        yield from _mapping((*path, place), old[place], rest, fields, opened)


def _partner(
    old: Sequence[Any], item: Mapping[str, Any], field: Field, taken: set[int]
) -> int | None:
    """The item that is the same one: by id, then by what the list's items are told apart by."""
    free = [place for place, one in enumerate(old) if isinstance(one, dict) and place not in taken]
    if item.get("id"):
        for place in free:
            if old[place].get("id") == item["id"]:
                return place
    alike = _ALIKE.get(field.name, _alike_by_content)
    for place in free:
        if alike(old[place], item, field):
            return place
    if field.name == "addresses" and item.get("kind"):
        same = [place for place in free if old[place].get("kind") == item["kind"]]
        if len(same) == 1 and len(old) == 1:
            return same[0]
    return None


def _person(old: Mapping[str, Any], new: Mapping[str, Any], _: Field) -> bool:
    return is_same_person(old, new)


def _number(old: Mapping[str, Any], new: Mapping[str, Any], _: Field) -> bool:
    mine, theirs = str(old.get("number") or ""), str(new.get("number") or "")
    return mine == theirs or (key_of("phone", mine) or mine) == (key_of("phone", theirs) or "")


def _mail(old: Mapping[str, Any], new: Mapping[str, Any], _: Field) -> bool:
    return str(old.get("address") or "").casefold() == str(new.get("address") or "").casefold()


def _interaction(old: Mapping[str, Any], new: Mapping[str, Any], _: Field) -> bool:
    """One contact: the same day or moment, and no other words about it."""
    if not is_same_moment(str(old.get("at")), str(new.get("at"))):
        return False
    said = old.get("summary"), new.get("summary")
    return not all(said) or said[0] == said[1]


def _alike_by_content(old: Mapping[str, Any], new: Mapping[str, Any], field: Field) -> bool:
    """The same by the list's key, else by everything that both say in plain."""
    keys = [name for name in field.key if name in new]
    if keys and field.name != "addresses":
        return all(_same(old.get(name), new[name]) for name in keys)
    plain = [
        name
        for name, value in new.items()
        if name not in _TOLD_APART and not isinstance(value, dict | list)
    ]
    said = [name for name in plain if not ciphertext.is_sealed(old.get(name))]
    return all(_same(old.get(name), new[name]) for name in said) and (
        bool(said) or set(plain) <= set(old)
    )


_ALIKE: Final[dict[str, Alike]] = {
    "contacts": _person,
    "phones": _number,
    "emails": _mail,
    "interactions": _interaction,
}
