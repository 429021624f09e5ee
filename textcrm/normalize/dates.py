"""Dates and moments as people say them, in Chinese and English (C1): strict, nothing is guessed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal

from textcrm.errors import Misuse
from textcrm.normalize.clock import Clock, UnclearError, read_ago, read_iso_moment, split_clock
from textcrm.normalize.dates_said import read_said
from textcrm.normalize.dates_written import ImpossibleError, read_written, readings_of
from textcrm.normalize.keys import levelled, shortened
from textcrm.text import Text

Prefer = Literal["past", "future"]
_LONGEST: Final = 60
# A deadline: 下周五前, by friday. (3天前 is three days ago, and is read before this.)
_BY: Final = re.compile(r"^(?:by|before|on) |^截[至止]|(?:之前|以前|前)$")
# A day as spreadsheets and databases write it.
_MIDNIGHT: Final = re.compile(r"(?<=\d)[t ]0{1,2}:00(?::00(?:\.0+)?)?$")
_NOW: Final = ("现在", "此刻", "刚才", "刚刚", "now", "just now")


def parse_date(text: str, today: dt.date, *, prefer: Prefer = "future") -> dt.date:
    """Read a day: ``2024-05-01``, ``2024年5月1日``, ``下周三``, ``3天后``, ``tomorrow``, ``May 1 2024``.

    ``prefer`` says which day a date without a year (``6月10日``), a bare weekday (``周五``) or day of
    the month (``15号``) is: the next one, or the last one. A two-digit year (``24年5月1日``) is the
    one nearest to now, at most 19 years ahead. A week begins on Monday; ``下周五`` and ``next
    friday`` are the Friday of the week after this one. ``下周``, ``下个月``, ``next month`` are the
    same day then. Raises Misuse: date-ambiguous where several days could be meant (``05/01/2024``,
    ``6/10``, ``2024年5月``), date-unreadable else.
    """
    if isinstance(today, dt.datetime):
        today = today.date()
    word = _MIDNIGHT.sub("", levelled(text).casefold())
    return _day(word, text, today, prefer)


def parse_moment(text: str, now: dt.datetime, *, prefer: Prefer = "past") -> dt.date | dt.datetime:
    """Read a day, or a day with its time: ``昨天下午三点半``, ``2024-05-01 15:30``, ``yesterday 3pm``.

    A time of day alone is today's; what has no offset is in ``now``'s time zone. Gives a date where
    no time was said. Raises Misuse as :func:`parse_date` does.
    """
    word = levelled(text).casefold()
    if word in _NOW:
        return now.replace(second=0, microsecond=0)
    try:
        if len(word) <= _LONGEST:
            exact = read_iso_moment(word, now) or read_ago(word, now)
            if exact is not None:
                return exact
            day_word, clock = split_clock(word)
            if clock is not None:
                return _at(day_word, clock, text, now, prefer)
    except UnclearError as error:
        raise _ambiguous(text, list(error.args)) from None
    except (ImpossibleError, ValueError, OverflowError):
        raise _unreadable(text, no_such_day=True) from None
    return _day(word, text, now.date(), prefer)


def _at(day_word: str, clock: Clock, text: str, now: dt.datetime, prefer: Prefer) -> dt.datetime:
    day = _day(day_word, text, now.date(), prefer) if day_word else now.date()
    return dt.datetime.combine(day, dt.time(*clock), tzinfo=now.tzinfo)


def _day(word: str, text: str, today: dt.date, prefer: Prefer) -> dt.date:
    if not word or len(word) > _LONGEST:
        raise _unreadable(text)
    try:
        day = _read(word, today, prefer)
        if day is None and (bare := _BY.sub("", word)) != word and prefer == "future":
            day = _read(bare, today, prefer)
    except UnclearError as error:
        raise _ambiguous(text, list(error.args)) from None
    except (ImpossibleError, ValueError, OverflowError):
        raise _unreadable(text, no_such_day=True) from None
    if day is not None:
        return day
    readings = readings_of(word, today)
    if readings is not None:
        raise _ambiguous(text, readings)
    raise _unreadable(text)


def _read(word: str, today: dt.date, prefer: Prefer) -> dt.date | None:
    return read_written(word, today, prefer) or read_said(word, today, prefer)


def _ambiguous(text: str, readings: list[str]) -> Misuse:
    return Misuse(
        "date-ambiguous",
        Text("“{text}” can be read in several ways", "“{text}”可以有多种理解"),
        hint=Text("write one of: {readings}", "请写成其中之一：{readings}")
        if readings
        else Text("write the whole date: 2024-05-01", "请写出完整日期，例如 2024-05-01"),
        text=shortened(text),
        readings=readings,
    )


def _unreadable(text: str, *, no_such_day: bool = False) -> Misuse:
    message = (
        Text("there is no such day or time: “{text}”", "没有这样的日期或时间：“{text}”")
        if no_such_day
        else Text("“{text}” is not a date that can be read", "“{text}”不是可识别的日期")
    )
    return Misuse(
        "date-unreadable",
        message,
        hint=Text(
            "write it like 2024-05-01, 2024年5月1日, 下周三, 3天后 or tomorrow",
            "请写成 2024-05-01、2024年5月1日、下周三、3天后 或 tomorrow",
        ),
        text=shortened(text),
    )
