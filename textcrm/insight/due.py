"""Due: what needs doing, most urgent first, each with its reason (F1, F4-F10, F12)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.query import Doc
from textcrm.record import as_day, items, open_steps
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.record import Record
    from textcrm.vault import Vault


class Due(NamedTuple):
    """One thing to do. ``days`` counts from today to the due date: negative is overdue.

    ``data`` fills the places of ``reason``; its ``item`` is the id of what is due, where it has one.
    """

    id: str
    name: str
    kind: str
    due: dt.date | None
    days: int | None
    reason: Text
    data: dict[str, Any]
    owner: str

    def say(self, language: str) -> str:
        """The reason in one language."""
        return self.reason.say("zh" if language == "zh" else "en", **self.data)


KINDS: dict[str, Text] = {
    "next": Text("next step", "下一步"),
    "payment": Text("payment", "应收款"),
    "complaint": Text("complaint", "投诉"),
    "contract": Text("contract", "合同到期"),
    "warranty": Text("warranty", "质保到期"),
    "silent": Text("silent", "久未联系"),
    "lost": Text("long silent", "长期未跟进"),
    "birthday": Text("birthday", "生日"),
    "verify": Text("verification", "核对信息"),
}
_PATIENT = ("silent", "lost", "verify")


def due(
    vault: Vault,
    records: Iterable[Record | Doc] | None = None,
    *,
    within: int = 7,
    owner: str | None = None,
) -> list[Due]:
    """List what is due up to ``within`` days from today; overdue things always.

    Of all customers, by the catalog, or of those given.

    Archived, restricted and do-not-contact customers are left out, except for money owed and
    complaints. ``owner`` is a person's id, or ``none`` for the public pool.
    """
    if records is None:
        from textcrm.insight.due_rows import docs

        records = docs(vault, within)
    settings = vault.config.derived_settings()
    found: list[Due] = []
    for record in records:
        doc = record if isinstance(record, Doc) else Doc.of(record, vault.today, settings)
        found += _of_record(vault, doc, within)
    if owner is not None:
        wanted = "" if owner == "none" else owner
        found = [one for one in found if one.owner == wanted]
    return sorted(found, key=_urgency)


def _urgency(one: Due) -> tuple[bool, bool, int, int]:
    """What somebody waits for comes first, by date; what could be done any day comes after it."""
    rank = list(KINDS).index(one.kind)
    return one.kind in _PATIENT, one.days is None, one.days or 0, rank


def _of_record(vault: Vault, record: Doc, within: int) -> Iterator[Due]:
    typed = dict(record.typed)
    if typed.get("archived"):
        return
    limits = vault.config.thresholds
    horizon = vault.today + dt.timedelta(days=within)
    makers = [_payments(typed), _complaints(typed)]
    if not typed.get("restricted") and not typed.get("do_not_contact"):
        makers += [
            _next_steps(typed),
            _contracts(typed, vault.today, limits["contract_days"]),
            _warranties(typed, vault.today, limits["contract_days"]),
            _silent(vault, record, limits),
            _birthdays(typed, vault.today, limits["birthday_days"]),
            _verification(record, limits["verify_days"]),
        ]
    owner = typed.get("owner")
    for maker in makers:
        for kind, day, reason, data in maker:
            if day is not None and day > horizon and kind not in ("contract", "warranty"):
                continue
            days = (day - vault.today).days if day else None
            yield Due(
                record.id,
                record.name,
                kind,
                day,
                days,
                reason,
                data,
                owner if isinstance(owner, str) else "",
            )


Made = tuple[str, dt.date | None, Text, dict[str, Any]]


def _next_steps(typed: dict[str, Any]) -> Iterator[Made]:
    for step in open_steps(typed):
        if step.due is not None:
            yield (
                "next",
                step.due,
                Text("{what}", "{what}"),
                {
                    "what": step.what or "…",
                    "item": step.interaction.get("id") or "",
                },
            )


def _payments(typed: dict[str, Any]) -> Iterator[Made]:
    """Purchases with a due date that payments do not cover, oldest first (F12, M13)."""
    paid: dict[Any, Decimal] = {}
    for payment in items(typed, "payments"):
        if isinstance(payment.get("amount"), Decimal):
            key = payment.get("currency")
            paid[key] = paid.get(key, Decimal(0)) + payment["amount"]
    owed = [
        (as_day(purchase.get("due")), purchase)
        for purchase in items(typed, "purchases")
        if isinstance(purchase.get("amount"), Decimal)
    ]
    owed.sort(key=lambda pair: as_day(pair[1].get("date")) or dt.date.max)
    for day, purchase in owed:
        key, amount = purchase.get("currency"), purchase["amount"]
        covered = min(amount, paid.get(key, Decimal(0)))
        paid[key] = paid.get(key, Decimal(0)) - covered
        rest = amount - covered
        if day is not None and rest > 0:
            data = {
                "rest": f"{rest:,f}",
                "what": purchase.get("number") or purchase.get("product") or "",
                "item": purchase.get("id") or "",
            }
            yield "payment", day, Text("{rest} unpaid: {what}", "未付 {rest}：{what}"), data


def _complaints(typed: dict[str, Any]) -> Iterator[Made]:
    for feedback in items(typed, "feedback"):
        if feedback.get("kind") == "complaint" and not feedback.get("resolved"):
            yield (
                "complaint",
                as_day(feedback.get("at")),
                Text("open complaint: {text}", "投诉未处理：{text}"),
                {"text": feedback.get("text") or "", "item": feedback.get("id") or ""},
            )


def _contracts(typed: dict[str, Any], today: dt.date, steps: list[int]) -> Iterator[Made]:
    for contract in items(typed, "contracts"):
        day = as_day(contract.get("ends"))
        running = contract.get("status") in (None, "active", "expired")
        if day and running and _near(day, today, steps):
            data = {
                "what": contract.get("title") or contract.get("number") or "",
                "item": contract.get("id") or "",
            }
            yield "contract", day, Text("contract ends: {what}", "合同到期：{what}"), data


def _warranties(typed: dict[str, Any], today: dt.date, steps: list[int]) -> Iterator[Made]:
    for contract in items(typed, "contracts"):
        day = as_day(contract.get("warranty_until"))
        if day and _near(day, today, steps):
            data = {
                "what": contract.get("title") or contract.get("number") or "",
                "item": contract.get("id") or "",
            }
            yield "warranty", day, Text("warranty ends: {what}", "质保到期：{what}"), data


def _near(day: dt.date, today: dt.date, steps: list[int]) -> bool:
    """Within the widest notice before the end, or past it by no more than that."""
    return abs((day - today).days) <= max(steps, default=0)


def _silent(vault: Vault, record: Doc, limits: dict[str, Any]) -> Iterator[Made]:
    """Prospects nobody talked to (E5, F4); with a dated next step they are not forgotten."""
    typed = record.typed
    if typed.get("type") != "prospect" or any(step.due for step in open_steps(typed)):
        return
    derived = record.derived
    days = derived.get("days_silent")
    if days is None or days <= limits["silent_days"]:
        return
    since = vault.today - dt.timedelta(days=days)
    never = "last_contact" not in derived
    kind = "lost" if days > limits["lost_days"] else "silent"
    day = since + dt.timedelta(days=limits["silent_days"])
    reason = (
        Text("never contacted, {days} days in the vault", "建档 {days} 天，从未联系")
        if never
        else Text("prospect silent for {days} days", "潜在客户已 {days} 天未跟进")
    )
    yield kind, day, reason, {"days": days}


def _birthdays(typed: dict[str, Any], today: dt.date, notice: int) -> Iterator[Made]:
    for contact in items(typed, "contacts"):
        born = as_day(contact.get("birthday"))
        if born is None:
            continue
        day = _anniversary(born, today)
        if (day - today).days <= notice:
            yield (
                "birthday",
                day,
                Text("birthday of {who}", "{who}生日"),
                {"who": contact.get("name") or "", "item": contact.get("id") or ""},
            )


def _anniversary(born: dt.date, today: dt.date) -> dt.date:
    for year in (today.year, today.year + 1):
        try:
            day = born.replace(year=year)
        except ValueError:  # 29 February
            day = dt.date(year, 3, 1)
        if day >= today:
            return day
    return born.replace(year=today.year + 1, day=1)


def _verification(record: Doc, limit: int) -> Iterator[Made]:
    """Re-verification every half-year (F5), counted from the last one or from the creation."""
    typed = record.typed
    if typed.get("type") in ("prospect", "lost") or typed.get("status") in ("none", "ended", None):
        return
    last = as_day(typed.get("verified")) or record.derived.get("created")
    if last is not None:
        day = last + dt.timedelta(days=limit)
        yield "verify", day, Text("last verified {on}", "上次核对 {on}"), {"on": last.isoformat()}
