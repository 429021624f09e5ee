"""ICS out (RFC 5545): what is due as all-day entries with a reminder, for phones and Outlook.

The same thing to do has the same UID in every export, so that a calendar moves its entry and makes
no second one.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from icalendar import Event

    from textcrm.exchange.export_cells import Settings

_OVERDUE: Final = Text("[{days} days late] {what}", "［逾期{days}天］{what}")
_AT: Final = dt.timedelta(hours=9)
_WAS_DUE: Final = Text("was due {day}", "原定 {day}")


class Appointment(NamedTuple):
    """One thing to do: ``uid`` is stable, ``day`` when it is due, ``summary`` and ``notes`` say
    what, ``category`` is its kind for people.
    """

    uid: str
    day: dt.date
    summary: str
    notes: tuple[str, ...]
    category: str


def chunks(entries: Iterable[Appointment], settings: Settings) -> Iterator[str]:
    """The calendar; what is overdue stands on today, for nobody looks at past days."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//textcrm//textcrm//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", settings.title)
    for entry in entries:
        calendar.add_component(_event(entry, settings))
    yield calendar.to_ical().decode("utf-8")


def _event(entry: Appointment, settings: Settings) -> Event:
    from icalendar import Alarm, Event

    late = (settings.today - entry.day).days
    day = max(entry.day, settings.today)
    summary, notes = entry.summary, list(entry.notes)
    if late > 0:
        summary = settings.say(_OVERDUE, days=late, what=summary)
        notes.append(settings.say(_WAS_DUE, day=entry.day.isoformat()))
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", settings.now.astimezone(dt.UTC))
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("summary", summary)
    event.add("description", "\n".join(notes))
    event.add("categories", [entry.category])
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", _AT)
    event.add_component(alarm)
    return event
