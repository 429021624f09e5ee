"""The day that a plan begins with (A25, F10)."""

from __future__ import annotations

import datetime as dt

import pytest

from textcrm.normalize.planned import planned

ON = dt.date(2024, 5, 20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("6月10日提供方案", "2024-06-10"),
        ("6月10日前提供方案", "2024-06-10"),
        ("计划6月10号拜访", "2024-06-10"),
        ("2024年6月1日签合同", "2024-06-01"),
        ("2024-06-01 10:00 开会", "2024-06-01"),
        ("1月5日寄样", "2025-01-05"),
        ("下周三回访", "2024-05-29"),
        ("明天下午发报价", "2024-05-21"),
        ("June 10: send the proposal", "2024-06-10"),
        ("by friday send it", "2024-05-24"),
        ("提供方案", None),
        ("6月31日提供方案", None),
        ("5/6 发样", None),
        ("2024年5月1日提供方案", None),
        ("May 10:30 call", None),
        ("方案6月10日提供", None),
    ],
)
def test_the_day_of_a_plan(text: str, day: str | None) -> None:
    found = planned(text, ON)
    assert (found.day.isoformat() if found else None) == day
