"""The rules of the portrait: what is at risk, and what to do next, each from stated counts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from textcrm.record import as_day, items, open_steps
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.insight.portrait import Fact, Known

_RENEW_DAYS: Final = 60
_CYCLE_NOTICE: Final = 14


def _fact(code: str, text: Text, **data: Any) -> Fact:
    from textcrm.insight.portrait import Fact

    return Fact(code, text, data)


def risks(known: Known) -> Iterator[Fact]:
    """What may go wrong, the gravest first."""
    tree, today = known.tree, known.today
    for name, text in (
        ("do_not_contact", Text("asked not to be contacted", "请勿联系")),
        ("restricted", Text("processing is restricted", "限制处理")),
        ("archived", Text("archived", "已归档")),
    ):
        if tree.get(name):
            yield _fact(name, text)
    yield from _money(known)
    complaints = [one for one in items(tree, "feedback") if _unsolved(one)]
    if complaints:
        text = Text("open complaints: {n}, last: {said}", "未解决投诉 {n} 条，最近：{said}")
        yield _fact("complaints", text, n=len(complaints), said=complaints[-1].get("text") or "—")
    late = [step for step in open_steps(tree) if step.due is not None and step.due < today]
    if late:
        text = Text("next steps overdue: {n}, since {due}", "逾期未办 {n} 项，最早 {due}")
        yield _fact("late-steps", text, n=len(late), due=_iso(late[0].due))
    yield from _quiet(known)
    yield from _ends(known)


def _money(known: Known) -> Iterator[Fact]:
    for debt in known.late:
        yield _fact(
            "overdue",
            Text(
                "{currency} {amount} overdue for {days} days: {what}",
                "{currency} {amount} 逾期 {days} 天：{what}",
            ),
            currency=debt.currency,
            amount=f"{debt.amount:,f}",
            days=debt.late(known.today),
            what=debt.what or "—",
        )
    credit = known.tree.get("credit")
    limit = credit.get("limit") if isinstance(credit, dict) else None
    owed = known.derived.get("receivable")
    if (
        limit is not None
        and owed is not None
        and not isinstance(limit, dict | str)
        and owed > limit
    ):
        text = Text(
            "owes {owed}, above the credit limit of {limit}", "应收 {owed}，超过信用额度 {limit}"
        )
        yield _fact("credit", text, owed=f"{owed:,f}", limit=f"{limit:,f}")


def _unsolved(one: dict[str, Any]) -> bool:
    return one.get("kind") == "complaint" and not one.get("resolved")


def _quiet(known: Known) -> Iterator[Fact]:
    silent = known.derived.get("days_silent")
    limit = known.vault.config.thresholds["silent_days"]
    if silent is not None and silent > limit:
        text = Text(
            "silent for {days} days (limit {limit})", "{days} 天未联系（提醒线 {limit} 天）"
        )
        yield _fact("silent", text, days=silent, limit=limit)
    cycle = known.cycle
    if cycle is not None and cycle.expected < known.today:
        text = Text(
            "the purchase expected on {expected} has not come", "预计 {expected} 的购买尚未发生"
        )
        yield _fact("cycle-missed", text, expected=cycle.expected.isoformat())
    if known.derived.get("loyalty") == "lost":
        text = Text("last bought on {last}: counts as lost", "最近购买于 {last}，视为流失")
        yield _fact("lost", text, last=_iso(known.derived.get("last_purchase")))


def _ends(known: Known) -> Iterator[Fact]:
    for contract in items(known.tree, "contracts"):
        day = as_day(contract.get("ends"))
        running = contract.get("status") in (None, "active", "expired")
        if day is not None and running and day <= known.today + dt.timedelta(days=_RENEW_DAYS):
            what = contract.get("title") or contract.get("number") or "—"
            text = (
                Text("contract {what} ended on {ends}", "合同 {what} 已于 {ends} 到期")
                if day < known.today
                else Text("contract {what} ends on {ends}", "合同 {what} 于 {ends} 到期")
            )
            yield _fact("contract-ends", text, what=what, ends=day.isoformat())
    dead = [
        one
        for contact in items(known.tree, "contacts")
        for of in ("phones", "emails")
        for one in items(contact, of)
        if one.get("verification") in ("dead", "unverified")
    ]
    if dead:
        text = Text("contact methods not verified or dead: {n}", "待核实或失效的联系方式 {n} 个")
        yield _fact("unverified", text, n=len(dead))


def steps(known: Known) -> Iterator[Fact]:
    """What to do next, in the order of urgency; nothing that goes against the customer's wish."""
    tree = known.tree
    if tree.get("archived"):
        return
    for one in items(tree, "feedback"):
        if _unsolved(one):
            text = Text("settle the complaint: {said}", "处理投诉：{said}")
            yield _fact("settle", text, said=one.get("text") or "—")
    if known.late:
        text = Text("ask for the overdue payment ({n})", "催收逾期款（{n} 笔）")
        yield _fact("collect", text, n=len(known.late))
    if tree.get("restricted") or tree.get("do_not_contact"):
        return
    for step in open_steps(tree)[:3]:
        text = (
            Text("{what}, due {due}", "{what}（{due} 前）")
            if step.due
            else Text("{what}", "{what}")
        )
        yield _fact(
            "step", text, what=step.what or "…", **({"due": _iso(step.due)} if step.due else {})
        )
    yield from _chances(known)


def _chances(known: Known) -> Iterator[Fact]:
    """Renewals, the next purchase, offers."""
    for fact in _ends(known):
        if fact.code == "contract-ends":
            text = (
                Text(
                    "talk about renewing {what}, ended {ends}",
                    "尽快沟通续签：{what}（{ends} 已到期）",
                )
                if fact.data["ends"] < known.today.isoformat()
                else Text(
                    "talk about renewing {what} before {ends}", "在 {ends} 前沟通续签：{what}"
                )
            )
            yield _fact("renew", text, what=fact.data["what"], ends=fact.data["ends"])
    cycle = known.cycle
    if cycle is not None:
        day = cycle.expected - dt.timedelta(days=_CYCLE_NOTICE)
        when = max(day, known.today)
        text = Text(
            "get in touch by {day}: the next purchase is expected on {expected}",
            "{day} 前联系：预计 {expected} 再次购买",
        )
        yield _fact(
            "before-cycle", text, day=when.isoformat(), expected=cycle.expected.isoformat()
        )
    for pair in known.offers:
        text = Text(
            "offer {other}: {both} of {having} customers with {one} have it",
            "推荐 {other}：{having} 位有 {one} 的客户中 {both} 位也有",
        )
        yield _fact(
            "offer", text, other=pair.other, one=pair.one, both=pair.both, having=pair.having
        )
    silent = known.derived.get("days_silent")
    limit = known.vault.config.thresholds["silent_days"]
    idle = cycle is None and not open_steps(known.tree)
    if silent is not None and silent > limit and idle:
        text = Text("get in touch: {days} days of silence", "主动联系：已 {days} 天未沟通")
        yield _fact("call", text, days=silent)


def _iso(day: object) -> str:
    found = as_day(day)
    return found.isoformat() if found is not None else "—"
