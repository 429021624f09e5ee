"""Did you mean: words that the records have and that are near one that finds nothing."""

from __future__ import annotations

import re
from difflib import SequenceMatcher, get_close_matches
from typing import TYPE_CHECKING, Final

from textcrm.query.fold import fold_word, has_cjk, is_cjk
from textcrm.query.pinyin import find_pinyin, readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.query import Doc

_LIKE: Final = 0.6
_MOST: Final = 3
_LONGEST: Final = 40
_SHORT: Final = 4  # characters: names of people
_LATIN = re.compile(r"[^\W\d_]{2,}")


def words_of(docs: Iterable[Doc]) -> dict[str, str]:
    """Names, tags and the Latin words in names, as written, by their folded form; short Chinese
    names by their pinyin too.
    """
    return words_in(text for doc in docs for text in dict.fromkeys(_texts_of(doc)))


def _texts_of(doc: Doc) -> Iterator[str]:
    yield doc.name
    yield from doc.names
    yield from (tag for tag in doc.values(("tags",)) if isinstance(tag, str))


def words_in(texts: Iterable[str]) -> dict[str, str]:
    """As :func:`words_of`, of names and tags."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(fold_word(text), text)
        if has_cjk(text):
            if len(text) <= _SHORT:
                found.setdefault(_said(text), text)
            continue
        for word in _LATIN.findall(text):
            found.setdefault(fold_word(word), word)
    found.pop("", None)
    return found


def near(word: str, known: dict[str, str]) -> list[str]:
    """Up to three known words that are like a mistyped one, the nearest first.

    Chinese is compared with every stretch of longer names, which are written without spaces:
    first by sound (云山 is 云杉 in 杭州云杉软件有限公司), the shortest first, then by characters.
    """
    typed = fold_word(word[:_LONGEST])
    if not has_cjk(typed):
        close = get_close_matches(typed, known, n=_MOST, cutoff=_LIKE)
        return list(dict.fromkeys(known[text] for text in close))
    said = _said(typed)
    close = sorted((t for t in known if has_cjk(t) and find_pinyin(said, t)), key=len)
    ranked = sorted(((_likeness(typed, text), text) for text in known), reverse=True)
    close += [text for score, text in ranked[:_MOST] if score > _LIKE]
    return list(dict.fromkeys(known[text] for text in close))[:_MOST]


def _said(text: str) -> str:
    """A text by the first reading of each character."""
    return "".join((readings(char) or (char,))[0] if is_cjk(char) else char for char in text)


def _likeness(word: str, text: str) -> float:
    """How like a word the likest stretch of a text is: 0 to 1."""
    size = len(word)
    if size < 3 or not set(word) & set(text):
        return 0.0
    windows = {text[start : start + size] for start in range(max(1, len(text) - size + 1))}
    return max(SequenceMatcher(None, word, each).ratio() for each in windows)
