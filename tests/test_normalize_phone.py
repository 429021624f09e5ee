"""Phones: E.164, what stays text, and every trap of real cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.normalize.phone import Phone, parse_phone, split_phones

if TYPE_CHECKING:
    from pathlib import Path

MOBILES = [
    "13812345678",
    "138 1234 5678",
    "138-1234-5678",
    "+8613812345678",
    "+86 138 1234 5678",
    "(+86)13812345678",
    "008613812345678",
    "8613812345678",
    "86-13812345678",
    "１３８１２３４５６７８",
    "电话:13812345678",
    "电话：138 1234 5678",
    "手机号码：13812345678",
    "Tel: 13812345678",
    "tel:+8613812345678",
    "13812345678.0",
    "1.3812345678E+10",
    '="13812345678"',
    "'13812345678",
    "138\u200b12345678",
    "13812345678。",
]


@pytest.mark.parametrize("text", MOBILES)
def test_the_ways_to_write_a_mobile(text: str) -> None:
    assert parse_phone(text) == Phone("+8613812345678", None, "mobile", text)


@pytest.mark.parametrize("prefix", ["199", "192", "166", "145", "130"])
def test_new_prefixes_are_mobiles(prefix: str) -> None:
    assert parse_phone(f"{prefix}12345678").kind == "mobile"


@pytest.mark.parametrize(
    ("text", "stored", "kind"),
    [
        ("010-65051166", "+861065051166", "landline"),
        ("021 61947163", "+862161947163", "landline"),
        ("0755-88886666", "+8675588886666", "landline"),
        ("+86 (0)10 65051166", "+861065051166", "landline"),
        ("0531-3232-4236", "+8653132324236", "landline"),
        ("0755-88886666-8012", "+8675588886666;ext=8012", "landline"),
        ("0086-138-0013-8000", "+8613800138000", "mobile"),
        ("86-138-0013-8000", "+8613800138000", "mobile"),
        ("86-10-6555-1234-22", "+861065551234;ext=22", "landline"),
        ("020-3456 7890-801", "+862034567890;ext=801", "landline"),
        ("(021)5888-1234-12", "+862158881234;ext=12", "landline"),
        ("0755-88886666转8012", "+8675588886666;ext=8012", "landline"),
        ("0755-88886666 分机 8012", "+8675588886666;ext=8012", "landline"),
        ("(0755)88886666 ext. 12", "+8675588886666;ext=12", "landline"),
        ("0755-88886666,8012", "+8675588886666;ext=8012", "landline"),
        ("400-800-1024", "+864008001024", "service"),
        ("400-800-1024-12", "+864008001024;ext=12", "service"),
        ("800-830-3202", "+868008303202", "service"),
        ("95588", "95588", "service"),
        ("12345", "12345", "service"),
        ("110", "110", "service"),
        ("10086", "10086", "service"),
        ("021-95561", "021-95561", "service"),
        ("1068915371004053", "1068915371004053", "service"),
        ("+1 412-567-6602", "+14125676602", "unknown"),
        ("+852 2288 0188", "+85222880188", "landline"),
    ],
)
def test_other_numbers(text: str, stored: str, kind: str) -> None:
    phone = parse_phone(text)
    assert (phone.stored, phone.kind, phone.problem) == (stored, kind, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("138****5678", "masked"),
        ("138＊＊＊＊5678", "masked"),
        ("1381xxxx5678", "masked"),
        ("*1395678", "masked"),
        ("1.38E+10", "scientific"),
        ("13812345678/13912345678", "several"),
        ("13812345678、13912345678", "several"),
        ("83461806", "no-area-code"),
        ("10012345678", "invalid"),
        ("12312345678", "invalid"),
        ("1381234567", "invalid"),
        ("abc", "invalid"),
        ("", "invalid"),
        ("9" * 10_000, "invalid"),
    ],
)
def test_odd_numbers_stay_as_typed(text: str, problem: str) -> None:
    phone = parse_phone(text)
    assert (phone.problem, phone.number, phone.kind) == (problem, text.strip(), "unknown")


def test_a_region_gives_its_numbers_a_prefix() -> None:
    assert parse_phone("(412) 567-6602", "US").number == "+14125676602"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("13812345678/13912345678", ["13812345678", "13912345678"]),
        ("13812345678、010-65051166；95588", ["13812345678", "010-65051166", "95588"]),
        ("13812345678\n13912345678", ["13812345678", "13912345678"]),
        ("13812345678 或 13912345678", ["13812345678", "13912345678"]),
        ("0755-88886666,8012", ["0755-88886666,8012"]),
        ("021/61947163", ["021/61947163"]),
        (" 13812345678 ", ["13812345678"]),
        ("", []),
    ],
)
def test_several_in_one_cell(text: str, parts: list[str]) -> None:
    assert split_phones(text) == parts


@settings(deadline=None, max_examples=100)
@given(st.text() | st.text("0123456789+-() 转/、*x.eE", max_size=24))
def test_no_text_breaks_it_and_its_output_is_a_fixed_point(text: str) -> None:
    phone = parse_phone(text)
    again = parse_phone(phone.stored)
    assert (again.stored, again.kind, again.problem) == (phone.stored, phone.kind, phone.problem)


def test_real_numbers(shared_data: Path) -> None:
    companies = json.loads((shared_data / "import/zh_companies.json").read_text("utf-8"))
    numbers = [number for company in companies for number in company["tel"]]
    odd = [number for number in numbers if parse_phone(number).problem]
    assert len(odd) <= len(numbers) * 0.01, odd
    customers = json.loads((shared_data / "import/zh_crm_customers.json").read_text("utf-8"))
    assert all(parse_phone(one["手机"]).kind == "mobile" for one in customers)
