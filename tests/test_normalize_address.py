"""Addresses: province, city, district, and never a guess."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.normalize.address import candidates, parse_address, spell_address
from textcrm.normalize.regions import region_name, regions

if TYPE_CHECKING:
    from pathlib import Path

PLACES = {
    "北京市朝阳区建国路88号": ("北京市", "北京市", "朝阳区", "建国路88号", "110105"),
    "北京朝阳区建国路88号": ("北京市", "北京市", "朝阳区", "建国路88号", "110105"),
    "北京市北京市朝阳区建国路": ("北京市", "北京市", "朝阳区", "建国路", "110105"),
    "上海市市辖区浦东新区世纪大道1号": ("上海市", "上海市", "浦东新区", "世纪大道1号", "310115"),
    "上海浦东张江": ("上海市", "上海市", "浦东新区", "张江", "310115"),
    "重庆市县石柱土家族自治县中山路": ("重庆市", "重庆市", "石柱土家族自治县", "中山路", "500240"),
    "天津滨海新区": ("天津市", "天津市", "滨海新区", None, "120116"),
    "广东深圳南山科技园": ("广东省", "深圳市", "南山区", "科技园", "440305"),
    "广东省深圳市南山区科技园路1号": ("广东省", "深圳市", "南山区", "科技园路1号", "440305"),
    "浙江杭州余杭": ("浙江省", "杭州市", "余杭区", None, "330110"),
    "浙江省余杭区文一西路969号": ("浙江省", "杭州市", "余杭区", "文一西路969号", "330110"),
    "浙江省 杭州市 余杭区 文一西路": ("浙江省", "杭州市", "余杭区", "文一西路", "330110"),
    "浙江省/杭州市/临平区": ("浙江省", "杭州市", "临平区", None, "330113"),
    "余杭区文一西路": ("浙江省", "杭州市", "余杭区", "文一西路", "330110"),
    "杭州文三路90号": ("浙江省", "杭州市", None, "文三路90号", "330100"),
    "江苏昆山花桥": ("江苏省", "苏州市", "昆山市", "花桥", "320583"),
    "昆山市花桥镇": ("江苏省", "苏州市", "昆山市", "花桥镇", "320583"),
    "广东省东莞市沙田镇解放路487号": ("广东省", "东莞市", None, "沙田镇解放路487号", "441900"),
    "湖北省仙桃市人民路": ("湖北省", "仙桃市", None, "人民路", "429004"),
    "吉林吉林市船营区": ("吉林省", "吉林市", "船营区", None, "220204"),
    "湖南长沙县": ("湖南省", "长沙市", "长沙县", None, "430121"),
    "河北区狮子林大街": ("天津市", "天津市", "河北区", "狮子林大街", "120105"),
    "海南海口龙华区": ("海南省", "海口市", "龙华区", None, "460106"),
    "新疆乌鲁木齐天山区": ("新疆维吾尔自治区", "乌鲁木齐市", "天山区", None, "650102"),
    "内蒙古呼和浩特新城区": ("内蒙古自治区", "呼和浩特市", "新城区", None, "150102"),
    "广西南宁青秀区": ("广西壮族自治区", "南宁市", "青秀区", None, "450103"),
    "西藏那曲市色尼区": ("西藏自治区", "那曲市", "色尼区", None, "540602"),
    "恩施州利川市": ("湖北省", "恩施土家族苗族自治州", "利川市", None, "422802"),
    "云南大理": ("云南省", "大理白族自治州", None, None, "532900"),
    "香港湾仔轩尼诗道1号": ("香港特别行政区", None, "湾仔区", "轩尼诗道1号", "810000"),
    "澳门氹仔": ("澳门特别行政区", None, None, "氹仔", "820000"),
    "臺灣台北": ("台湾省", "台北市", None, None, "710000"),
    # Districts of old and zones keep their name and take the city's code.
    "北京市宣武区牛街": ("北京市", "北京市", "宣武区", "牛街", "110000"),
    "成都市高新区天府大道": ("四川省", "成都市", "高新区", "天府大道", "510100"),
    "苏州市苏州工业园区星湖街": ("江苏省", "苏州市", "苏州工业园区", "星湖街", "320500"),
}


@pytest.mark.parametrize(("text", "parts"), PLACES.items())
def test_places(text: str, parts: tuple[str | None, ...]) -> None:
    found = parse_address(text)
    names = ("province", "city", "district", "street", "region_code")
    assert tuple(found.get(name) for name in names) == parts
    assert parse_address(spell_address(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "南京东路100号",
        "中山路1号",
        "中山大学",
        "北京大学",
        "黄山大厦",
        "中国石化大厦",
        "Obere Str. 57, Berlin",
        "12209 Berlin",
        "Avda. de la Constitución 2222",
        "12345",
        "路",
    ],
)
def test_what_is_no_place_is_a_street(text: str) -> None:
    assert parse_address(text) == {"street": text}


def test_a_street_named_after_a_place_is_a_street() -> None:
    assert parse_address("上海市南京东路100号")["street"] == "南京东路100号"
    assert parse_address("山东青岛香港中路")["street"] == "香港中路"
    assert parse_address("深圳南山路5号")["street"] == "南山路5号"


def test_a_bare_district_of_several_cities_is_not_guessed() -> None:
    assert parse_address("朝阳区建国路88号") == {"district": "朝阳区", "street": "建国路88号"}
    assert candidates("朝阳区建国路88号") == ["北京市朝阳区", "吉林省长春市朝阳区"]
    assert len(candidates("鼓楼区")) == 4
    assert candidates("北京市朝阳区") == []
    assert candidates("余杭区") == []
    assert candidates("") == []


def test_country_and_postal_code() -> None:
    found = parse_address("中国浙江省杭州市西湖区文三路 邮编310000")
    assert found["country"] == "中国"
    assert found["postal_code"] == "310000"
    assert found["street"] == "文三路"
    assert parse_address("310000 浙江省杭州市")["postal_code"] == "310000"
    found = parse_address("上海市徐汇区漕溪北路1号 200030")
    assert (found["street"], found["postal_code"]) == ("漕溪北路1号", "200030")
    assert parse_address("深圳市南山区科技园1栋 100200室")["street"] == "科技园1栋 100200室"


def test_free_text_of_the_street_is_not_levelled() -> None:
    assert parse_address("杭州市文三路９０号（西楼）")["street"] == "文三路９０号（西楼）"


def test_codes_name_their_region() -> None:
    assert region_name("330110") == "浙江省杭州市余杭区"
    assert region_name("110105") == "北京市朝阳区"
    assert region_name("999999") is None


def test_every_region_is_found_by_its_whole_name() -> None:
    for code, region in regions().by_code.items():
        found = parse_address("".join(one.name for one in region.path))
        assert found["region_code"] == code or code[:2] in ("71", "81", "82")


@settings(deadline=None, max_examples=100)
@given(
    st.text()
    | st.lists(
        st.sampled_from(["北京", "朝阳区", "浙江省", "杭州", "市", "路", " ", "号", "1", "南山"]),
        max_size=8,
    ).map("".join)
)
def test_no_text_breaks_it(text: str) -> None:
    found = parse_address(text)
    assert all(value and value == value.strip() for value in found.values())
    candidates(text)
    spell_address(found)


def test_real_addresses(shared_data: Path) -> None:
    customers = json.loads((shared_data / "import/zh_crm_customers.json").read_text("utf-8"))
    found = [parse_address(one["地址"]) for one in customers]
    assert all("region_code" in one and "street" in one for one in found)
    assert sum("district" in one for one in found) / len(found) > 0.96
    assert all(parse_address(spell_address(one)) == one for one in found)
