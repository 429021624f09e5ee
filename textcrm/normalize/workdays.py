"""Workdays in China: weekends, public holidays and the Saturdays that are worked for them.

Holidays are those of the State Council's yearly notices, out of the library chinesecalendar; beyond
its last year only weekends are known, and every answer says which it is.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Final, NamedTuple

_LONGEST: Final = 20  # no run of days off is as long


class Reminded(NamedTuple):
    """The workday on which to be reminded; ``sure`` unless holidays of that year are not known."""

    day: dt.date
    sure: bool


def remind_on(day: dt.date, *, before: bool = False, holidays: bool = True) -> Reminded:
    """The day itself where it is worked, else the next workday, or the last one ``before`` it.

    What falls due on a day off may be done on the next workday (Civil Code art. 203); a birthday or
    the end of a contract does not wait. Without ``holidays`` only weekends are days off.
    """
    sure = True
    step = dt.timedelta(days=-1 if before else 1)
    try:
        for _ in range(_LONGEST):
            worked, known = _worked(day) if holidays else (day.weekday() < 5, True)
            sure = sure and known
            if worked:
                return Reminded(day, sure)
            day += step
    except OverflowError:
        pass
    return Reminded(day, sure)


@lru_cache(maxsize=4096)
def _worked(day: dt.date) -> tuple[bool, bool]:
    """Whether a day is worked, and whether that is known."""
    if not known_from() <= day.year <= known_until():
        return day.weekday() < 5, False
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day)), True


@lru_cache(maxsize=1)
def known_until() -> int:
    """The last year whose holidays are known."""
    from chinese_calendar import constants

    return int(max(constants.holidays).year)


@lru_cache(maxsize=1)
def known_from() -> int:
    """The first year whose holidays are known."""
    from chinese_calendar import constants

    return int(min(constants.holidays).year)
