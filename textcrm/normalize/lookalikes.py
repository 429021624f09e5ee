"""Text that looks like what should be sealed: id, card and account numbers, and secret keys.

Made to be run over free text, so doubt speaks for the text: a number counts only where its check
digit fits and it stands alone. What is found is a kind and a place, never the value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["resident-id", "bank-card", "iban", "secret-key"]
KINDS: Final[dict[Kind, Text]] = {
    "resident-id": Text("an identity card number", "身份证号"),
    "bank-card": Text("a bank card number", "银行卡号"),
    "iban": Text("a bank account number (IBAN)", "银行账号（IBAN）"),
    "secret-key": Text("a secret key", "私钥"),
}

KEY_FORMS: Final = (
    r"AGE-(?:SECRET-KEY-(?:PQ-)?|PLUGIN-[A-Z0-9]+-)1[A-Z0-9]{20,}"
    r"|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
)
_SECRET: Final = re.compile(KEY_FORMS, re.IGNORECASE | re.ASCII)
_WIDE: Final = str.maketrans(
    {chr(0xFF10 + digit): str(digit) for digit in range(10)} | {"Ｘ": "X", "ｘ": "x"}
)
_WIDE_DIGITS: Final = re.compile("[０-９Ｘｘ]")
# What stands right before or after makes a number part of a code, an address or a larger number.
_ALONE: Final = r"(?<![0-9A-Za-z_/&%@+])(?<![0-9A-Za-z][.\-])"
_ENDS: Final = r"(?![0-9A-Za-z_/@%])(?![.\-][0-9A-Za-z])"
_ID_18: Final = r"[1-9]\d{5}[ -]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d[ -]?\d{3}[\dXx]"
_ID_15: Final = r"[1-9]\d{7}(?:0[1-9]|1[0-2])[0-3]\d{4}"
_CARD: Final = (
    r"(?:62|81)\d{14,17}|4\d{15}|(?:5[1-5]|2[2-7])\d{14}|35\d{14}|6[05]\d{14}"
    r"|(?:62|81|4\d|5[1-5]|2[2-7]|35|6[05])\d{2}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}"
    r"(?:(?P=gap)\d{1,3})?"
)
_IBAN: Final = r"[A-Za-z]{2}\d{2}(?:[0-9A-Za-z]{11,30}|(?: [0-9A-Z]{4}){2,7}(?: [0-9A-Z]{1,3})?)"
_NUMBER: Final = re.compile(
    f"{_ALONE}(?:(?P<id>{_ID_18})|(?P<old>{_ID_15})|(?P<card>{_CARD})|(?P<iban>{_IBAN})){_ENDS}",
    re.ASCII,
)
# Numbers of goods, orders and devices pass a card's check digit one time in ten.
_NO_CARD: Final = re.compile(
    r"(?:订单|单号|运单|快递|物流|合同|发票|流水|序列|设备|批次|编号|凭证|交易|IMEI|SN"
    r"|order|invoice|tracking|serial|contract|ref)[^0-9]{0,12}$",
    re.IGNORECASE,
)
_ABOUT_PEOPLE: Final = re.compile(r"(?:身份|证件|identity|\bID\b)[^0-9]{0,12}$", re.IGNORECASE)
_BEFORE: Final = 24


class Lookalike(NamedTuple):
    """What a piece of text looks like, and where it stands in the text (character offsets)."""

    kind: Kind
    start: int
    end: int


def find_lookalikes(text: str) -> Iterator[Lookalike]:
    """Everything in a text that looks like a number or key to be sealed, in order.

    居民身份证 by GB 11643 (18 digits; the old 15 only where the words before say so), bank cards
    by prefix, length and Luhn (ISO/IEC 7812), IBAN by country and mod 97 (ISO 13616), age and
    OpenSSH secret keys by their form.
    """
    if len(text) < _SHORTEST or not may_hold(text):
        return
    for match in _SECRET.finditer(text):
        yield Lookalike("secret-key", *match.span())
    plain = text.translate(_WIDE) if _WIDE_DIGITS.search(text) else text
    for match in _NUMBER.finditer(plain):
        kind = _kind(match, plain[max(0, match.start() - _BEFORE) : match.start()])
        if kind is not None:
            yield Lookalike(kind, *match.span())


def may_hold(text: str) -> bool:
    """Whether :func:`find_lookalikes` may find something in a text: a fast no for most."""
    return _MAYBE.search(text) is not None


_SHORTEST: Final = 15
# A number begins with thirteen digits and gaps, an IBAN with its country; a secret key has its words.
_MAYBE: Final = re.compile(
    "[0-9０-９]{2}[0-9０-９ -]{11}|(?<![0-9A-Za-z])[A-Za-zＸｘ]{2}[0-9０-９]{2}[0-9A-Za-z０-９Ｘｘ ]{11}"
    "|[Aa][Gg][Ee]-|[Pp][Rr][Ii][Vv][Aa][Tt][Ee] "
)


def _kind(match: re.Match[str], before: str) -> Kind | None:
    value = re.sub("[ -]", "", match[0])
    if match["iban"]:
        return "iban" if _is_iban(value.upper()) else None
    if match["id"] and _is_resident_id(value):
        return "resident-id"
    if match["old"] and _ABOUT_PEOPLE.search(before) and _is_resident_id(value):
        return "resident-id"
    if match["old"] or _NO_CARD.search(before):
        return None
    card = _CARD_ALONE.fullmatch(match[0])
    return "bank-card" if card and _luhn(value) and not _dull(value) else None


_CARD_ALONE: Final = re.compile(_CARD, re.ASCII)


def _is_resident_id(number: str) -> bool:
    from textcrm.normalize.identifiers import check_resident_id, check_uscc

    return check_resident_id(number) is None and check_uscc(number) is not None


def _is_iban(value: str) -> bool:
    from stdnum import iban

    return bool(iban.is_valid(value))


def _luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _dull(digits: str) -> bool:
    """Whether a number is a placeholder: nothing but zeros after its prefix."""
    return not digits[6:-1].strip("0")
