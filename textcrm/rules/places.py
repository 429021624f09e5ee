"""Rules on addresses: complete, and at one with themselves and with their code (B12, B13, C2)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from textcrm.rules.base import items, text_of, warning
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.findings import Finding
    from textcrm.normalize.regions import Region
    from textcrm.rules.base import Path, RuleContext, RuleView

_CHINA: Final = re.compile(
    r"(?:|中国|中國|中华人民共和国|cn|chn|prc|china|p\.?r\.?\s?china)\Z", re.IGNORECASE
)
_CODE: Final = re.compile(r"\d{6}").fullmatch


def addresses(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """An address is complete enough to find, and each part of it lies in the part above it.

    Places are those of GB/T 2260; of a place that the table lacks (a new zone, a town abroad)
    nothing is said.
    """
    del context
    for place, one in items(record.raw, "addresses"):
        path = ("addresses", place)
        province, city = text_of(one, "province").strip(), text_of(one, "city").strip()
        if not city and text_of(one, "street").strip() and not (province and _is_whole(province)):
            yield warning(
                "address-incomplete",
                path,
                "the address has a street and no city",
                "地址只有街道，没有城市",
                Text("add province and city", "请补充省、市"),
            )
        district, code = text_of(one, "district").strip(), text_of(one, "region_code").strip()
        if _CHINA.match(text_of(one, "country").strip()) and not _fits(
            province, city, district, code
        ):
            yield from _within(path, province, city, district, code)


@lru_cache(maxsize=4096)
def _fits(province: str, city: str, district: str, code: str) -> bool:
    """Whether there is nothing wrong with the places of an address, as with most."""
    return next(_within((), province, city, district, code), None) is None


def _is_whole(province: str) -> bool:
    """Whether a province is enough to find a street in: 上海市, 香港, or one abroad."""
    from textcrm.normalize.regions import is_municipality

    known = _provinces(province)
    return not known or any(is_municipality(one) or one.code[0] in "78" for one in known)


def _within(path: Path, province: str, city: str, district: str, code: str) -> Iterator[Finding]:
    """The district lies in the city, the city in the province, the code is theirs."""
    if not (city and (province or district or code)) and not (province and (code or district)):
        return
    provinces = _provinces(province)
    cities = _cities(city, provinces)
    if city and provinces and not cities and (elsewhere := _cities(city, ())):
        yield warning(
            "city-elsewhere",
            (*path, "city"),
            "{city} is not in {province} but in {right}",
            "{city}不在{province}，而在{right}",
            Text("correct one of the two", "请改正其中一个"),
            city=city[:40],
            province=province[:40],
            right=_named(elsewhere[0].path[:-1] or elsewhere[0].path),
        )
        return
    above = cities or provinces
    if district and above and not _districts(district, above):
        elsewhere = _districts(district, ())
        if elsewhere:
            yield warning(
                "district-elsewhere",
                (*path, "district"),
                "{district} is not in {city} but in {right}",
                "{district}不在{city}，而在{right}",
                Text("correct one of the two", "请改正其中一个"),
                district=district[:40],
                city=_named(above[0].path[-1:]),
                right=[_named(found.path[:-1]) for found in elsewhere[:3]],
            )
            return
    if _CODE(code):
        yield from _coded(path, code, _districts(district, above) or above)


def _coded(path: Path, code: str, lowest: list[Region]) -> Iterator[Finding]:
    """The code names a place in, or above, the place that the address names."""
    if not lowest or any(_agree(code, region) for region in lowest):
        return
    from textcrm.normalize.regions import region_name

    name = region_name(code)
    place, right = _named(lowest[0].path), lowest[0].code
    hint = Text("{place} has {right}", "{place}的代码是 {right}")
    where: Path = (*path, "region_code")
    if name is None:
        yield warning(
            "region-code",
            where,
            "{given} is no code of {place}",
            "{given} 不是{place}的代码",
            hint,
            given=code,
            place=place,
            right=right,
        )
        return
    yield warning(
        "region-code",
        where,
        "{given} is the code of {other}, not of {place}",
        "{given} 是{other}的代码，不是{place}的",
        hint,
        given=code,
        other=name,
        place=place,
        right=right,
    )


def _agree(code: str, region: Region) -> bool:
    """Whether a code is that of a region, of one above it or of one below it."""
    own, said = region.code.rstrip("0"), code.rstrip("0")
    pairs = (len(own) + 1) // 2 * 2, (len(said) + 1) // 2 * 2
    length = min(pairs)
    return region.code[:length] == code[:length]


def _provinces(word: str) -> list[Region]:
    from textcrm.normalize.regions import regions

    found = regions().anywhere.get(word, ()) if word else ()
    return [form.region for form in found if form.region.level == "province"]


def _cities(word: str, provinces: list[Region] | tuple[()]) -> list[Region]:
    """The cities that a word means, in some provinces or anywhere; a municipality is one itself."""
    if not word:
        return []
    from textcrm.normalize.regions import is_municipality, regions

    table = regions()
    own = [one for one in _provinces(word) if is_municipality(one) or one.code[0] in "78"]
    if provinces:
        own = [one for one in own if one in provinces]
        forms = [
            form for one in provinces for form in table.inside.get(one.name, {}).get(word, ())
        ]
    else:
        forms = table.anywhere.get(word, [])
    # 昆山 and 义乌 are districts of the table and written as cities.
    return own + [form.region for form in forms if form.region.level != "province"]


def _districts(word: str, above: list[Region] | tuple[()]) -> list[Region]:
    """The districts that a word means, below some cities or provinces or anywhere by full name."""
    if not word:
        return []
    if above:
        from textcrm.normalize.regions import regions

        table = regions()
        found = []
        for one in above:
            if one.level == "district" and word in (one.name, one.name[:-1]):
                return [one]
            key = one.name if one.level == "province" else one.code
            found += [form.region for form in table.inside.get(key, {}).get(word, ())]
        return found
    return _full_names().get(word, [])


def _full_names() -> dict[str, list[Region]]:
    from textcrm.normalize.regions import regions

    if not _FULL:
        for region in regions().by_code.values():
            if region.level == "district":
                _FULL.setdefault(region.name, []).append(region)
    return _FULL


_FULL: dict[str, list[Region]] = {}


def _named(path: tuple[Region, ...]) -> str:
    return "".join(dict.fromkeys(one.name for one in path))
