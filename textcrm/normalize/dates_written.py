"""Dates with a month and a day in them: 2024-05-01, 2024年5月1日, 6月10日, May 1 2024."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from textcrm.normalize.calendar import first_of_month, last_of_month
from textcrm.normalize.clock import UnclearError
from textcrm.normalize.numerals import SMALL, read_numeral

_N: Final = rf"(?:\d{{1,2}}|[{SMALL}]{{1,3}})"
_YEAR: Final = r"(?:\d{4}|\d{2}|[零〇○一二三四五六七八九]{4}|[今去明前后]|大前)"
_FULL: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_COMPACT: Final = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})")
_HAN: Final = re.compile(rf"(?:({_YEAR})年)?({_N})月份?({_N})[日号號]?")
_HAN_EDGE: Final = re.compile(rf"(?:({_YEAR})年)?({_N})月份?(底|末|初)")
_DAY_ONLY: Final = re.compile(rf"({_N})[日号號]")
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        1,
    )
    for name in names.split()
}
_NAME: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_EN: Final = r"(\d{1,2})(?:st|nd|rd|th)?"
_DAY_FIRST: Final = re.compile(rf"(?:the )?{_DAY_EN}[ -]?(?:of )?({_NAME})\.?(?:[ ,-]+(\d{{4}}))?")
_MONTH_FIRST: Final = re.compile(rf"({_NAME})\.?[ -]?(?:the )?{_DAY_EN}(?:(?:,| |-)\s?(\d{{4}}))?")
_DAY_ONLY_EN: Final = re.compile(r"(?:on )?the (\d{1,2})(?:st|nd|rd|th)|(\d{1,2})(?:st|nd|rd|th)")
_WEEKDAY: Final = re.compile(r"[\s,]*[(]?\s*(?:周|星期|礼拜)([一二三四五六日天])\s*[)]?$")
_DAYS: Final = "一二三四五六日"
_UNCLEAR: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
_SIX: Final = re.compile(r"\d{6}")
_NO_DAY: Final = re.compile(
    rf"\d{{4}}[-/.]\d{{1,2}}|(?:{_YEAR}年)?{_N}月份?|\d{{4}}年?|(?:{_NAME})(?:[ ,]+\d{{4}})?"
)
_YEARS_SAID: Final = {"今": 0, "去": -1, "明": 1, "前": -2, "后": 2, "大前": -3}


class ImpossibleError(Exception):
    """A form that is a date's, with numbers that are no day's."""


def read_written(word: str, today: dt.date, prefer: str) -> dt.date | None:
    """Read a date in figures or with a month's name; None where it is none.

    Raises ImpossibleError for 2024-13-01, UnclearError where the weekday beside it disagrees.
    """
    bare, weekday = _without_weekday(word)
    day = _read(bare, today, prefer)
    if day is not None and weekday is not None and day.weekday() != weekday:
        right = _DAYS[day.weekday()]
        raise UnclearError(f"{day.isoformat()}（周{right}）")
    return day


def _without_weekday(word: str) -> tuple[str, int | None]:
    match = _WEEKDAY.search(word)
    if match is None or not any(
        char.isdigit() or char in "月日号" for char in word[: match.start()]
    ):
        return word, None
    return word[: match.start()].strip(), _DAYS.index(match[1].replace("天", "日"))


def _read(word: str, today: dt.date, prefer: str) -> dt.date | None:
    if match := _FULL.fullmatch(word):
        return _exact(int(match[1]), int(match[3]), int(match[4]))
    if match := _COMPACT.fullmatch(word):
        return _exact(*map(int, match.groups()))
    if match := _YEAR_LAST.fullmatch(word):
        one, two = int(match[1]), int(match[3])
        if one > 12 or two > 12:  # 13/5/2024 and 5/13/2024 leave no doubt
            month, day = (two, one) if one > 12 else (one, two)
            return _exact(int(match[4]), month, day)
    if word.isascii():
        return _english(word, today, prefer)
    han = word.replace(" ", "")
    if match := _HAN.fullmatch(han):
        return _month_day(match[1], _figure(match[2]), _figure(match[3]), today, prefer)
    if match := _HAN_EDGE.fullmatch(han):
        last = match[3] != "初"
        return _month_day(match[1], _figure(match[2]), 1, today, prefer, last=last)
    if match := _DAY_ONLY.fullmatch(han):
        return nearest_day(_figure(match[1]), today, prefer)
    return None


def _english(word: str, today: dt.date, prefer: str) -> dt.date | None:
    if match := _DAY_FIRST.fullmatch(word):
        return _month_day(match[3], _MONTHS[match[2]], int(match[1]), today, prefer)
    if match := _MONTH_FIRST.fullmatch(word):
        return _month_day(match[3], _MONTHS[match[1]], int(match[2]), today, prefer)
    if match := _DAY_ONLY_EN.fullmatch(word):
        return nearest_day(int(match[1] or match[2]), today, prefer)
    return None


def _figure(text: str) -> int:
    value = read_numeral(text)
    if value is None:
        raise ImpossibleError(text)
    return value


def _exact(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise ImpossibleError(str(error)) from None


def _month_day(
    year: str | None, month: int, day: int, today: dt.date, prefer: str, *, last: bool = False
) -> dt.date:
    """A day of a month, or its last one; without a year the nearest, today counted."""
    if year:
        found = _exact(_year(year, today), month, day)
        return last_of_month(found) if last else found
    # 29 February needs a leap year, which may be some years off.
    _exact(2000, month, day)
    step = -1 if prefer == "past" else 1
    for offset in range(9):
        try:
            found = dt.date(today.year + step * offset, month, day)
        except ValueError:
            continue
        found = last_of_month(found) if last else found
        if (found >= today) if step > 0 else (found <= today):
            return found
    raise ImpossibleError(month)


def _year(text: str, today: dt.date) -> int:
    """A year as said; two digits are the nearest such year, at most 19 ahead (never 2124)."""
    if text in _YEARS_SAID:
        return today.year + _YEARS_SAID[text]
    value = _figure(text)
    if len(text) == 2:
        century = today.year // 100 * 100
        value += century
        if value > today.year + 19:
            value -= 100
        elif value <= today.year - 81:
            value += 100
    return value


def nearest_day(day: int, today: dt.date, prefer: str) -> dt.date:
    """The next (or the last) day of the month of that number, today counted."""
    if not 1 <= day <= 31:
        raise ImpossibleError(day)
    step = -1 if prefer == "past" else 1
    for offset in range(4):
        first = first_of_month(today, step * offset)
        if day > last_of_month(first).day:
            continue
        found = first.replace(day=day)
        if (found >= today) if step > 0 else (found <= today):
            return found
    raise ImpossibleError(day)


def readings_of(word: str, today: dt.date) -> list[str] | None:
    """The days that a word of figures may mean, in ISO form; None where it is no such word."""
    if _NO_DAY.fullmatch(word.replace(" ", "") if not word.isascii() else word):
        return []
    if _SIX.fullmatch(word):
        return []
    match = _UNCLEAR.fullmatch(word)
    if match is None:
        return None
    first, last, year = int(match[1]), int(match[3]), match[4]
    years = [today.year if not year else int(year) if len(year) == 4 else 2000 + int(year)]
    triples = [(years[0], first, last), (years[0], last, first)]
    if year and len(year) == 2:
        triples.append((2000 + first, last, int(year)))
    found = []
    for triple in triples:
        try:
            found.append(dt.date(*triple).isoformat())
        except ValueError:
            continue
    return list(dict.fromkeys(found))
