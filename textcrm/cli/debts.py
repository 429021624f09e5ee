"""Receivables, and what is due, with the sealed values of it that one's own keys open; nothing of them is kept."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from textcrm.cli.asked import Made
from textcrm.errors import KeyMissing, TextcrmError
from textcrm.insight import receivables

if TYPE_CHECKING:
    from textcrm.cli.context import Context
    from textcrm.insight.asking import Ask
    from textcrm.insight.due import Due
    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.vault import Vault


def receivables_opened(context: Context, ask: Ask) -> Made:
    """What is owed, with the instalments that open. The reading is noted in this clone's log."""
    from textcrm.cli.noted import note_read

    vault = context.vault()
    trees: dict[int, dict[str, Any]] = {}
    reading = _Reading()
    for doc in ask.facts.docs(receivables.sealed_rows(ask.facts)):
        record = vault.load(doc.path)  # type: ignore[attr-defined]
        trees[doc.row] = reading.opened(vault, record)  # type: ignore[attr-defined]
    if reading.read:
        note_read(context, "report receivables --reveal", reading.read)
    table = receivables.receivables(ask, trees)
    if ask.facts.conversion is not None:
        table = ask.facts.conversion.finish(table)
    return Made(table, reading.error)


def due_opened(context: Context, found: list[Due]) -> tuple[list[Due], TextcrmError | None]:
    """What is due, with the amounts of instalments and the next steps that open, and the error to
    end with once it is shown. The reading is noted in this clone's log.
    """
    from textcrm.cli.noted import note_read
    from textcrm.insight.due import is_locked, with_amount, with_what
    from textcrm.record import open_steps

    vault = context.vault()
    home = vault.config.currency
    reading = _Reading()
    amounts: dict[tuple[Any, ...], receivables.Debt] = {}
    steps: dict[tuple[Any, ...], str] = {}
    asked: dict[str, set[str]] = {}
    for one in found:
        if is_locked(one):
            asked.setdefault(one.id, set()).add(one.kind)
    for own, kinds in asked.items():
        tree = reading.opened(vault, vault.get(own), frozenset(kinds))
        for debt, places in receivables.unpaid(tree, 0, home):
            amounts[own, *places] = debt
        for step in open_steps(tree):
            steps[own, step.interaction.get("id") or "", step.due] = step.what
    if reading.read:
        note_read(context, "due --reveal", reading.read)

    def told(one: Due) -> Due:
        if one.kind == "next":
            what = steps.get((one.id, one.data.get("item"), one.due))
            return with_what(one, what) if what and is_locked(one) else one
        debt = amounts.get((one.id, one.data.get("item"), one.data.get("part")))
        return with_amount(one, debt, home) if debt is not None and is_locked(one) else one

    return [told(one) for one in found], reading.error


class _Reading:
    """Records opened one by one: whose values opened, and what went wrong."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self._damage: TextcrmError | None = None
        self._missing: TextcrmError | None = None

    def opened(
        self, vault: Vault, record: Record, kinds: frozenset[str] = frozenset(("instalment",))
    ) -> dict[str, Any]:
        """The record with its instalments (and what is ``next``) open, as far as they open."""
        tree, errors, opened = _opened(vault, record, kinds)
        if opened:
            self.read.append(record.id)
        for error in errors:
            if isinstance(error, KeyMissing):
                self._missing = self._missing or error
            else:
                self._damage = self._damage or error
        return tree

    @property
    def error(self) -> TextcrmError | None:
        """Damage, or that no key opened anything."""
        return self._damage or (None if self.read else self._missing)


def _kind(path: Path) -> str:
    """What a value is of: ``instalment``, ``next``, nothing."""
    if path[0] == "contracts" and "instalments" in path:
        return "instalment"
    return "next" if path[0] == "interactions" and path[2:] == ("next", "what") else ""


def _opened(
    vault: Vault, record: Record, kinds: frozenset[str]
) -> tuple[dict[str, Any], list[TextcrmError], int]:
    """The record with what is of some kinds open, the errors of what stays shut, and how many opened.

    Other sealed values are not looked at.
    """
    from textcrm.vault.revealing import open_at, places

    tree = copy.deepcopy(record.typed)
    errors: list[TextcrmError] = []
    opened = 0
    for path, _, node in places(vault, record):
        if _kind(path) not in kinds:
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
