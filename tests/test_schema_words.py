"""Words for fields and values: names, labels, aliases, and what to suggest for a wrong one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.errors import Misuse
from textcrm.schema import Field, Schema, default_schema_text, folded
from textcrm.text import Language

SCHEMA = Schema.from_json(default_schema_text())
FIELDS = list(SCHEMA.walk())


def small(properties: dict[str, Any]) -> Schema:
    """A schema of some properties."""
    return Schema.from_json(json.dumps({"properties": properties}))


def field(*path: str) -> Field:
    found = SCHEMA.at(path)
    assert found is not None, path
    return found


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("status", "status"),
        ("Status", "status"),
        ("合作状态", "status"),
        ("状态", "status"),
        (" ＳＴＡＴＵＳ ", "status"),
        ("客户名称", "name"),
        ("所属行业", "industry"),
        ("客户来源", "source"),
        ("Lead Source", "source"),
        ("LeadSource", "source"),
        ("核心需求", "needs"),
        ("客户核心需求", "needs"),
        ("跟进人", "owner"),
        ("客户标签", "tags"),
        ("客户类型", "type"),
        ("客户规模", "size"),
        ("首次合作时间", "first_cooperation"),
        ("最近合作时间", "last_cooperation_stated"),
        ("合作产品/服务名称", "products"),
        ("first-cooperation", "first_cooperation"),
        ("Account Name", "name"),
        ("value tier", "value_tier"),
    ],
)
def test_find_by_name_label_and_alias(word: str, name: str) -> None:
    found = SCHEMA.find(word)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("联系人姓名", "contacts/name"),
        ("联系方式", "contacts/phones/number"),
        ("电子邮箱", "contacts/emails/address"),
        ("决策角色", "contacts/role"),
        ("最近跟进日期", "interactions/at"),
        ("沟通内容摘要", "interactions/summary"),
        ("客户反馈", "interactions/feedback"),
        ("下一步计划", "interactions/next"),
        ("合同金额", "contracts/amount"),
        ("微信号", "contacts/social/wechat"),
    ],
)
def test_the_headers_of_the_total_table_have_their_field(word: str, path: str) -> None:
    expected = field(*path.split("/"))
    assert expected.within is not None
    assert SCHEMA.find(word, expected.within) is expected


@settings(deadline=None)
@given(st.sampled_from(FIELDS), st.sampled_from([str.upper, str.title, lambda word: f"  {word} "]))
def test_every_word_of_a_field_finds_it(one: Field, spelled: Callable[[str], str]) -> None:
    for word in (one.name, one.label.zh, one.label.en, *one.aliases):
        assert SCHEMA.find(spelled(word), one.within) is one


@settings(deadline=None)
@given(st.sampled_from([one for one in FIELDS if one.enum]), st.data())
def test_every_word_of_a_value_finds_it(one: Field, data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(one.enum))
    for word in (value.code, value.label.zh, value.label.en, *value.aliases):
        assert one.enum_value(word) is value
        assert one.enum_value(f" {word.upper()}　") is value


@settings(deadline=None)
@given(st.text())
def test_no_word_breaks_the_search(word: str) -> None:
    found = SCHEMA.find(word)
    assert found is None or folded(word)
    field("status").enum_value(word)


def test_a_name_beats_a_label_and_a_label_an_alias() -> None:
    schema = small(
        {
            "a": {"title": "b · B", "x-textcrm": {"aliases": ["c", "d"]}},
            "b": {"title": "d · D"},
            "c": {},
            "a_b": {},
            "ab": {},
        }
    )
    names = {word: schema.require(word).name for word in ("b", "c", "d", "a_b", "ab")}
    assert names == {"b": "b", "c": "c", "d": "b", "a_b": "a_b", "ab": "ab"}


def test_codes_are_exact_before_they_are_folded() -> None:
    schema = small({"x": {"enum": ["A-1", "A1", "-1", "1"]}})
    codes = [schema.require("x").enum_value(word) for word in ("A-1", "A1", "a1", "-1", "1", "-")]
    assert [value and value.code for value in codes] == ["A-1", "A1", "A-1", "-1", "1", None]


def test_an_unknown_word_gets_a_suggestion() -> None:
    with pytest.raises(Misuse) as caught:
        SCHEMA.require("stauts")
    assert caught.value.code == "unknown-field"
    assert str(caught.value.say_hint("zh")).startswith("是不是 合作状态（status）")
    assert "Status (status)" in str(caught.value.say_hint("en"))
    with pytest.raises(Misuse) as caught:
        SCHEMA.require("姓明", field("contacts"))
    assert caught.value.say("zh") == "联系人中没有字段“姓明”"
    with pytest.raises(Misuse) as caught:
        SCHEMA.require("zzzzzz{}", field("credit"))
    assert caught.value.say_hint("en") == ("fields: Limit (limit), Days (days), Rating (rating)")


def test_the_nearest_fields_are_few_and_lie_at_any_depth() -> None:
    def hint(word: str, language: Language) -> str:
        return str(SCHEMA.unknown(word).say_hint(language))

    assert "号码（contacts/phones/number）" in hint("联系电号", "zh")
    assert "（purchases/date）" in hint("日期", "zh")
    assert hint("标鉴", "zh").startswith("是不是 标签（tags）、")
    assert hint("没这个", "zh") == "全部字段见 textcrm help fields"
    assert hint("zzzzzz", "en") == "all fields: textcrm help fields"
    for word in ("联系电号", "日期", "contact", "客户", "amuont"):
        assert hint(word, "zh").count("（") <= 3


def test_order_is_the_schemas() -> None:
    assert SCHEMA.order()[:3] == ("id", "uid", "name")
    assert SCHEMA.order(("contacts", 0, "phones", 1))[:2] == ("id", "number")
    assert SCHEMA.order(("interactions", "k3f9", "next")) == ("what", "due", "done")
    assert SCHEMA.order(("nothing",)) == ()


def test_other_is_written_in_two_ways() -> None:
    value = field("source").enum_value("其它")
    assert value is not None
    assert value.code == "other"
