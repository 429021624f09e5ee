"""Times of day: ``15:30``, ``下午三点半``, ``3pm``; ISO moments; hours and minutes ago."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, NamedTuple

from textcrm.normalize.numerals import SMALL, read_numeral


class UnclearError(Exception):
    """A word that means several days or times; the arguments are clear ways to write them."""


class Clock(NamedTuple):
    """A time of day."""

    hour: int
    minute: int
    second: int = 0


_N: Final = rf"(?:\d{{1,2}}|[{SMALL}]{{1,3}})"
_PERIODS: Final = {
    "凌晨": "night",
    "半夜": "night",
    "夜里": "night",
    "清晨": "morning",
    "早晨": "morning",
    "早上": "morning",
    "早": "morning",
    "上午": "morning",
    "中午": "noon",
    "下午": "afternoon",
    "午后": "afternoon",
    "傍晚": "afternoon",
    "晚上": "evening",
    "晚": "evening",
}
_PERIOD: Final = "|".join(sorted(_PERIODS, key=len, reverse=True))
_SPOKEN: Final = re.compile(
    rf"(?P<period>{_PERIOD})?\s*(?P<hour>{_N})\s*[点點时]\s*"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>{_N})分?|[整钟])?$"
)
_DIGITAL: Final = re.compile(
    rf"(?P<period>{_PERIOD})?\s*(?<![\d:])(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}}))?"
    r"\s*(?P<half>am|pm|a\.m\.|p\.m\.)?$"
)
_ENGLISH: Final = re.compile(r"(?<![\d:])(?P<hour>\d{1,2})\s*(?P<half>am|pm|a\.m\.|p\.m\.)$")
_LEADING: Final = re.compile(
    r"(?:at )?(\d{1,2}(?::\d{2})?\s*(?:am|pm|a\.m\.|p\.m\.)|\d{1,2}:\d{2}|noon)\s*(?:,|on)?\s+(?=\D)"
)
_ISO: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[t ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(z|[+-]\d{2}:?\d{2})?"
)
_AGO: Final = re.compile(
    rf"(?P<some>半个?|\d{{1,4}}|[{SMALL}]{{1,4}})(?P<half>个半)?个?"
    r"(?P<unit>小时|钟头|分钟|刻钟)(?P<way>前|以前|之前|后|以后|之后)"
)
_AGO_EN: Final = re.compile(
    r"(?P<in>in )?(?P<some>\d{1,4}|an?|half an) (?P<unit>hour|minute|min)s?(?P<ago> ago)?"
)


def read_iso_moment(word: str, now: dt.datetime) -> dt.datetime | None:
    """Read an ISO 8601 date-time, with its offset or in now's zone; None where it is none.

    Raises ValueError for a day or time that is not.
    """
    match = _ISO.fullmatch(word)
    if match is None:
        return None
    day, hour, minute, second, offset = match.groups()
    moment = dt.datetime.combine(
        dt.date.fromisoformat(day), dt.time(int(hour), int(minute), int(second or 0))
    )
    zone = dt.datetime.strptime(offset.upper(), "%z").tzinfo if offset else now.tzinfo
    return moment.replace(tzinfo=zone)


def read_ago(word: str, now: dt.datetime) -> dt.datetime | None:
    """Read ``2小时前``, ``半小时后``, ``20 minutes ago``; None where it is none of them."""
    moment = now.replace(second=0, microsecond=0)
    if match := _AGO.fullmatch(word.replace(" ", "")):
        if match["some"].startswith("半"):
            minutes = 30 if match["unit"] in ("小时", "钟头") else 0
        else:
            count = read_numeral(match["some"]) or 0
            minutes = count * {"分钟": 1, "刻钟": 15}.get(match["unit"], 60) + 30 * bool(
                match["half"]
            )
        span = dt.timedelta(minutes=minutes)
        return (moment - span if "前" in match["way"] else moment + span) if minutes else None
    match = _AGO_EN.fullmatch(word)
    if match is None or bool(match["in"]) == bool(match["ago"]):
        return None
    unit = 60 if match["unit"] == "hour" else 1
    some = match["some"]
    minutes = 30 * unit // 60 if some == "half an" else unit * (int(some) if some.isdigit() else 1)
    span = dt.timedelta(minutes=minutes)
    return moment - span if match["ago"] else moment + span


def split_clock(word: str) -> tuple[str, Clock | None]:
    """Take the time of day off a moment: the day's words, and the time where there is one.

    Raises UnclearError for a time that may be before or after noon (``三点``), ValueError for none.
    """
    if match := _LEADING.match(word):
        word = f"{word[match.end() :]} {match[1]}"
    if word == "noon" or word.endswith((" noon", "正午")):
        return _before(word.removesuffix("noon").removesuffix("正午")), Clock(12, 0)
    for form in (_SPOKEN, _DIGITAL, _ENGLISH):
        match = form.search(word)
        if match is not None:
            day, clock = _before(word[: match.start()]), _clock(match)
            return _spread(day), clock
    return word, None


def _before(day: str) -> str:
    """The words of the day, without what binds a time to it."""
    return day.rstrip(" ,的").removesuffix(" at").rstrip(" ,")


def _spread(day: str) -> str:
    """今晚, 明早 and the like lose their 晚 or 早 to the time; what is left is a day again."""
    return day + "天" if day in ("今", "明", "昨", "前", "后") else day


def _clock(match: re.Match[str]) -> Clock:
    parts = match.groupdict()
    hour = _number(parts["hour"])
    minute = _minute(parts)
    second = int(parts.get("second") or 0)
    period = _PERIODS.get(parts.get("period") or "", "")
    half = (parts.get("half") or "").replace(".", "")
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        return Clock(hour % 12 + (12 if half == "pm" else 0), minute, second)
    spoken = match.re is _SPOKEN
    return Clock(_hour(hour, period, minute, spoken=spoken), minute, second)


def _minute(parts: dict[str, str | None]) -> int:
    if parts.get("half") == "半":
        return 30
    if quarter := parts.get("quarter"):
        return 15 if quarter == "一" else 45
    return _number(parts["minute"]) if parts.get("minute") else 0


def _number(text: str | None) -> int:
    value = read_numeral((text or "").lstrip("零") or "零")
    if value is None or value > 59:
        raise ValueError(text)
    return value


def _hour(hour: int, period: str, minute: int, *, spoken: bool) -> int:
    if hour > 23:
        raise ValueError(hour)
    if period in ("afternoon", "evening"):
        if hour == 12 and period == "evening":
            raise UnclearError("23:59", "00:00")
        return hour if hour >= 12 else hour + 12
    if period == "noon":
        return hour if hour >= 11 else hour + 12
    if period == "night" and hour == 12:
        return 0
    if period and hour > 12:
        raise ValueError(hour)
    if not period and spoken and 1 <= hour <= 6:
        raise UnclearError(f"{hour:02}:{minute:02}", f"{hour + 12}:{minute:02}")
    return hour
