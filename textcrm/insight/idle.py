"""Whom to put into the archive: customers nobody dealt with for long (O1)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.query.nodes import on_day
from textcrm.record import items, open_steps
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.query import Doc
    from textcrm.vault import Vault


class Idle(NamedTuple):
    """A customer to archive: the day of the last contact, purchase or cooperation, and why."""

    id: str
    name: str
    last: dt.date
    days: int
    reason: Text
    owner: str


def idle(vault: Vault) -> list[Idle]:
    """Customers without contact, purchase or payment for ``archive_days``, the longest first.

    Nobody with money owed, an open complaint, an open next step, or a contract that still runs.
    """
    limit = vault.config.thresholds["archive_days"]
    if not limit:
        return []
    try:
        before = vault.today - dt.timedelta(days=limit)
    except OverflowError:
        return []
    catalog = vault.catalog()

    def rows() -> set[int]:
        values = catalog.values
        quiet = values.holding(("derived", "since"), on_day(lambda day: day < before)).sure
        return quiet - values.having(("archived",))

    found = [_looked(vault, doc, before) for doc in catalog.docs(sorted(catalog.safely(rows)))]
    return sorted((one for one in found if one), key=lambda one: (one.last, one.id))


def _looked(vault: Vault, doc: Doc, before: dt.date) -> Idle | None:
    derived, typed = doc.derived, doc.typed
    days = [
        day
        for name in ("created", "last_contact", "last_purchase", "last_cooperation")
        if isinstance(day := derived.get(name), dt.date)
    ]
    last = max(days, default=None)
    if last is None or last >= before or any(_open(doc)) or _runs(typed, vault.today):
        return None
    gone = typed.get("type") == "lost" or typed.get("status") == "ended"
    reason = (
        Text("lost or ended, nothing since {last}", "已流失或终止合作，{last} 之后无往来")
        if gone
        else Text("nothing since {last}", "{last} 之后无往来")
    )
    owner = typed.get("owner")
    silent = (vault.today - last).days
    return Idle(doc.id, doc.name, last, silent, reason, owner if isinstance(owner, str) else "")


def _open(doc: Doc) -> Iterator[Any]:
    """What is still to be settled."""
    typed = doc.typed
    yield (doc.derived.get("receivable") or 0) > 0
    yield open_steps(typed)
    yield [
        one
        for one in items(typed, "feedback")
        if one.get("kind") == "complaint" and not one.get("resolved")
    ]


def _runs(typed: Any, today: dt.date) -> bool:
    return any(
        isinstance(day, dt.date) and day >= today
        for one in items(typed, "contracts")
        if one.get("status") not in ("draft", "terminated")
        for day in (one.get("ends"), one.get("warranty_until"))
    )
