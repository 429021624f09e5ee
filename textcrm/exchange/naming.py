"""Names of rows: what a row calls its customer, and whether two names may be one customer's (C4, G4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.matching import name_keys
from textcrm.store import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def contact_names(tree: Mapping[str, Any]) -> set[str]:
    """The names of a record's contacts, folded."""
    return {fold(str(one.get("name") or "")) for one in _contacts(tree)} - {""}


def is_borrowed(tree: Mapping[str, Any]) -> bool:
    """Whether a row without a name is called by its contact, or by what reaches the contact."""
    name = str(tree.get("name") or "")
    if tree.get("kind") == "person":
        return fold(name) in contact_names(tree)
    return any(
        isinstance(item, dict) and name in (item.get("number"), item.get("address"))
        for one in _contacts(tree)
        for listed in ("phones", "emails")
        for item in one.get(listed) or ()
    )


def names_contact(tree: Mapping[str, Any], raw: Mapping[str, Any]) -> bool:
    """Whether the name of a row is a contact's of the customer ``raw``, and not the customer's."""
    if not is_borrowed(tree):
        return False
    own = fold(str(raw.get("name") or ""))
    return tree.get("kind") != "person" or not (
        raw.get("kind") == "person" or own in contact_names(raw)
    )


def are_alike(one: str, others: Iterable[str]) -> bool:
    """Whether a name may be another one's: 云栖科技 and 杭州云栖科技有限公司, by width and form too."""
    first, second = name_keys([one]), name_keys(others)
    return bool(first & second) or any(
        len(short) > 1 and short in long
        for a in first
        for b in second
        for short, long in ((a, b), (b, a))
    )


def _contacts(tree: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = tree.get("contacts")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
