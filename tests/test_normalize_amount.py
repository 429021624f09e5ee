"""Amounts and sizes as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.errors import Misuse
from textcrm.normalize.amount import (
    find_currency,
    parse_amount,
    parse_amount_with_currency,
    parse_number,
    parse_size,
)
from textcrm.normalize.numerals import read_numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12000", "12000"),
        ("0", "0"),
        ("0.5", "0.5"),
        ("12000.50", "12000.50"),
        ("￥12,000.50", "12000.50"),
        ("¥5000元", "5000"),
        ("12，000", "12000"),
        ("1,234,567", "1234567"),
        ("5万", "50000"),
        ("５万", "50000"),
        ("5万元", "50000"),
        ("1.2亿", "120000000"),
        ("5千", "5000"),
        ("5百万", "5000000"),
        ("5千万", "50000000"),
        ("3万5千", "35000"),
        ("1亿2000万", "120000000"),
        ("人民币5万元", "50000"),
        ("RMB 300", "300"),
        ("300 CNY", "300"),
        ("约5万", "50000"),
        ("5万左右", "50000"),
        ("about 5k", "5000"),
        ("3w", "30000"),
        ("1.5 million", "1500000"),
        ("100元整", "100"),
        ("三万五千", "35000"),
        ("两百", "200"),
        ("一亿二千万", "120000000"),
        ("壹佰贰拾叁元整", "123"),
        ("壹仟贰佰叁拾肆元伍角陆分", "1234.56"),
        ("3块5毛", "3.5"),
        ("-500", "-500"),
        ("−500", "-500"),
        ("¥-5", "-5"),
        ("+5", "5"),
    ],
)
def test_amounts_in_yuan(text: str, value: str) -> None:
    amount = parse_amount(text)
    assert format(amount, "f") == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "万",
        "5万+",
        "5万以上",
        "5-8万",
        "5万5",
        "二百五",
        "五百三千",
        "12.000,50",
        "1,2",
        "12,00,000",
        "1.2.3",
        "1e5",
        "(500)",
        "10万余",
        "¥5美元",
        "NaN",
        "Infinity",
        "9" * 30,
        "9" * 10_000,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse_amount(text)
    assert caught.value.code == "amount-unreadable"
    assert len(caught.value.say("zh")) < 120


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("$1,000.50", "1000.50", "USD"),
        ("500 USD", "500", "USD"),
        ("US$500", "500", "USD"),
        ("€300", "300", "EUR"),
        ("HK$1万", "10000", "HKD"),
        ("500美元", "500", "USD"),
        ("￥500", "500", "CNY"),
        ("500", "500", None),
    ],
)
def test_currencies(text: str, value: str, currency: str | None) -> None:
    assert parse_amount_with_currency(text) == (Decimal(value), currency)


def test_another_currency_is_no_yuan() -> None:
    with pytest.raises(Misuse) as caught:
        parse_amount("$500")
    assert caught.value.code == "amount-currency"
    assert "USD" in (caught.value.say_hint("zh") or "")


@pytest.mark.parametrize(
    ("text", "code"),
    [("人民币", "CNY"), ("rmb", "CNY"), ("$", "USD"), ("usd", "USD"), ("贝壳", None)],
)
def test_currency_words(text: str, code: str | None) -> None:
    assert find_currency(text) == code


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("廿五", 25),
        ("一百零五", 105),
        ("一百一十五", 115),
        ("两百", 200),
        ("一千零一", 1001),
        ("三千五百", 3500),
        ("一万零五", 10005),
        ("二〇二四", 2024),
        ("007", 7),
        ("一百五", None),
        ("三千五", None),
        ("百", None),
        ("五百三千", None),
        ("一百十五", None),
        ("零零", None),
        ("", None),
        ("abc", None),
    ],
)
def test_chinese_numerals(text: str, value: int | None) -> None:
    assert read_numeral(text) == value


def test_numerals_agree_with_cn2an() -> None:
    cn2an = pytest.importorskip("cn2an")
    for number in [
        *range(1000),
        1001,
        1010,
        1100,
        9999,
        10_000,
        10_001,
        10_010,
        120_000_000,
        305_000_807,
    ]:
        for mode in ("low", "up"):
            assert read_numeral(cn2an.an2cn(number, mode)) == number


def _size(text: str) -> dict[str, tuple[int | None, int | None]]:
    return {name: (part["min"], part["max"]) for name, part in parse_size(text).items()}


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("50-100人", 50, 100),
        ("50~100人", 50, 100),
        ("50到100人", 50, 100),
        ("50人-100人", 50, 100),
        ("50-100", 50, 100),
        ("1,000-5,000人", 1000, 5000),
        ("500人以上", 500, None),
        ("1000+人", 1000, None),
        ("10000人+", 10000, None),
        ("over 500 people", 500, None),
        ("20人以下", None, 20),
        ("不足20人", None, 20),
        ("约200人", 200, 200),
        ("200人左右", 200, 200),
        ("五十人", 50, 50),
        ("员工50人", 50, 50),
        ("规模：100-499人", 100, 499),
        ("50 to 100 employees", 50, 100),
    ],
)
def test_sizes_in_people(text: str, low: int | None, high: int | None) -> None:
    assert _size(text) == {"employees": (low, high)}
    assert parse_size(text)["employees"]["text"] == text


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("年营收5000万+", 50_000_000, None),
        ("年营收1-2亿", 100_000_000, 200_000_000),
        ("100万-500万", 1_000_000, 5_000_000),
        ("50-100万元", 500_000, 1_000_000),
        ("营收超过1亿", 100_000_000, None),
        ("年销售额约3000万元", 30_000_000, 30_000_000),
        ("annual revenue 5 million", 5_000_000, 5_000_000),
    ],
)
def test_sizes_in_money(text: str, low: int | None, high: int | None) -> None:
    assert _size(text) == {"annual_revenue": (low, high)}


def test_both_sizes_in_one_text() -> None:
    assert _size("50-100人、年营收5000万+") == {
        "employees": (50, 100),
        "annual_revenue": (50_000_000, None),
    }
    for between in "，；/／":
        assert set(_size(f"50-100人{between}年营收5000万+")) == {"employees", "annual_revenue"}
    assert _size("年销售额5000万以上, 员工200人") == {
        "annual_revenue": (50_000_000, None),
        "employees": (200, 200),
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "大",
        "微型",
        "100-50人",
        "1.5人",
        "注册资金500万",
        "50人、60人",
        "年营收50人",
        "-5人",
        "$5000万",
    ],
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse_size(text)
    assert caught.value.code == "size-unreadable"


_PIECES = st.sampled_from(
    [*"0123456789,.万亿千百元¥$+-约人 ", "人民币", "以上", "年营收", "million", "三", "十"]
)


@settings(deadline=None, max_examples=100)
@given(st.text() | st.lists(_PIECES, max_size=9).map("".join))
def test_no_text_raises_anything_else_and_output_is_a_fixed_point(text: str) -> None:
    try:
        value = parse_amount(text)
    except Misuse:
        pass
    else:
        assert value.is_finite()
        assert parse_amount(format(value, "f")) == value
        assert "E" not in str(value)
    number = parse_number(text)
    assert number is None or number.is_finite()
    try:
        size = parse_size(text)
    except Misuse:
        return
    for part in size.values():
        assert part["min"] is None or part["max"] is None or 0 <= part["min"] <= part["max"]


@settings(deadline=None)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_plain_numbers_are_read_exactly(value: Decimal) -> None:
    assert parse_amount(format(value, "f")) == value
    assert parse_amount(f"￥{abs(value):,.2f}") == abs(value)
