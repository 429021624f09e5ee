"""Addresses against GB/T 2260: silent for every right one, loud for a place that lies elsewhere."""

from __future__ import annotations

import random
from typing import Any

import pytest

from textcrm.normalize.regions import Region, regions
from textcrm.rules import RuleView
from textcrm.rules.places import addresses

DISTRICTS = sorted(
    (one for one in regions().by_code.values() if one.level == "district" and one.code[0] < "7"),
    key=lambda one: one.code,
)


def codes(**parts: str) -> list[str]:
    given: dict[str, Any] = {
        "addresses": [{name: value for name, value in parts.items() if value}]
    }
    return [one.code for one in addresses(RuleView(given, {}), None)]  # type: ignore[arg-type]


def _short(name: str) -> str:
    return name[:-1] if len(name) > 2 and name[-1] in "省市" else name


def _written(district: Region) -> tuple[str, str]:
    province, *above = [one.name for one in district.path[:-1]]
    return province, above[0] if above else province


def test_no_right_address_is_doubted() -> None:
    assert len(DISTRICTS) > 2500
    for district in DISTRICTS:
        province, city = _written(district)
        for words in (
            (province, city),
            (_short(province), _short(city)),
            ("", city),
            (province, ""),
        ):
            parts = {"province": words[0], "city": words[1], "district": district.name}
            assert codes(**parts, region_code=district.code) == [], parts


def test_a_district_of_another_city_is_found() -> None:
    chooser = random.Random(4)
    names: dict[str, set[str]] = {}
    for one in DISTRICTS:
        names.setdefault(one.name, set()).add(_written(one)[1])
    for _ in range(400):
        district, other = chooser.sample(DISTRICTS, 2)
        province, city = _written(other)
        if city in names[district.name] or district.name in (city, province):
            continue
        found = codes(province=province, city=city, district=district.name)
        assert found == ["district-elsewhere"], (district, other)


def test_a_code_of_another_place_is_found() -> None:
    chooser = random.Random(5)
    for _ in range(400):
        district, other = chooser.sample(DISTRICTS, 2)
        province, city = _written(district)
        parts = {"province": province, "city": city, "district": district.name}
        expected = [] if other.code == district.code else ["region-code"]
        assert codes(**parts, region_code=other.code) == expected
    province, city = _written(DISTRICTS[500])
    assert codes(province=province, city=city, region_code=DISTRICTS[500].code) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"street": "一路", "province": "上海市"},
        {"street": "一路", "province": "香港"},
        {"street": "1 Main St", "city": "Berlin", "country": "Germany"},
        {"city": "杭州市", "district": "钱江世纪城"},
        {"city": "新新市", "district": "余杭区"},
        {"province": "北京市", "city": "市辖区", "district": "朝阳区"},
        {"country": "日本", "province": "北海道", "city": "札幌市", "district": "中央区"},
        {"city": "余杭区"},
        {"region_code": "999999"},
        {"province": "浙江省", "region_code": "not a code"},
    ],
)
def test_what_the_table_lacks_is_left_alone(parts: dict[str, str]) -> None:
    assert codes(**parts) == []


@pytest.mark.parametrize("parts", [{"street": "一路"}, {"street": "一路", "province": "浙江省"}])
def test_a_street_needs_its_city(parts: dict[str, str]) -> None:
    assert codes(**parts) == ["address-incomplete"]
