"""Seeds: all that a record can ever have due, with the days between which it is to be seen.

What a record says does not change from one day to the next, so its seeds are made once and kept
(see :mod:`textcrm.insight.due_kept`); :func:`textcrm.insight.due.due` picks those of a day.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from textcrm.insight import due_care, due_money
from textcrm.insight.due_case import Case, Seed, minus, plus, text_of
from textcrm.limits import days_of, limits_of
from textcrm.query.doc import is_sealed
from textcrm.record import as_day, items, open_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textcrm.limits import Limits, Tier
    from textcrm.query import Doc
    from textcrm.vault import Vault


class Rules:
    """The limits of a vault, by type and tier."""

    def __init__(self, vault: Vault) -> None:
        settings = vault.config
        self._thresholds = settings.thresholds
        self._types = _coded(vault, "type", settings.types)
        self._tiers = _coded(vault, "value_tier", settings.tiers)
        self._known: dict[tuple[Any, Any], Limits] = {}
        self.today = vault.today
        self.home = settings.currency

    def case(self, doc: Doc) -> Case:
        """A record with what applies to it."""
        typed: Mapping[str, Any] = doc.typed
        derived = doc.derived
        limits = self.limits(
            typed.get("type"), typed.get("value_tier") or derived.get("value_tier")
        )
        own = days_of(typed["follow_up_every"]) if typed.get("follow_up_every") else None
        return Case(typed, derived, self.today, limits, own, self.home)

    def limits(self, kind: object, tier: object) -> Limits:
        """The limits of a type and a tier."""
        key = (str(kind), str(tier))
        if key not in self._known:
            both = self._types.get(key[0]), self._tiers.get(key[1])
            self._known[key] = limits_of(self._thresholds, *both)
        return self._known[key]


def _coded(vault: Vault, name: str, tiers: Mapping[str, Tier]) -> dict[str, Tier]:
    """Types or tiers by their codes; the settings may use labels."""
    field = vault.schema.at((name,))
    found = {}
    for word, tier in tiers.items():
        known = field.enum_value(word) if field is not None else None
        found[known.code if known is not None else word] = tier
    return found


def seeds_of(case: Case) -> list[Seed]:
    """Everything that is or will be due of a record.

    Nothing of an archived one; of restricted ones and those not to be contacted only money and
    complaints, and of the latter the filing of contracts.
    """
    typed = case.typed
    if typed.get("archived"):
        return []
    found = [*due_money.debts(case), *_complaints(typed)]
    if typed.get("restricted"):
        return found
    found += due_care.files(case)
    if typed.get("do_not_contact"):
        return found
    found += _next_steps(typed)
    found += _ends(case)
    found += _birthdays(case)
    found += due_money.expected(case)
    found += due_care.seeds(case)
    return found


def renew_on(case: Case) -> dt.date | None:
    """The first day ahead that the record speaks of: what was foretold has happened then."""
    ahead = [
        day
        for name, key in (("interactions", "at"), ("purchases", "date"), ("services", "at"))
        for item in items(case.typed, name)
        if (day := as_day(item.get(key))) is not None and day > case.today
    ]
    return min(ahead, default=None)


def _next_steps(typed: Mapping[str, Any]) -> Iterator[Seed]:
    """Next steps that are not done (F10)."""
    for step in open_steps(typed):
        if step.due is not None:
            data = {"what": step.what or "…", "item": step.interaction.get("id") or ""}
            code = "next-sealed" if is_sealed(step.interaction["next"].get("what")) else "next"
            yield Seed("next", code, step.due, data=data)


def _complaints(typed: Mapping[str, Any]) -> Iterator[Seed]:
    """Complaints that nobody settled."""
    for place, feedback in enumerate(items(typed, "feedback")):
        if feedback.get("kind") == "complaint" and not feedback.get("resolved"):
            data = {"text": text_of(feedback.get("text")), "item": feedback.get("id") or place}
            day = as_day(feedback.get("at"))
            yield Seed("complaint", "complaint", day, start=dt.date.min, data=data)


def _ends(case: Case) -> Iterator[Seed]:
    """Contracts and warranties that end (F7): from the widest notice on, and as long after it."""
    notice = max(case.limits["contract_days"], default=0)
    for place, contract in enumerate(items(case.typed, "contracts")):
        running = contract.get("status") in (None, "active", "expired")
        for kind, key in (("contract", "ends"), ("warranty", "warranty_until")):
            day = as_day(contract.get(key))
            if day is None or (kind == "contract" and not running):
                continue
            data = {
                "what": text_of(contract.get("title")) or text_of(contract.get("number")),
                "item": contract.get("id") or place,
            }
            yield Seed(kind, kind, day, minus(day, notice), plus(day, notice), data)


def _birthdays(case: Case) -> Iterator[Seed]:
    """Birthdays of contacts, this year's and the next."""
    notice = case.limits["birthday_days"]
    for place, contact in enumerate(items(case.typed, "contacts")):
        born = as_day(contact.get("birthday"))
        if born is None:
            continue
        data = {"who": text_of(contact.get("name")), "item": contact.get("id") or place}
        for year in (case.today.year, case.today.year + 1):
            day = _anniversary(born, year)
            if day is not None and day > born:
                yield Seed("birthday", "birthday", day, minus(day, notice), day, data)


def _anniversary(born: dt.date, year: int) -> dt.date | None:
    try:
        return born.replace(year=year)
    except ValueError:  # 29 February, or the end of the calendar
        return dt.date(year, 3, 1) if year <= dt.MAXYEAR else None
