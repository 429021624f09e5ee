"""What each person does: customers, contacts by channel, steps that are late, sales."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from textcrm.insight.columns import days_in, places_of, row_of, texts_in
from textcrm.insight.money import Sums, others_of
from textcrm.insight.table import Chart, Column, Note, Table
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from textcrm.insight.asking import Ask


class _Person:
    """What is counted for a person."""

    def __init__(self) -> None:
        self.owns = 0
        self.channels: Counter[str | None] = Counter()
        self.met: set[int] = set()
        self.last: dt.date | None = None
        self.late = 0
        self.sold = Decimal(0)
        self.buyers = 0


def activity(ask: Ask) -> Table:
    """People by what they did in the span, with the customers they own and what these bought."""
    facts = ask.facts
    owners = facts.one("owner")
    people: defaultdict[str | None, _Person] = defaultdict(_Person)

    def of(who: Any) -> _Person:
        return people[who if isinstance(who, str) and who else None]

    for row in facts.rows:
        of(owners.get(row)).owns += 1
    for row, count in _contacts(ask, of).items():
        of(owners.get(row)).late += count
    sums = Sums.of_purchases(ask)
    for row in sums.rows:
        of(owners.get(row)).buyers += 1
        of(owners.get(row)).sold += sums.total((row,))
    channels = [
        code for code in facts.order("interactions.channel") if _used(people.values(), code)
    ]
    ordered = sorted(
        people, key=lambda who: (who is None, -sum(people[who].channels.values()), who or "")
    )
    rows = tuple(
        (facts.said("owner", who), *_cells(people[who], channels, facts.today)) for who in ordered
    )
    total: dict[str, Any] = {
        "customers": len(facts),
        "contacts": sum(sum(one.channels.values()) for one in people.values()),
        **{f"by_{code}": sum(one.channels[code] for one in people.values()) for code in channels},
        "met": len(set().union(*(one.met for one in people.values()))) if people else 0,
        "late": sum(one.late for one in people.values()),
        "buyers": len(sums.rows),
        "sold": sums.total(sums.rows),
        **sums.others("sold"),
    }
    labels = {code: facts.said("interactions.channel", code) for code in channels}
    return Table(
        "activity",
        Text("What people do", "人员跟进情况"),
        (
            Column("person", facts.label("owner"), "code"),
            Column("customers", Text("Owns", "负责客户"), "count"),
            Column("contacts", Text("Contacts", "沟通次数"), "count"),
            *(
                Column(f"by_{code}", said.text, "count")
                for code, said in labels.items()
                if said is not None
            ),
            Column("met", Text("Customers met", "沟通客户数"), "count"),
            Column("last", Text("Last contact", "最近沟通"), "date"),
            Column("late", Text("Late steps", "逾期未办"), "count"),
            Column("buyers", Text("Buyers", "成交客户"), "count"),
            Column("sold", Text("Sold", "销售金额"), "money"),
        ),
        rows,
        total,
        (
            Note(
                Text(
                    "Contacts are counted for who made them; customers, late steps and sales for "
                    "the owner. The line without a person is the public pool.",
                    "沟通次数按实际跟进人统计；负责客户、逾期和销售按负责人统计。未写人员的一行为公海。",
                )
            ),
            *others_of(total, "sold"),
        ),
        Chart(("person",), "contacts"),
    )


def _contacts(ask: Ask, of: Callable[[Any], _Person]) -> Counter[int]:
    """Count the contacts of the span for who made them; gives the late next steps by customer.

    By whole columns: there may be many contacts of every customer.
    """
    facts = ask.facts
    at, by, channel, due, done = (
        facts.column(f"interactions.{name}")
        for name in ("at", "by", "channel", "next.due", "next.done")
    )
    days, who, how = days_in(at), texts_in(by), texts_in(channel)
    wanted = {day for day in {*days.values(), None} if day in ask.span}
    places = [
        place for place in places_of(by, channel, at, due, done) if days.get(place) in wanted
    ]
    whose = [who.get(place) for place in places]
    for (person, code), count in Counter(zip(whose, map(how.get, places), strict=True)).items():
        of(person).channels[code] += count
    met: dict[str | None, list[int]] = {person: [] for person in set(whose)}
    for person, place in zip(whose, places, strict=True):
        met[person].append(place)
    for person, own in met.items():
        of(person).met = {row_of(place) for place in own}
        known = {day for place in own if (day := days.get(place)) is not None}
        of(person).last = max(known, default=None)
    return Counter(
        row_of(place)
        for place, day in days_in(due).items()
        if day < ask.end and not done.get(place)
    )


def _used(people: Any, code: str) -> bool:
    return any(one.channels[code] for one in people)


def _cells(one: _Person, channels: list[str], today: dt.date) -> tuple[Any, ...]:
    del today
    return (
        one.owns,
        sum(one.channels.values()),
        *(one.channels[code] for code in channels),
        len(one.met),
        one.last,
        one.late,
        one.buyers,
        one.sold,
    )
