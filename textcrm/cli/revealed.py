"""A record with its sealed values open for the screen: only on --reveal, only with one's own key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.record import Record


def revealed(context: Context, record: Record, purpose: str | None = None) -> Record:
    """The record with what the keys at hand open; what stays locked is said on stderr.

    Noted in this clone's log of reads. The record is for showing only.
    """
    from textcrm.cli.noted import note_read
    from textcrm.record import Record as Shown
    from textcrm.vault.revealing import reveal

    vault = context.vault()
    found = reveal(vault, record)
    context.reveal = True
    shown = Shown(record.path, record.text, record.raw, record.schema)
    shown.__dict__["typed"] = found.tree
    for path, error in found.problems:
        context.warn(
            Text("{path}: {why}", "{path}：{why}"),
            path="/".join(map(str, path)),
            why=Text(error.say("en"), error.say("zh")),
        )
    damaged = {path for path, _ in found.problems}
    locked = sorted(
        {"+".join(label) for path, label in found.locked.items() if path not in damaged}
    )
    if locked:
        context.warn(
            Text(
                "no key of yours opens {labels}; see: textcrm member list {id}",
                "您的密钥无法解开 {labels}；见 textcrm member list {id}",
            ),
            labels=locked,
            id=record.id,
        )
    if len(found.locked) < _count(vault, record):
        note_read(context, "show --reveal", [record.id], purpose)
    return shown


def _count(vault: object, record: Record) -> int:
    from textcrm.vault import Vault
    from textcrm.vault.revealing import places

    return sum(1 for _ in places(vault, record)) if isinstance(vault, Vault) else 0
