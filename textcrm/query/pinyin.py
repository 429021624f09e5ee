"""Pinyin: Chinese names found by how they are said (E1)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from textcrm.query.fold import fold, is_cjk

_LONGEST: Final = 60  # letters of a query; a longer one is no name


def may_be_pinyin(word: str) -> bool:
    """Whether a folded word may be pinyin, or pinyin mixed with characters (``zhang三``)."""
    letters = any("a" <= char <= "z" for char in word)
    others = all("a" <= char <= "z" or is_cjk(char) for char in word)
    return letters and others and 2 <= len(word) <= _LONGEST


@lru_cache(maxsize=8192)
def readings(char: str) -> tuple[str, ...]:
    """All readings of a character without tones: 单 is dan, chan, shan (a surname); ü also v."""
    from pypinyin.constants import PINYIN_DICT

    found: list[str] = []
    for toned in PINYIN_DICT.get(ord(char), "").split(","):
        plain = fold(toned)
        found.append(plain)
        if plain.startswith(("lu", "nu")) and any(mark in toned for mark in "üǖǘǚǜ"):
            found.append(plain[0] + "v" + plain[2:])
    return tuple(dict.fromkeys(reading for reading in found if reading))


def find_pinyin(word: str, name: str) -> tuple[int, int] | None:
    """Where a name says a folded word: (start, length) in characters; None where it does not.

    The word may be full syllables, the last one begun (``zhangsan``, ``zhangs``), or the initials
    of at least two characters (``zs``); it may begin at any character of the name.
    """
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
