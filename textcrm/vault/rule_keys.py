"""What the rules need to know of access.yaml's keys, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.rules import Keys

if TYPE_CHECKING:
    from textcrm.access import Access


def rule_keys(access: Access) -> Keys | None:
    """The keys for the rules on sealing; None in a vault that has no class keys yet."""
    if not access.has_keys:
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
