"""Whom to talk to, and what keeps the records in order: silence, intervals, verification, surveys."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from textcrm.insight.due_case import Seed, plus, text_of
from textcrm.record import as_day, days_of, items, latest, open_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.insight.due_case import Case


def seeds(case: Case) -> Iterator[Seed]:
    """All of them."""
    yield from _silent(case)
    yield from _regular(case)
    yield from _aftercare(case)
    yield from _stale(case)
    yield from _verification(case)
    yield from _contacts(case)
    yield from _survey(case)


def _silent(case: Case) -> Iterator[Seed]:
    """Prospects nobody talked to (E5, F4); with a dated next step they are not forgotten.

    A contact interval that somebody gave the record by itself is not silence before it is over.
    """
    typed, limits = case.typed, case.limits
    if typed.get("type") != "prospect" or any(step.due for step in open_steps(typed)):
        return
    last = case.derived.get("last_contact")
    since = last or case.derived.get("created")
    if not isinstance(since, dt.date):
        return
    days = max(limits["silent_days"], case.every or 0)
    lost = max(limits["lost_days"], days)
    code = "silent" if last else "silent-never"
    data = {"since": since.isoformat()}
    day = plus(since, days)
    yield Seed("silent", code, day, plus(day, 1), plus(since, lost), data)
    yield Seed("lost", code, day, plus(since, lost + 1), data=data)


def _regular(case: Case) -> Iterator[Seed]:
    """Regular contact, by the record's own interval or that of its tier or type (F9, D13)."""
    every = case.every or case.limits.every
    if every is None or _over(case):
        return
    last = case.derived.get("last_contact")
    since = last or case.derived.get("created")
    if not isinstance(since, dt.date):
        return
    day = plus(since, every)
    if any(step.due and step.due <= day for step in open_steps(case.typed)):
        return
    data = {"every": every, "on": since.isoformat()}
    yield Seed("follow_up", "follow_up" if last else "follow_up-never", day, data=data)


def _over(case: Case) -> bool:
    """Whether nobody expects anything from the customer any more."""
    kind, status = case.typed.get("type"), case.typed.get("status")
    return kind == "lost" or status == "ended"


def _aftercare(case: Case) -> Iterator[Seed]:
    """A purchase or service that no contact followed (F18)."""
    found = None
    for name, key, code in (
        ("purchases", "date", "aftercare"),
        ("services", "at", "aftercare-service"),
    ):
        for one in items(case.typed, name):
            day = as_day(one.get(key))
            if day is not None and day <= case.today and (found is None or day >= found[0]):
                found = day, one.get(key), code, one
    if found is None or _over(case):
        return
    day, moment, code, one = found
    if any(_later(talk.get("at"), moment) for talk in items(case.typed, "interactions")):
        return
    due = plus(day, case.limits["aftercare_days"])
    what = one.get("product") or one.get("summary") or one.get("problem") or ""
    data = {"on": day.isoformat(), "what": text_of(what) or "—"}
    until = plus(due, case.limits["aftercare_until_days"])
    yield Seed("aftercare", code, due, None, until, {**data, "item": one.get("id") or ""})


def _later(one: Any, other: Any) -> bool:
    """Whether a moment is after another; of days alone the next day is."""
    if isinstance(one, dt.datetime) and isinstance(other, dt.datetime):
        return one.replace(tzinfo=None) > other.replace(tzinfo=None)
    day, before = as_day(one), as_day(other)
    return day is not None and before is not None and day > before


def _stale(case: Case) -> Iterator[Seed]:
    """A record that nobody changed (F1); when it was last changed, git knows."""
    limit = case.limits["stale_days"]
    if not _over(case):
        former = case.typed.get("former_ids")
        ids = [one for one in former if isinstance(one, str)] if isinstance(former, list) else []
        yield Seed("stale", "stale", None, data={"limit": limit, "former": ids})


def _verification(case: Case) -> Iterator[Seed]:
    """Re-verification every half-year or year (F5), since the last one or the creation."""
    typed = case.typed
    if typed.get("type") in ("prospect", "lost") or typed.get("status") in ("none", "ended", None):
        return
    last = as_day(typed.get("verified")) or case.derived.get("created")
    if last is not None:
        day = plus(last, case.limits["verify_days"])
        yield Seed("verify", "verify", day, data={"on": last.isoformat()})


def _contacts(case: Case) -> Iterator[Seed]:
    """Contact methods to be checked by the end of the month (F6, B16): those not verified, and dead
    ones of a contact who has no other.
    """
    number = 0
    for contact in items(case.typed, "contacts"):
        methods = [one for of in ("phones", "emails") for one in items(contact, of)]
        states = [one.get("verification") for one in methods]
        alive = any(state != "dead" for state in states)
        number += states.count("unverified") + (0 if alive else states.count("dead"))
    if number and not _over(case):
        yield Seed("contact", "contact", None, data={"n": number})


def _survey(case: Case) -> Iterator[Seed]:
    """A survey of customers in cooperation, every year by default (F14, M17)."""
    typed = case.typed
    if typed.get("status") != "active":
        return
    surveys = [one for one in items(typed, "feedback") if one.get("kind") == "survey"]
    last = latest(day for one in surveys if (day := as_day(one.get("at"))))
    first = as_day(typed.get("first_cooperation")) or min(
        days_of(typed, "purchases", "date"), default=case.derived.get("created")
    )
    since = last or first
    if since is not None:
        day = plus(since, case.limits["survey_days"])
        data = {"on": since.isoformat()}
        yield Seed("survey", "survey" if last else "survey-never", day, data=data)


def files(case: Case) -> Iterator[Seed]:
    """Signed contracts without a file (O3)."""
    for place, contract in enumerate(items(case.typed, "contracts")):
        day = as_day(contract.get("signed"))
        if (
            day is None
            or contract.get("file")
            or contract.get("status") in ("draft", "terminated")
        ):
            continue
        what = contract.get("title") or contract.get("number") or ""
        data = {
            "on": day.isoformat(),
            "what": text_of(what),
            "item": contract.get("id") or place,
        }
        yield Seed("file", "file", plus(day, case.limits["file_days"]), data=data)
