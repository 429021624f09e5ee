"""The values of clauses, read by the kind of their field: ``>=5万``, ``合作中``, ``2024-05``."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from textcrm.errors import Misuse
from textcrm.query import dates
from textcrm.query.fold import digits_of, fold_word, phone_digits, phone_fragment
from textcrm.query.nodes import on_day
from textcrm.query.terms import Term

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.query.nodes import ValueTest
    from textcrm.schema import Field

_NUMBER = re.compile(r"[+-]?\d[\d,，]*(?:\.\d+)?")
_LONGEST: Final = 40
_YES: Final = frozenset(("yes", "true", "y", "1", "是", "有", "对"))
_NO: Final = frozenset(("no", "false", "n", "0", "否", "无", "不"))
_LISTED = re.compile("[,，、]")
_RANGE: Final = re.compile("([^~～至到]+)[~～至到]([^~～至到]+)")


def listed(text: str) -> list[str]:
    """The values of ``状态:合作中,暂停合作``: any of them will do."""
    return [part for part in _LISTED.split(text) if part.strip()] or [text]


def read_number(text: str) -> Decimal | None:
    """Read a number: digits, with thousands commas, or as amounts are said (``5万``)."""
    word = text.strip()
    if not word or len(word) > _LONGEST:
        return None
    try:
        if _NUMBER.fullmatch(word):
            return Decimal(word.replace(",", "").replace("，", ""))
        return _said(word)
    except (InvalidOperation, ValueError):
        return None


def _said(word: str) -> Decimal | None:
    from textcrm.normalize.amount import parse_amount

    try:
        return parse_amount(word)
    except Misuse:
        return None


def ends_of(text: str) -> tuple[str, str] | None:
    """The ends of ``a..b``, as people write it too (``a~b``, ``a至b``); None for one value."""
    if ".." in text:
        low, high = text.split("..", 1)
        return low.strip(), high.strip()
    if len(text) <= 2 * _LONGEST and (match := _RANGE.fullmatch(text)):
        return match[1].strip(), match[2].strip()
    return None


def _hyphened(text: str) -> tuple[str, str] | None:
    """The ends of ``1000-5000``, which of days would be a part of one."""
    low, sign, high = text.partition("-")
    return (low, high) if sign and low.strip() and high.strip() else None


def number_test(operator: str, text: str, *, days: bool = False) -> ValueTest | None:
    """The test of a number or a range ``a..b``; ``days`` takes ``30d`` too. None: unreadable."""
    if not operator and (pair := ends_of(text) or _hyphened(text)):
        low, high = pair
        ends = [read_number(low), read_number(high)]
        if (low and ends[0] is None) or (high and ends[1] is None) or not (low or high):
            return None
        if ends[0] is not None and ends[1] is not None:
            ends.sort(key=lambda end: end or Decimal(0))
        return _between(*ends)
    if days and (age := dates.read_age(text)) and age[1] in ("day", "week"):
        text = str(age[0] * (7 if age[1] == "week" else 1))
    number = read_number(text)
    return None if number is None else _compared(operator, number)


def _between(low: Decimal | None, high: Decimal | None) -> ValueTest:
    def passes(value: Any) -> bool:
        number = _number_of(value)
        if number is None:
            return False
        return (low is None or number >= low) and (high is None or number <= high)

    return passes


def _compared(operator: str, limit: Decimal) -> ValueTest:
    def passes(value: Any) -> bool:
        number = _number_of(value)
        if number is None:
            return False
        if operator == "<":
            return number < limit
        if operator == "<=":
            return number <= limit
        if operator == ">":
            return number > limit
        return number >= limit if operator == ">=" else number == limit

    return passes


def _number_of(value: Any) -> Decimal | None:
    """A number as typed by the schema, or, at keys it does not know, as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal | int):
        return Decimal(value)
    if isinstance(value, str) and len(value) <= _LONGEST and _NUMBER.fullmatch(value):
        return Decimal(value.replace(",", "").replace("，", ""))
    return None


def date_test(operator: str, text: str, today: dt.date, *, ahead: bool) -> ValueTest | None:
    """The test of a date by a day, period, age or range; None where unreadable."""
    if not operator and (pair := ends_of(text)):
        ranged = dates.range_test(*pair, today, ahead=ahead)
        return on_day(ranged) if ranged else None
    if not operator and (within := dates.within_test(text, today, ahead=ahead)):
        return on_day(within)
    if age := dates.read_age(text):
        return on_day(dates.age_test(operator, age, today, ahead=ahead))
    period = dates.read_period(text, today, ahead=ahead)
    return on_day(dates.day_test(operator, period)) if period else None


def looks_back(operator: str, text: str) -> bool:
    """Whether a comparison asks for what is older: ``>30d``, ``<2024-05``, ``30d..``."""
    if not operator and (pair := ends_of(text)):
        low, high = pair
        return not high.strip() if dates.read_age(low) else not low.strip()
    return operator in ((">", ">=") if dates.read_age(text) else ("<", "<="))


def enum_test(field: Field, text: str) -> ValueTest | None:
    """The test of a code, label or alias; None where the field has no such value."""
    wanted = field.enum_value(text.strip())
    if wanted is None:
        return None
    words = {fold_word(word) for word in _enum_words(wanted)}
    return lambda value: isinstance(value, str) and fold_word(value) in words


def _enum_words(value: Any) -> tuple[str, ...]:
    return (value.code, value.label.en, value.label.zh, *value.aliases)


def boolean_test(text: str) -> tuple[ValueTest, bool] | None:
    """The test of yes or no, and what a missing value answers: it is a no."""
    word = fold_word(text)
    if word in _YES:
        return (lambda value: value is True, False)
    if word in _NO:
        return (lambda value: value is False, True)
    return None


def text_test(text: str, *, quoted: bool, exact: bool, name: bool = False) -> ValueTest:
    """The test of a text: holds the word or phrase, or is it exactly; names by pinyin too."""
    term = Term(text, phrase=quoted)
    if exact:
        return lambda value: term.is_text(_spoken(value))
    if name:
        return lambda value: term.in_name(_spoken(value))
    return lambda value: term.in_text(_spoken(value))


def listed_test(text: str, *, quoted: bool) -> ValueTest:
    """The test of a keyword such as a tag: all of it, or its beginning with ``重点*`` (D11)."""
    if not quoted and len(text) > 1 and text.endswith("*"):
        start = fold_word(text[:-1])
        return lambda value: fold_word(_spoken(value)).startswith(start)
    return text_test(text, quoted=True, exact=True)


def phone_test(text: str) -> ValueTest:
    """The test of a phone number by any digits of it."""
    digits = phone_fragment(text) or digits_of(text)
    if not digits:
        return text_test(text, quoted=False, exact=False)
    return lambda value: digits in phone_digits(_spoken(value))


def _spoken(value: Any) -> str:
    return value if isinstance(value, str) else str(value)
