"""Industries: the national table, colloquial words, and what is left alone."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.normalize import industry
from textcrm.normalize.industry import find_industry, industry_name, industry_suggestions

if TYPE_CHECKING:
    from pathlib import Path


def _code(text: str) -> str | None:
    found = find_industry(text)
    return found.code if found else None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I65", "I65"),
        ("i65", "I65"),
        ("65", "I65"),
        ("6513", "I65"),
        ("I6513", "I65"),
        ("Ｉ６５", "I65"),
        ("C", "C"),
        ("软件和信息技术服务业", "I65"),
        ("软件和信息技术服务业（I65）", "I65"),
        ("I65 软件和信息技术服务业", "I65"),
        ("IT服务", "I65"),
        ("it", "I65"),
        ("做IT的", "I65"),
        ("我们是做软件的", "I65"),
        ("软件公司", "I65"),
        ("Software", "I65"),
        ("零售", "F52"),
        ("零售业", "F52"),
        ("F52 零售业", "F52"),
        ("制造业", "C"),
        ("制造", "C"),
        ("农、林、牧、渔业", "A"),
        ("农林牧渔业", "A"),
        ("电商", "F52"),
        ("餐饮", "H62"),
        ("餐饮行业", "H62"),
        ("开饭店的", "H62"),
        ("物流", "G54"),
        ("教育培训", "P83"),
        ("外贸", "F51"),
        ("建材", "F51"),
        ("修车的", "O81"),
        ("互联网", "I64"),
        # A section and its only division share a name: the division.
        ("教育", "P83"),
        ("房地产业", "K70"),
        ("金融业", "J"),
    ],
)
def test_words_for_industries(text: str, code: str) -> None:
    assert _code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "科技",
        "其他",
        "玄学",
        "A65",
        "6510x",
        "99",
        "I65 零售业",
        "IT服务/零售",
        "C13-C14",
        "x" * 999,
    ],
)
def test_what_is_no_industry_is_left_alone(text: str) -> None:
    assert find_industry(text) is None


def test_suggestions_for_a_vague_word() -> None:
    assert "I65" in [one.code for one in industry_suggestions("科技")]
    assert [one.code for one in industry_suggestions("IT服务/零售")] == ["I65", "F52"]
    assert industry_suggestions("") == []


def test_the_table_is_the_standards(shared_data: Path) -> None:
    with (shared_data / "gbt4754-2017.csv").open(encoding="utf-8-sig") as file:
        rows = {row["code"]: row["name"].strip() for row in csv.DictReader(file)}
    assert len(rows) == 20 + 97
    assert industry._names() == rows


def test_every_official_name_and_code_is_found() -> None:
    for code, name in industry._names().items():
        assert industry_name(code) == name
        assert _code(code) == code
        assert _code(f"{code} {name}") == code
        found = _code(name)
        assert found == code or (len(code) == 1 and found is not None and found[0] == code)


def test_every_colloquial_word_has_one_code_of_the_table() -> None:
    seen: dict[str, str] = {}
    for code, words in industry._rows("industry_words.csv"):
        assert industry_name(code), code
        for word in words.split():
            assert seen.setdefault(industry._key(word), code) == code, word


@settings(deadline=None, max_examples=100)
@given(
    st.text()
    | st.sampled_from(["做", "的", "行业", "I65", "软件", "业"]).flatmap(
        lambda word: st.text().map(word.__add__)
    )
)
def test_no_text_breaks_it_and_a_code_stays(text: str) -> None:
    found = find_industry(text)
    industry_suggestions(text)
    if found:
        assert find_industry(found.code) == found
        assert industry_name(found.code) == found.name
