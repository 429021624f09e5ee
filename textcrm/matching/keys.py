"""Identity keys: what names a customer across systems, in one spelling (G1, G2, G4).

Two records with a key in common are one customer, or share a telephone or a mistake; names are
never identity (DESIGN section 1). Which fields give keys the schema says: every field of the kinds
phone and email, and the codes named below.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeGuard

from textcrm.normalize.identifiers import code_key, resident_id_18
from textcrm.normalize.keys import levelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from textcrm.schema import Field, Schema

KeyKind = Literal["uid", "id", "registration", "id_number", "bank_account", "email", "phone"]
KINDS: Final[tuple[KeyKind, ...]] = (
    "uid",
    "id",
    "registration",
    "id_number",
    "bank_account",
    "email",
    "phone",
)
"""All kinds, those that say most of a customer's identity first."""

CODES: Final[Mapping[str, KeyKind]] = {
    "uid": "uid",
    "id": "id",
    "former_ids": "id",
    "registration_number": "registration",
    "id_number": "id_number",
    "bank_account": "bank_account",
}
# Lists that are sealed as a whole, of which the schema says no more: their items are texts, or
# mappings with the text under this name.
_SEALED_LISTS: Final[Mapping[str, tuple[KeyKind, str]]] = {
    "phones": ("phone", "number"),
    "emails": ("email", "address"),
}
_TOP_ONLY: Final = frozenset(("uid", "id", "former_ids"))
_SHORTEST_CODE: Final = 5
_E164: Final = re.compile(r"(\+[1-9]\d{6,14})(?:;ext=\d+)?")
_MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
_SAMPLE_NUMBERS: Final = frozenset(
    ("13800138000", "13888888888", "13812345678", "12345678901", "18888888888", "1234567890")
)


class Key(NamedTuple):
    """One key: its kind, and its value in the one spelling in which keys are compared."""

    kind: KeyKind
    value: str


HIDDEN: Final = "\0"
"""What stands in the value of a key that is known by a digest only."""


def key_of(kind: KeyKind, text: str, *, region: str = "CN") -> Key | None:
    """The key that a text gives; None where it names nobody (a mask, a placeholder, no number).

    ``region`` (ISO 3166) is that of telephone numbers without a country's prefix.
    """
    value = _SPELLERS[kind](text) if kind != "phone" else _phone(text, region)
    return Key(kind, value) if value else None


def keys_of(tree: Mapping[str, Any], schema: Schema, *, region: str = "CN") -> frozenset[Key]:
    """All keys of a record, or of a tree in its form, as typed or raw; sealed values give none.

    Works on what is not in a vault yet: a row of an import, the words of ``add``.
    """
    return frozenset(
        key
        for _, kind, text in keyed_texts(tree, schema)
        if (key := key_of(kind, text, region=region)) is not None
    )


def keyed_texts(
    tree: Mapping[str, Any], schema: Schema
) -> Iterator[tuple[tuple[str, ...], KeyKind, str]]:
    """The texts that may give keys: the field's path, the kind of key, what stands there."""
    yield from _below(tree, key_plan(schema), ())


def name_keys(texts: Iterable[str]) -> frozenset[str]:
    """Names in the spelling in which they are the same: width, case, form, legal suffix apart."""
    from textcrm.matching.names import core_of

    return frozenset(core for text in texts if (core := core_of(text)))


# -- which fields give keys


class KeyPlan(NamedTuple):
    """The fields of a mapping that give keys, and those with such fields inside."""

    kinds: Mapping[str, KeyKind]
    children: Mapping[str, KeyPlan]


@lru_cache(maxsize=8)
def key_plan(schema: Schema) -> KeyPlan:
    """The plan of a schema's records."""
    return _plan(schema.fields)


def key_paths(schema: Schema) -> dict[tuple[str, ...], KeyKind]:
    """Every field that gives keys, by its path without indexes: ``contacts.phones.number``."""
    return dict(_paths(key_plan(schema), ()))


def _plan(fields: tuple[Field, ...]) -> KeyPlan:
    kinds = {field.name: kind for field in fields if (kind := _kind(field)) is not None}
    below = {field.name: _plan(field.fields) for field in fields if field.fields}
    return KeyPlan(
        kinds, {name: plan for name, plan in below.items() if plan.kinds or plan.children}
    )


def _kind(field: Field) -> KeyKind | None:
    kind = field.element.kind
    if kind in ("phone", "email"):
        return "phone" if kind == "phone" else "email"
    if field.seal and not field.fields and field.name in _SEALED_LISTS:
        return _SEALED_LISTS[field.name][0]
    if field.name in _TOP_ONLY and len(field.path) > 1:
        return None
    return CODES.get(field.name)


def _paths(plan: KeyPlan, at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], KeyKind]]:
    for name, kind in plan.kinds.items():
        yield (*at, name), kind
    for name, child in plan.children.items():
        yield from _paths(child, (*at, name))


def _below(
    tree: Mapping[str, Any], plan: KeyPlan, at: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], KeyKind, str]]:
    for name, kind in plan.kinds.items():
        value = tree.get(name)
        for one in value if isinstance(value, list) else (value,):
            text = one.get(_SEALED_LISTS[name][1]) if _is_item(one, name) else one
            if isinstance(text, str):
                yield (*at, name), kind, text
    for name, child in plan.children.items():
        value = tree.get(name)
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, dict):
                yield from _below(one, child, (*at, name))


def _is_item(value: object, name: str) -> TypeGuard[dict[str, Any]]:
    """Whether a value is an item of a list that is sealed as a whole."""
    return isinstance(value, dict) and name in _SEALED_LISTS


# -- one spelling


def is_placeholder(digits: str) -> bool:
    """Whether digits are no telephone but what stands for one: 11111111, 12345678, 13800138000."""
    national = digits.removeprefix("86") if len(digits) > 11 else digits
    if national in _SAMPLE_NUMBERS or len(set(national)) == 1 or len(set(national[1:])) == 1:
        return True
    return len(national) >= 6 and (national in "01234567890123456789" or national in "9876543210")


def _phone(text: str, region: str) -> str:
    """E.164 without the extension: behind one switchboard sits one customer."""
    match = _E164.fullmatch(text)
    if match:
        number = match[1]
    else:
        from textcrm.normalize.phone import parse_phone

        phone = parse_phone(text, region)
        if phone.problem in ("masked", "several", "scientific"):
            return ""
        number = phone.number if phone.problem is None else levelled(phone.number)
    digits = "".join(char for char in number if char.isdigit())
    if len(digits) < _SHORTEST_CODE or is_placeholder(digits):
        return ""
    return number if number.startswith("+") else digits


def _email(text: str) -> str:
    """Half width and small letters, the part before the @ too: no provider tells them apart."""
    word = levelled(text).casefold().removeprefix("mailto:")
    word = word[word.rfind("<") + 1 :].rstrip(">").strip() if "<" in word else word
    return word if _MAIL.fullmatch(word) and "*" not in word else ""


def _code(text: str) -> str:
    code = code_key(text)
    unfit = len(code) < _SHORTEST_CODE or "*" in code or len(set(code)) == 1
    unfit = unfit or code_key(code) != code  # no code at all: marks that join what stood before
    return "" if unfit else code


def _resident(text: str) -> str:
    return resident_id_18(text) or _code(text)


def _plain(text: str) -> str:
    return levelled(text)


_SPELLERS: Final = {
    "uid": _plain,
    "id": _plain,
    "registration": _code,
    "id_number": _resident,
    "bank_account": _code,
    "email": _email,
}
