"""Numbers with a rule: 统一社会信用代码 (GB 32100), 居民身份证 (GB 11643), customer ids (B6)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal, NamedTuple

from textcrm.normalize.keys import levelled
from textcrm.text import Text

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z (GB 32100-2015)
_USCC_SHAPE: Final = re.compile(
    r"[1-9A-HJ-NPQRTUWXY][0-9A-HJ-NPQRTUWXY]\d{6}[0-9A-HJ-NPQRTUWXY]{10}"
)
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_CUSTOMER_ID: Final = re.compile(r"C(\d{4})(\d{2})(\d{2})\d{3,}")
_PERSON_ID: Final = re.compile(r"[a-z][a-z0-9-]*")
_EARLIEST: Final = 1800
_PROVINCES: Final = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省",
    "14": "山西省",
    "15": "内蒙古自治区",
    "21": "辽宁省",
    "22": "吉林省",
    "23": "黑龙江省",
    "31": "上海市",
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "35": "福建省",
    "36": "江西省",
    "37": "山东省",
    "41": "河南省",
    "42": "湖北省",
    "43": "湖南省",
    "44": "广东省",
    "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市",
    "51": "四川省",
    "52": "贵州省",
    "53": "云南省",
    "54": "西藏自治区",
    "61": "陕西省",
    "62": "甘肃省",
    "63": "青海省",
    "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
    "71": "台湾省",
    "81": "香港特别行政区",
    "82": "澳门特别行政区",
    "83": "台湾省",
}


class Flaw(NamedTuple):
    """What is wrong with a number: a code and a sentence that does not repeat the number."""

    code: Literal["length", "characters", "region", "date", "checksum"]
    message: Text

    def __str__(self) -> str:
        return self.code


class ResidentFacts(NamedTuple):
    """What a resident id number tells: birth date, sex, and the province that issued it."""

    birth: dt.date
    sex: Literal["male", "female"]
    province: str


def code_key(text: str) -> str:
    """Give a code as it is compared: half width, capitals, no spaces or hyphens."""
    return re.sub(r"[\s-]", "", levelled(text)).upper()


def check_uscc(text: str) -> Flaw | None:
    """Check a unified social credit code (GB 32100-2015); None where it is right.

    18 characters, mod-31 check character; positions 9 to 17 are an organisation code with a check
    character of its own (GB 11714), looked at too.
    """
    code = code_key(text)
    if len(code) != 18:
        return Flaw("length", Text("it must have 18 characters", "应为 18 位"))
    if not _USCC_SHAPE.fullmatch(code):
        return Flaw(
            "characters",
            Text(
                "it has characters that never occur in one (I, O, S, V, Z, or letters in the region)",
                "含有不会出现的字符（I、O、S、V、Z，或行政区划码不是数字）",
            ),
        )
    from stdnum.cn import uscc

    if not uscc.is_valid(code) or not _organisation_code(code[8:17]):
        return Flaw("checksum", Text("its check character does not fit", "校验码不正确"))
    return None


def _organisation_code(code: str) -> bool:
    """GB 11714: eight characters, weights, mod 11; X stands for 10."""
    total = sum(
        weight * int(char, 36) for weight, char in zip(_ORG_WEIGHTS, code[:8], strict=True)
    )
    return "0123456789X0"[11 - total % 11] == code[8]


def check_resident_id(text: str, *, today: dt.date | None = None) -> Flaw | None:
    """Check a resident identity number (GB 11643-1999), 18 or the old 15 digits; None if right.

    Region by province only: counties are born and abolished, and a number outlives them. A birth
    date after ``today`` (now, where not given) is wrong. The flaw never repeats the number.
    """
    number = resident_id_18(text)
    if number is None:
        digits = code_key(text)
        if len(digits) in (15, 18):
            return Flaw("characters", Text("it must be digits", "应为数字（末位可为 X）"))
        return Flaw("length", Text("it must have 18 characters", "应为 18 位"))
    if _province(number) is None:
        return Flaw("region", Text("no province has its first digits", "前两位不是任何省份的代码"))
    birth = _birth(number)
    if birth is None or birth > (today or dt.datetime.now(tz=dt.UTC).date()):
        return Flaw("date", Text("its birth date is no date", "出生日期不存在"))
    if number[17] != _id_check(number):
        return Flaw("checksum", Text("its check character does not fit", "校验码不正确"))
    return None


def resident_id_18(text: str) -> str | None:
    """Give a number in its 18-digit form: a 15-digit one gets its 19 and its check character."""
    number = code_key(text)
    if len(number) == 15 and number.isascii() and number.isdigit():
        number = number[:6] + "19" + number[6:]
        number += _id_check(number)
    return number if re.fullmatch(r"[0-9]{17}[0-9X]", number) else None


def resident_id_facts(text: str, *, today: dt.date | None = None) -> ResidentFacts | None:
    """Give what a right number tells; None for a wrong one."""
    number = resident_id_18(text)
    if number is None or check_resident_id(number, today=today) is not None:
        return None
    birth, province = _birth(number), _province(number)
    if birth is None or province is None:
        return None
    return ResidentFacts(birth, "male" if int(number[16]) % 2 else "female", province)


def _province(number: str) -> str | None:
    """The province; in a foreigner's permanent-residence number (9…) it stands one place on."""
    return _PROVINCES.get(number[1:3] if number[0] == "9" else number[:2])


def _birth(number: str) -> dt.date | None:
    try:
        birth = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return birth if birth.year >= _EARLIEST else None


def _id_check(number: str) -> str:
    """ISO 7064 MOD 11-2 over the first 17 digits."""
    total = sum(
        weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number[:17], strict=True)
    )
    return _ID_CHECKS[total % 11]


def is_customer_id(text: str) -> bool:
    """Whether a text is a customer id: C, a day as yyyymmdd, three digits or more (B6)."""
    match = _CUSTOMER_ID.fullmatch(text)
    if match is None or not text.isascii():
        return False
    try:
        dt.date(*map(int, match.groups()))
    except ValueError:
        return False
    return True


def is_person_id(text: str) -> bool:
    """Whether a text is a person's id: a letter, then small letters, digits and hyphens."""
    return _PERSON_ID.fullmatch(text) is not None
