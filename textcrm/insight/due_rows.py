"""Whose records due must look at: the few that can have something due, told by their values."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from textcrm.query.nodes import on_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.catalog import Catalog, KeptDoc
    from textcrm.vault import Vault

    Days = Callable[[dt.date], bool]


def docs(vault: Vault, within: int) -> Iterator[KeptDoc]:
    """The records that may have something due within so many days: all that do, and some more."""
    catalog = vault.catalog()
    return catalog.docs(sorted(catalog.safely(lambda: _rows(catalog, vault, within))))


def _rows(catalog: Catalog, vault: Vault, within: int) -> set[int]:
    limits, today = vault.config.thresholds, vault.today
    horizon = today + dt.timedelta(days=within)
    notice = max(limits["contract_days"], default=0)
    rows: set[int] = set()

    for path in ("interactions.next.due", "purchases.due"):
        rows |= _with(catalog, path, on_day(lambda day: day <= horizon))
    rows |= _with(catalog, "feedback.kind", lambda kind: kind == "complaint")
    for path in ("contracts.ends", "contracts.warranty_until"):
        rows |= _with(catalog, path, on_day(lambda day: abs((day - today).days) <= notice))
    rows |= _with(
        catalog, "contacts.birthday", on_day(_near_birthday(today, limits["birthday_days"]))
    )
    quiet = today - dt.timedelta(days=limits["silent_days"])
    old = horizon - dt.timedelta(days=limits["verify_days"])
    silent = _with(catalog, "derived.since", lambda day: day < quiet)
    rows |= silent & _with(catalog, "type", lambda kind: kind == "prospect")
    unverified = _with(catalog, "verified", on_day(lambda day: day <= old))
    unverified |= _with(catalog, "derived.created", lambda day: day <= old)
    rows |= unverified & _with(catalog, "status", lambda status: status not in ("none", "ended"))
    return rows


def _with(catalog: Catalog, path: str, test: Callable[[Any], bool]) -> set[int]:
    held = catalog.values.holding(tuple(path.split(".")), test)
    return held.sure | held.unsure


def _near_birthday(today: dt.date, notice: int) -> Days:
    """Whether a day of birth has its anniversary within so many days, a day more for 29 February."""
    near = {
        ((today + dt.timedelta(days=ahead)).month, (today + dt.timedelta(days=ahead)).day)
        for ahead in range(-1, notice + 2)
    }
    if (3, 1) in near:  # the anniversary of 29 February in most years
        near.add((2, 29))
    return lambda born: (born.month, born.day) in near
