"""E-mail, tags, masks, and the texts of the package."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.errors import Misuse
from textcrm.normalize.email import parse_email
from textcrm.normalize.masks import mask
from textcrm.normalize.tags import split_names, split_tags


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("wang@example.com", "wang@example.com"),
        ("Wang.Fang@Example.COM", "Wang.Fang@example.com"),
        (" wang@example.com ", "wang@example.com"),
        ("wang＠example.com", "wang@example.com"),
        ("Wang Fang <wang@example.com>", "wang@example.com"),
        ('"Wang, Fang" <wang@example.com>', "wang@example.com"),
        ("mailto:wang@example.com", "wang@example.com"),
        ("张伟@example.com", "张伟@example.com"),
        ("a@例子.中国", "a@例子.中国"),
    ],
)
def test_addresses(text: str, stored: str) -> None:
    assert parse_email(text) == stored
    assert parse_email(stored) == stored


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a@",
        "@b.com",
        "a@b",
        "abc",
        "a@@b.com",
        "a b@c.com",
        "a@b.com, c@d.com",
        "x@y.test",
        "a@b..com",
        "a@" + "b" * 9999,
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse_email(text)
    assert caught.value.code == "email-invalid"
    assert len(caught.value.say("zh")) < 160


@settings(deadline=None, max_examples=100)
@given(st.text() | st.emails() | st.text('ab@.<> "＠', max_size=12))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        stored = parse_email(text)
    except Misuse:
        return
    assert parse_email(stored) == stored


def test_tags_are_split() -> None:
    assert split_tags("A、B，C;D； E ,A\nF") == ["A", "B", "C", "D", "E", "F"]
    assert split_tags(" 、") == []
    assert split_tags("高意向 技术型") == ["高意向 技术型"]


def test_names_keep_their_commas() -> None:
    assert split_names("Acme, Inc.、云栖；Bosch") == ["Acme, Inc.", "云栖", "Bosch"]


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        ("phone", "+8613812345678", "138****5678"),
        ("phone", "13812345678", "138****5678"),
        ("phone", "+861065051166", "010****1166"),
        ("phone", "+8675588886666;ext=8012", "075****6666"),
        ("phone", "+864008001024", "400****1024"),
        ("phone", "+14125676602", "+141****6602"),
        ("phone", "138****5678", "138****5678"),
        ("phone", "95588", "****"),
        ("email", "wang@example.com", "w***@example.com"),
        ("email", "nonsense", "****"),
        ("name", "张三", "张*"),
        ("name", "王小明", "王**"),
        ("name", "欧阳娜娜", "欧阳**"),
        ("name", "张", "张*"),
        ("name", "云栖科技有限公司", "云栖****"),
        ("name", "John Smith", "J*** S***"),
        ("id_number", "11010119900101001X", "1****************X"),
        ("id_number", "E12345", "****"),
        ("bank_account", "6222021234567890123", "****0123"),
        ("bank_account", "12345", "****"),
        ("address", "浙江省杭州市余杭区文一西路969号", "浙江省杭州市余杭区****"),
        ("address", "Obere Str. 57", "****"),
        ("text", "anything", "****"),
        ("text", "any", "****"),
        ("phone", "", ""),
    ],
)
def test_masks(kind: str, text: str, masked: str) -> None:
    assert mask(kind, text) == masked


@settings(deadline=None)
@given(
    st.sampled_from(
        ["phone", "email", "name", "id_number", "bank_account", "address", "street", "text"]
    ),
    st.text(),
)
def test_masks_hide(kind: str, text: str) -> None:
    shown = mask(kind, text)
    assert "*" in shown or not text
    assert len([char for char in shown if char.isdigit()]) <= 8 or kind in ("email", "address")
