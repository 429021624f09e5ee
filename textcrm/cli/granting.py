"""Letting a new owner read: said first, and agreed to on the terminal or by --grant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.access import Person
    from textcrm.cli.context import Context
    from textcrm.record import Record
    from textcrm.records.editing import Done
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


def allow_quietly(context: Context, vault: Vault) -> None:
    """Let new owners read, said once for each person and class, not for each customer."""
    said: set[tuple[str, ...]] = set()

    def confirm(record: Record, person: Person, classes: list[str]) -> bool:
        del record
        key = (person.id, *classes)
        if key not in said:
            said.add(key)
            context.note(
                Text(
                    "{name} will be able to read of these customers: {classes}",
                    "{name}将可以读取这些客户的：{classes}",
                ),
                name=person.name,
                classes=classes,
            )
        return True

    vault.confirm_grant = confirm


def warn_of_typed(context: Context, vault: Vault, assignments: Sequence[str], done: Done) -> None:
    """Say once that a secret which stood on the command line is in the shell's history."""
    if not vault.access.has_keys or all(word.endswith(("=-", "＝-")) for word in assignments):
        return
    fields = [vault.schema.at(one.path) for one in done.values]
    secret = [field for field in fields if field is not None and field.seal]
    if secret and not all(word.endswith(("=-", "＝-")) for word in assignments[-1:]):
        context.warn(
            Text(
                "{field} is sealed now, but stands in your shell's history; next time: {name}=-",
                "{field}已加密，但仍留在命令行历史中；下次请用 {name}=-",
            ),
            field=secret[0].label,
            name=secret[0].name,
        )
