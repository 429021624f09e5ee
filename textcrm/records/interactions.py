"""Recording what happened with a customer: one interaction, with its next step (A24-A26, F10)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from textcrm.errors import Misuse
from textcrm.normalize import dates, entry
from textcrm.normalize.planned import planned
from textcrm.record import open_steps
from textcrm.records.editing import Done, item_of
from textcrm.text import Text
from textcrm.vault import edits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.record import NextStep, Record
    from textcrm.records.values import Assigned
    from textcrm.vault import Draft, Vault


def log(
    vault: Vault,
    word: str,
    summary: str,
    *,
    channel: str | None = None,
    at: str | None = None,
    next_step: str | None = None,
    due: str | None = None,
    feedback: str | None = None,
    by: str | None = None,
    done: bool = False,
    extra: Sequence[str] = (),
    reason: str | None = None,
) -> Done:
    """Append an interaction to a record; dates as people say them, ``at`` now where not given.

    A next step that begins with its day (6月10日提供方案) is due then, where ``due`` says no other.
    With ``done`` the next steps that were due are marked as done, else the earliest open one.

    Raises Misuse for an unreadable date, channel or an empty summary.
    """
    record = vault.get(word)
    if not summary.strip():
        raise Misuse(
            "summary-empty",
            Text("say in a few words what happened", "请用一两句话写明沟通内容"),
            hint=Text('textcrm log {word} "…"', "textcrm log {word} “……”"),
            word=word,
        )
    if next_step and not due and (plan_day := planned(next_step, vault.today)) is not None:
        due = plan_day.said
    given = _words(vault, summary, channel, at, next_step, due, feedback, by)
    values: list[Assigned] = []

    def edit(current: Record) -> str:
        field = vault.schema.require("interactions")
        item, read = item_of(vault, field, ("interactions",), [*given, *extra])
        values[:] = [_as_said(one, {"at": at, "due": due}) for one in read]
        text = settled(vault, current) if done else current.text
        return edits.append(text, ("interactions",), item, vault.schema)

    def plan(draft: Draft) -> None:
        draft.edit(record.path, edit)

    return Done(vault.write("log", plan, reason=reason), tuple(values))


def _as_said(one: Assigned, said: dict[str, str | None]) -> Assigned:
    """A day or moment with how its words were understood, where they are not what is stored."""
    word = said.get(str(one.path[-1]))
    if word is None or one.value.replace("T", " ").startswith(word.strip()):
        return one
    note = Text("{typed} → {stored}", "{typed} → {stored}")
    return one._replace(note=note, data={"typed": word.strip()[:40], "stored": _named(one.value)})


def _named(stored: str) -> Text:
    """A stored day or moment with its weekday."""
    return entry.with_weekday(dt.datetime.fromisoformat(stored), stored.replace("T", " "))


def settled(vault: Vault, record: Record) -> str:
    """The record's text with the next steps that were due marked as done, or the earliest one."""
    steps = due_steps(vault, record)
    text = record.text
    there = record.typed.get("interactions") or []
    for place, interaction in enumerate(there):
        if any(step.interaction is interaction for step in steps):
            text = edits.put(text, ("interactions", place, "next", "done"), "true", vault.schema)
    return text


def due_steps(vault: Vault, record: Record) -> list[NextStep]:
    """The open next steps due today or before, else the earliest open one."""
    steps = open_steps(record.typed)
    return [one for one in steps if one.due and one.due <= vault.today] or steps[:1]


def _words(
    vault: Vault,
    summary: str,
    channel: str | None,
    at: str | None,
    next_step: str | None,
    due: str | None,
    feedback: str | None,
    by: str | None,
) -> list[str]:
    me = vault.me()
    moment: Any = dates.parse_moment(at, vault.now) if at else vault.now
    pairs = (
        ("at", moment.isoformat(timespec="minutes") if hasattr(moment, "hour") else str(moment)),
        ("by", by or (me.id if me else None)),
        ("channel", channel),
        ("summary", summary),
        ("feedback", feedback),
        ("next/what", next_step),
        ("next/due", dates.parse_date(due, vault.today).isoformat() if due else None),
    )
    return [f"{name}={value}" for name, value in pairs if value]
