"""How much each agreement or difference of two customers says, in bits (Fellegi and Sunter 1969).

A bit doubles the odds that two records are one customer. The bits are added to a start of -10 (one
pair in a thousand that are worth comparing) and give the score 1 / (1 + 2^-bits). The table is the
whole configuration: one for all vaults, people and organisations, Chinese and Latin names. It is
set by what such values are worth in general, not by any data set; docs/duplicates.md explains it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from textcrm.text import Text

START: Final = -10.0
POSSIBLE: Final = 0.5
"""The least score that is listed."""
LIKELY: Final = 0.9
CERTAIN: Final = 0.999
"""From here on a pair is called certain; even that is never merged unasked."""


class Weight(NamedTuple):
    """The bits of one finding, and how it is said; findings without words are never told."""

    bits: float
    said: Text | None = None


TABLE: Final[dict[str, Weight]] = {
    # keys
    "same-registration": Weight(22, Text("same registration number", "统一社会信用代码相同")),
    "like-registration": Weight(
        9, Text("registration numbers differ in one character", "统一社会信用代码只差一个字符")
    ),
    "other-registration": Weight(-3),
    "other-company": Weight(-12),  # two valid credit codes: two companies in law
    "same-id-number": Weight(22, Text("same identity number", "证件号码相同")),
    "other-id-number": Weight(-6),
    "same-bank-account": Weight(14, Text("same bank account", "银行账号相同")),
    "same-email": Weight(13, Text("same e-mail", "邮箱相同")),
    "same-phone": Weight(12, Text("same phone", "电话相同")),
    "same-landline": Weight(9, Text("same landline", "座机相同")),
    "other-phones": Weight(-2),
    "same-account": Weight(6, Text("same {network} account", "{network}账号相同")),
    "more-accounts": Weight(2),  # of one telephone, mostly: they say little beyond the first
    "same-website": Weight(7, Text("same website", "官网相同")),
    "same-code": Weight(6, Text("same {field}", "{field}相同")),
    # names
    "same-name": Weight(12, Text("same name", "名称相同")),
    "same-core": Weight(
        11, Text("names differ only in form or place", "名称仅法人形式或地名不同")
    ),
    "same-sound": Weight(8, Text("names sound the same", "名称同音")),
    "short-name": Weight(7, Text("one is the other's short name", "一方是另一方的简称")),
    "like-name": Weight(6, Text("names are alike", "名称相近")),
    "part-name": Weight(2),
    "far-name": Weight(-1),
    "half-name": Weight(-2),  # one word of a person's name: a family, a marriage
    "other-name": Weight(-7),
    "same-person": Weight(10, Text("same name", "姓名相同")),
    "like-person": Weight(6, Text("names are alike", "姓名相近")),
    "other-kind": Weight(-4),
    "other-branch": Weight(-8),
    # people and days
    "same-contact": Weight(5, Text("same contact", "联系人相同")),
    "other-contacts": Weight(-2),
    "same-birthday": Weight(9, Text("same birthday", "生日相同")),
    "like-birthday": Weight(5, Text("birthdays differ in one digit", "生日只差一位")),
    "other-birthday": Weight(-4),
    # places
    "same-address": Weight(9, Text("same address", "地址相同")),
    "like-address": Weight(6, Text("addresses are alike", "地址相近")),
    "near-address": Weight(2),
    "same-city": Weight(1),
    "other-address": Weight(-2),
    "other-city": Weight(-4),
    "same-place-in-name": Weight(2),
    "other-place-in-name": Weight(-10),
}


def score_of(bits: float) -> float:
    """The probability that a sum of bits stands for, in four digits."""
    return round(1 / (1 + 2 ** -max(-60.0, min(60.0, bits))), 4)


def level_of(score: float) -> str:
    """``certain``, ``likely`` or ``possible``; empty where a score is not listed."""
    for level, least in (("certain", CERTAIN), ("likely", LIKELY), ("possible", POSSIBLE)):
        if score >= least:
            return level
    return ""
