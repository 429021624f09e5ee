"""Days told from today: 明天, 下周三, 3天后, 下月底, next friday, in 3 days, end of month."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from textcrm.normalize.calendar import (
    add_months,
    day_of_week,
    first_of_month,
    first_of_quarter,
    last_of_month,
)
from textcrm.normalize.clock import UnclearError
from textcrm.normalize.dates_written import ImpossibleError
from textcrm.normalize.numerals import SMALL, read_numeral

_DAYS: Final = {
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "后日": 2,
    "大后天": 3,
    "today": 0,
    "tomorrow": 1,
    "yesterday": -1,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
    "the day before yesterday": -2,
    "day before yesterday": -2,
}
_SHIFTS: Final = {
    "上上": -2,
    "上": -1,
    "last": -1,
    "previous": -1,
    "去": -1,
    "前": -2,
    "本": 0,
    "这": 0,
    "这个": 0,
    "今": 0,
    "当": 0,
    "this": 0,
    "": 0,
    "下": 1,
    "next": 1,
    "明": 1,
    "下下": 2,
    "后": 2,
}
_SHIFT: Final = "上上|下下|上|下|这|本|当"
_WEEK: Final = re.compile(rf"(?:({_SHIFT})个?)?(?:周|星期|礼拜)([一二三四五六日天末])")
_WEEKDAYS: Final = "一二三四五六日"
_MONTH_DAY: Final = re.compile(
    rf"({_SHIFT})个?月(?:份)?(?:的)?(?:(\d{{1,2}}|[{SMALL}]{{1,3}})[日号號]?)"
)
_MONTH_EDGE: Final = re.compile(rf"(?:({_SHIFT})个?)?月(底|末|初)")
_QUARTER_EDGE: Final = re.compile(rf"(?:({_SHIFT})个?)?季度?(底|末|初)")
_YEAR_EDGE: Final = re.compile(r"([今去明前后本]|\d{4})?年{1,2}(底|末|初)")
_SAME_DAY: Final = re.compile(r"(下下|下|明|后)个?(周|星期|礼拜|月|年|季度)")
_UNDATED: Final = re.compile(
    rf"(?:{_SHIFT}|去|今|前)个?(?:周|星期|礼拜|月|年|季度)(?:末|中)?|周末|月中|年中"
)
_SPAN: Final = re.compile(
    rf"再?过?(?P<some>半|\d{{1,4}}|[{SMALL}百]{{1,5}})(?P<counter>个)?(?P<and>半)?(?P<unit>天|日|周|星期|礼拜|月|季度|年)"
    r"(?P<half>半)?(?P<way>前|以前|之前|后|以后|之后|内|以内|之内)?"
)
_WEEKDAYS_EN: Final = {
    name: number
    for number, names in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed",
            "thursday thu thur thurs",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for name in names.split()
}
_WEEK_EN: Final = re.compile(rf"(?:on )?(?:(this|next|last) )?({'|'.join(_WEEKDAYS_EN)})")
_SPAN_EN: Final = re.compile(
    r"(?P<in>in |within )?(?P<some>\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r" (?P<unit>day|week|month|quarter|year)s?(?P<way> ago| from now| from today| later| hence| before)?"
)
_NUMBERS_EN: Final = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
_SAME_DAY_EN: Final = re.compile(r"next (week|month|year|quarter)")
_UNDATED_EN: Final = re.compile(r"(?:(?:this|last|next) )?(?:weekend|week|month|year|quarter)")
_EDGE_EN: Final = re.compile(
    r"(?:the )?(end|start|beginning|first|first day|last day) of (?:the )?(?:(this|next|last) )?(month|year|quarter)"
    r"|(month|year|quarter)[ -](end)"
)
_MONTHS_IN: Final = {"月": 1, "month": 1, "季度": 3, "quarter": 3, "年": 12, "year": 12}
_FARTHEST: Final = 3660  # days; a slip of the keyboard, not a plan


def read_said(word: str, today: dt.date, prefer: str) -> dt.date | None:
    """Read a day told from today; None where it is none. Raises UnclearError, ImpossibleError."""
    if word in _DAYS:
        return today + dt.timedelta(days=_DAYS[word])
    if word.isascii():
        return _english(word, today, prefer)
    han = word.replace(" ", "")
    return (
        _week(han, today, prefer)
        or _edge(han, today)
        or _month_day(han, today)
        or _span(han, today, prefer)
        or _same_day(han, today)
    )


def _weekday(weekday: int, shift: int | None, today: dt.date, prefer: str) -> dt.date:
    """A weekday of a named week; a bare one is the next or the last, never today."""
    if shift is not None:
        return day_of_week(today, weekday, shift)
    if prefer == "past":
        return today - dt.timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    return today + dt.timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _week(word: str, today: dt.date, prefer: str) -> dt.date | None:
    match = _WEEK.fullmatch(word)
    if match is None:
        return None
    shift = None if match[1] is None else _SHIFTS[match[1]]
    if match[2] == "末":
        raise UnclearError(*(day_of_week(today, day, shift or 0).isoformat() for day in (5, 6)))
    return _weekday(_WEEKDAYS.index(match[2].replace("天", "日")), shift, today, prefer)


def _edge(word: str, today: dt.date) -> dt.date | None:
    """月底, 下月初, 季度末, 明年底."""
    if match := _MONTH_EDGE.fullmatch(word):
        shift = _SHIFTS[match[1] or ""]
        return first_of_month(today, shift) if match[2] == "初" else last_of_month(today, shift)
    if match := _QUARTER_EDGE.fullmatch(word):
        return _quarter(today, _SHIFTS[match[1] or ""], first=match[2] == "初")
    match = _YEAR_EDGE.fullmatch(word)
    if match is None:
        return None
    said = match[1] or "今"
    year = int(said) if said.isdigit() else today.year + _SHIFTS[said]
    return dt.date(year, 1, 1) if match[2] == "初" else dt.date(year, 12, 31)


def _quarter(today: dt.date, shift: int, *, first: bool) -> dt.date:
    if first:
        return first_of_quarter(today, shift)
    return first_of_quarter(today, shift + 1) - dt.timedelta(days=1)


def _month_day(word: str, today: dt.date) -> dt.date | None:
    match = _MONTH_DAY.fullmatch(word)
    if match is None:
        return None
    first = first_of_month(today, _SHIFTS[match[1]])
    day = read_numeral(match[2])
    if day is None or not 1 <= day <= last_of_month(first).day:
        raise ImpossibleError(word)
    return first.replace(day=day)


def _span(word: str, today: dt.date, prefer: str) -> dt.date | None:
    match = _SPAN.fullmatch(word)
    passes = word.startswith(("过", "再过"))
    if match is None or not (match["way"] or passes):
        return None
    unit, way = match["unit"], match["way"] or "后"
    if unit == "月" and not match["counter"] and match["some"] != "半":
        return None
    if "内" in way and prefer == "past":
        raise UnclearError
    backwards = "前" in way
    if passes and backwards:
        return None
    months, days = _length(match)
    sign = -1 if backwards else 1
    if months * 31 + days > _FARTHEST:
        raise ImpossibleError(word)
    return add_months(today, sign * months) + dt.timedelta(days=sign * days)


def _length(match: re.Match[str]) -> tuple[int, int]:
    """Months and days of a span; 半个月 is 15 days, 半年 six months, 一个半月 a month and 15 days."""
    unit = match["unit"]
    half = match["some"] == "半"
    extra = bool(match["and"] or match["half"])
    count = 0 if half else read_numeral(match["some"])
    if count is None or (half and extra):
        raise ImpossibleError(match[0])
    month = {"月": 1, "季度": 3, "年": 12}.get(unit)
    if month is None:
        length = 1 if unit in ("天", "日") else 7
        if half or extra:
            raise UnclearError
        return 0, count * length
    months, days = count * month, 0
    if half or extra:
        if month == 3:
            raise UnclearError
        months, days = (months + 6, 0) if month == 12 else (months, 15)
    return months, days


def _same_day(word: str, today: dt.date) -> dt.date | None:
    """下周, 下个月, 明年: the same day then, good enough to plan; of the past the day is asked for."""
    if match := _SAME_DAY.fullmatch(word):
        shift = _SHIFTS[match[1]]
        if match[2] in _MONTHS_IN:
            return add_months(today, shift * _MONTHS_IN[match[2]])
        return None if match[1] in ("明", "后") else today + dt.timedelta(days=7 * shift)
    if _UNDATED.fullmatch(word):
        raise UnclearError
    return None


def _english(word: str, today: dt.date, prefer: str) -> dt.date | None:
    if match := _WEEK_EN.fullmatch(word):
        shift = None if match[1] is None else _SHIFTS[match[1]]
        return _weekday(_WEEKDAYS_EN[match[2]], shift, today, prefer)
    if match := _EDGE_EN.fullmatch(word):
        unit, shift = match[3] or match[4], _SHIFTS[match[2] or ""]
        return _edge_en(today, unit, shift, first=match[1] not in (None, "end", "last day"))
    if match := _SAME_DAY_EN.fullmatch(word):
        if match[1] == "week":
            return today + dt.timedelta(days=7)
        return add_months(today, _MONTHS_IN[match[1]])
    if _UNDATED_EN.fullmatch(word):
        raise UnclearError
    return _span_en(word, today, prefer)


def _edge_en(today: dt.date, unit: str, shift: int, *, first: bool) -> dt.date:
    if unit == "month":
        return first_of_month(today, shift) if first else last_of_month(today, shift)
    if unit == "quarter":
        return _quarter(today, shift, first=first)
    return dt.date(today.year + shift, 1, 1) if first else dt.date(today.year + shift, 12, 31)


def _span_en(word: str, today: dt.date, prefer: str) -> dt.date | None:
    match = _SPAN_EN.fullmatch(word)
    way = (match["way"] or "").strip() if match else ""
    if match is None or bool(match["in"]) == bool(way) or way == "before":
        return None
    if match["in"] == "within " and prefer == "past":
        raise UnclearError
    some = match["some"]
    count = int(some) if some.isdigit() else _NUMBERS_EN.get(some, 1)
    sign = -1 if way == "ago" else 1
    unit = match["unit"]
    if count * {"day": 1, "week": 7}.get(unit, 31 * _MONTHS_IN.get(unit, 1)) > _FARTHEST:
        raise ImpossibleError(word)
    if unit in _MONTHS_IN:
        return add_months(today, sign * count * _MONTHS_IN[unit])
    return today + dt.timedelta(days=sign * count * (7 if unit == "week" else 1))
