"""The portrait of a customer, from the record and the vault's figures alone (M3, M11, N3-N5, N8)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.insight import portrait_rules as rules
from textcrm.insight.asking import Ask
from textcrm.insight.cycles import Cycle, cycle_of, days_of
from textcrm.insight.facts import Facts
from textcrm.insight.receivables import PURCHASE, Debt, debts
from textcrm.insight.related import held, pairs, suggestions
from textcrm.insight.rfm import group_of
from textcrm.insight.value import AHEAD_WEEKS, Worth, worths
from textcrm.record import as_day, items, main_contact, sums_by_currency
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from textcrm.insight.related import Pair
    from textcrm.record import Record
    from textcrm.vault import Vault

SECTIONS: Final = {
    "who": Text("Who", "基本情况"),
    "needs": Text("Needs", "需求"),
    "habits": Text("Habits", "习惯偏好"),
    "value": Text("Value", "价值"),
    "risks": Text("Risks", "风险"),
    "next": Text("What to do next", "下一步建议"),
}


class Fact(NamedTuple):
    """One thing that the portrait says: a code for programs, the sentence, its data."""

    code: str
    text: Text
    data: dict[str, Any] = {}


class Known(NamedTuple):
    """What the rules look at: the record, what follows from it, and its place among all others."""

    vault: Vault
    facts: Facts
    tree: Mapping[str, Any]
    derived: Mapping[str, Any]
    today: dt.date
    worth: Worth | None
    buyers: int
    modelled: int
    cycle: Cycle | None
    offers: tuple[Pair, ...]
    late: tuple[Debt, ...]


Portrait = dict[str, list[Fact]]


def portrait(vault: Vault, record: Record) -> Portrait:
    """Facts by section (see :data:`SECTIONS`); each with the counts that it rests on.

    Sealed values are not looked at.
    """
    known = _known(vault, record)
    makers = {
        "who": _who,
        "needs": _needs,
        "habits": _habits,
        "value": _value,
        "risks": rules.risks,
        "next": rules.steps,
    }
    return {name: list(maker(known)) for name, maker in makers.items()}


def _known(vault: Vault, record: Record) -> Known:
    facts = Facts(vault, archived=record.archived)
    ask = Ask(facts)
    row = next((row for row, (id_, _) in facts.people.items() if id_ == record.id), -1)
    found, models = worths(ask)
    days, _ = days_of(ask)
    baskets = held(ask)
    least = vault.config.thresholds["cycle_purchases"]
    owed = [debt for debt in debts(ask) if debt.row == row and debt.kind is PURCHASE]
    return Known(
        vault,
        facts,
        record.typed,
        vault.derived(record),
        vault.today,
        found.get(row),
        len(found),
        models.buying.customers if models.buying is not None else 0,
        cycle_of(days.get(row, ()), least),
        tuple(suggestions(baskets.get(row, set()), pairs(baskets))),
        tuple(debt for debt in owed if (debt.late(vault.today) or 0) > 0),
    )


def _words(known: Known, path: str, value: Any) -> Text | None:
    said = known.facts.said(path, value)
    return said.text if said is not None else None


def _who(known: Known) -> Iterator[Fact]:
    tree = known.tree
    parts = [_words(known, name, tree.get(name)) for name in ("kind", "industry")]
    size = tree.get("size")
    for part in ("employees", "annual_revenue"):
        inner = size.get(part) if isinstance(size, dict) else None
        if isinstance(inner, dict) and isinstance(inner.get("text"), str):
            parts.append(Text(inner["text"], inner["text"]))
    place = _place(tree)
    parts.append(Text(place, place) if place else None)
    if any(parts):
        yield Fact("what", Text("{parts}", "{parts}"), {"parts": [each for each in parts if each]})
    states = [_words(known, name, tree.get(name)) for name in ("type", "status", "stage")]
    since = as_day(tree.get("first_cooperation"))
    if any(states):
        yield Fact(
            "state",
            Text("{states}, since {since}", "{states}，合作始于 {since}")
            if since
            else Text("{states}", "{states}"),
            {
                "states": [each for each in states if each],
                **({"since": since.isoformat()} if since else {}),
            },
        )
    yield from _people(known)


def _place(tree: Mapping[str, Any]) -> str:
    for address in items(tree, "addresses"):
        names = (address.get(name) for name in ("country", "province", "city", "district"))
        return " ".join(dict.fromkeys(each for each in names if isinstance(each, str) and each))
    return ""


def _people(known: Known) -> Iterator[Fact]:
    tree = known.tree
    name = main_contact(tree)
    if name:
        contact = next((one for one in items(tree, "contacts") if one.get("name") == name), {})
        title = contact.get("title")
        role = _words(known, "contacts.role", contact.get("role"))
        about = [*([title] if isinstance(title, str) else []), *([role] if role else [])]
        yield Fact(
            "contact",
            Text("main contact {contact}: {about}", "主要联系人 {contact}：{about}")
            if about
            else Text("main contact {contact}", "主要联系人 {contact}"),
            {"contact": name, **({"about": about} if about else {})},
        )
    owner = tree.get("owner")
    source = _words(known, "source", tree.get("source"))
    if isinstance(owner, str) and owner:
        person = known.vault.access.display(owner)
        yield Fact("owner", Text("looked after by {owner}", "由 {owner} 跟进"), {"owner": person})
    yield from _service(known)
    if source is not None:
        yield Fact("source", Text("came by: {source}", "来源：{source}"), {"source": source})


def _service(known: Known) -> Iterator[Fact]:
    """What the tier is owed: contact every so many days, its service (D13, F9)."""
    from textcrm.insight.due_seeds import Rules
    from textcrm.limits import days_of

    tree = known.tree
    tier = tree.get("value_tier") or known.derived.get("value_tier")
    limits = Rules(known.vault).limits(tree.get("type"), tier)
    own = tree.get("follow_up_every")
    every = (days_of(own) if own else None) or limits.every
    if every:
        text = Text("to be contacted every {every} days", "每 {every} 天联系一次")
        yield Fact("interval", text, {"every": every})
    if limits.service:
        text = Text("service of the tier: {service}", "该等级的服务：{service}")
        yield Fact("service", text, {"service": limits.service})


def _needs(known: Known) -> Iterator[Fact]:
    tree = known.tree
    needs = tree.get("needs")
    if isinstance(needs, str) and needs.strip():
        yield Fact("needs", Text("{needs}", "{needs}"), {"needs": needs.strip()})
    for one in items(tree, "opportunities"):
        if one.get("stage") not in ("won", "lost") and one.get("title"):
            stage = _words(known, "opportunities.stage", one.get("stage"))
            yield Fact(
                "opportunity",
                Text("opportunity: {title} ({stage})", "商机：{title}（{stage}）"),
                {"title": one["title"], "stage": stage or "—"},
            )
    said = [
        (day, one["feedback"])
        for one in items(tree, "interactions")
        if isinstance(one.get("feedback"), str) and (day := as_day(one.get("at")))
    ]
    for day, words in sorted(said, key=lambda pair: pair[0], reverse=True)[:2]:
        yield Fact(
            "said", Text("said on {on}: {words}", "{on} 反馈：{words}"),
            {"on": day.isoformat(), "words": words},
        )  # fmt: skip


def _habits(known: Known) -> Iterator[Fact]:
    tree = known.tree
    products = Counter(
        one["product"] for one in items(tree, "purchases") if isinstance(one.get("product"), str)
    )
    if products:
        told = [f"{name} ×{count}" for name, count in products.most_common(3)]
        yield Fact("products", Text("buys {products}", "常购：{products}"), {"products": told})
    if known.cycle is not None:
        yield Fact(
            "cycle",
            Text(
                "buys every {cycle:g} days, give or take {stray:g} (from {n} days of purchase)",
                "约每 {cycle:g} 天购买一次，偏差 {stray:g} 天（依据 {n} 个购买日）",
            ),
            {"cycle": known.cycle.length, "stray": known.cycle.stray, "n": known.cycle.days},
        )
    channels = Counter(
        one["channel"]
        for one in items(tree, "interactions")
        if isinstance(one.get("channel"), str)
    )
    if channels:
        code, count = channels.most_common(1)[0]
        yield Fact(
            "channel",
            Text(
                "mostly by {channel}: {count} of {n} contacts",
                "主要沟通方式：{channel}（{n} 次中 {count} 次）",
            ),
            {
                "channel": _words(known, "interactions.channel", code) or code,
                "count": count,
                "n": sum(channels.values()),
            },
        )
    yield from _preferences(known)


def _preferences(known: Known) -> Iterator[Fact]:
    outer = known.vault.schema.at(("preferences",))
    given = known.tree.get("preferences")
    for field in outer.fields if outer is not None and isinstance(given, dict) else ():
        value = given.get(field.name) if isinstance(given, dict) else None
        values = [each for each in (value if isinstance(value, list) else [value]) if each]
        told = [each for each in values if isinstance(each, str)]
        if told and field.name != "id":
            yield Fact(
                "preference",
                Text("{label}: {values}", "{label}：{values}"),
                {"label": field.label, "values": told},
            )


def _value(known: Known) -> Iterator[Fact]:
    home = known.vault.config.currency
    for currency, amount in sorted(
        sums_by_currency(known.tree, "purchases", home).items(), key=lambda pair: pair[0] != home
    ):
        yield Fact(
            "spent",
            Text("bought for {currency} {amount}", "累计购买 {currency} {amount}"),
            {"currency": currency, "amount": f"{amount:,f}"},
        )
    if known.worth is None:
        yield Fact("no-purchases", Text("has bought nothing yet", "尚无购买记录"))
        return
    worth = known.worth
    yield Fact(
        "rfm",
        Text(
            "RFM {r}-{f}-{m} among {n} buyers: {group}",
            "RFM {r}-{f}-{m}（{n} 位已购客户中）：{group}",
        ),
        {
            **dict(zip("rfm", worth.scores, strict=True)),
            "n": known.buyers,
            "group": group_of(worth.scores).text,
        },
    )
    if worth.expected is not None:
        yield from _forecast(known, worth)


def _forecast(known: Known, worth: Worth) -> Iterator[Fact]:
    base = {"n": known.modelled}
    if worth.alive is not None:
        yield Fact(
            "alive",
            Text(
                "still buys with a chance of {alive} (BG/NBD on {n} buyers)",
                "仍活跃的概率 {alive}（BG/NBD，{n} 位客户）",
            ),
            {"alive": f"{worth.alive:.0%}", **base},
        )
    yield Fact(
        "expected",
        Text(
            "{expected} purchases to be expected in {weeks} weeks",
            "未来 {weeks} 周预计购买 {expected} 次",
        ),
        {"expected": f"{worth.expected:.1f}", "weeks": AHEAD_WEEKS},
    )
    if worth.lifetime is not None and worth.lifetime > Decimal(0):
        yield Fact(
            "lifetime",
            Text("worth about {amount} in that time", "预计价值约 {amount}"),
            {"amount": f"{worth.lifetime:,f}"},
        )
