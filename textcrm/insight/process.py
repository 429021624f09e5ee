"""How the work goes: follow-ups in time, completeness, late entries, in two periods (F17, F2)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.catalog.values import PLACES
from textcrm.insight.columns import days_in, places_of, row_of
from textcrm.insight.completeness import lacking
from textcrm.insight.lateness import HOURS, hours_after
from textcrm.insight.periods import Span
from textcrm.insight.table import Chart, Column, Note, Said, Table, share
from textcrm.record import items
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.insight.asking import Ask
    from textcrm.insight.facts import Facts

DEFAULT_DAYS: Final = 90


class Counted(NamedTuple):
    """So many of so many."""

    part: int
    whole: int


def periods_of(ask: Ask) -> tuple[Span, Span]:
    """The period that is looked at, 90 days up to today if nothing is said, and the one before it,
    of the same length.
    """
    until = ask.end
    since = ask.span.since or until - dt.timedelta(days=DEFAULT_DAYS - 1)
    length = (until - since).days + 1
    day = dt.timedelta(days=1)
    return Span(since - day * length, since - day), Span(since, until)


def process(ask: Ask) -> Table:
    """The measures of both periods side by side."""
    before, now = periods_of(ask)
    rows = []
    for code, text, counts in _measures(ask):
        one, two = counts(before), counts(now)
        then, today = share(*one), share(*two)
        change = None if then is None or today is None else today - then
        rows.append((Said(code, text), then, one.whole, today, two.whole, change))
    return Table(
        "process",
        Text("How the work goes", "流程评估"),
        (
            Column("measure", Text("Measure", "指标"), "code"),
            Column("before", Text("Before", "上期"), "share"),
            Column("before_of", Text("of", "上期基数"), "count"),
            Column("now", Text("Now", "本期"), "share"),
            Column("now_of", Text("of", "本期基数"), "count"),
            Column("change", Text("Change", "变化"), "share"),
        ),
        tuple(rows),
        {},
        (
            Note(
                Text(
                    "Now: {since} to {until}; before: {first} to {last}.",
                    "本期 {since} 至 {until}；上期 {first} 至 {last}。",
                ),
                {
                    "since": str(now.since),
                    "until": str(now.until),
                    "first": str(before.since),
                    "last": str(before.until),
                },
            ),
            Note(_RULES),
        ),
        Chart(("measure",), "now"),
        {"now": [now.since, now.until], "before": [before.since, before.until]},
    )


_RULES: Final = Text(
    "In time: contacted again by the day of the step, or done and not contacted later. Entered in "
    "time: committed within 24 hours of the contact (of the end of its day where no hour is given); "
    "counted are contacts added to customers that were there. Complete: customers created in the "
    "period who have every wanted field today.",
    "按时：在计划日期前再次联系，或已标记完成且之后没有联系。及时录入：沟通后 24 小时内提交"
    "（没写时刻的从当天结束算起），只统计加到已有客户的沟通记录。完整：本期建档的客户中，"
    "现在必要字段齐全的。",
)


def _measures(ask: Ask) -> Iterator[tuple[str, Text, Any]]:
    facts = ask.facts
    steps = _Steps(facts)
    created = facts.one("derived.created")
    incomplete: set[int] = set()
    for need in ask.outside.wanted:
        incomplete |= lacking(facts, need)
    entered = _entered(ask)

    def complete(span: Span) -> Counted:
        new = {row for row, day in created.items() if day in span}
        return Counted(len(new - incomplete), len(new))

    def soon(span: Span) -> Counted:
        some = [quick for day, quick in entered if day in span]
        return Counted(sum(some), len(some))

    def settled(span: Span) -> Counted:
        found = facts.items("feedback", "at", "kind", "resolved")
        some = [one for one in found if one.text("kind") == "complaint" and one.day("at") in span]
        return Counted(sum(bool(one.values.get("resolved")) for one in some), len(some))

    yield "in_time", Text("next steps kept in time", "下一步按时完成"), steps.in_time
    yield "with_next", Text("contacts with a next step", "沟通写明下一步"), steps.with_next
    yield "entered", Text("contacts entered in time", "沟通及时录入"), soon
    yield "complete", Text("new customers complete", "新客户资料完整"), complete
    yield "settled", Text("complaints settled", "投诉已解决"), settled


class _Steps:
    """The next steps of all contacts, by whole columns: there may be many of every customer."""

    def __init__(self, facts: Facts) -> None:
        self._today = facts.today
        self._at, self._due, self._done, self._what = (
            facts.column(f"interactions.{name}")
            for name in ("at", "next.due", "next.done", "next.what")
        )
        self._days = days_in(self._at)
        self._dues = days_in(self._due)
        self._by_row: dict[int, list[dt.date]] = {}
        rows = {row_of(place) for place in self._dues}
        for place, day in self._days.items():
            if place >> PLACES in rows:
                self._by_row.setdefault(place >> PLACES, []).append(day)

    def in_time(self, span: Span) -> Counted:
        """Steps that were due before today, and those kept in time."""
        wanted = {day for day in set(self._dues.values()) if day in span and day < self._today}
        found = [
            place for place, due in self._dues.items() if due in wanted and place in self._days
        ]
        return Counted(sum(map(self._kept, found)), len(found))

    def _kept(self, place: int) -> bool:
        at = self._days[place]
        after = [day for day in self._by_row[row_of(place)] if day > at]
        if after:
            return min(after) <= self._dues[place]
        return bool(self._done.get(place))

    def with_next(self, span: Span) -> Counted:
        """Contacts of the span, and those that name what comes next."""
        wanted = {day for day in {*self._days.values(), None} if day in span}
        found = [
            place
            for place in places_of(self._at, self._due, self._done, self._what)
            if self._days.get(place) in wanted
        ]
        return Counted(sum(place in self._what for place in found), len(found))


def _entered(ask: Ask) -> list[tuple[dt.date, bool]]:
    """The day of each contact whose entry is known, and whether it was entered in time."""
    known = ask.outside.entered
    ids = {record for record, _ in known}
    rows = {row for row, (id_, _) in ask.facts.people.items() if id_ in ids} if ids else set()
    found = []
    for doc in ask.facts.docs(rows) if rows else ():
        for one in items(doc.typed, "interactions"):
            moment = known.get((doc.id, str(one.get("id"))))
            at = one.get("at")
            if moment is not None and isinstance(at, dt.date):
                found.append((_day(at), hours_after(at, moment) <= HOURS))
    return found


def _day(at: dt.date) -> dt.date:
    return at.date() if isinstance(at, dt.datetime) else at
