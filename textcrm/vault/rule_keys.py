"""What the rules need to know of access.yaml's keys, as plain data."""

from __future__ import annotations

from typing import Any

from textcrm.rules import Keys


def rule_keys(access: Any) -> Keys | None:
    """The keys for the rules on sealing; None in a vault that has no class keys yet."""
    if not getattr(access, "has_keys", False):
        return None
    owners = {
        word: person.id
        for person in access.people
        if person.keys
        for word in (person.id, person.name)
    }
    return Keys(
        generations={name: frozenset(one.generations) for name, one in access.classes.items()},
        current={name: one.current for name, one in access.classes.items()},
        people=frozenset(person.id for person in access.people),
        readers={
            name: frozenset(person.id for person in access.readers(name))
            for name in access.classes
        },
        owners=owners,
        owner_reads=frozenset(access.owner_reads),
    )
