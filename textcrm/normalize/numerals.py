"""Chinese numerals, everyday (三万五千) and formal (壹佰贰拾叁), as integers."""

from __future__ import annotations

from typing import Final

_FORMAL: Final = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億〇○两兩廿卅",
    "一二二三三四五六六七八九十百千万亿零零二二念卌",
)
_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_GROUPS: Final = {"万": 10**4, "亿": 10**8}
_LONGEST: Final = 40

CHARS: Final = "零〇○一二三四五六七八九十百千万亿两兩廿卅壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億"
SMALL: Final = "零〇一二三四五六七八九十两廿卅"


def read_numeral(text: str) -> int | None:
    """Read digits or a Chinese numeral; None where it is neither.

    Strict: units fall (三千五百, never 五百三千), a bare digit after 百 and above needs its 零 or
    its unit (三千五 is refused, for people mean 3500 by it).
    """
    if not text or len(text) > _LONGEST:
        return None
    if text.isascii():
        return int(text) if text.isdigit() else None
    plain = text.translate(_FORMAL).replace("念", "二十").replace("卌", "三十")
    if all(char in _DIGITS for char in plain):
        return _digit_by_digit(plain)
    return _whole(plain)


def _digit_by_digit(text: str) -> int | None:
    """二〇二四; a single digit too."""
    if len(text) == 1 or len(text) == 4:
        return int("".join(str(_DIGITS[char]) for char in text))
    return None


def _whole(text: str) -> int | None:
    """Split at 亿 and 万, the highest first."""
    for group in ("亿", "万"):
        head, found, tail = text.rpartition(group)
        if not found:
            continue
        high = _whole(head)
        low = _tail(tail, _GROUPS[group])
        return None if high is None or low is None or not high else high * _GROUPS[group] + low
    return _below_ten_thousand(text)


def _tail(text: str, unit: int) -> int | None:
    if not text:
        return 0
    bare = text.lstrip("零")
    value = _whole(bare)
    if value is None or value >= unit:
        return None
    gap = text[0] == "零"
    return value if gap or value * 10 >= unit else None


def _below_ten_thousand(text: str) -> int | None:
    total, digit, unit, gap = 0, None, 10**4, False
    for place, char in enumerate(text):
        if char == "零":
            if digit is not None or not place or gap:
                return None
            gap = True
        elif char in _DIGITS:
            if digit is not None:
                return None
            digit = _DIGITS[char]
        else:
            step = _TENS.get(char)
            if step is None or step >= unit:
                return None
            if digit is None:
                if step != 10 or (place and not gap):
                    return None
                digit = 1
            total, unit, digit, gap = total + digit * step, step, None, False
    if digit is None:
        return None if gap or not text else total
    return total + digit if unit == 10 or gap or unit == 10**4 else None
