"""What due works on: a record with the limits that apply to it, and the seeds made of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.limits import Limits


class Seed(NamedTuple):
    """One thing that is or will be due.

    ``code`` names its reason. It is seen from ``start`` on, or from so many days before ``due`` as
    somebody looks ahead; no more after ``until``. Without ``due`` the day depends on the day of
    asking: ``stale`` (the last commit) and ``contact`` (the end of the month).
    """

    kind: str
    code: str
    due: dt.date | None
    start: dt.date | None = None
    until: dt.date | None = None
    data: Mapping[str, Any] = {}


class Case(NamedTuple):
    """A record with what applies to it; ``every`` is the contact interval of its own, in days."""

    typed: Mapping[str, Any]
    derived: Mapping[str, Any]
    today: dt.date
    limits: Limits
    every: int | None
    home: str


def text_of(value: object) -> str:
    """A text as it stands; nothing where it is sealed or no text."""
    return value if isinstance(value, str) else ""


def plus(day: dt.date, days: int) -> dt.date:
    """A day so many days on; the ends of the calendar stop it."""
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return dt.date.max if days > 0 else dt.date.min


def minus(day: dt.date, days: int) -> dt.date:
    """A day so many days before."""
    return plus(day, -days)
