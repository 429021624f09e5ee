"""Letting a new owner read: said first, and agreed to on the terminal or by --grant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.access import Person
    from textcrm.cli.context import Context
    from textcrm.record import Record
    from textcrm.vault import Vault


def allow(context: Context, vault: Vault, *, given: bool) -> None:
    """Answer a vault's question whether somebody may read more: ``given``, or asked for."""

    def confirm(record: Record, person: Person, classes: list[str]) -> bool:
        sentence = Text(
            "{id}: {name} will be able to read: {classes}", "{id}：{name}将可以读取：{classes}"
        )
        data = {"id": record.id, "name": person.name, "classes": classes}
        if given:
            context.note(sentence, **data)
            return True
        if not context.interactive:
            return False
        context.out.line(sentence.say(context.language, **data))
        return context.confirm(Text("Is that meant?", "确认吗？"), default=False)

    vault.confirm_grant = confirm
