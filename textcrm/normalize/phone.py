"""Telephone numbers (A11, B4): E.164 where they are dialled so, the text where they are not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from textcrm.normalize.keys import levelled

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

Kind = Literal["mobile", "landline", "service", "unknown"]
Oddity = Literal["masked", "several", "scientific", "no-area-code", "invalid"]

_LONGEST: Final = 500
_LABEL: Final = re.compile(
    r"(?:(?:联系|公司|办公|客服|服务)?(?:电话|手机|座机|固话|传真|热线|移动)(?:号码?)?"
    r"|tel(?:ephone)?|phone|mobile|mob|cell|fax)\s*[.:]*\s*(?=[\d+(])",
    re.IGNORECASE,
)
_FORMULA: Final = re.compile(r'="?([^"]*)"?')
_FLOAT: Final = re.compile(r"(\+?\d{5,15})\.0+")
_SCIENTIFIC: Final = re.compile(r"(\d)(?:\.(\d+))?e\+?(\d{1,2})", re.IGNORECASE)
_MASKED: Final = re.compile(r"\*|[x×•●]{2,}", re.IGNORECASE)
_EXTENSION: Final = re.compile(
    r"(.*\d\)?)\s*(?:转|轉|分机号?|内线|;ext=|ext(?:ension)?\.?|x|#|,)\s*[:.]?\s*(\d{1,6})",
    re.IGNORECASE,
)
# 0755-88886666-8012: a third group after a whole landline or 400 number is an extension.
_DASHED: Final = re.compile(
    r"((?:(?:\+?86|0086)[- ]?)?(?:\(0?\d{2,3}\)[- ]?|0?\d{2,3}[- ])\d{7,8}"
    r"|(?:(?:\+?86|0086)[- ]?)?(?:\(0[1-9]\d{1,2}\)[- ]?|0[1-9]\d{1,2}[- ])\d{3,4}[- ]\d{4}"
    r"|(?:\+?86|0086)[- ](?:10|2\d|[3-9]\d{2})[- ]\d{3,4}[- ]\d{4}"
    r"|[48]00-?\d{3}-?\d{4})\s*-\s*(\d{1,6})"
)
_NUMBER: Final = re.compile(r"\(?\+?[0-9\s().·/–—-]+")
# Two whole numbers with a blank between them; blanks inside one number divide it into shorter groups.
_WHOLE: Final = re.compile(r"(?:\+?86-?)?1[3-9]\d{9}|0\d{2,3}-\d{7,8}")
_SEPARATORS: Final = re.compile(r"[/、,，;；|\n\r]+|\s或\s?|或者?|\sor\s")
# 110, 12345, 95588, 96110, 10086, 1010xxxx and SMS senders 106...: dialled as they are.
_SERVICE: Final = re.compile(
    r"1[12]\d|1[12]\d{3,7}|10\d{3,6}|9[56]\d{3,6}|106\d{6,17}|1258\d{6,12}"
)
_LOCAL_SERVICE: Final = re.compile(r"0\d{2,3}[- ]?(?:9[56]\d{3,4}|1\d{4})")
_LOCAL: Final = re.compile(r"[2-8]\d{6,7}")
_MOBILE: Final = re.compile(r"\+861[3-9]\d{9}")


class Phone(NamedTuple):
    """A number as typed and as stored.

    ``number`` is E.164 (``+8613800138000``), a service number's digits (``95588``), or the typed
    text where ``problem`` says why it is neither.
    """

    number: str
    extension: str | None
    kind: Kind
    typed: str
    problem: Oddity | None = None

    @property
    def stored(self) -> str:
        """The number with its extension, as one text: ``+8675588886666;ext=8012`` (RFC 3966)."""
        return f"{self.number};ext={self.extension}" if self.extension else self.number


def parse_phone(text: str, region: str = "CN") -> Phone:
    """Read one number; never raises. ``region`` (ISO 3166) is that of numbers without a prefix.

    A masked number (``138****5678``) is told first: libraries read it as a valid foreign one.
    """
    if len(text) > _LONGEST:
        return _odd(text, "invalid")
    word = _repaired(_unwrapped(text))
    if word is None:
        return _odd(text, "scientific")
    if _MASKED.search(word):
        return _odd(text, "masked")
    word, extension = _with_extension(word)
    if len(split_phones(word)) > 1:
        return _odd(text, "several")
    if not _NUMBER.fullmatch(word):
        return _odd(text, "invalid")
    if region == "CN" and extension is None and (service := _service(word)):
        return Phone(service, None, "service", text)
    return _dialled(word, extension, text, region)


def split_phones(text: str) -> list[str]:
    """Split a cell that holds several numbers at / 、 , ; line ends, and blanks; order kept."""
    parts = [part.strip() for part in _SEPARATORS.split(text)]
    whole = [one for part in parts if part for one in _at_blanks(part)]
    # 010-88886666,8012 is an extension and 12345678/79 a range of lines: no numbers of their own.
    if any(sum(char.isdigit() for char in part) < 5 for part in whole):
        return [text.strip()] if text.strip() else []
    return whole


def _at_blanks(part: str) -> list[str]:
    words = part.split()
    several = len(words) > 1 and all(_WHOLE.fullmatch(levelled(one)) for one in words)
    return words if several else [part]


def _odd(text: str, problem: Oddity) -> Phone:
    return Phone(text.strip(), None, "unknown", text, problem)


def _unwrapped(text: str) -> str:
    """Take off what spreadsheets and people put around a number: ="…", ', labels, tel:."""
    word = levelled(text).lstrip("'’")
    if match := _FORMULA.fullmatch(word):
        word = match[1]
    if match := _LABEL.match(word):
        word = word[match.end() :]
    return word.strip(" .,;:，。；")


def _repaired(word: str) -> str | None:
    """Undo a spreadsheet's float; None where its scientific notation has lost digits."""
    if match := _FLOAT.fullmatch(word):
        return match[1]
    if match := _SCIENTIFIC.fullmatch(word):
        digits, power = match[1] + (match[2] or ""), int(match[3])
        return digits if len(digits) == power + 1 else None
    return word


def _with_extension(word: str) -> tuple[str, str | None]:
    match = _EXTENSION.fullmatch(word) or _DASHED.fullmatch(word)
    return (match[1].strip(), match[2]) if match else (word, None)


def _service(word: str) -> str | None:
    digits = re.sub(r"[\s-]", "", word)
    if _SERVICE.fullmatch(digits) and not re.fullmatch(r"1[3-9]\d{9}", digits):
        return digits
    return word if _LOCAL_SERVICE.fullmatch(word) else None


def _dialled(word: str, extension: str | None, text: str, region: str) -> Phone:
    import phonenumbers

    plus = "+" if "+" in word[:2] else ""
    if plus or word.startswith("0086"):
        word = word.replace("(0)", "", 1)
    digits = "".join(char for char in word if char.isdigit())
    try:
        number = phonenumbers.parse(plus + digits, region)
    except phonenumbers.NumberParseException:
        return _odd(text, "invalid")
    stored = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # Possible is not enough: a mask or a mistyped prefix is possible somewhere in the world.
    if not phonenumbers.is_valid_number(number):
        local = region == "CN" and not plus and _LOCAL.fullmatch(digits)
        return _odd(text, "no-area-code" if local else "invalid")
    return Phone(stored, extension, _kind(number, stored), text)


def _kind(number: PhoneNumber, stored: str) -> Kind:
    from phonenumbers import PhoneNumberType, number_type

    if stored.startswith("+86") and _MOBILE.fullmatch(stored):
        return "mobile"
    kinds: dict[int, Kind] = {
        PhoneNumberType.MOBILE: "mobile",
        PhoneNumberType.FIXED_LINE: "landline",
        PhoneNumberType.TOLL_FREE: "service",
        PhoneNumberType.SHARED_COST: "service",
        PhoneNumberType.PREMIUM_RATE: "service",
        PhoneNumberType.UAN: "service",
    }
    return kinds.get(number_type(number), "unknown")
