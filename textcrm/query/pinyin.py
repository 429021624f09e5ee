"""Pinyin: Chinese names found by how they are said (E1)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from textcrm.query.fold import is_cjk, simplify

_LONGEST: Final = 60  # letters of a query; a longer one is no name


def may_be_pinyin(word: str) -> bool:
    """Whether a folded word may be pinyin, or pinyin mixed with characters (``zhang三``)."""
    letters = any("a" <= char <= "z" for char in word)
    others = all("a" <= char <= "z" or is_cjk(char) for char in word)
    return letters and others and 2 <= len(word) <= _LONGEST


@lru_cache(maxsize=8192)
def readings(char: str) -> tuple[str, ...]:
    """All readings of a character without tones, the usual one first, ü as u, v and yu.

    单 is dan, chan, shan (a surname); a traditional character is read as its simplified form.
    """
    char = simplify(char)
    first: list[str] = []
    others: list[str] = []
    for syllable, usual, rare in _spoken():
        if char in usual:
            first.append(syllable)
        elif char in rare:
            others.append(syllable)
    return (*first, *others)


@lru_cache(maxsize=1)
def _spoken() -> list[tuple[str, str, str]]:
    """Each syllable, the characters whose usual reading it is, and those that may be read so."""
    text = (Path(__file__).parent / "spoken.txt").read_text(encoding="utf-8")
    rows = (line.split(" ") for line in text.splitlines() if not line.startswith("#"))
    return [(syllable, usual, rare) for syllable, usual, rare in rows]


@lru_cache(maxsize=1)
def syllables() -> frozenset[str]:
    """Every syllable that some character is read as."""
    return frozenset(row[0] for row in _spoken())


def find_pinyin(word: str, name: str) -> tuple[int, int] | None:
    """Where a name says a folded word: (start, length) in characters; None where it does not.

    The word may be full syllables, the last one begun (``zhangsan``, ``zhangs``), or the initials
    of at least two characters (``zs``); it may begin at any character of the name.
    """
    name = simplify(name)
    for start, char in enumerate(name):
        if not is_cjk(char):
            continue
        end = _initials(word, name, start) or _syllables(word, name, start)
        if end:
            return start, end - start
    return None


def _initials(word: str, name: str, start: int) -> int | None:
    end = start + len(word)
    if end > len(name):
        return None
    for letter, char in zip(word, name[start:end], strict=True):
        if letter != char and not any(each[0] == letter for each in readings(char)):
            return None
    return end


def _syllables(word: str, name: str, start: int) -> int | None:
    """Walk all ways to read on at once: offsets in the word that can be reached."""
    reached = {0}
    for place in range(start, len(name)):
        char = name[place]
        after: set[int] = set()
        for offset in reached:
            rest = word[offset:]
            if rest[0] == char:
                after.add(offset + 1)
            for reading in readings(char):
                if rest.startswith(reading):
                    after.add(offset + len(reading))
                elif place > start and reading.startswith(rest):
                    return place + 1
        if len(word) in after:
            return place + 1
        if not after:
            return None
        reached = after
    return None
