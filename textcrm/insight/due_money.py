"""What is due of money: purchases not paid, instalments, the next purchase to be expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.insight.cycles import cycle_of
from textcrm.insight.due_case import Seed, minus, plus
from textcrm.insight.facts import Item
from textcrm.insight.receivables import AHEAD, open_purchases, unpaid
from textcrm.record import as_day, days_of, items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from textcrm.insight.due_case import Case

_LONGEST_WAIT = 30  # days at least that an expected purchase is waited for


def debts(case: Case) -> Iterator[Seed]:
    """Purchases that payments do not cover, and instalments that are not paid (F12, M13, A42)."""
    typed = case.typed
    purchases, payments = (
        [Item(0, place, one) for place, one in enumerate(items(typed, name), 1)]
        for name in ("purchases", "payments")
    )
    credit = typed.get("credit")
    terms = credit.get("days") if isinstance(credit, dict) else None
    for debt, item in open_purchases(purchases, payments, {0: terms}, case.home):
        if debt.kind is AHEAD or debt.due is None or item is None or debt.amount is None:
            continue
        data = {
            "rest": in_words(debt.amount, debt.currency, case.home),
            "what": debt.what,
            "item": item.values.get("id") or "",
        }
        yield Seed("payment", "payment", debt.due, data=data)
    for debt, places in unpaid(typed, 0, case.home):
        if debt.due is None:
            continue
        data = {"what": debt.what, "item": places[0], "part": places[1]}
        if debt.amount is not None:
            data["rest"] = in_words(debt.amount, debt.currency, case.home)
        code = "sealed" if debt.amount is None else "instalment"
        yield Seed("instalment", code, debt.due, data=data)


def in_words(amount: Decimal, currency: str, home: str) -> str:
    """An amount, with its currency where that is another one than the vault's."""
    return f"{amount:,f}" if currency == home else f"{currency} {amount:,f}"


def expected(case: Case) -> Iterator[Seed]:
    """The next purchase, by the customer's own cycle (F8); waited for one cycle longer."""
    if case.typed.get("type") == "lost" or case.typed.get("status") == "ended":
        return
    days = sorted({day for day in days_of(case.typed, "purchases", "date") if day <= case.today})
    cycle = cycle_of(days, case.limits["cycle_purchases"])
    if cycle is None or as_day(cycle.expected) is None or cycle.length < 1:
        return
    data = {"cycle": f"{cycle.length:g}", "n": cycle.days, "on": cycle.last.isoformat()}
    start = minus(cycle.expected, case.limits["cycle_notice_days"])
    wait = max(round(cycle.length), _LONGEST_WAIT)
    until = plus(cycle.expected, wait)
    yield Seed("purchase", "purchase", cycle.expected, start, until, data)
