"""Industries by the national standard GB/T 4754-2017 (A17, C3): sections A-T and their divisions.

``gbt4754.csv`` is the standard's table, ``industry_words.csv`` our own list of what people call
them (做IT的, 电商, 开饭店).
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from textcrm.normalize.keys import levelled

_HERE: Final = Path(__file__).parent
_CODE: Final = re.compile(r"([a-t])?-?(\d{2})(\d{0,2})")
_BESIDE: Final = re.compile(
    r"([A-Ta-t]\d{2}|[A-T])(?![A-Za-z0-9])[\s:.、-]*|\s*\(\s*([A-Ta-t](?:\d{2})?)\s*\)$"
)
_MARKS: Final = re.compile(r"[\s、,，。.·/&和及与-]+")
_VERBS: Final = re.compile(r"^(?:我们|他们|公司)?是?(?:专门|主要)?(?:从事|经营|做|搞|干|开|卖)")
_ENDS: Final = re.compile(
    r"(?:相关)?(?:行业|产业|领域|行当|生意|买卖|公司|企业|厂家|门店|方面|industry|sector|业|类|的|店)$"
)
_LONGEST: Final = 60


class Industry(NamedTuple):
    """A section (``C``) or division (``I65``) and its official name."""

    code: str
    name: str


def find_industry(text: str) -> Industry | None:
    """Find the industry that a code, an official name or a colloquial word means; None if none.

    ``I65``, ``65``, ``6513`` (its division), ``软件和信息技术服务业``, ``IT服务``, ``做IT的`` are all
    I65. A name that a section shares with its only division (教育) is the division.
    """
    word = levelled(text).strip(" .,;:，。；")
    if not word or len(word) > _LONGEST:
        return None
    return _by_code(word.lower()) or _by_word(word) or _by_parts(word)


def industry_name(code: str) -> str | None:
    """The official name of a section's or division's code; None where there is no such code."""
    return _names().get(code)


def industry_suggestions(text: str, *, count: int = 3) -> list[Industry]:
    """Industries that a text may mean, the nearest first: those sharing words, then look-alikes."""
    import difflib

    word = _key(levelled(text)[:_LONGEST])
    words = _words()
    if not word:
        return []
    sharing = [
        key for key in words if len(key) > 1 and (key in word or (len(word) > 1 and word in key))
    ]
    sharing.sort(key=lambda key: (abs(len(key) - len(word)), key))
    near = difflib.get_close_matches(word, list(words), n=count, cutoff=0.6)
    near.sort(key=lambda key: not key.startswith(word))
    codes = dict.fromkeys(words[key] for key in (*near, *sharing))
    return [Industry(code, _names()[code]) for code in list(codes)[:count]]


def _by_code(word: str) -> Industry | None:
    if len(word) == 1:
        return _industry(word.upper()) if word.isalpha() else None
    match = _CODE.fullmatch(word)
    if match is None:
        return None
    division = next((code for code in _names() if code[1:] == match[2]), None)
    if division is None or (match[1] and match[1].upper() != division[0]):
        return None
    return _industry(division)


def _industry(code: str) -> Industry | None:
    name = _names().get(code)
    return Industry(code, name) if name else None


def _by_word(word: str) -> Industry | None:
    """By name or colloquial word: as it stands, then without 做…的, …行业 and their like."""
    words = _words()
    for _ in range(4):
        if code := words.get(_key(word)):
            return _industry(code)
        bare = _VERBS.sub("", word)
        bare = bare if bare != word else _ENDS.sub("", word)
        if not bare or bare == word:
            return None
        word = bare
    return None


def _by_parts(word: str) -> Industry | None:
    """``I65 软件和信息技术服务业`` and ``软件和信息技术服务业（I65）``: the code is what counts."""
    match = _BESIDE.match(word) or _BESIDE.search(word)
    code = (match[1] or match[2]) if match else None
    if match is None or code is None:
        return None
    rest = word[: match.start()] + word[match.end() :]
    found, named = _by_code(code.lower()), _by_word(rest)
    return found if found and named and found.code[0] == named.code[0] else None


def _key(word: str) -> str:
    return _MARKS.sub("", word.lower())


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return dict(_rows("gbt4754.csv"))


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    """All words for industries; official names win, the division over its section."""
    words: dict[str, str] = {}
    for code, listed in _rows("industry_words.csv"):
        for word in listed.split():
            words.setdefault(_key(word), code)
    words.update({_key(name): code for code, name in _rows("gbt4754.csv")})
    return words


def _rows(file: str) -> list[tuple[str, str]]:
    """The two columns of a table whose second column may hold quoted commas of its own."""
    import csv

    with (_HERE / file).open(encoding="utf-8", newline="") as table:
        rows = list(csv.reader(table))
    return [(row[0], row[1]) for row in rows[1:]]
