"""Who reads what: by class, and for one record why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import ciphertext
from textcrm.paths import spell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.access import Access, Person
    from textcrm.record import Record
    from textcrm.text import Text
    from textcrm.vault.vault import Vault


class Reading(NamedTuple):
    """Somebody and a class: whether they read it, and why (not)."""

    person: Person
    class_name: str
    reads: bool
    why: Text


class SealedValue(NamedTuple):
    """A sealed value of a record: where (a file's path), its labels, who opens it."""

    path: str
    labels: tuple[str, ...]
    readers: tuple[str, ...]


def by_class(access: Access, *, owner: str = "") -> list[Reading]:
    """For everybody and every class; with ``owner`` (an id) for a record of that person's."""
    found = []
    for name in access.classes:
        readers = access.readers(name)
        for person in access.people:
            owns = person.id == owner
            reads = person in readers or (
                owns and name in access.owner_reads and bool(person.keys)
            )
            why = access.why(person, name, owner=owns)
            found.append(Reading(person, name, reads, why))
    return found


def of_record(vault: Vault, record: Record) -> list[SealedValue]:
    """The sealed values and files of a record and who opens each, by what the labels say."""
    found = []
    for path, node in _sealed(record.raw, ()):
        try:
            labels = ciphertext.read(node).labels
        except ciphertext.Malformed:
            continue
        found.append(SealedValue(spell(path), labels, _readers(vault.access, labels)))
    for file, labels in _files(record.raw.get("documents")):
        found.append(SealedValue(file, labels, _readers(vault.access, labels)))
    return found


def _files(documents: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in documents if isinstance(documents, list) else ():
        if not isinstance(one, dict) or not isinstance(one.get("file"), str):
            continue
        labels = one.get("sealed_for")
        if labels and isinstance(labels, str | list):
            yield one["file"], (labels,) if isinstance(labels, str) else tuple(map(str, labels))


def _readers(access: Access, labels: tuple[str, ...]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for label in labels:
        parsed = ciphertext.parse_class(label)
        if parsed is None:
            names[label] = None
            continue
        keys = access.classes.get(parsed[0])
        generation = keys.generations.get(parsed[1]) if keys else None
        names.update(dict.fromkeys(generation.readers if generation else ()))
    return tuple(names)


def _sealed(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if ciphertext.looks_sealed(node):
        yield path, node
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _sealed(value, (*path, name))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _sealed(value, (*path, place))
