"""Folding: how text is levelled before it is compared (DESIGN section 5)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

# A noncharacter between two values: no query can name it, so nothing is found across values.
SEPARATOR: Final = "\uffff"

_ACCENTED = re.compile("[\u00c0-\u052f\u1e00-\u1fff]")
# Soft hyphens, zero-width and direction marks, variation selectors: pasted from chat windows.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]+")
_MARKS = re.compile("[\u0300-\u036f]+")
_CJK: Final = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"  # as is_cjk says
# What GB 2312 has of the traditional characters of the table.
_BOTH = re.compile("[乾吒夥後徵拚捱摺於榘菸薹袷醣麴麽]")
_TEL: Final = 11
_LONGEST_PHONE: Final = 40  # also keeps the patterns below from a long walk
_EXTENSION: Final = r"(?:转|分机|ext\.?|x|#|,|;ext=)\s*\d{1,6}$"
_PHONE: Final = r"[+(]?[\d\s().+-]*\d[\d\s().+-]*"


def fold(text: str) -> str:
    """Level a text: NFKC, no case, no accents, no invisible marks, simplified, single spaces.

    ``Ｍüller`` and ``muller`` fold alike, ``雲帆`` and ``云帆`` too.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    text = unicodedata.normalize("NFKC", text).casefold()
    if _ACCENTED.search(text) or _MARKS.search(text):
        bare = _MARKS.sub("", unicodedata.normalize("NFD", text))
        text = unicodedata.normalize("NFKC", bare)
    return " ".join(simplify(_INVISIBLE.sub("", text)).split())


def simplify(text: str) -> str:
    """Write traditional characters as simplified ones, one for one.

    What GB 2312 can say is simplified but for a few characters; that is seen without the table.
    """
    try:
        text.replace(SEPARATOR, " ").encode("gb2312")
        plain = _BOTH.search(text) is None
    except UnicodeEncodeError:
        plain = _traditional().isdisjoint(text)
    return text if plain else text.translate(_simplified())


@lru_cache(maxsize=1)
def _simplified() -> dict[int, int]:
    lines = (Path(__file__).parent / "simplified.txt").read_text(encoding="utf-8").split("\n")
    rows = [line for line in lines if not line.startswith("#")]
    return str.maketrans("".join(rows[0::2]), "".join(rows[1::2]))


@lru_cache(maxsize=1)
def _traditional() -> frozenset[str]:
    return frozenset(map(chr, _simplified()))


@lru_cache(maxsize=4096)
def fold_word(word: str) -> str:
    """Fold a short word that comes again and again: a code, a name, a tag."""
    return fold(word)


def is_cjk(char: str) -> bool:
    """Whether a character is of a script that writes without spaces."""
    return char >= "\u2e80" and (
        char <= "\u9fff"
        or "\uac00" <= char <= "\ud7af"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U0003ffff"
    )


def has_cjk(text: str) -> bool:
    """Whether a text holds such a character."""
    return not text.isascii() and _any_cjk().search(text) is not None


# Classes so wide take 2 ms each to compile: only where they are needed.
@lru_cache(maxsize=1)
def _any_cjk() -> re.Pattern[str]:
    return re.compile(f"[{_CJK}]")


@lru_cache(maxsize=1)
def _gap() -> re.Pattern[str]:
    """What ends a word of a script with spaces."""
    return re.compile(f"[\\W_{_CJK}]")


def _in_word(char: str) -> bool:
    return char.isalnum() and not is_cjk(char)


def find_word(word: str, text: str, start: int = 0, *, whole: bool = False) -> int:
    """Where a folded word stands in a folded text, from an offset on; -1 where nowhere.

    A word that begins with a letter or digit of a script with spaces is found at the start of a
    word only (``soft`` in ``Acme Software``, not in ``Microsoft``); Chinese is found anywhere.
    ``whole`` asks for the end of a word too.
    """
    at = text.find(word, start)
    anchored = at >= 0 and _in_word(word[0])
    while at >= 0:
        end = at + len(word)
        fits = not (anchored and at and _in_word(text[at - 1]))
        if fits and not (whole and end < len(text) and _in_word(text[end])):
            return at
        # On to the next place where a word may begin: a long run of letters is passed at once.
        gap = _gap().search(text, at + 1) if anchored else None
        if anchored and gap is None:
            return -1
        at = text.find(word, gap.start() if gap else at + 1)
    return -1


JOINTS: Final = "-/._'’"  # which numbers and names are written with, and typed without
LINKS: Final = JOINTS + "@"  # what is joined by these and has an @ in it is an e-mail address
SHORTEST_JOINED: Final = 4
_LONGEST_JOINED: Final = 40


def may_be_joined(word: str) -> bool:
    """Whether a folded word is also looked for where it is written with single joints.

    ``ht2026071`` is HT-2026-071, ``oreilly`` O'Reilly: letters, or letters and digits, four at
    least. Digits alone are told by their grouping (dates, amounts, versions), those of a telephone
    by :func:`phone_fragment`.
    """
    return (
        SHORTEST_JOINED <= len(word) <= _LONGEST_JOINED
        and all(map(_in_word, word))
        and any(map(str.isalpha, word))
    )


def find_joined(word: str, text: str, start: int = 0) -> tuple[int, int] | None:
    """Where a folded word stands with joints in it, and how long it is there; no space is passed.

    It begins where a word begins, as in :func:`find_word`. An e-mail address is found by its words.
    """
    pattern = _joined(word)
    while match := pattern.search(text, start):
        start = match.start()
        if not (start and _in_word(text[start - 1])) and not _in_address(text, *match.span()):
            return start, len(match[0])
        start += 1
    return None


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether words with joints, of which a part is given, stand beside an @."""
    while start and (
        _in_word(text[start - 1])
        or (text[start - 1] in LINKS and start > 1 and _in_word(text[start - 2]))
    ):
        start -= 1
    while end < len(text) and (
        _in_word(text[end])
        or (text[end] in LINKS and end + 1 < len(text) and _in_word(text[end + 1]))
    ):
        end += 1
    return "@" in text[start:end]


@lru_cache(maxsize=256)
def _joined(word: str) -> re.Pattern[str]:
    return re.compile(f"[{JOINTS}]?".join(word))


def other_number(word: str) -> str | None:
    """The English singular of a folded plural, or a plural that does not begin with the word."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return None
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes")):
        return word[:-2]
    if word[-1] == "y" and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word[:-1] if word[-1] == "s" and word[-2] not in "sui" else None


_AREA: Final = r"\(?0[1-9]\d{1,2}[-) ]"  # an area code set apart: its 0 is a trunk prefix


def digits_of(text: str) -> str:
    """The ASCII digits of a text."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(char for char in text if "0" <= char <= "9")


_LANDLINE = re.compile(r"\+86(?!1[3-9])\d")  # which is dialled with a 0 inside China


def phone_digits(text: str) -> str:
    """The digits of a phone number; of a Chinese landline also as dialled at home, a line below.

    ``+861062341234`` gives ``861062341234`` and ``01062341234``, so that 0106 and 0755 are found.
    """
    digits = digits_of(text)
    return f"{digits}\n0{digits[2:]}" if _LANDLINE.match(text) else digits


def digits_beside(fragment: str, number: str) -> int | None:
    """How many digits of a phone number a fragment leaves over; None where it is not in there."""
    lines = phone_digits(number).split("\n")
    return min((len(one) - len(fragment) for one in lines if fragment in one), default=None)


def phone_fragment(word: str) -> str | None:
    """The digits by which a word may be part of a phone number; None where it cannot.

    Four digits or more, spaces, dashes, dots and parentheses apart; +86, 0086, a trunk 0 and an
    extension are left out: ``+86 138-0013`` gives ``1380013``, ``010-6234`` gives ``106234``.
    """
    if len(word) > _LONGEST_PHONE or not any(map(str.isnumeric, word)):
        return None
    word = re.sub(_EXTENSION, "", fold(word)).strip()
    if not re.fullmatch(_PHONE, word):
        return None
    digits = digits_of(word)
    if digits.startswith("0086"):
        digits = digits[4:]
    elif digits.startswith("86") and (word.startswith(("+", "(+")) or len(digits) >= _TEL + 2):
        digits = digits[2:]
    if digits.startswith("0") and (len(digits) >= _TEL - 1 or re.match(_AREA, word)):
        digits = digits[1:]
    return digits if len(digits) >= 4 else None
