"""The day that a plan begins with: 6月10日提供方案, 下周三回访, June 10: send the proposal (A25, F10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.normalize.dates import parse_date
from textcrm.normalize.keys import levelled

if TYPE_CHECKING:
    import datetime as dt

_DAY: Final = re.compile(
    r"(?:计划|预计|拟|约定?|定于|将于|于|在|by|on)?\s*"
    r"((?:\d{4}|\d{2}|今|明)年\d{1,2}月\d{1,2}[日号]?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|\d{1,2}月\d{1,2}[日号]?(?!\d)"
    r"|(?:下下?|本|这)?(?:周|星期|礼拜)[一二三四五六日天]|明天|后天|大后天|(?:本|下个?)?月底"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?(?!\d|:\d)"
    r"|(?:next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow)"
    r"(?:之?前)?",
    re.IGNORECASE,
)


class Planned(NamedTuple):
    """A day and the words that said it."""

    day: dt.date
    said: str


def planned(text: str, on: dt.date) -> Planned | None:
    """The day at the beginning of a plan that was made on a day; None where none is said.

    Without a year it is the next such day from then. A day before that day is no plan's.
    """
    match = _DAY.match(levelled(text))
    if match is None:
        return None
    try:
        day = parse_date(match[1], on, prefer="future")
    except Misuse:
        return None
    return Planned(day, match[1]) if day >= on else None
