"""Steps on the calendar: months that end early, weeks that begin on Monday, quarters."""

from __future__ import annotations

import datetime as dt


def add_months(day: dt.date, count: int) -> dt.date:
    """The same day some months on; the last one where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    for last in (day.day, 30, 29):
        try:
            return dt.date(year, month + 1, min(day.day, last))
        except ValueError:
            if not dt.MINYEAR <= year <= dt.MAXYEAR:
                raise
    return dt.date(year, month + 1, 28)


def first_of_month(day: dt.date, months: int = 0) -> dt.date:
    """The first of a month, some months on."""
    return add_months(day.replace(day=1), months)


def last_of_month(day: dt.date, months: int = 0) -> dt.date:
    """The last day of a month, some months on."""
    return first_of_month(day, months + 1) - dt.timedelta(days=1)


def first_of_quarter(day: dt.date, quarters: int = 0) -> dt.date:
    """The first day of a quarter, some quarters on."""
    return add_months(day.replace(day=1), quarters * 3 - (day.month - 1) % 3)


def day_of_week(day: dt.date, weekday: int, weeks: int = 0) -> dt.date:
    """A day (0 is Monday) of the week of ``day``, some weeks on."""
    return day + dt.timedelta(days=weekday - day.weekday() + 7 * weeks)
