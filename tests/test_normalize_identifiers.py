"""Checksums: 统一社会信用代码 and 居民身份证, with the numbers that libraries get wrong."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.normalize.identifiers import (
    _id_check,
    check_resident_id,
    check_uscc,
    is_customer_id,
    is_person_id,
    resident_id_18,
    resident_id_facts,
)

TODAY = dt.date(2024, 5, 15)


def _resident(region: str, birth: str = "19900101", order: str = "001") -> str:
    number = region + birth + order
    return number + _id_check(number)


@pytest.mark.parametrize(
    "text",
    [
        "91440300708461136T",
        "914403001922038216",
        "91440300708461136t",
        "9144 0300 7084 6113 6T",
        "９１４４０３００７０８４６１１３６Ｔ",
    ],
)
def test_real_credit_codes(text: str) -> None:
    assert check_uscc(text) is None


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("91440300708461137T", "checksum"),
        ("91440300708461136O", "characters"),
        ("9144030070846I136T", "characters"),
        ("9144030070846", "length"),
        ("", "length"),
    ],
)
def test_wrong_credit_codes(text: str, flaw: str) -> None:
    found = check_uscc(text)
    assert found is not None
    assert found.code == flaw
    assert str(found) == flaw
    assert text == "" or text not in found.message.en


@pytest.mark.parametrize(
    "region", ["350582", "440306", "330110", "530181", "330113", "330114", "441901"]
)
def test_numbers_issued_before_their_county_are_right(region: str) -> None:
    assert check_resident_id(_resident(region), today=TODAY) is None


def test_the_standards_own_sample() -> None:
    assert check_resident_id("440524188001010014", today=TODAY) is None


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        (_resident("110101", "20990101"), "date"),
        (_resident("110101", "20240516"), "date"),
        (_resident("110101", "19900230"), "date"),
        (_resident("990101"), "region"),
        ("440524188001010015", "checksum"),
        ("44052418800101001A", "characters"),
        ("4405241880", "length"),
    ],
)
def test_wrong_resident_ids(text: str, flaw: str) -> None:
    found = check_resident_id(text, today=TODAY)
    assert found is not None
    assert found.code == flaw
    assert text not in found.message.en + found.message.zh


def test_the_old_form_of_fifteen_digits() -> None:
    assert check_resident_id("130503670401001", today=TODAY) is None
    assert resident_id_18("130503670401001") == "130503196704010016"


def test_facts() -> None:
    facts = resident_id_facts("130503670401001", today=TODAY)
    assert facts == (dt.date(1967, 4, 1), "male", "河北省")
    female = resident_id_facts(_resident("110101", order="002"), today=TODAY)
    assert female is not None
    assert female.sex == "female"
    assert resident_id_facts("440524188001010015") is None


def test_width_case_and_spaces_do_not_matter() -> None:
    number = next(
        one
        for one in (_resident("110101", order=f"{order:03}") for order in range(50))
        if one[17] == "X"
    )
    assert check_resident_id(f"{number[:6]} {number[6:].lower()}", today=TODAY) is None


def test_customer_ids() -> None:
    assert is_customer_id("C20240501001")
    assert is_customer_id("C202405011234")
    for text in (
        "C20240532001",
        "C2024050101",
        "c20240501001",
        "C20240501001 ",
        "../x",
        "C２0240501001",
    ):
        assert not is_customer_id(text)


def test_person_ids() -> None:
    assert is_person_id("wang-fang")
    for text in ("", "-x", "1x", "Wang", "王芳", "a b"):
        assert not is_person_id(text)


@settings(deadline=None, max_examples=100)
@given(st.text() | st.text("0123456789X", min_size=15, max_size=18))
def test_no_text_breaks_them(text: str) -> None:
    check_uscc(text)
    check_resident_id(text, today=TODAY)
    resident_id_facts(text, today=TODAY)
    is_customer_id(text)


@settings(deadline=None)
@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place: int, shift: int) -> None:
    number = _resident("330110")
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert check_resident_id(wrong, today=TODAY) is not None
