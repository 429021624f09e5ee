"""Analysis: the tokens by which an index knows a record; both engines speak this language.

Tokens come from folded text, value by value, so that nothing is found across values:

- a character of a script without spaces, and each pair of neighbours: 云帆 is 云, 帆, 云帆; pairs end
  at punctuation and spaces (服务,器材 has no 务器);
- a word of a script with spaces, a number, or both mixed, whole: ``acme``, ``2024``; longer ones
  are cut to :data:`LONGEST` characters;
- ``⋈`` and words with single joints between them, written as one, from each of the words on:
  HT-2026-071 is also ``⋈ht2026071`` and, were there a letter in it, what follows; cut as words are,
  none of them where an @ makes an e-mail address of it;
- ``☎`` and four digits: every four neighbouring digits of a phone number;
- ``♪`` and a syllable: each reading of each character of a name (``♪zhang``), and of each two
  neighbours (``♪zhang♪san``; a Latin letter after a character is its own reading);
- ``♯`` and two letters: the initials of two neighbours in a name (``♯zs``);
- ``⊢`` and a token, only the first of a value: what the value begins with (``⊢云``, ``⊢云帆``,
  ``⊢acme``, ``⊢⋈oreilly``); ``⊨`` and a folded value of one character, pair or word, joined ones
  too, where it is all of the value.

No mark is a letter or digit of any script, so no mark is in a word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from operator import add
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.query.doc import is_name, is_phone
from textcrm.query.fold import LINKS, SHORTEST_JOINED, is_cjk, phone_digits, simplify
from textcrm.query.pinyin import readings
from textcrm.search.rank import CONTACT, KEYWORD, NAME, weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.query import Doc
    from textcrm.query.doc import Leaf
    from textcrm.schema import Field

VERSION: Final = 3  # to be raised with every change of the tokens: an index of another is rebuilt
LONGEST: Final = 64
PHONE: Final = "☎"
SAID: Final = "♪"
INITIALS: Final = "♯"
BEGINS: Final = "⊢"
WHOLE: Final = "⊨"
JOINED: Final = "⋈"
_GRAM: Final = 4
# Letters of scripts without spaces (fold.is_cjk), their punctuation left out.
_CJK: Final = (
    "\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# What is_cjk has and _CJK has not.
_PUNCTUATION: Final = frozenset(map(chr, range(0x3000, 0x3041))) - frozenset(
    "々〆〇〡〢〣〤〥〦〧〨〩〱〲〳〴〵〸〹〺〻〼"
)
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz")


class Terms(NamedTuple):
    """The tokens of a record by what a hit there is worth (textcrm.search.rank), each once."""

    name: tuple[str, ...]
    contact: tuple[str, ...]
    keyword: tuple[str, ...]
    text: tuple[str, ...]


class Place(NamedTuple):
    """What kind of text a field has: its place (of :class:`Terms`), a name, a phone number."""

    number: int
    name: bool
    phone: bool


_PLACES: Final = {NAME: 0, CONTACT: 1, KEYWORD: 2}
_LAST: Final = 3


def terms_of(doc: Doc, leaves: Iterable[tuple[Leaf, str]] | None = None) -> Terms:
    """The tokens of a record. Sealed values, and plain ones of sealed fields, have none.

    ``leaves`` are the record's ``folded_leaves`` where the caller has them.
    """
    texts: tuple[list[str], ...] = ([], [], [], [])
    marked: tuple[set[str], ...] = (set(), set(), set(), set())
    for leaf, folded in doc.folded_leaves() if leaves is None else leaves:
        place, name, phone = leaf_place(leaf)
        texts[place].append(folded)
        if name:
            marked[place].update(_said(leaf.text))
        elif phone:
            marked[place].update(phone_grams(phone_digits(folded)))
    for lines, found in zip(texts, marked, strict=True):
        found.update(_beginnings(lines))
        found.update(words_of("\n".join(lines)))
    return Terms(*map(tuple, marked))


_known_places: dict[int, tuple[Field, Place]] = {}


def leaf_place(leaf: Leaf) -> Place:
    """The place of a text, which is its field's: remembered, for it is asked for millions of times."""
    field = leaf.field
    if field is None:
        return Place(_PLACES.get(weight(leaf), _LAST), name=False, phone=False)
    known = _known_places.get(id(field))
    if known is None or known[0] is not field:  # an id may be another field's by now
        place = Place(_PLACES.get(weight(leaf), _LAST), is_name(field), is_phone(field))
        known = _known_places[id(field)] = field, place
    return known[1]


def runs_of(folded: str) -> Iterator[tuple[int, str]]:
    """Where each run of a folded text begins, and the run: one script with or without spaces."""
    start = 0
    for script, chars in groupby(folded, _script_of):
        run = "".join(chars)
        if script:
            yield start, run
        start += len(run)


def _script_of(char: str) -> int:
    """1 for a letter of a script without spaces, 2 for one of a word, 0 for what is between."""
    if is_cjk(char):
        return 0 if char in _PUNCTUATION else 1
    return 2 if char.isalnum() else 0


class _Patterns(NamedTuple):
    """The runs of both scripts as patterns: much faster over a long text, once compiled."""

    cjk: re.Pattern[str]
    word: re.Pattern[str]
    chain: re.Pattern[str]
    first: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    """Compiled where records are read: that takes 4 ms, and a search reads none."""
    cjk = f"[{_CJK}]+"
    word = "[^\\W_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
    chain = f"{word}(?:[{LINKS}]{word})*"
    return _Patterns(*map(re.compile, (cjk, word, chain, f"{cjk}|{chain}")))


def words_of(folded: str) -> set[str]:
    """The tokens of a folded text: characters, pairs, words and numbers."""
    found: set[str] = set()
    patterns = _patterns()
    for run in patterns.cjk.findall(folded):
        found.update(run)
        found.update(pairs_of(run))
    for chain in set(patterns.chain.findall(folded)):
        if chain.isalnum():
            found.add(chain[:LONGEST])
            continue
        words = patterns.word.findall(chain)
        found.update(word[:LONGEST] for word in words)
        if "@" not in chain:
            found.update(JOINED + joined for joined in joined_from(words))
    return found


def joined_from(words: list[str]) -> Iterator[str]:
    """Words with joints between them, written as one from each but the last on."""
    for at in range(len(words) - 1):
        joined = "".join(words[at : at + LONGEST])[:LONGEST]
        if _is_told(joined):
            yield joined


def _is_told(joined: str) -> bool:
    """Whether a word may be looked for as it is written without joints (fold.may_be_joined)."""
    return len(joined) >= SHORTEST_JOINED and not joined.isdecimal()


def pairs_of(run: str) -> Iterable[str]:
    """Each pair of neighbours in a run of characters."""
    return map(add, run, run[1:])


def phone_grams(digits: str) -> set[str]:
    """The tokens of a phone number, a line for each way to dial it, or of four digits and more."""
    return {
        PHONE + line[at : at + _GRAM]
        for line in digits.split("\n")
        for at in range(len(line) - _GRAM + 1)
    }


def _beginnings(folded: list[str]) -> Iterator[str]:
    """What each value begins with, and whether that is all of it."""
    patterns = _patterns()
    for text in folded:
        found = patterns.first.match(text)
        if found is None:
            continue
        run = found.group()
        if is_cjk(run[0]):
            yield BEGINS + run[:1]
            yield BEGINS + run[:2]
            whole = len(text) <= 2 and len(run) == len(text)
        elif run.isalnum():
            yield BEGINS + run[:LONGEST]
            whole = len(run) == len(text) <= LONGEST
        else:
            words = patterns.word.findall(run)
            yield BEGINS + words[0][:LONGEST]
            joined = "".join(words)[:LONGEST]
            if "@" not in run and _is_told(joined):
                yield BEGINS + JOINED + joined
                if len(run) == len(text) and len(joined) < LONGEST:
                    yield WHOLE + JOINED + joined
            continue
        if whole:
            yield WHOLE + text


@lru_cache(maxsize=8192)
def _said(name: str) -> frozenset[str]:
    """The tokens of how a name is said."""
    if name.isascii():
        return frozenset()
    found: set[str] = set()
    before: tuple[str, ...] = ()
    for char in simplify(name):
        # A Latin letter counts only behind a character: no name is said that begins with one.
        here = readings(char) if is_cjk(char) else (char,) if before and char in _LETTERS else ()
        if is_cjk(char):
            found.update(SAID + one for one in here)
        found.update(SAID + one + SAID + two for one in before for two in here)
        found.update(INITIALS + one[0] + two[0] for one in before for two in here)
        before = here
    return frozenset(found)
