"""The query language: the fields of the shipped schema, days and ages, pinyin, pieces of numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from query_records import PEOPLE, YUNFAN
from searching import TODAY, schema

from textcrm.query import Doc, parse
from textcrm.query.dates import Period, read_age, read_period
from textcrm.query.fold import find_word, phone_fragment
from textcrm.query.names import names_of
from textcrm.query.pinyin import find_pinyin
from textcrm.record import derive
from textcrm.schema import Schema, default_schema_text


def test_sealed_values_are_in_no_view() -> None:
    assert "11010519491231002" not in YUNFAN.haystack
    assert "YWdl" not in YUNFAN.haystack.upper()
    assert YUNFAN.values(("bank_account",)) == []
    assert YUNFAN.values(("contacts", "id_number")) == []
    assert YUNFAN.present(("bank_account",))
    assert not any("id_number" in leaf.path for leaf in YUNFAN.leaves())


SHIPPED = Schema.from_json(default_schema_text())


@pytest.mark.parametrize(
    "text",
    [
        "状态:合作中 行业:软件 跟进人:王",
        "类型:潜在客户 最近联系:>30d",
        "客户状态:合作中 所属行业:软件",
        "电话:8000 邮箱:yunfan 职务:经理 角色:决策人",
        "省份:广东 城市:深圳 地区:深圳",
        "金额:>=1万 购买:服务器 purchases.产品:服务器",
        "合同(合同编号:HT-1 到期日:<90d) 合同编号:HT-1",
        "跟进记录(方式:电话 时间:2024-05)",
        "微信:yf_2024 规模:>=50 员工人数:>=50 客户规模:人",
        "价值等级:高价值 intent:high stage:won",
        "协作人:李 -is:archived no:restricted",
        "购买:服务器 单号:A-1",
        "下次跟进:<7天 到期日:2024-06",
        "编号:C2024 标签:VIP",
        "社交账号:yf_2024",
    ],
)
def test_the_shipped_schema_answers_to_its_labels(text: str) -> None:
    raw = {
        "id": "C20240301001",
        "name": "云帆",
        "status": "active",
        "type": "prospect",
        "industry": "I65",
        "owner": "wang-fang",
        "collaborators": ["li-na"],
        "value_tier": "high",
        "intent": "high",
        "stage": "won",
        "tags": ["VIP"],
        "size": {"employees": {"min": "50", "max": "99", "text": "50-99人"}},
        "contacts": [
            {
                "name": "张三",
                "title": "经理",
                "role": "decision_maker",
                "phones": [{"number": "+8613800138000"}],
                "emails": [{"address": "zs@yunfan.com"}],
                "social": {"wechat": "yf_2024"},
            }
        ],
        "addresses": [{"province": "广东省", "city": "深圳市"}],
        "interactions": [
            {
                "at": "2024-05-02 10:00",
                "channel": "phone",
                "next": {"what": "x", "due": "2024-06-20"},
            }
        ],
        "purchases": [
            {"number": "A-1", "product": "服务器", "amount": "20000", "date": "2024-01-01"}
        ],
        "contracts": [{"number": "HT-1", "ends": "2024-08-01"}],
    }
    typed = SHIPPED.typed(raw)
    record = Doc("C20240301001", typed, lambda: derive(typed, TODAY, "C20240301001"), SHIPPED)
    assert parse(text, SHIPPED, today=TODAY, people=PEOPLE).matches(record)


def test_every_field_of_the_shipped_schema_has_a_name() -> None:
    names = names_of(SHIPPED)
    for word in names.known():
        assert names.find(word), word


def test_values_open_lists() -> None:
    assert YUNFAN.values(("contacts", "name")) == ["单雄信", "曾静"]
    assert YUNFAN.values(("tags",)) == ["重点客户", "VIP"]
    assert YUNFAN.values(("nothing", "here")) == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-05", "2024-05-01", "2024-05-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024Q1", "2024-01-01", "2024-03-31"),
        ("2024年第4季度", "2024-10-01", "2024-12-31"),
        ("２０２４－０５－０１", "2024-05-01", "2024-05-01"),
        ("本周", "2024-06-10", "2024-06-16"),
        ("上月", "2024-05-01", "2024-05-31"),
        ("this month", "2024-06-01", "2024-06-30"),
        ("last-quarter", "2024-01-01", "2024-03-31"),
        ("明年", "2025-01-01", "2025-12-31"),
        ("-2w", "2024-06-01", "2024-06-01"),
        ("+1m", "2024-07-15", "2024-07-15"),
    ],
)
def test_periods(text: str, first: str, last: str) -> None:
    wanted = Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    assert read_period(text, TODAY) == wanted


@pytest.mark.parametrize(
    "text", ["2024-13", "2024-02-30", "0000", "9999-99", "", "x" * 99, "99999999"]
)
def test_no_periods(text: str) -> None:
    assert read_period(text, TODAY) is None


def test_ages() -> None:
    assert read_age("30天") == (30, "day")
    assert read_age("3个月") == (3, "month")
    assert read_age("1y") == (1, "year")
    assert read_age("2024年") is None
    assert read_age("5月") is None
    assert parse("created:>99999y", schema(), today=TODAY).matches(YUNFAN) is False


def test_month_ends() -> None:
    assert read_period("-1m", dt.date(2024, 3, 31)) == Period(
        dt.date(2024, 2, 29), dt.date(2024, 2, 29)
    )


@pytest.mark.parametrize(
    ("word", "name", "span"),
    [
        ("zhangsan", "张三", (0, 2)),
        ("zs", "张三", (0, 2)),
        ("zhangs", "张三", (0, 2)),
        ("san", "张三", (1, 1)),
        ("zhang三", "张三", (0, 2)),
        ("shan", "单雄信", (0, 1)),
        ("qiu", "仇英", (0, 1)),
        ("chongqing", "重庆小面", (0, 2)),
        ("lvbu", "吕布", (0, 2)),
        ("lubu", "吕布", (0, 2)),
        ("zha", "张三", None),
        ("zb", "张三", None),
    ],
)
def test_pinyin(word: str, name: str, span: tuple[int, int] | None) -> None:
    assert find_pinyin(word, name) == span


def test_word_starts() -> None:
    assert find_word("soft", "acme software") == 5
    assert find_word("soft", "microsoft") == -1
    assert find_word("soft", "云soft") == 1
    assert find_word("ab", "aab ab") == 4


def test_phone_fragments() -> None:
    assert phone_fragment("138-0013") == "1380013"
    assert phone_fragment("010-6234") == phone_fragment("(010) 6234") == "106234"
    assert phone_fragment("0106") == "0106"  # perhaps from the middle of a number
    assert phone_fragment("+86 (0)10 6555 1234 ext. 12") == "1065551234"
    assert phone_fragment("123") is None
    assert phone_fragment("HT-2024") is None
