"""Names: forms of address, vague ones, cleanliness, ids and sorting."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.normalize.names import (
    is_half_name,
    is_nobody,
    is_vague_name,
    name_oddities,
    parse_salutation,
    pinyin_key,
    slug,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "surname", "title"),
    [
        ("张经理", "张", "经理"),
        ("李总", "李", "总"),
        ("王主任", "王", "主任"),
        ("欧阳总监", "欧阳", "总监"),
        ("王工", "王", "工"),
        ("陈总工程师", "陈", "总工程师"),
        ("张总经理", "张", "总经理"),
        ("李副总经理", "李", "副总经理"),
        ("王销售经理", "王", "销售经理"),
        ("张先生", "张", "先生"),
        ("孙小姐", "孙", "小姐"),
        ("刘老师", "刘", "老师"),
        ("高工", "高", "工"),
        ("于总", "于", "总"),
        ("Mr. Smith", "Smith", "Mr."),
        ("Dr. Müller", "Müller", "Dr."),
    ],
)
def test_salutations(text: str, surname: str, title: str) -> None:
    assert parse_salutation(text) == (surname, title)
    assert not is_vague_name(text)
    assert name_oddities(text) == ["salutation"]


@pytest.mark.parametrize(
    "text",
    [
        "上官婉儿",
        "张三",
        "司马懿",
        "诸葛亮",
        "总经理",
        "经理",
        "采购经理",
        "新经理",
        "Mr. John Smith",
        "MS Legislature",
        "",
    ],
)
def test_no_salutations(text: str) -> None:
    assert parse_salutation(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "某先生",
        "某女士",
        "某某",
        "某*",
        "*先生",
        "先生",
        "女士",
        "总经理",
        "经理",
        "采购经理",
        "技术总监",
        "老板",
        "未知",
        "不详",
        "匿名",
        "N/A",
        "unknown",
        "Mr.",
        "xx先生",
        "",
        "  ",
    ],
)
def test_vague_names(text: str) -> None:
    assert is_vague_name(text)


@pytest.mark.parametrize(
    "text", ["张某", "张三", "张经理", "X公司", "总参", "东方航空", "Mr. Smith", "贾总"]
)
def test_names_that_say_who(text: str) -> None:
    assert not is_vague_name(text)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (" 张三", ["stray-space"]),
        ("张 三", ["stray-space"]),
        ("Acme  Ltd", ["stray-space"]),
        ("总经理", ["lone-title"]),
        ("某先生", ["vague-name"]),
        ("张某", ["masked-name"]),
        ("张**", ["masked-name"]),
        ("ＡＢＣ公司", ["mixed-width"]),
        ("云栖科技（上海)有限公司", ["mixed-width"]),
        ("\ufffd\ufffd公司", ["replacement-character"]),
        ("锟斤拷公司", ["mojibake"]),
        ("寮犱笁", ["mojibake"]),
        ("MÃ¼ller", ["mojibake"]),
        ("ÕÅÈý", ["mojibake"]),
        ("王\u200b芳", ["invisible-character"]),
        ("张三\x07", ["control-character"]),
    ],
)
def test_oddities(text: str, codes: list[str]) -> None:
    assert name_oddities(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "张三",
        "云栖科技（上海）有限公司",
        "Acme (Shanghai) Ltd",
        "Müller",
        "São Paulo",
        "Björk Guðmundsdóttir",
        "O'Brien",
        "Nguyễn Văn A",
        "Ýr",
        "3M公司",
        "㛃䶮",
        "👨‍👩‍👧 家庭",
        "Ελλάδα",
        "株式会社タナカ",
        "한국전력",
    ],
)
def test_clean_names(text: str) -> None:
    assert name_oddities(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王芳", "wang-fang"),
        ("王小芳", "wang-xiaofang"),
        ("欧阳娜娜", "ouyang-nana"),
        ("单田芳", "shan-tianfang"),
        ("曾国藩", "zeng-guofan"),
        ("万俟卨", "moqi-xie"),
        ("吕布", "lv-bu"),
        ("John Smith", "john-smith"),
        ("Müller", "muller"),
        ("O'Brien", "obrien"),
        ("Łukasz Żółć", "lukasz-zolc"),
        ("ａｂｃ", "abc"),
        ("3M公司", "m-gong-si"),
        ("Иван", ""),
        ("360", ""),
        ("", ""),
    ],
)
def test_slugs(text: str, expected: str) -> None:
    assert slug(text) == expected


SURNAMES = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "区": "ou",
    "盖": "ge",
    "查": "zha",
    "翟": "zhai",
    "朴": "piao",
    "缪": "miao",
    "覃": "qin",
}


@pytest.mark.parametrize(("surname", "reading"), SURNAMES.items())
def test_surnames_are_read_as_such(surname: str, reading: str) -> None:
    assert pinyin_key(surname + "伟") == f"{reading} wei"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("尉迟恭", "yu chi gong"),
        ("长孙无忌", "zhang sun wu ji"),
        ("万俟卨", "mo qi xie"),
        ("区块链", "qu kuai lian"),
        ("解决方案公司", "jie jue fang an gong si"),
        ("员外", "yuan wai"),
        ("重庆银行", "chong qing yin hang"),
        ("Müller", "muller"),
        ("ACME  Ltd", "acme ltd"),
    ],
)
def test_sort_keys(text: str, key: str) -> None:
    assert pinyin_key(text) == key


def test_names_sort_as_in_a_phone_book() -> None:
    names = ["张三", "王芳", "Bosch", "安娜", "单田芳", "李雷", "曾伟"]
    assert sorted(names, key=pinyin_key) == [
        "安娜",
        "Bosch",
        "李雷",
        "单田芳",
        "王芳",
        "曾伟",
        "张三",
    ]


def test_who_is_a_person_can_be_told() -> None:
    assert pinyin_key("区块链", person=True) == "ou kuai lian"
    assert pinyin_key("单田芳", person=False) == "dan tian fang"


@settings(deadline=None, max_examples=100)
@given(st.text() | st.text("张王某先生经理总*x 欧阳\u200b（)", max_size=8))
def test_no_text_breaks_them(text: str) -> None:
    name_oddities(text)
    parse_salutation(text)
    pinyin_key(text)
    made = slug(text)
    assert made == "" or re.fullmatch(r"[a-z][a-z0-9-]*", made)
    assert slug(made) == made


def test_mojibake_is_told_from_names(shared_data: Path) -> None:
    with (shared_data / "text/zh_mojibake.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert not [row["original"] for row in rows if "mojibake" in name_oddities(row["original"])]
    damaged = [
        row
        for row in rows
        if row["mojibake"] != row["original"] and "big5" not in (row["encoded_as"], row["read_as"])
    ]
    broken = {"mojibake", "replacement-character"}
    assert all(broken & set(name_oddities(row["mojibake"])) for row in damaged)


def test_real_names_are_clean(shared_data: Path) -> None:
    customers = json.loads((shared_data / "import/zh_crm_customers.json").read_text("utf-8"))
    names = [one[key] for one in customers for key in ("客户名称", "联系人")]
    odd = [name for name in names if name_oddities(name)]
    assert len(odd) < len(names) * 0.005, odd


def test_naughty_strings(shared_data: Path) -> None:
    for text in json.loads((shared_data / "text/blns.json").read_text("utf-8")):
        name_oddities(text)
        slug(text)
        pinyin_key(text)


@pytest.mark.parametrize(
    ("text", "half", "nobody"),
    [
        ("王某", True, False),
        ("陈XX", True, False),
        ("张", True, False),
        ("王总", False, False),
        ("欧阳", False, False),
        ("某总", False, True),
        ("某", False, False),
        ("某公司", False, False),
        ("顾客", False, False),
        ("某科技", False, False),
    ],
)
def test_half_a_name_and_nobodys(text: str, half: bool, nobody: bool) -> None:
    assert (is_half_name(text), is_nobody(text)) == (half, nobody)
