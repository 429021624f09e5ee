"""How words are understood: traditional and simplified, pinyin, and the tables behind them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from searching import doc, finds
from word_tables import simplified, spoken

from textcrm.normalize.surnames import READINGS
from textcrm.query.fold import fold, simplify
from textcrm.query.pinyin import find_pinyin, readings, syllables

TRADITIONAL = doc(name="北京雲帆科技有限公司", contacts=[{"name": "張三豐"}], tags=["重點客戶"])
SIMPLIFIED = doc(name="北京云帆科技有限公司", contacts=[{"name": "张三丰"}], tags=["重点客户"])


@pytest.mark.parametrize(
    "text", ["雲帆", "云帆", "張三豐", "张三丰", "zhangsan", "zsf", "張san", "tag:重點客戶", "tag:重点客户",
             "名稱:云帆", "標籤:重点客户", "聯繫人:张三", '"雲帆科技"']
)  # fmt: skip
def test_traditional_by_simplified_and_the_reverse(text: str) -> None:
    assert finds(text, TRADITIONAL)
    assert finds(text, SIMPLIFIED)


def test_choices_by_traditional_labels() -> None:
    assert finds("狀態:合作中", doc(name="x", status="active"))
    assert finds("region:廣東", doc(name="x", addresses=[{"region_code": "440305"}]))
    assert finds("行業:軟件", doc(name="x", industry="I65"))


def test_the_table_is_what_opencc_says() -> None:
    table = simplified()
    wrong = [char for char, simple in table.items() if simplify(char) != simple]
    assert len(wrong) < len(table) / 100
    assert all(simplify(simple) == simple for simple in table.values())
    assert not any(ord(char) < 0x3400 for char in table)


def test_what_gb_2312_says_is_simplified_all_the_same() -> None:
    for code in range(0x4E00, 0xA000):
        char = chr(code)
        assert simplify(char) == simplify("\u3400" + char)[1:], char  # 㐀 is in no GB 2312


def test_the_readings_are_what_pypinyin_says() -> None:
    table = spoken()
    wrong = [char for char, said in table.items() if set(readings(char)) != set(said)]
    assert len(wrong) < len(table) / 100
    usual = [char for char, said in table.items() if readings(char)[:1] != said[:1]]
    assert len(usual) < len(table) / 100
    assert {each for said in table.values() for each in said} <= syllables()
    assert all(each.isascii() and each.isalpha() for each in syllables())


SURNAMES = {"单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "盖": "ge", "查": "zha", "翟": "zhai",
            "朴": "piao", "缪": "miao", "覃": "qin", "乐": "yue", "卜": "bu", "薄": "bo", "阚": "kan", "员": "yun",
            "秘": "bi", "召": "shao", "种": "chong", "繁": "po", "折": "she", "尉迟": "yuchi", "万俟": "moqi",
            "单于": "chanyu", "长孙": "zhangsun", "澹台": "tantai", "任": "ren", "华": "hua", "宁": "ning",
            "吕": "lv", "闾": "lyu", "律": "lu", "石": "shi", "沈": "shen", "曲": "qu", "隗": "kui",
            "單": "shan", "區": "ou", "員": "yun", "呂": "lü"}  # fmt: skip


@pytest.mark.parametrize("surname", SURNAMES)
def test_surnames_are_found_as_they_are_said(surname: str) -> None:
    said = SURNAMES[surname]
    record = doc(name="x", contacts=[{"name": surname + "小明"}])
    assert finds(said, record)
    assert finds(said + "xiaoming", record)
    assert finds(f"xiaoming {said}", record)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("重庆银行", "chongqing yinhang cqyh chongqingyinhang cq zhongqing qingyin"),
        ("长沙行知会计", "changsha xingzhi kuaiji hangzhou? changshax"),
        ("张三", "zhangsan zhangs zs san zhang zhang三 张san zhan?"),
        ("吕布", "lvbu lubu lyubu lübu lb lv lyu l?"),
        ("女娲", "nvwa nuwa nyuwa"),
        ("略阳", "lveyang lueyang lyueyang"),
        ("西安", "xian xi'an? xa"),
        ("欧阳娜娜", "ouyang ouyangnana oynn nana yangnana"),
    ],
)
def test_polyphones(name: str, words: str) -> None:
    record = doc(name=name)
    for word in words.split():
        assert finds(word.strip("?"), record) is not word.endswith("?"), word


def test_every_surname_of_the_normalizers_is_read_so() -> None:
    for surname, said in READINGS.items():
        assert find_pinyin(said.replace(" ", ""), surname) == (0, len(surname)), surname


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_simplifying_is_one_for_one_and_final(text: str) -> None:
    simple = simplify(text)
    assert len(simple) == len(text)
    assert simplify(simple) == simple
    assert fold(simple) == fold(text)
    assert unicodedata.is_normalized("NFKC", fold(text))


def test_names_in_both_scripts_are_said_alike() -> None:
    assert find_pinyin("zhangsanfeng", "張三豐") == (0, 3)
    assert find_pinyin("張san", "张三") is None  # words come folded
    assert find_pinyin("张san", "張三") == (0, 2)
