"""Rules on days: their order, and what cannot lie in the future."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from textcrm.rules.base import error, items, warning
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.findings import Finding
    from textcrm.rules.base import Path, RuleContext, RuleView


def day(value: Any) -> dt.date | None:
    """The day of a typed value."""
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else None


def _at(tree: Any, name: str) -> dt.date | None:
    return day(tree.get(name)) if isinstance(tree, dict) else None


def contract_order(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """A contract ends after it starts, and consents are withdrawn after they are given (A39, L6)."""
    for name, first, second in (
        ("contracts", "starts", "ends"),
        ("contracts", "signed", "ends"),
        ("consents", "given", "withdrawn"),
    ):
        for place, item in items(record.typed, name):
            start, end = _at(item, first), _at(item, second)
            if start and end and end < start:
                yield error(
                    "date-order",
                    (name, place, second),
                    "{after} {end} is before {before} {start}",
                    "{after} {end} 早于{before} {start}",
                    Text("correct one of the two dates", "请改正其中一个日期"),
                    after=_label(context, name, second),
                    before=_label(context, name, first),
                    end=end.isoformat(),
                    start=start.isoformat(),
                )


def _label(context: RuleContext, listed: str, name: str) -> Text:
    field = context.schema.at((listed, name))
    return field.label if field is not None else Text(name, name)


def not_in_future(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """What has happened lies in the past: contacts, purchases, payments, birthdays (B1)."""
    tomorrow = context.today + dt.timedelta(days=1)
    for path, when in _past(record):
        if when > tomorrow:
            yield warning(
                "date-future",
                path,
                "{when} lies in the future",
                "{when} 在将来",
                Text("a plan belongs into next", "计划请写入“下一步”"),
                when=when.isoformat(),
            )


def _past(record: RuleView) -> Iterator[tuple[Path, dt.date]]:
    for name in ("first_cooperation", "verified", "last_cooperation_stated"):
        if when := _at(record.typed, name):
            yield (name,), when
    for name, key in (
        ("interactions", "at"),
        ("services", "at"),
        ("feedback", "at"),
        ("purchases", "date"),
        ("payments", "date"),
        ("contacts", "birthday"),
        ("contracts", "signed"),
    ):
        for place, item in items(record.typed, name):
            if when := _at(item, key):
                yield (name, place, key), when


def next_step_after(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """A next step is due after the contact that it follows (A25)."""
    del context
    for place, item in items(record.typed, "interactions"):
        step, at = item.get("next"), _at(item, "at")
        due = _at(step, "due")
        if at and due and due < at:
            yield warning(
                "due-before",
                ("interactions", place, "next", "due"),
                "due {due}, before the contact of {at}",
                "到期日 {due} 早于沟通日期 {at}",
                None,
                due=due.isoformat(),
                at=at.isoformat(),
            )
