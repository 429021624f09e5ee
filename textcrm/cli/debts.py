"""Receivables with the sealed instalments that one's own keys open; nothing of them is kept."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from textcrm.cli.asked import Made
from textcrm.errors import KeyMissing, TextcrmError
from textcrm.insight import receivables

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.insight.asking import Ask
    from textcrm.record import Record
    from textcrm.vault import Vault


def receivables_opened(context: Context, ask: Ask) -> Made:
    """What is owed, with the instalments that open. The reading is noted in this clone's log."""
    from textcrm.cli.noted import note_read

    vault = context.vault()
    trees: dict[int, dict[str, Any]] = {}
    read: list[str] = []
    damage: TextcrmError | None = None
    missing: TextcrmError | None = None
    for doc in ask.facts.docs(receivables.sealed_rows(ask.facts)):
        tree, errors, opened = _opened(vault, vault.load(doc.path))  # type: ignore[attr-defined]
        trees[doc.row] = tree  # type: ignore[attr-defined]
        if opened:
            read.append(doc.id)
        for error in errors:
            if isinstance(error, KeyMissing):
                missing = missing or error
            else:
                damage = damage or error
    if read:
        note_read(context, "report receivables --reveal", read)
    table = receivables.receivables(ask, trees)
    if ask.facts.conversion is not None:
        table = ask.facts.conversion.finish(table)
    return Made(table, damage or (None if read else missing))


def _opened(vault: Vault, record: Record) -> tuple[dict[str, Any], list[TextcrmError], int]:
    """The record with its instalments open, the errors of those that stay shut, and how many opened.

    Other sealed values are not looked at.
    """
    from textcrm.vault.revealing import open_at, places

    tree = copy.deepcopy(record.typed)
    errors: list[TextcrmError] = []
    opened = 0
    for path, _, node in places(vault, record):
        if path[0] != "contracts" or "instalments" not in path:
            continue
        try:
            value = open_at(vault, record, path, node)
        except TextcrmError as error:
            errors.append(error)
            continue
        at: Any = tree
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
        opened += 1
    return tree, errors, opened
