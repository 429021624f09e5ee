"""Makes the tables of characters in textcrm/query from OpenCC and pypinyin.

``python tests/word_tables.py`` writes them anew; a test compares what is written with what the
installed OpenCC and pypinyin say.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from textcrm.normalize.surnames import READINGS

FOLDER = Path(__file__).parent.parent / "textcrm" / "query"
_BLOCKS = ((0x3400, 0xA000), (0x20000, 0x32400))
_SIMPLIFIED = """\
# Traditional characters and, line by line below them, their simplified forms.
# From the characters of OpenCC 1.2 (t2s), https://github.com/BYVoid/OpenCC, Apache License 2.0;
# changed: one character for one, chains closed, laid out in lines of pairs.
"""
_SPOKEN = """\
# How characters are read, without tones: a syllable, the characters whose first reading it is,
# and those that may be read so. Simplified characters and those without a simplified form.
# From pypinyin 0.55, https://github.com/mozillazg/python-pinyin, MIT License, (c) mozillazg and
# others, whose data come from pinyin-data, MIT License, and the Unihan database; changed: tones
# left out, u with dots written u, v and yu.
"""


def simplified() -> dict[str, str]:
    """Traditional characters and their simplified forms."""
    import opencc

    convert = opencc.OpenCC("t2s").convert
    pairs: dict[str, str] = {}
    for first, end in _BLOCKS:
        for code in range(first, end):
            char = chr(code)
            if unicodedata.normalize("NFKC", char) == char and len(simple := convert(char)) == 1:
                pairs[char] = unicodedata.normalize("NFKC", simple)
    final = {char: pairs.get(simple, simple) for char, simple in pairs.items()}
    return {char: simple for char, simple in final.items() if char != simple}


def spoken() -> dict[str, tuple[str, ...]]:
    """Characters and their readings without tones, the usual one first."""
    from pypinyin.constants import PINYIN_DICT

    traditional = simplified()
    found: dict[str, tuple[str, ...]] = {}
    for code, toned in sorted(PINYIN_DICT.items()):
        char = chr(code)
        if char not in traditional and unicodedata.normalize("NFKC", char) == char:
            readings = [each for text in toned.split(",") for each in _plain(text)]
            readings += [READINGS[char]] if char in READINGS else []
            found[char] = tuple(dict.fromkeys(each for each in readings if each.isalpha()))
    return {char: readings for char, readings in found.items() if readings}


def _plain(toned: str) -> list[str]:
    """A syllable without tones; an u with dots is typed u, v or yu."""
    bare = unicodedata.normalize("NFD", toned)
    letters = "".join(char for char in bare if char.isascii())
    if "u\u0308" not in bare or letters[0] not in "ln":
        return [letters]
    return [letters, letters[0] + "v" + letters[2:], letters[0] + "yu" + letters[2:]]


def _lines(text: str, size: int = 90) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def write() -> None:
    """Write the tables."""
    pairs = simplified()
    lines = zip(_lines("".join(pairs)), _lines("".join(pairs.values())), strict=True)
    body = "".join(f"{keys}\n{values}\n" for keys, values in lines)
    (FOLDER / "simplified.txt").write_text(_SIMPLIFIED + body, encoding="utf-8")
    said: dict[str, tuple[list[str], list[str]]] = {}
    for char, readings in spoken().items():
        for place, reading in enumerate(readings):
            said.setdefault(reading, ([], []))[min(place, 1)].append(char)
    rows = (f"{each} {''.join(a)} {''.join(b)}\n" for each, (a, b) in sorted(said.items()))
    (FOLDER / "spoken.txt").write_text(_SPOKEN + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    write()
