"""The query language: what it finds."""

from __future__ import annotations

import datetime as dt

import pytest
from query_records import ARCHIVED, MULLER, PEOPLE, YUNFAN
from searching import TODAY, doc, finds, query, schema

from textcrm.query import Doc
from textcrm.query.dates import Period, read_period


@pytest.mark.parametrize(
    "text",
    [
        "云帆",
        "帆",
        "科技 云帆",
        "云帆 上门演示",  # two fields, any order
        "上门，云帆",
        "yunfan",
        "YUNFAN",
        "ｙｕｎｆａｎ",
        "yunfan-tech.com",
        "xiongxin",
        "shanxiongxin",
        "shan",
        "sxx",
        "zeng",
        "zengj",
        "zeng静",
        "bjyf",
        "HT-2024-007",
        "ht-2024",
        "C20240301001",
        "重点客户",
        "“云帆科技”",
        '"云帆科技"',
        "「云帆科技」",
        "8000",
        "0013",
        "13800138000",
        "138-0013-8000",
        "138 0013 8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "008613800138000",
        "010-65551234",
        "010-65551234转801",
        "(010)65551234",
        "+861065551234",
        "状态:合作中",
        "状态：合作中",
        "status:active",
        "status:Active",
        "status:paused,active",
        "状态:(暂停合作 OR 合作中)",
        "客户类型:潜在客户",
        "所属行业:软件",
        "行业:I65",
        "跟进人:王",
        "owner:wang-fang",
        "owner:me",
        "负责人:我",
        "tag:VIP",
        "标签:vip",
        "tags:重点*",
        "-tag:x",
        "NOT tag:x",
        "云帆 -海尔",
        "海尔 OR 云帆",
        "海尔|云帆",
        "海尔 或 云帆",
        "（海尔 或 云帆） -tag:x",
        "--云帆",
        "region:广东",
        "地区:深圳",
        "region:44",
        "region:440000",
        "城市:深圳",
        "addresses.city:深圳",
        "地址.城市:深圳",
        "contacts.phones.number:8000",
        "phone:8000",
        "电话:138",
        "手机:1380013",
        "email:yunfan",
        "contacts:单",
        "contacts.name:shan",
        "contacts(name:单 gender:男)",
        "gender:male",
        "age:39",
        "age:>30",
        "last_contact:>30d",
        "最近联系:>4周",
        "last_contact:2024-05",
        "last_contact:<2024-06",
        "last_contact:2024-04..2024-05",
        "last_contact:30d..60d",
        "days_silent:>30",
        "days_silent:>30d",
        "created:2024",
        "created:2024-03",
        "created:2024-03-01",
        "created:20240301",
        "created:2024年3月",
        "created:2024Q1",
        "created:今年",
        "created:>=2024-03-01",
        "created:..2024-03",
        "created:<=2024/3/1",
        "due:<7d",
        "due:3d",
        "due:+3d",
        "下次跟进:>=today",
        "ends:<2个月",
        "has:due",
        "amount:>=10000",
        "amount:12,000",
        "amount>10000",
        "金额:≥1万",
        "amount:500..1000",
        "amount:10000..",
        "total_spent:12800",
        "bought:服务器",
        "purchases(product:服务器 amount:>10000)",
        "购买记录(产品名称:交换机 日期:2024-04)",
        "purchases(交换机)",
        "size.employees:>=50",
        "size.employees:<=100",
        "has:email",
        "has:bank_account",
        "no:payments",
        "has:合同",
        "name:*",
        "name:=北京云帆科技有限公司",
        "custom.colour:red",
        "custom.weight:>12",
        "do_not_contact:no",
        "next_step:样品",
        "运维服务",
    ],
)
def test_finds(text: str) -> None:
    assert finds(text, YUNFAN, me="wang-fang", people=PEOPLE)


@pytest.mark.parametrize(
    "text",
    [
        "云帆 海尔",
        "-云帆",
        "unfan",  # Latin words begin a word
        "服务器材",  # in two clauses, not one word
        "合作中",  # codes and labels are asked for by field
        "k3f9",  # ids of items are not words
        "wang-fang",
        "11010519491231002X",  # plain, but of a field to be sealed
        "99999",
        "contracts.amount:>1",
        "finance@1",
        "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+I",
        "bank_account:*x",
        "status:paused",
        "tag:重点",
        "owner:李",
        "age:>39",
        "last_contact:<30d",
        "last_contact:>90d",
        "created:2024-04",
        "due:<3d",
        "due:>7d",
        "purchases(product:交换机 amount:>10000)",
        "size.employees:>=80",
        "size.employees:<=80",
        "name:=云帆",
        "has:payments",
        "no:owner",
        "is:pool",
        "is:do_not_contact",
        "do_not_contact:yes",
        "is:archived",
        "custom.weight:>13",
        "138 0013 8001",
        "13800138001",
        "phone:9999",
        '"科技 云帆"',
    ],
)
def test_does_not_find(text: str) -> None:
    assert not finds(text, YUNFAN, me="li-na", people=PEOPLE)


@pytest.mark.parametrize(
    "text",
    ["muller", "MÜLLER", "sohne", "box", "boxes", "battery", "customer", "*oxes", "“ler & s”"],
)
def test_folds_accents_and_plurals(text: str) -> None:
    assert finds(text, MULLER)


def test_singular_is_found_by_plural_as_a_whole_word() -> None:
    assert finds("invoices", doc(name="the invoice of May"))
    assert not finds("invoices", doc(name="invoiced"))


def test_never_contacted_is_silent_since_creation() -> None:
    never = doc("C20240101001", name="静")
    assert finds("last_contact:>30d", never)
    assert finds("last_contact:<2024-05", never)
    assert not finds("last_contact:<400d", never)
    assert not finds("last_contact:>30d", doc("C20240610001", name="新"))
    assert finds("no:last_contact", never)


def test_overdue_is_due_within_any_days() -> None:
    late = doc(
        name="x",
        interactions=[{"at": "2024-05-01", "next": {"what": "call", "due": "2024-06-01"}}],
    )
    assert finds("due:<7d", late)
    assert finds("due:<0d", late)
    assert not finds("due:>0d", late)


def test_archived_only_when_asked_for() -> None:
    assert not finds("旧客户", ARCHIVED)
    assert query("旧客户").matches(ARCHIVED, archived=True)
    for text in (
        "is:archived",
        "archived:any 旧",
        "archived:yes",
        "has:archived",
        "archived:倒闭",
        "is:已归档",
    ):
        assert finds(text, ARCHIVED), text
    assert finds("archived:any", YUNFAN)
    assert not finds("archived:no", ARCHIVED)


def test_public_pool() -> None:
    assert finds("is:pool", MULLER)
    assert finds("is:公海", MULLER)
    assert finds("no:owner", MULLER)


def test_regions_hold_what_lies_in_them() -> None:
    by_code = doc(name="x", addresses=[{"region_code": "440305"}])
    by_city = doc(name="x", addresses=[{"city": "深圳市"}])
    elsewhere = doc(name="x", addresses=[{"city": "杭州市", "region_code": "330110"}])
    for text in (
        "region:广东",
        "地区:广东省",
        "region:44",
        "region:440000",
        "region:4403",
        "地区:深圳",
    ):
        assert finds(text, by_code), text
        assert not finds(text, elsewhere), text
    for text in ("region:广东", "region:深圳", "region:浙江,广东"):
        assert finds(text, by_city), text


def test_parts_of_the_country_hold_their_provinces() -> None:
    by_code = doc(name="x", addresses=[{"region_code": "370202"}])
    by_city = doc(name="x", addresses=[{"city": "青岛市"}])
    by_province = doc(name="x", addresses=[{"province": "山东省"}])
    for one in (by_code, by_city, by_province):
        for text in ("地区:华东", "region:华东地区", 'region:"East China"', "地区:華東,华南"):
            assert finds(text, one), text
        for text in ("地区:华南", "地区:长三角", "地区:东北", "-地区:华东"):
            assert not finds(text, one), text
    assert finds("地区:港澳台", doc(name="x", addresses=[{"province": "香港特别行政区"}]))
    assert finds("地区:华东", doc(name="x", addresses=[{"province": "华东"}]))  # as it is written


def test_industries_by_name_and_section() -> None:
    maker = doc(name="x", industry="C34")
    for text in ("行业:制造业", "行业:C", "行业:C34", "行业:通用设备"):
        assert finds(text, maker), text
    assert not finds("行业:软件", maker)
    assert finds("行业:IT", YUNFAN)


def test_weekdays_look_the_way_the_field_does() -> None:
    assert read_period("周五", TODAY) == Period(dt.date(2024, 6, 14), dt.date(2024, 6, 14))
    assert read_period("周五", TODAY, ahead=True) == Period(
        dt.date(2024, 6, 21), dt.date(2024, 6, 21)
    )
    assert finds("due:<=下周三", YUNFAN)
    assert finds("最近联系:5月1日", YUNFAN)


def test_owner_by_display_name_in_the_record() -> None:
    assert finds("owner:li-na", doc(name="x", owner="李娜"), people=PEOPLE)
    assert finds("owner:me", doc(name="x", owner="李娜"), people=PEOPLE, me="li-na")


def test_opened_values_are_found_when_revealed() -> None:
    opened = Doc("C1", {"name": "x", "bank_account": "6222 0200"}, dict, schema(), reveal=True)
    assert finds("6222", opened)
    assert finds("bank_account:0200", opened)
    assert not finds("6222", Doc("C1", {"name": "x", "bank_account": "6222 0200"}, dict, schema()))


def test_views() -> None:
    views = {
        "久未联系": "type:prospect last_contact:>30d",
        "two": "@久未联系 OR tag:x",
        "none": " ",
    }
    assert finds("@久未联系", YUNFAN, views=views)
    assert finds("云帆 @two", YUNFAN, views=views)
    assert not finds("-@two", YUNFAN, views=views)
    assert finds("@none", YUNFAN, views=views)
    assert finds("@old", ARCHIVED, views={"old": "is:archived"})


def test_words_are_the_positive_free_ones() -> None:
    words = query('云帆 -海尔 "a b" status:active (x OR y) purchases(z)').words
    assert [(word.raw, word.phrase) for word in words] == [
        ("云帆", False),
        ("a b", True),
        ("x", False),
        ("y", False),
    ]
    assert query("  ").is_empty
    assert not query("x").is_empty
