"""The query language: what it finds, and what it says about mistakes."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from searching import TODAY, doc, finds, query, schema

from textcrm.errors import Misuse
from textcrm.query import Doc, Query, parse, quote
from textcrm.query.dates import Period, read_age, read_period
from textcrm.query.fold import find_word, fold, phone_fragment
from textcrm.query.names import names_of
from textcrm.query.pinyin import find_pinyin
from textcrm.record import derive
from textcrm.schema import Schema, default_schema_text
from textcrm.search import ScanBackend, group

if TYPE_CHECKING:
    from pathlib import Path

YUNFAN = doc(
    "C20240301001",
    name="北京云帆科技有限公司",
    aliases=["Yunfan Tech"],
    owner="wang-fang",
    type="prospect",
    status="active",
    industry="I65",
    tags=["重点客户", "VIP"],
    notes="谈了运维服务,器材下周报价",
    contacts=[
        {
            "id": "k3f9",
            "name": "单雄信",
            "title": "采购经理",
            "phones": [{"number": "+8613800138000"}, {"number": "010-6555 1234 转 801"}],
            "emails": [{"address": "shan.xiongxin@yunfan-tech.com"}],
            "birthday": "1984-06-16",
            "gender": "male",
            "id_number": "11010519491231002X",
        },
        {"id": "a1b2", "name": "曾静"},
    ],
    addresses=[{"province": "广东省", "city": "深圳市", "region_code": "440305"}],
    interactions=[
        {
            "at": "2024-05-01",
            "summary": "上门演示",
            "next": {"what": "寄样品", "due": "2024-06-18"},
        }
    ],
    purchases=[
        {"date": "2024-05-03", "product": "服务器", "amount": "12000"},
        {"date": "2024-04-03", "product": "交换机", "amount": "800"},
    ],
    contracts=[{"number": "HT-2024-007", "ends": "2024-08-01", "amount": "99999"}],
    size={"employees": {"min": "50", "max": "100", "text": "50-100人"}},
    custom={"colour": "red", "weight": "12.5"},
    bank_account={"sealed": "finance@1", "age": "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+I"},
)
MULLER = doc("C20240610001", name="Müller & Söhne GmbH", notes="two boxes of batteries, customers")
ARCHIVED = doc("C20230101001", name="旧客户", archived={"on": "2024-01-01", "reason": "倒闭"})
PEOPLE = {"wang-fang": "王芳", "li-na": "李娜"}


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


def mistake_of(text: str, **options: Any) -> Misuse:
    with pytest.raises(Misuse) as caught:
        query(text, **options)
    assert caught.value.code == "query-syntax"
    return caught.value


def shown(error: Misuse) -> tuple[str, str]:
    return str(error.data["excerpt"]), str(error.data["caret"])


def test_view_cycles_are_refused() -> None:
    views = {"a": "x @b", "b": "-@a", "c": "@c"}
    assert mistake_of("@a", views=views).data["problem"] == "view-cycle"
    assert mistake_of("@c", views=views).data["problem"] == "view-cycle"


def test_views_cannot_multiply() -> None:
    views = {"v0": "x y"} | {f"v{n}": f"@v{n - 1} @v{n - 1}" for n in range(1, 40)}
    assert mistake_of("@v39", views=views).data["problem"] == "too-many-terms"


@pytest.mark.parametrize(
    ("text", "problem", "position"),
    [
        ('云帆 "科技', "open-quote", 3),
        ("“科技", "open-quote", 0),
        ('name:"x', "open-quote", 5),
        ("(a b", "unclosed-parenthesis", 0),
        ("a) b", "unopened-parenthesis", 1),
        ("a OR", "nothing-there", 4),
        ("OR a", "nothing-there", 0),
        ("a AND OR b", "nothing-there", 6),
        ("()", "nothing-there", 1),
        ("status:", "no-value", 7),
        ("status:>", "no-value", 8),
        ("云帆 stauts:active", "unknown-field", 3),
        ("has:emial", "unknown-field", 4),
        ("purchases(prodct:x)", "unknown-field", 10),
        ("状态:合作", "unknown-value", 3),
        ("status:(active OR pausd)", "unknown-value", 18),
        ("created:2024-13", "bad-date", 8),
        ("created:2024-05..x", "bad-date", 8),
        ("due:>zz", "bad-date", 5),
        ("amount:>abc", "bad-number", 8),
        ("custom.x:>abc", "bad-number", 10),
        ("name:>5", "no-order", 6),
        ("is:name", "no-state", 3),
        ("do_not_contact:perhaps", "bad-boolean", 15),
        ("owner:me", "me-unknown", 6),
        ("@nosuch", "unknown-view", 0),
        ("(" * 60 + "a" + ")" * 60, "too-deep", 50),
        ("a " * 300, "too-many-terms", 400),
        ("a" * 20_000, "too-long", 10_240),
    ],
)
def test_mistakes_point_and_suggest(text: str, problem: str, position: int) -> None:
    error = mistake_of(text)
    assert (error.data["problem"], error.data["position"]) == (problem, position)
    assert error.data["query"] == text
    for language in ("en", "zh"):
        assert error.say(language)
        assert "{" not in error.say(language)
        assert "{" not in (error.say_hint(language) or "")
    excerpt, caret = shown(error)
    assert caret.endswith("^")
    assert "\n" not in excerpt


def test_suggestions() -> None:
    assert mistake_of("stauts:active").data["suggestion"] == "status"
    assert mistake_of("状态:合作").data["suggestion"] == "合作中"
    assert mistake_of("last_conact:>3d").data["suggestion"] == "last_contact"
    assert mistake_of("@久未", views={"久未联系": "x"}).data["suggestion"] == "久未联系"
    assert "合作中" in (mistake_of("状态:xyz").say_hint("zh") or "")


def test_caret_stands_under_wide_text() -> None:
    error = mistake_of("云帆科技 stauts:active")
    assert shown(error)[1] == " " * 9 + "^"
    excerpt, _ = shown(mistake_of("云" * 200 + " stauts:x " + "帆" * 200))
    assert excerpt.startswith("…")
    assert excerpt[41:].startswith("stauts")


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


@pytest.mark.parametrize(
    "text", ["http://x.y", "12:30", "a=b", "<b>", "::", ":)x"[:2], "C++", "-", "@", "*", "a\\b"]
)
def test_odd_words_are_words(text: str) -> None:
    if text == ":)":
        assert mistake_of(text).data["problem"] == "unopened-parenthesis"
    else:
        assert finds(text, doc(name=f"x {text} y"))


def test_every_naughty_string_is_found_by_its_quoted_search(shared_data: Path) -> None:
    strings = json.loads((shared_data / "text" / "blns.json").read_text(encoding="utf-8"))
    others = [doc(name="云帆"), doc(name="")]
    for text in strings:
        if text.strip():
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            assert finds(f'"{escaped}"', doc(name=text)), text
            assert finds(quote(text), doc(name="x", notes=text)), text
            if len(fold(text)) > 1:
                assert not any(finds(quote(text), other) for other in others), text


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
PIECES = st.sampled_from(
    ["(", ")", "（", '"', "“", "”", "\\", ":", "：", "-", "OR", "或", "NOT", "|", "@", "*", ">", "<=", "..", " ",
     "status", "状态", "合作中", "last_contact", "30d", "amount", "purchases", "has", "is", "no", "archived",
     "any", "2024-05", "云帆", "zs", "138", "0013", "a", "custom.x", "owner", "me", "size", "age", "tag", ","]
)  # fmt: skip


@settings(deadline=None)
@given(ANY_TEXT.filter(lambda text: text.strip()))
@example("\u0345")
@example("\u200b")
@example("ﷺ")
@example("\u1e9e\u0130")
def test_quoted_text_is_found(text: str) -> None:
    assert finds(quote(text), doc(name=text))


@settings(deadline=None, max_examples=400)
@given(st.one_of(ANY_TEXT, st.lists(PIECES, max_size=25).map("".join)))
def test_every_string_parses_or_explains_itself(text: str) -> None:
    found = read_or_explained(text, views={"a": "云帆"})
    for record in (YUNFAN, MULLER, ARCHIVED):
        if found:
            found.matches(record)


def read_or_explained(text: str, **options: Any) -> Query | None:
    try:
        return query(text, **options)
    except Misuse as mistake:
        error = mistake
    data: dict[str, Any] = error.data
    assert error.code == "query-syntax"
    assert 0 <= data["position"] <= len(data["query"])
    assert error.say("zh")
    assert error.say("en")
    return None


@settings(deadline=None)
@given(ANY_TEXT)
@example("\u0344")
@example("ΐ")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "text",
    ["a" * 10_000, "*" * 10_000, "(" * 10_000, '"' * 10_000, "-" * 10_000, "1" * 10_000, "a:" * 5_000,
     "a|" * 5_000, "\\" * 10_000, "@" * 10_000, "created:" + "9" * 10_000, "amount:>" + "9" * 10_000,
     "amount:" + "9," * 5_000, "phone:" + "+-" * 4_000, "s" * 10_000, "状态:" + "a," * 4_000,
     "created:" + "1d" * 4_000, "1 " * 199, "1" * 9_000 + "x", "phone:" + "(1" * 4_000 + "x", "ａ" * 10_000, "\u0301" * 10_000],
)  # fmt: skip
def test_no_query_takes_long(text: str) -> None:
    record = doc(
        name="a" * 20_000,
        notes=("a" * 50 + "s ") * 400,
        contacts=[{"phones": [{"number": "1" * 5000}]}],
    )
    begun = time.process_time()
    if found := read_or_explained(text):
        found.matches(record)
    assert time.process_time() - begun < 1


ODD = st.recursive(
    st.one_of(st.none(), st.sampled_from(["", "云帆", "2024-05-01", "12", "yes", "x y"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["name", "phones", "number", "amount", "min", "at", "sealed", "age", "x"]), inner, max_size=3),
    ),
    max_leaves=8,
)  # fmt: skip
TOP = st.sampled_from([field.name for field in schema().fields])
ASKED = ["云帆", "1234", "zs", "contacts:云", "amount:>1", "size.employees:>1", "tag:x", "status:active", "has:contacts",
         "purchases(amount:>1 date:2024)", "archived:any", "phone:12", "name:zs", "custom.x:>1", "owner:x", "age:>3",
         "region:44", "do_not_contact:no", '"x y"', "interactions.at:2024", "industry:软件"]  # fmt: skip


@settings(deadline=None)
@given(st.dictionaries(TOP, ODD, max_size=4), st.sampled_from(ASKED))
def test_records_of_any_shape_are_asked(raw: dict[str, Any], text: str) -> None:
    odd = Doc("C20240101001", schema().typed(raw), dict, schema(), today=TODAY)
    ScanBackend().search(query(text), [odd], archived=True, sort=["name", "-amount", "contacts"])
    ScanBackend().facets(query(""), [odd], ["contacts", "tags", "age_band"], archived=True)
    group([odd], ["contacts.name", "size"], sums=["purchases.amount"])


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
