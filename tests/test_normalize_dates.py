"""Dates and moments in words, told from Wednesday, 15 May 2024, 10:20 in Shanghai."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.errors import Misuse
from textcrm.normalize.calendar import add_months
from textcrm.normalize.dates import parse_date, parse_moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.normalize.dates import Prefer

TODAY = dt.date(2024, 5, 15)
ZONE = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2024, 5, 15, 10, 20, 30, tzinfo=ZONE)

WRITTEN = {
    "2024-05-01": "2024-05-01",
    "2024-5-1": "2024-05-01",
    "2024/5/1": "2024-05-01",
    "2024.5.1": "2024-05-01",
    "2024年5月1日": "2024-05-01",
    "2024 年 5 月 1 日": "2024-05-01",
    "2024年5月1号": "2024-05-01",
    "20240501": "2024-05-01",
    "２０２４年５月１日": "2024-05-01",
    "二〇二四年五月一日": "2024-05-01",
    # Two digits: never 2124.
    "24年5月1日": "2024-05-01",
    "85年5月1日": "1985-05-01",
    "2024年2月29日": "2024-02-29",
    "今年6月1日": "2024-06-01",
    "明年3月5日": "2025-03-05",
    "去年12月31号": "2023-12-31",
    "May 1 2024": "2024-05-01",
    "May 1, 2024": "2024-05-01",
    "1 May 2024": "2024-05-01",
    "1st of May 2024": "2024-05-01",
    "2024-05-15（周三）": "2024-05-15",
    "5月16日星期四": "2024-05-16",
    "9999年12月31日": "9999-12-31",
    # One number above twelve leaves no doubt; midnight is what spreadsheets write behind a day.
    "25/12/2024": "2024-12-25",
    "5/13/2024": "2024-05-13",
    "2024-05-01 00:00:00": "2024-05-01",
    "2024/5/1 0:00": "2024-05-01",
}
SAID = {
    "今天": "2024-05-15",
    "昨天": "2024-05-14",
    "前天": "2024-05-13",
    "大前天": "2024-05-12",
    "明天": "2024-05-16",
    "后天": "2024-05-17",
    "大后天": "2024-05-18",
    "3天后": "2024-05-18",
    "三天后": "2024-05-18",
    "3天之后": "2024-05-18",
    "过3天": "2024-05-18",
    "3天内": "2024-05-18",
    "3天前": "2024-05-12",
    "两周后": "2024-05-29",
    "两个星期以后": "2024-05-29",
    "2个月后": "2024-07-15",
    "一年前": "2023-05-15",
    "半年后": "2024-11-15",
    "半个月后": "2024-05-30",
    "一个半月后": "2024-06-30",
    "一年半后": "2025-11-15",
    "下周三": "2024-05-22",
    "下个星期五": "2024-05-24",
    "下下周一": "2024-05-27",
    "本周五": "2024-05-17",
    "这周日": "2024-05-19",
    "上周一": "2024-05-06",
    "周五": "2024-05-17",
    "周三": "2024-05-22",
    "星期天": "2024-05-19",
    "礼拜二": "2024-05-21",
    "下个月1号": "2024-06-01",
    "下月15日": "2024-06-15",
    "本月20号": "2024-05-20",
    "十五号": "2024-05-15",
    "二十号": "2024-05-20",
    "31号": "2024-05-31",
    "月底": "2024-05-31",
    "月初": "2024-05-01",
    "下月底": "2024-06-30",
    "下个月底": "2024-06-30",
    "5月底": "2024-05-31",
    "2024年2月底": "2024-02-29",
    "季度末": "2024-06-30",
    "本季度末": "2024-06-30",
    "下季度末": "2024-09-30",
    "年底": "2024-12-31",
    "今年年底": "2024-12-31",
    "明年底": "2025-12-31",
    "明年初": "2025-01-01",
    "下周": "2024-05-22",
    "下个月": "2024-06-15",
    "明年": "2025-05-15",
    "today": "2024-05-15",
    "Tomorrow": "2024-05-16",
    "yesterday": "2024-05-14",
    "day after tomorrow": "2024-05-17",
    "next friday": "2024-05-24",
    "this friday": "2024-05-17",
    "friday": "2024-05-17",
    "on Monday": "2024-05-20",
    "in 3 days": "2024-05-18",
    "3 days ago": "2024-05-12",
    "in a week": "2024-05-22",
    "two weeks ago": "2024-05-01",
    "3 months from now": "2024-08-15",
    "next month": "2024-06-15",
    "end of month": "2024-05-31",
    "end of next quarter": "2024-09-30",
    "year end": "2024-12-31",
    "the 20th": "2024-05-20",
    "下周五前": "2024-05-24",
    "月底前": "2024-05-31",
    "by friday": "2024-05-17",
}


@pytest.mark.parametrize(("text", "day"), [*WRITTEN.items(), *SAID.items()])
def test_a_day_in_words(text: str, day: str) -> None:
    assert parse_date(text, TODAY).isoformat() == day


@pytest.mark.parametrize(
    ("text", "future", "past"),
    [
        ("6月10日", "2024-06-10", "2023-06-10"),
        ("5月1日", "2025-05-01", "2024-05-01"),
        ("5月15日", "2024-05-15", "2024-05-15"),
        ("2月29日", "2028-02-29", "2024-02-29"),
        ("十二月二十五日", "2024-12-25", "2023-12-25"),
        ("Sept 5", "2024-09-05", "2023-09-05"),
        ("周五", "2024-05-17", "2024-05-10"),
        ("周三", "2024-05-22", "2024-05-08"),
        ("friday", "2024-05-17", "2024-05-10"),
        ("20号", "2024-05-20", "2024-04-20"),
        ("31号", "2024-05-31", "2024-03-31"),
        ("5月底", "2024-05-31", "2023-05-31"),
        ("6月初", "2024-06-01", "2023-06-01"),
    ],
)
def test_what_says_no_year_lies_where_it_is_preferred(text: str, future: str, past: str) -> None:
    assert parse_date(text, TODAY).isoformat() == future
    assert parse_date(text, TODAY, prefer="past").isoformat() == past


@pytest.mark.parametrize(
    "text",
    [
        "05/01/2024",
        "01/02/03",
        "1.2.2024",
        "6/10",
        "6-10",
        "6.10",
        "240501",
        "2024年5月",
        "2024-05",
        "5月",
        "2024",
        "周末",
        "下周末",
        "上周",
        "上个月",
        "去年",
        "last month",
        "this week",
        "2024-05-15（周四）",
        "两周半后",
    ],
)
def test_ambiguous_days_are_refused(text: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse_date(text, TODAY)
    assert caught.value.code == "date-ambiguous"
    assert caught.value.say_hint("zh")


def test_the_hint_of_an_ambiguous_day_names_the_readings() -> None:
    with pytest.raises(Misuse) as caught:
        parse_date("05/01/2024", TODAY)
    assert caught.value.data["readings"] == ["2024-05-01", "2024-01-05"]
    assert "2024-01-05" in (caught.value.say_hint("en") or "")


@pytest.mark.parametrize("text", ["3天内", "within 3 days", "月底前"])
def test_a_deadline_is_no_day_of_the_past(text: str) -> None:
    with pytest.raises(Misuse):
        parse_date(text, TODAY, prefer="past")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "2024-13-01",
        "2024-02-30",
        "2月30日",
        "2023年2月29日",
        "32号",
        "本月32号",
        "13月1日",
        "2024/5-1",
        "245月1日",
        "1112月5日",
        "一会儿",
        "3个工作日后",
        "二十",
        "45413",
        "3d",
        "99999天后",
        "9999年后",
        "第三季度",
        "明天后",
        "x" * 10_000,
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse_date(text, TODAY)
    assert caught.value.code == "date-unreadable"
    assert len(caught.value.say("zh")) < 120


def test_months_end_early() -> None:
    assert parse_date("1个月后", dt.date(2024, 1, 31)) == dt.date(2024, 2, 29)
    assert add_months(dt.date(2024, 3, 31), -1) == dt.date(2024, 2, 29)
    assert parse_date("下月底", dt.date(2024, 1, 31)) == dt.date(2024, 2, 29)


def test_the_ends_of_the_calendar_are_refused() -> None:
    with pytest.raises(Misuse):
        parse_date("明天", dt.date.max)
    with pytest.raises(Misuse):
        parse_date("1年前", dt.date.min)


MOMENTS = {
    "2024-05-01T15:30:00+08:00": "2024-05-01T15:30:00+08:00",
    "2024-05-01T07:30:00Z": "2024-05-01T07:30:00+00:00",
    "2024-05-01 15:30": "2024-05-01T15:30:00+08:00",
    "2024-05-01T15:30": "2024-05-01T15:30:00+08:00",
    "15:30": "2024-05-15T15:30:00+08:00",
    "15：30": "2024-05-15T15:30:00+08:00",
    "下午3点": "2024-05-15T15:00:00+08:00",
    "下午三点半": "2024-05-15T15:30:00+08:00",
    "昨天下午三点半": "2024-05-14T15:30:00+08:00",
    "昨天 15:30": "2024-05-14T15:30:00+08:00",
    "5月1日15:30": "2024-05-01T15:30:00+08:00",
    "2024年5月1日 下午3点15分": "2024-05-01T15:15:00+08:00",
    "上午10点一刻": "2024-05-15T10:15:00+08:00",
    "昨晚9点": "2024-05-14T21:00:00+08:00",
    "明早9点": "2024-05-16T09:00:00+08:00",
    "中午12点": "2024-05-15T12:00:00+08:00",
    "中午1点": "2024-05-15T13:00:00+08:00",
    "凌晨2点": "2024-05-15T02:00:00+08:00",
    "8点": "2024-05-15T08:00:00+08:00",
    "yesterday 3pm": "2024-05-14T15:00:00+08:00",
    "yesterday at 15:30": "2024-05-14T15:30:00+08:00",
    "3:30 pm yesterday": "2024-05-14T15:30:00+08:00",
    "12am": "2024-05-15T00:00:00+08:00",
    "tomorrow noon": "2024-05-16T12:00:00+08:00",
    "2小时前": "2024-05-15T08:20:00+08:00",
    "一个半小时前": "2024-05-15T08:50:00+08:00",
    "半小时前": "2024-05-15T09:50:00+08:00",
    "20分钟前": "2024-05-15T10:00:00+08:00",
    "an hour ago": "2024-05-15T09:20:00+08:00",
    "刚才": "2024-05-15T10:20:00+08:00",
    "周五下午2点": "2024-05-10T14:00:00+08:00",
}


@pytest.mark.parametrize(("text", "moment"), MOMENTS.items())
def test_a_moment_in_words(text: str, moment: str) -> None:
    assert parse_moment(text, NOW).isoformat() == moment


@pytest.mark.parametrize(
    ("text", "day"),
    [("昨天", "2024-05-14"), ("5月1日", "2024-05-01"), ("2024-05-01", "2024-05-01")],
)
def test_a_moment_without_a_time_is_a_day(text: str, day: str) -> None:
    assert parse_moment(text, NOW) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("text", ["三点", "晚上12点", "6/10 15:30", "昨天三点"])
def test_unclear_moments_are_refused(text: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse_moment(text, NOW)
    assert caught.value.code == "date-ambiguous"


@pytest.mark.parametrize(
    "text", ["25:00", "15:75", "上午13点", "13pm", "2024-05-01T25:00", "2024-02-30 10:00"]
)
def test_impossible_moments_are_refused(text: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse_moment(text, NOW)
    assert caught.value.code == "date-unreadable"


_WORDS = (
    "today",
    "next",
    "friday",
    "May",
    "ago",
    "in",
    "week",
    "pm",
    "个",
    "星期",
    "明",
    "昨",
    "季度",
)
_PIECES = st.sampled_from(
    [*"0123456789一二三十两半年月日号周天前后内下上本底末初点分:-/. ", *_WORDS]
)


def outcome(read: Callable[[], dt.date]) -> dt.date | Misuse:
    """What a call gives or refuses with; anything else is a bug and flies."""
    try:
        return read()
    except Misuse as error:
        return error


@settings(deadline=None, max_examples=100)
@given(
    st.text() | st.lists(_PIECES, max_size=8).map("".join),
    st.dates(),
    st.sampled_from(["past", "future"]),
)
def test_no_text_raises_anything_else(text: str, today: dt.date, prefer: Prefer) -> None:
    now = dt.datetime.combine(today, dt.time(12), tzinfo=ZONE)
    for found in (
        outcome(lambda: parse_date(text, today, prefer=prefer)),
        outcome(lambda: parse_moment(text, now, prefer=prefer)),
    ):
        if isinstance(found, Misuse):
            assert found.code in ("date-unreadable", "date-ambiguous")
            assert found.say("zh")
            assert found.say_hint("en")
        else:
            assert isinstance(found, dt.date)


@settings(deadline=None)
@given(st.dates(), st.dates())
def test_iso_is_a_fixed_point(day: dt.date, today: dt.date) -> None:
    assert parse_date(day.isoformat(), today) == day
    assert parse_date(f"{day.year:04}年{day.month}月{day.day}日", today) == day


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(ZONE)))
def test_iso_moments_are_a_fixed_point(moment: dt.datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert parse_moment(whole.isoformat(), NOW) == whole


@settings(deadline=None)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)))
def test_preferences_hold(today: dt.date) -> None:
    for text in ("6月10日", "周五", "15号", "31号", "2月29日", "friday", "5月底"):
        assert parse_date(text, today) >= today
        assert parse_date(text, today, prefer="past") <= today
