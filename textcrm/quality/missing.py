"""Missing fields: what a customer should have and lacks (B1, B14, B21), by the schema's ``wanted``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textcrm.schema import Field, Schema

_FALLBACK: Final[Mapping[str, Any]] = {
    "type": True,
    "status": True,
    "source": True,
    "owner": True,
    "needs": True,
    "industry": {"kind": ["organization", ""]},
    "contacts/name": True,
    "contacts/phones/number": True,
    "addresses/city": True,
    "first_cooperation": {"status": ["active", "paused", "ended"]},
    "products": {"status": ["active"]},
}
"""What is wanted where a vault's schema says of no field that it is."""


class Wanted(NamedTuple):
    """A field that customers should have; ``only`` maps top-level fields to the values that ask."""

    field: Field
    only: Mapping[str, tuple[str, ...]]


class Missing(NamedTuple):
    """A field that a customer lacks, and the path at which a value would stand."""

    field: Field
    path: tuple[str | int, ...]


def wanted_fields(schema: Schema) -> list[Wanted]:
    """The fields that customers should have, in the order of the schema.

    ``x-textcrm.wanted`` of a field is ``true``, or what another field must be for it: ``{"status":
    ["active"]}``. The rows of the source articles' own table are the default (A6-A34).
    """
    found = [
        Wanted(field, _only(field.annotation["wanted"]))
        for field in _all(schema.fields)
        if field.annotation.get("wanted") and not field.seal
    ]
    if found:
        return found
    known = {"/".join(field.path): field for field in _all(schema.fields)}
    return [Wanted(known[name], _only(only)) for name, only in _FALLBACK.items() if name in known]


def _only(said: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(said, dict):
        return {}
    return {
        name: tuple(map(str, values if isinstance(values, list) else [values]))
        for name, values in said.items()
    }


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _all(field.fields)


def missing(raw: Mapping[str, Any], wanted: list[Wanted]) -> list[Missing]:
    """The wanted fields that a record lacks. One value anywhere in a list is enough."""
    return [
        Missing(one.field, _place(one.field))
        for one in wanted
        if applies(one, raw) and not _has(raw, one.field.path)
    ]


def applies(one: Wanted, raw: Mapping[str, Any]) -> bool:
    """Whether a field is wanted of this record."""
    return all(str(raw.get(name) or "") in values for name, values in one.only.items())


def _has(node: Any, path: tuple[str, ...]) -> bool:
    if isinstance(node, list):
        return any(_has(item, path) for item in node)
    if not path:
        return node is not None and node != "" and node not in ({}, [])
    return isinstance(node, dict) and _has(node.get(path[0]), path[1:])


def _place(field: Field) -> tuple[str | int, ...]:
    """Where the first value would stand: contacts/0/phones/0/number."""
    steps: list[str | int] = []
    chain: list[Field] = []
    one: Field | None = field
    while one is not None:
        chain.insert(0, one)
        one = one.within
    for place, part in enumerate(chain):
        steps.append(part.name)
        if part.kind == "items" and place < len(chain) - 1:
            steps.append(0)
    return tuple(steps)
