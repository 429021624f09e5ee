"""The ends of a record's life: archive and unarchive (O1), removal with a reason (K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import Misuse
from textcrm.records.editing import Done
from textcrm.text import Text
from textcrm.vault import edits

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.record import Record
    from textcrm.vault import Draft, Vault


def archive(vault: Vault, word: str, *, reason: str | None = None) -> Done:
    """Put a customer aside: found only when asked for, nothing lost."""
    return _written(vault, "archive", vault.get(word), archiving(vault, reason), reason)


def archiving(vault: Vault, reason: str | None = None) -> Callable[[Record], str]:
    """The edit that puts a customer aside."""
    stamp = {"on": vault.today.isoformat(), **({"reason": reason} if reason else {})}

    def edit(current: Record) -> str:
        if current.archived:
            return current.text
        return edits.put(current.text, ("archived",), stamp, vault.schema)

    return edit


def unarchive(vault: Vault, word: str, *, reason: str | None = None) -> Done:
    """Take an archived customer back."""
    record = vault.get(word)

    def edit(current: Record) -> str:
        if "archived" not in current.raw:
            return current.text
        return edits.remove(current.text, ("archived",))

    return _written(vault, "unarchive", record, edit, reason)


def _written(
    vault: Vault, op: str, record: Record, edit: Callable[[Record], str], reason: str | None
) -> Done:
    result = vault.write(op, lambda draft: draft.edit(record.path, edit), reason=reason)
    return Done(result if result.ids else result._replace(ids=(record.id,)), ())


def remove(vault: Vault, word: str, *, reason: str) -> Done:
    """Delete a record from the vault. Its history stays, ``restore`` brings it back."""
    if not reason.strip():
        raise Misuse(
            "reason-needed",
            Text(
                "a deletion needs its reason (it is kept in history)",
                "删除必须写明原因（会保留在历史中）",
            ),
            hint=Text('textcrm rm {word} --reason "…"', "textcrm rm {word} --reason “……”"),
            word=word,
        )
    record = vault.get(word)

    def plan(draft: Draft) -> None:
        draft.delete(record.path)

    return Done(vault.write("rm", plan, reason=reason), ())
