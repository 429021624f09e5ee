"""Days, periods and ages in queries: ``2024-05``, ``本月``, ``>30d``, ``2024-01..2024-06``."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Callable

    DayTest = Callable[[dt.date], bool]

# Compiled when the first date is read: most searches have none.
_DAY: Final = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_COMPACT_DAY: Final = r"(\d{4})(\d{2})(\d{2})"
_MONTH: Final = r"(\d{4})[-/.年](\d{1,2})月?"
_QUARTER: Final = r"(\d{4})(?:-?q|年?第?)([1-4一二三四])(?:季度)?"
_HALF: Final = r"(\d{4})年?([上下])半年"
_YEAR: Final = r"(\d{4})年?"
_AGE: Final = r"([+-]?)(\d{1,5})个?(\D{1,6})"
_SAID_AGE: Final = r"([零〇一二两三四五六七八九十百千]{1,8})个?(天|周|星期|月|年)"
_UNITS: Final[dict[str, tuple[str, ...]]] = {
    "day": ("d", "day", "days", "天"),
    "week": ("w", "week", "weeks", "周", "星期"),
    "month": ("m", "mo", "month", "months", "月"),
    "year": ("y", "year", "years", "年"),
}
_PERIODS: Final[dict[str, dict[int, tuple[str, ...]]]] = {
    "day": {
        -2: ("前天",),
        -1: ("昨天", "昨日", "yesterday"),
        0: ("今天", "今日", "today"),
        1: ("明天", "明日", "tomorrow"),
        2: ("后天",),
    },
    "week": {
        -1: ("上周", "last_week"),
        0: ("本周", "这周", "this_week"),
        1: ("下周", "next_week"),
    },
    "month": {
        -1: ("上月", "上个月", "last_month"),
        0: ("本月", "这个月", "this_month"),
        1: ("下月", "下个月", "next_month"),
    },
    "quarter": {
        -1: ("上季度", "last_quarter"),
        0: ("本季度", "this_quarter"),
        1: ("下季度", "next_quarter"),
    },
    "year": {-1: ("去年", "last_year"), 0: ("今年", "this_year"), 1: ("明年", "next_year")},
}
_MONTHS_IN: Final = {"month": 1, "quarter": 3, "year": 12}
# "近30天", "past 7 days", "30天内": the last so many days, or the next where the date lies ahead.
_WITHIN: Final = (
    r"(近|最近|过去|the_last|last|the_past|past|未来|今后|接下来|the_next|next)?_?(.+?)(以?之?内)?"
)
_AHEAD_WORDS: Final = ("未来", "今后", "接下来", "the_next", "next")
_LONGEST: Final = 40  # characters of a date in words


class Period(NamedTuple):
    """The first and the last day that a word means; both belong to it."""

    first: dt.date
    last: dt.date


def read_period(text: str, today: dt.date, *, ahead: bool = False) -> Period | None:
    """Read a day, month, quarter, year or period in words; None where it is none of them.

    ``+7d`` and ``-30d`` are days counted from today. What is not written in digits or in the
    table goes to :func:`textcrm.normalize.dates.parse_date` (``下周三``, ``3天后``); with
    ``ahead`` a bare weekday is the next one, else the last.
    """
    word = unicodedata.normalize("NFKC", text.strip()).casefold()
    if not word or len(word) > _LONGEST:
        return None
    try:
        return (
            _written(word)
            or _named(word, today)
            or _counted(word, today)
            or _said(word, today, ahead=ahead)
        )
    except (ValueError, OverflowError):
        return None


def _written(word: str) -> Period | None:
    if match := re.fullmatch(_DAY, word) or re.fullmatch(_COMPACT_DAY, word):
        year, month, day = map(int, match.groups())
        return Period(dt.date(year, month, day), dt.date(year, month, day))
    if match := re.fullmatch(_MONTH, word):
        return _months(int(match[1]), int(match[2]), 1)
    if match := re.fullmatch(_YEAR, word):
        return _months(int(match[1]), 1, 12)
    if ("q" in word or "季度" in word) and (match := re.fullmatch(_QUARTER, word)):
        number = "一二三四".find(match[2]) + 1 or int(match[2])
        return _months(int(match[1]), 3 * number - 2, 3)
    if match := re.fullmatch(_HALF, word):
        return _months(int(match[1]), 1 if match[2] == "上" else 7, 6)
    return None


def _months(year: int, month: int, count: int) -> Period:
    first = dt.date(year, month, 1)
    return Period(first, _shift_months(first, count) - dt.timedelta(days=1))


def _shift_months(day: dt.date, count: int) -> dt.date:
    """The same day some months on, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, min(day.day, last))
        except ValueError:
            if not 1 <= year <= 9999:
                raise
    raise ValueError(day)


def _named(word: str, today: dt.date) -> Period | None:
    word = word.replace("-", "_").replace(" ", "_")
    for unit, names in _PERIODS.items():
        for offset, words in names.items():
            if word in words:
                return _period(unit, offset, today)
    return None


def _period(unit: str, offset: int, today: dt.date) -> Period:
    if unit in ("day", "week"):
        length = 1 if unit == "day" else 7
        start = today - dt.timedelta(days=today.weekday() if length == 7 else 0)
        first = start + dt.timedelta(days=length * offset)
        return Period(first, first + dt.timedelta(days=length - 1))
    length = _MONTHS_IN[unit]
    month = (today.month - 1) // length * length + 1
    first = _shift_months(dt.date(today.year, month, 1), offset * length)
    return _months(first.year, first.month, length)


def _counted(word: str, today: dt.date) -> Period | None:
    if word[0] not in "+-" or (span := _span(word)) is None:
        return None
    day = _moved(today, -span[0] if word[0] == "-" else span[0], span[1])
    return Period(day, day)


def _span(word: str) -> tuple[int, str] | None:
    match = re.fullmatch(_AGE, word)
    if match is None or not match[2].isascii():
        return _span_said(word)
    return next(
        ((int(match[2]), unit) for unit, words in _UNITS.items() if match[3] in words), None
    )


def _span_said(word: str) -> tuple[int, str] | None:
    """A span in Chinese numerals: ``三十天``, ``两周``, ``半年``."""
    if word in ("半年", "半个月"):
        return (6, "month") if word == "半年" else (15, "day")
    match = re.fullmatch(_SAID_AGE, word)
    if match is None:
        return None
    from textcrm.normalize.amount import parse_number

    number = parse_number(match[1])
    unit = next((unit for unit, words in _UNITS.items() if match[2] in words), None)
    return (int(number), unit) if number is not None and unit else None


def within_test(text: str, today: dt.date, *, ahead: bool) -> DayTest | None:
    """The test of ``近30天``, ``last 7 days``, ``7天内``; None where it is not said like that."""
    word = unicodedata.normalize("NFKC", text.strip()).casefold().replace(" ", "_")
    if len(word) > _LONGEST or not (match := re.fullmatch(_WITHIN, word)):
        return None
    if not (match[1] or match[3]) or (span := _span(match[2].replace("_", ""))) is None:
        return None
    if match[1]:
        ahead = match[1] in _AHEAD_WORDS
    limit = _moved(today, span[0] if ahead else -span[0], span[1])
    first, last = min(limit, today), max(limit, today)
    return lambda day: first <= day <= last


def _moved(today: dt.date, count: int, unit: str) -> dt.date:
    """A day some days, weeks, months or years away; the ends of the calendar stop it."""
    try:
        if unit in ("day", "week"):
            return today + dt.timedelta(days=count * (7 if unit == "week" else 1))
        return _shift_months(today, count * _MONTHS_IN[unit])
    except (ValueError, OverflowError):
        return dt.date.max if count > 0 else dt.date.min


def read_age(text: str) -> tuple[int, str] | None:
    """Read an age such as ``30d``, ``2周``, ``3个月``, ``1y``; None for a date or anything else."""
    word = unicodedata.normalize("NFKC", text.strip()).casefold()
    if not word or len(word) > _LONGEST or word[0] in "+-" or _written_alike(word):
        return None
    return _span(word)


def _written_alike(word: str) -> bool:
    """``2024年`` is a year and ``5月`` is May: neither is an age."""
    return re.fullmatch(_YEAR, word) is not None or ("月" in word and "个" not in word)


def _said(word: str, today: dt.date, *, ahead: bool) -> Period | None:
    from textcrm.normalize.dates import parse_date

    try:
        day = parse_date(word, today, prefer="future" if ahead else "past")
    except Misuse:
        return None
    return Period(day, day)


def day_test(operator: str, period: Period) -> DayTest:
    """The test of a comparison with a day or period: ``<2024-05`` is before its first day."""
    first, last = period
    if operator == "<":
        return lambda day: day < first
    if operator == "<=":
        return lambda day: day <= last
    if operator == ">":
        return lambda day: day > last
    if operator == ">=":
        return lambda day: day >= first
    return lambda day: first <= day <= last


def age_test(operator: str, age: tuple[int, str], today: dt.date, *, ahead: bool) -> DayTest:
    """The test of a comparison with an age.

    Past dates: ``>30d`` is more than 30 days ago, ``<30d`` and plain ``30d`` within the last 30.
    Dates ahead (``due``): ``<7d`` is in less than 7 days or overdue, ``>7d`` later than that.
    """
    count, unit = age
    limit = _moved(today, count if ahead else -count, unit)
    if operator == "=":
        return lambda day: day == limit
    if ahead:
        return day_test(operator or "<=", Period(limit, limit))
    if operator == ">":
        return lambda day: day < limit
    if operator == ">=":
        return lambda day: day <= limit
    if operator == "<":
        return lambda day: limit < day <= today
    return lambda day: limit <= day <= today


def range_test(low: str, high: str, today: dt.date, *, ahead: bool) -> DayTest | None:
    """The test of ``a..b``, both ends belonging to it, either one open; None where unreadable."""
    ends = [_end(text, today, ahead=ahead) for text in (low, high)]
    if None in ends or not (low or high):
        return None
    known = [end for end in ends if end and end is not _OPEN]
    first = min(known).first if low and high else (known[0].first if low else dt.date.min)
    last = max(end.last for end in known) if high else dt.date.max
    if low and high and not (read_age(low) and read_age(high)):
        early, late = sorted(known)
        first, last = early.first, late.last
    return lambda day: first <= day <= last


_OPEN: Final = Period(dt.date.min, dt.date.max)


def _end(text: str, today: dt.date, *, ahead: bool) -> Period | None:
    if not text:
        return _OPEN
    if age := read_age(text):
        day = _moved(today, age[0] if ahead else -age[0], age[1])
        return Period(day, day)
    return read_period(text, today, ahead=ahead)
