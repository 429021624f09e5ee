"""Amounts of money and sizes of customers as people write them (A20, A32, A37): 元, exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.normalize import numerals
from textcrm.normalize.keys import levelled, shortened
from textcrm.text import Text

_UNITS: Final = {
    "千": 3,
    "百": 2,
    "k": 3,
    "w": 4,
    "万": 4,
    "萬": 4,
    "十万": 5,
    "百万": 6,
    "m": 6,
    "mn": 6,
    "million": 6,
    "thousand": 3,
    "千万": 7,
    "亿": 8,
    "億": 8,
    "bn": 9,
    "billion": 9,
    "十亿": 9,
    "百亿": 10,
    "千亿": 11,
    "万亿": 12,
}
_CURRENCIES: Final = {
    "CNY": ("人民币", "rmb", "cny", "¥", "元", "块钱", "块", "圆", "圓", "yuan"),
    "USD": ("美元", "美金", "us$", "usd", "$"),
    "EUR": ("欧元", "euros", "euro", "eur", "€"),
    "GBP": ("英镑", "gbp", "£"),
    "HKD": ("港币", "港元", "港幣", "hk$", "hkd"),
    "JPY": ("日元", "日圆", "jpy", "円"),
    "TWD": ("新台币", "台币", "nt$", "twd"),
    "MOP": ("澳门元", "mop$", "mop"),
    "KRW": ("韩元", "krw", "₩"),
    "SGD": ("新加坡元", "新币", "s$", "sgd"),
    "AUD": ("澳元", "a$", "aud"),
    "CAD": ("加元", "c$", "cad"),
    "CHF": ("瑞士法郎", "chf"),
}
_CURRENCY_OF: Final = {word: code for code, words in _CURRENCIES.items() for word in words}
_MONEY_WORDS: Final = tuple(sorted(_CURRENCY_OF, key=len, reverse=True))
_UNIT_WORDS: Final = "|".join(sorted(_UNITS, key=len, reverse=True))
_ROUGHLY: Final = re.compile(r"^(?:大约|大概|约|近|about|around|approx\.?|~)\s*")
_ABOUT: Final = re.compile(r"(?<=[\d元万亿千])\s*(?:左右|上下)$")
_PLAIN: Final = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_PART: Final = re.compile(rf"({_PLAIN})\s*({_UNIT_WORDS})?\s*")
_SPOKEN: Final = re.compile(rf"([{numerals.CHARS}]+)(?:元|圆|圓|块)?(?:整|正)?")
_SMALL_CHANGE: Final = re.compile(
    rf"(?:(?P<yuan>[{numerals.CHARS}]+|{_PLAIN})(?:元|圆|圓|块)零?)?"
    rf"(?:(?P<jiao>[\d{numerals.CHARS}]+)[角毛])?(?:(?P<fen>[\d{numerals.CHARS}]+)分)?(?:整|正)?"
)
_LONGEST: Final = 48
_TOO_MUCH: Final = Decimal(10) ** 18
_DECIMALS: Final = 8  # so that nothing is rounded within the 28 digits of a decimal context


class Money(NamedTuple):
    """A number of currency units, and the ISO 4217 code where one was said."""

    value: Decimal
    currency: str | None


def parse_amount(text: str) -> Decimal:
    """Read an amount in 元: ``5万``, ``1.2亿``, ``￥12,000.50``, ``三万五千``, ``3万5千``, ``壹佰元整``.

    约, 左右 and their like are dropped; open ends and ranges (``5万+``, ``5-8万``) are refused, for they
    are no amount. Raises Misuse (amount-unreadable; amount-currency for another currency's sign).
    """
    value, currency = parse_amount_with_currency(text)
    if currency not in (None, "CNY"):
        raise Misuse(
            "amount-currency",
            Text(
                "“{text}” is in {currency}, not in yuan", "“{text}”的币种是 {currency}，不是人民币"
            ),
            hint=Text(
                "write the bare number and set currency={currency} beside it",
                "请只写数字，并另设 currency={currency}",
            ),
            text=shortened(text),
            currency=currency,
        )
    return value


def parse_amount_with_currency(text: str) -> Money:
    """Read an amount with its currency, None where none is said; ¥ is CNY. Raises Misuse."""
    word = levelled(text).lower().replace("−", "-")
    if len(word) <= _LONGEST:
        word = _ABOUT.sub("", _ROUGHLY.sub("", word))
        sign, word = _sign(word)
        bare, currency = _without_currency(word)
        if not sign:
            sign, bare = _sign(bare)
        value = _number(bare) if bare else None
        if value is None and currency in (None, "CNY"):
            value = _change(word)
        if value is not None:
            return Money(_tidy(-value if sign else value), currency)
    raise Misuse(
        "amount-unreadable",
        Text("“{text}” is not an amount", "“{text}”不是可识别的金额"),
        hint=Text(
            "write it like 12000.50, 5万 or 1.2亿; a range or “and more” is no amount",
            "请写成 12000.50、5万 或 1.2亿；范围或“以上”不是金额",
        ),
        text=shortened(text),
    )


def parse_number(text: str) -> Decimal | None:
    """Read a bare number with an optional 万 or the like; None where it is none."""
    word = levelled(text).lower().replace("−", "-")
    sign, word = _sign(word)
    value = _number(word) if word and len(word) <= _LONGEST else None
    return None if value is None else _tidy(-value if sign else value)


def _sign(word: str) -> tuple[bool, str]:
    if word[:1] in ("-", "负"):
        return True, word[1:].lstrip()
    return False, word.removeprefix("+").lstrip()


def _without_currency(word: str) -> tuple[str, str | None]:
    """Take a currency off the front and off the end; two that differ leave the word as it is."""
    codes: set[str] = set()
    bare = word
    for _ in range(2):
        for name in _MONEY_WORDS:
            if bare.startswith(name):
                bare = bare[len(name) :].lstrip(" :")
                codes.add(_CURRENCY_OF[name])
                break
    bare = bare.removesuffix("整").removesuffix("正")
    for name in _MONEY_WORDS:
        if bare.endswith(name):
            bare = bare[: -len(name)].rstrip()
            codes.add(_CURRENCY_OF[name])
            break
    return (bare, codes.pop() if codes else None) if len(codes) < 2 else ("", None)


def _number(word: str) -> Decimal | None:
    """Digits with falling units (3万5千), or a Chinese numeral; below 10 to the 18th."""
    value = _figures(word)
    if value is None and (spoken := _SPOKEN.fullmatch(word)):
        whole = numerals.read_numeral(spoken[1])
        value = None if whole is None else Decimal(whole)
    return value if value is not None and value < _TOO_MUCH else None


def _figures(word: str) -> Decimal | None:
    total, place, last = Decimal(0), 0, None
    while match := _PART.match(word, place):
        power = _UNITS[match[2]] if match[2] else 0
        if (last is not None and power >= last) or last == 0:
            return None
        bare = Decimal(match[1].replace(",", ""))
        if bare >= _TOO_MUCH or len(match[1].partition(".")[2]) > _DECIMALS:
            return None
        value = bare.scaleb(power)
        # 5万5 is 55,000 in speech and 50,005 on paper: not for us to choose.
        if last is not None and (
            value >= Decimal(1).scaleb(last) or (not power and value * 10 < 10**last)
        ):
            return None
        total, place, last = total + value, match.end(), power
    return total if last is not None and place == len(word) else None


def _change(word: str) -> Decimal | None:
    """Amounts with 角 and 分: 壹仟贰佰叁拾肆元伍角陆分, 3块5毛."""
    match = _SMALL_CHANGE.fullmatch(word)
    if not match or not word:
        return None
    yuan = _number(match["yuan"]) if match["yuan"] else Decimal(0)
    parts = [numerals.read_numeral(match[name] or "零") for name in ("jiao", "fen")]
    if yuan is None or any(part is None or part > 9 for part in parts):
        return None
    jiao, fen = parts
    return yuan + Decimal(jiao or 0) / 10 + Decimal(fen or 0) / 100


def _tidy(value: Decimal) -> Decimal:
    """Plain digits, no exponent: 1.2亿 is 120000000; a typed 12000.50 keeps its cents."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1)) if value.as_tuple().exponent != -2 else value
    return value


# ---- sizes ------------------------------------------------------------------------------------

_STAFF: Final = re.compile(
    r"(?:公司|企业|团队)?(?:规模|员工|人员|职工|雇员|人数|staff|employees|headcount)(?:人数|总数|规模|数)?\s*:?\s*"
)
_REVENUE: Final = re.compile(
    r"(?:年度?|annual )?(?:营业收入|营业额|营收|收入|销售额|产值|流水|revenue|turnover|sales)\s*:?\s*"
)
_HEADS: Final = re.compile(
    r"\s*(?:名|个|位)?(?:员工|职工|雇员|人|people|employees|staff|persons)$"
)
_OPEN_UP: Final = re.compile(
    r"^(?:大于等于|不低于|不少于|至少|超过|超|大于|>=|≥|>|over|more than|at least)\s*"
)
_OPEN_DOWN: Final = re.compile(
    r"^(?:小于等于|不超过|不足|不到|少于|小于|至多|最多|<=|≤|<|under|less than|up to)\s*"
)
_TAIL_UP: Final = re.compile(r"\s*(?:及以上|以上|\+|and more|or more)$")
_TAIL_DOWN: Final = re.compile(r"\s*(?:及以下|以下|以内|之内)$")
_TAIL_ROUGH: Final = re.compile(r"\s*(?:左右|上下|余|多)$")
_RANGE: Final = re.compile(r"(.+?)\s*(?:-|~|〜|～|–|—|至|到|to)\s*(.+)")
_HAS_UNIT: Final = re.compile(rf"(?:{_UNIT_WORDS})$")
_BETWEEN_SIZES: Final = re.compile(
    r"[、;；/／\n]|，|,(?!\d{3})|(?<!annual)\s+(?=年|营|销|revenue|annual|员工|规模)"
)


def parse_size(text: str) -> dict[str, dict[str, Any]]:
    """Read a customer's size (A20): ``50-100人``, ``年营收5000万+``, both in one text.

    Gives ``employees`` and/or ``annual_revenue``, each ``{"min", "max", "text"}`` (people as int,
    元 as Decimal, None for an open end). Raises Misuse (size-unreadable).
    """
    size: dict[str, dict[str, Any]] = {}
    if len(text) > 4 * _LONGEST:
        raise _unreadable_size(text)
    for part in _BETWEEN_SIZES.split(text):
        if not part.strip():
            continue
        read = _one_size(part)
        if read is None or read[0] in size:
            raise _unreadable_size(text)
        size[read[0]] = read[1]
    if not size:
        raise _unreadable_size(text)
    return size


def _unreadable_size(text: str) -> Misuse:
    return Misuse(
        "size-unreadable",
        Text("“{text}” is no size that can be read", "“{text}”不是可识别的规模"),
        hint=Text(
            "write it like 50-100人, 500人以上 or 年营收5000万+",
            "请写成 50-100人、500人以上 或 年营收5000万+",
        ),
        text=shortened(text),
    )


def _one_size(part: str) -> tuple[str, dict[str, Any]] | None:
    word = levelled(part).lower()
    if len(word) > _LONGEST:
        return None
    revenue = _REVENUE.match(word)
    staff = _STAFF.match(word)
    word = word[(revenue or staff).end() :] if revenue or staff else word  # type: ignore[union-attr]
    bounds = _bounds(word)
    if bounds is None:
        return None
    low, high, money = bounds
    heads = bool(staff) or bool(_heads(word))
    if revenue and heads:
        return None
    if revenue or (money and not heads):
        return "annual_revenue", {"min": low, "max": high, "text": part.strip()}
    if any(end is not None and end != end.to_integral_value() for end in (low, high)):
        return None
    people = [None if end is None else int(end) for end in (low, high)]
    return "employees", {"min": people[0], "max": people[1], "text": part.strip()}


def _heads(word: str) -> re.Match[str] | None:
    """人 and its like, before or after the mark of an open end (100人以上, 100+人)."""
    for tail in (_TAIL_UP, _TAIL_DOWN, _TAIL_ROUGH):
        word = tail.sub("", word)
    return _HEADS.search(word)


def _bounds(word: str) -> tuple[Decimal | None, Decimal | None, bool] | None:
    """Lowest, highest, and whether they look like money."""
    word = _HEADS.sub("", word)
    up, down = _OPEN_UP.match(word), _OPEN_DOWN.match(word)
    word = _ROUGHLY.sub("", _OPEN_DOWN.sub("", _OPEN_UP.sub("", word)))
    tail_up, tail_down = _TAIL_UP.search(word), _TAIL_DOWN.search(word)
    word = _TAIL_ROUGH.sub("", _TAIL_DOWN.sub("", _TAIL_UP.sub("", word)))
    word = _HEADS.sub("", word)
    word = _TAIL_ROUGH.sub("", word)
    if match := _RANGE.fullmatch(word):
        if up or down or tail_up or tail_down:
            return None
        return _between(match[1], match[2])
    number = _sized(word)
    if number is None or ((up or tail_up) is not None and (down or tail_down) is not None):
        return None
    value, money = number
    return (
        None if down or tail_down else value,
        None if up or tail_up else value,
        money,
    )


def _between(low: str, high: str) -> tuple[Decimal, Decimal, bool] | None:
    """Both ends of a range; 50-100万 means 50万 to 100万."""
    low = _HEADS.sub("", low)
    bare, _ = _without_currency(high)
    unit = _HAS_UNIT.search(bare)
    if unit and not _HAS_UNIT.search(_without_currency(low)[0]):
        low = _without_currency(low)[0] + unit[0]
    first, last = _sized(low), _sized(high)
    if first is None or last is None or first[0] > last[0]:
        return None
    return first[0], last[0], first[1] or last[1]


def _sized(word: str) -> tuple[Decimal, bool] | None:
    bare, currency = _without_currency(word)
    if currency not in (None, "CNY") or not bare:
        return None
    value = _number(bare)
    if value is None or value < 0:
        return None
    return _tidy(value), currency is not None or bool(re.search(r"[万亿萬億]", bare))


def find_currency(text: str) -> str | None:
    """The ISO 4217 code that a code, sign or word means (``人民币``, ``$``, ``eur``); None if none."""
    word = levelled(text).lower()
    if len(word) == 3 and word.isascii() and word.isalpha():
        return word.upper() if word != "rmb" else "CNY"
    return _CURRENCY_OF.get(word)
