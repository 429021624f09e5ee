"""A report with the sealed amounts that one's own keys open; nothing of them is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.cli.asked import Made
from textcrm.insight import receivables

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.errors import TextcrmError
    from textcrm.insight.asking import Ask


def receivables_opened(context: Context, ask: Ask) -> Made:
    """What is owed, with the instalments that open. The reading is noted in this clone's log."""
    from textcrm.cli.noted import note_read
    from textcrm.vault.revealing import reveal

    vault = context.vault()
    trees: dict[int, dict[str, Any]] = {}
    read: list[str] = []
    damage: TextcrmError | None = None
    missing: TextcrmError | None = None
    for doc in ask.facts.docs(receivables.sealed_rows(ask.facts)):
        found = reveal(vault, vault.load(doc.path))  # type: ignore[attr-defined]
        trees[doc.row] = found.tree  # type: ignore[attr-defined]
        if found.opened:
            read.append(doc.id)
        if found.problems:
            damage = damage or found.problems[0][1]
        missing = missing or found.missing
    if read:
        note_read(context, "report receivables --reveal", read, None)
    return Made(receivables.receivables(ask, trees), damage or (None if read else missing))
