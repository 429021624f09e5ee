"""Edits of access.yaml that keep its comments: people in, out and changed; keys; the serial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm import yamlfile
from textcrm.access.model import OWNER_READS, ROLE_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.access.model import ClassKeys
    from textcrm.access.people import Person

ORDER: Final = ("serial", "people", "former", "roles", "owner_reads", "recovery", "classes")
_PERSON: Final = ("id", "name", "role", "email", "keys", "signing")


def add_person(text: str, person: Person) -> str:
    """Add somebody at the end of ``people``."""
    entry: dict[str, Any] = {"id": person.id, "name": person.name, "role": person.role}
    if person.email:
        entry["email"] = person.email
    if person.keys:
        entry["keys"] = list(person.keys)
    if person.signing:
        entry["signing"] = person.signing
    former = yamlfile.read_mapping(text).get("former") or {}
    if person.id in former:  # who comes back
        text = yamlfile.delete(text, ("former", person.id) if len(former) > 1 else ("former",))
    if not yamlfile.read_mapping(text).get("people"):
        return yamlfile.set_value(text, ("people",), [entry], key_order=ORDER)
    return yamlfile.append_item(text, ("people",), entry)


def remove_person(text: str, person_id: str) -> str:
    """Take somebody out; the name stays, for what they did with customers."""
    place = _place(text, person_id)
    name = yamlfile.read_mapping(text)["people"][place].get("name") or person_id
    text = yamlfile.delete(text, ("people", place))
    former = {**(yamlfile.read_mapping(text).get("former") or {}), person_id: str(name)}
    return yamlfile.set_value(text, ("former",), former, key_order=ORDER)


def change_person(text: str, person: Person) -> str:
    """Give an entry the role and keys of a person; what does not change keeps its bytes."""
    place = ("people", _place(text, person.id))
    wanted: dict[str, Any] = {
        "role": person.role,
        "email": person.email,
        "keys": list(person.keys),
        "signing": person.signing,
    }
    entry = yamlfile.read_mapping(text)["people"][place[1]]
    for name, value in wanted.items():
        if value and entry.get(name) != value:
            text = yamlfile.set_value(text, (*place, name), value, key_order=_PERSON)
        elif not value and entry.get(name):
            text = yamlfile.delete(text, (*place, name))
    return text


def _place(text: str, person_id: str) -> int:
    people = yamlfile.read_mapping(text)["people"]
    return next(place for place, entry in enumerate(people) if entry.get("id") == person_id)


def complete(text: str, recovery: tuple[str, ...]) -> str:
    """Write out roles, what owners read and the recovery key where a file of before lacks them."""
    tree = yamlfile.read_mapping(text) if text.strip() else {}
    wanted: dict[str, Any] = {
        "roles": {role: list(names) for role, names in ROLE_CLASSES.items()},
        "owner_reads": list(OWNER_READS),
        "recovery": list(recovery),
    }
    for name, value in wanted.items():
        if tree.get(name) is None and value:
            text = yamlfile.set_value(text, (name,), value, key_order=ORDER)
    return text


def set_serial(text: str, serial: int) -> str:
    """Write the count of changes."""
    return yamlfile.set_value(text, ("serial",), serial, key_order=ORDER)


def set_keys(text: str, serial: int, classes: Mapping[str, ClassKeys]) -> str:
    """Write the serial and the classes with their generations."""
    text = set_serial(text, serial)
    tree = {
        name: {
            "current": keys.current,
            "keys": {
                str(number): {
                    "public": one.public,
                    "readers": list(one.readers),
                    "sha256": one.sha256,
                    **({"retired": one.retired} if one.retired else {}),
                }
                for number, one in keys.generations.items()
            },
        }
        for name, keys in classes.items()
    }
    return yamlfile.set_value(text, ("classes",), tree, key_order=ORDER)
