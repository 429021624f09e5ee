"""Addresses as province, city, district and street (A14, A15, B12, C2), told from their front."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from textcrm.normalize.regions import Form, Forms, Region, is_municipality, regions

_COUNTRY: Final = re.compile(
    r"(?:中华人民共和国|中国|中國)(?![石移电建人联农工银])|(?:P\.?\s?R\.?\s?)?China\b",
    re.IGNORECASE,
)
_GAP: Final = re.compile(r"[\s,，、/·>_-]*")
_POSTCODE: Final = re.compile(
    r"^(?:邮编|邮政编码)?[:：]?\s*(\d{6})(?=[\s,，\u4e00-\u9fff])|[\s,，(（]*(?:邮编|邮政编码)[:：]?\s*(\d{6})[)）]?\s*$"
    r"|(?<=[\u4e00-\u9fff号楼室\d])[\s,，]+(\d{6})\s*$"
)
# What makes a place's short name the name of a street, or of another place: 南山路, 上海东路, 朝阳区.
_STREET: Final = re.compile(
    r"[东南西北中内外前后]*[一二三四五六七八九十0-9０-９]*(?:大?路|大?街|大?道|巷|弄|胡同|里弄|村|桥|[省市区县旗州镇乡盟])"
)
_HOUSE: Final = re.compile(
    r"(?:交通|工业|农业|师范|理工|财经|科技|医科)?(?:大学|学院|大厦|大楼|宾馆|酒店|饭店|公园|医院|银行|广场|花园|小区|国际|中学|小学|"
    r"机场|车站|火车站|山庄|公司|集团|人)"
)
# Zones and districts that the table lacks: 高新区, 苏州工业园区, and those of old (宣武区).
_PLAIN: Final = r"[^\W\d_路街道号村巷弄镇乡a-zA-Z]"
_ZONE: Final = re.compile(
    rf"{_PLAIN}{{0,14}}?(?:开发区|工业园区|产业园区|高新区|经开区|保税区|示范区|管理区|新区)"
    rf"|{_PLAIN}{{2,4}}(?<![小社园校景厂库])[区县旗](?![路街道])"
)
_LONGEST: Final = 16
_MOST_REPEATS: Final = 4
_MOST: Final = 400  # characters of an address that are looked at


class _Found(NamedTuple):
    forms: list[Form]
    end: int


def parse_address(text: str) -> dict[str, str]:
    """Split an address: ``province``, ``city``, ``district``, ``street``, ``region_code`` (GB/T 2260).

    Only what is known is given. A municipality is its own city (北京市, 北京市, 朝阳区). A district
    whose name several cities have (朝阳区) and that stands alone stays as it is, without a code:
    :func:`candidates` names them to ask. ``country`` and ``postal_code`` where they were written.
    Never raises; an address elsewhere is all ``street``.
    """
    rest, extra = _postal_code(text.strip())
    if match := _COUNTRY.match(rest):
        extra["country"] = match[0].strip()
        rest = rest[match.end() :]
    start = _skip(rest, 0)
    found, end = _walk(rest, start)
    if not found and (ambiguous := _ambiguous(rest, start)):
        street = rest[ambiguous.end :]
        return _filled({"district": ambiguous.forms[0].region.name, "street": street}, extra)
    return _filled(_parts(rest, found, end), extra if found else {"": text} if extra else {})


def candidates(text: str) -> list[str]:
    """The places that a bare, ambiguous district may be: 北京市朝阳区, 吉林省长春市朝阳区."""
    ambiguous = _ambiguous(text, _skip(text, 0))
    if ambiguous is None:
        return []
    return ["".join(one.name for one in form.region.path) for form in ambiguous.forms]


def spell_address(parts: dict[str, str]) -> str:
    """Write an address in one line, a municipality once."""
    names = [parts.get(name, "") for name in ("province", "city", "district", "street")]
    return "".join(name for place, name in enumerate(names) if name and name not in names[:place])


def _filled(parts: dict[str, str], extra: dict[str, str]) -> dict[str, str]:
    """Drop what is empty; an address that is nowhere in China stays whole."""
    if "" in extra:
        return {"street": extra[""].strip()}
    order = ("country", "province", "city", "district", "street", "postal_code", "region_code")
    both = {**parts, **extra}
    return {name: both[name].strip() for name in order if both.get(name, "").strip()}


def _postal_code(text: str) -> tuple[str, dict[str, str]]:
    match = _POSTCODE.search(text[:_MOST])
    if match is None:
        return text, {}
    return (text[: match.start()] + text[match.end() :]).strip(), {
        "postal_code": match[1] or match[2] or match[3]
    }


def _skip(text: str, place: int) -> int:
    match = _GAP.match(text, place)
    return match.end() if match else place


def _walk(text: str, place: int) -> tuple[Region | None, int]:
    """Go down from the left as far as names are known; the lowest region and where it ends."""
    table = regions()
    region, end = _step(text, place, table.anywhere, bare=True)
    if region is None:
        return None, place
    for _ in range(3):
        if region.level == "district":
            break
        inner = table.inside.get(region.code if region.level == "city" else region.name, {})
        end = _repeats(text, end, region, inner)
        lower, after = _step(text, _skip(text, end), inner, bare=False)
        if lower is None or lower.level == region.level:
            break
        region, end = lower, after
    return region, end


def _repeats(text: str, end: int, region: Region, inner: Forms) -> int:
    """Skip a name written again and the fillers of code tables: 北京市北京市, 上海市市辖区."""
    for _ in range(_MOST_REPEATS):
        place = _skip(text, end)
        for word in (region.name, "市辖区"):
            if text.startswith(word, place):
                end = place + len(word)
                break
        else:
            filled = text.startswith("县", place)
            return place + 1 if filled and _longest(text, place + 1, inner, bare=False) else end
    return end


def _step(text: str, place: int, forms: Forms, *, bare: bool) -> tuple[Region | None, int]:
    found = _longest(text, place, forms, bare=bare)
    if found is None:
        return None, place
    # The same word for a province and a city below it is the province, for a city and a county
    # the city; of two of one level neither.
    for level in ("province", "city", "district"):
        fitting = list({form.region for form in found.forms if form.region.level == level})
        if fitting:
            return (fitting[0], found.end) if len(fitting) == 1 else (None, place)
    return None, place


def _longest(text: str, place: int, forms: Forms, *, bare: bool) -> _Found | None:
    for size in range(min(_LONGEST, len(text) - place), 1, -1):
        fitting = forms.get(text[place : place + size])
        if not fitting:
            continue
        whole = [form for form in fitting if form.full]
        if whole or not _continues(text, place + size, bare=bare):
            return _Found(whole or fitting, place + size)
    return None


def _continues(text: str, end: int, *, bare: bool) -> bool:
    """Whether what follows makes a short name part of another word."""
    return bool(_STREET.match(text, end) or (bare and _HOUSE.match(text, end)))


def _ambiguous(text: str, place: int) -> _Found | None:
    found = _longest(text, place, regions().anywhere, bare=True)
    if found is None or len({form.region for form in found.forms}) < 2:
        return None
    return found if all(form.region.level == "district" for form in found.forms) else None


def _parts(text: str, region: Region | None, end: int) -> dict[str, str]:
    if region is None:
        return {"street": text}
    parts: dict[str, str] = {one.level: one.name for one in region.path}
    if is_municipality(region.path[0]):
        parts.setdefault("city", region.path[0].name)
    end = _skip(text, end)
    if "district" not in parts and (zone := _ZONE.match(text, end)):
        parts["district"], end = zone[0], zone.end()
    return {**parts, "street": text[_skip(text, end) :], "region_code": region.code}
