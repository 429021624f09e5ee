"""The public pool (公海): customers without an owner, taken by who comes first, and let go again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import Conflict
from textcrm.records.editing import Done
from textcrm.text import Text
from textcrm.vault import edits

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.access import Person
    from textcrm.query import Doc
    from textcrm.record import Record
    from textcrm.vault import Vault


def pool(vault: Vault) -> list[Doc]:
    """The customers nobody owns, archived and restricted ones left out, longest silent first."""
    catalog = vault.catalog()

    def rows() -> set[int]:
        values = catalog.values
        return set(catalog.rows()) - values.having(("owner",)) - values.having(("archived",))

    found = [
        doc
        for doc in catalog.docs(sorted(catalog.safely(rows)))
        if not doc.typed.get("restricted")
    ]
    return sorted(found, key=lambda doc: (-(doc.derived.get("days_silent") or 0), doc.id))


def take(vault: Vault, word: str, person: Person, *, reason: str | None = None) -> Done:
    """Take a customer out of the pool. Raises Conflict (taken) where somebody owns it already."""

    def edit(current: Record) -> str:
        owner = current.raw.get("owner")
        if owner == person.id:
            return current.text
        if owner:
            raise _taken(vault, current, str(owner))
        return edits.put(current.text, ("owner",), person.id, vault.schema)

    return _written(vault, word, edit, reason)


def release(vault: Vault, word: str, *, reason: str | None = None) -> Done:
    """Let a customer go to the pool; the owner reads its sealed values no more."""

    def edit(current: Record) -> str:
        if "owner" not in current.raw:
            return current.text
        return edits.remove(current.text, ("owner",))

    return _written(vault, word, edit, reason)


def _written(vault: Vault, word: str, edit: Callable[[Record], str], reason: str | None) -> Done:
    record = vault.get(word)
    result = vault.write("assign", lambda draft: draft.edit(record.path, edit), reason=reason)
    return Done(result if result.ids else result._replace(ids=(record.id,)), ())


def _taken(vault: Vault, record: Record, owner: str) -> Conflict:
    return Conflict(
        "taken",
        Text("{id} belongs to {owner} already", "{id} 已由{owner}跟进"),
        hint=Text(
            "see who is free: textcrm pool; a manager may: textcrm assign {id} PERSON",
            "查看公海：textcrm pool；确需改派：textcrm assign {id} 人员",
        ),
        id=record.id,
        owner=vault.access.display(owner),
    )
