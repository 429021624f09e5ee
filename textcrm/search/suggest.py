"""Did you mean: words that the records have and that are near one that finds nothing."""

from __future__ import annotations

import re
from difflib import SequenceMatcher, get_close_matches
from typing import TYPE_CHECKING, Final

from textcrm.query.fold import fold_word, has_cjk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.query import Doc

_LIKE: Final = 0.6
_MOST: Final = 3
_LONGEST: Final = 40
_LATIN = re.compile(r"[^\W\d_]{2,}")


def words_of(docs: Iterable[Doc]) -> dict[str, str]:
    """Names, tags and the Latin words in names, as written, by their folded form."""
    found: dict[str, str] = {}
    for doc in docs:
        tags = (tag for tag in doc.values(("tags",)) if isinstance(tag, str))
        for text in (doc.name, *doc.names, *tags):
            found.setdefault(fold_word(text), text)
            if not has_cjk(text):
                for word in _LATIN.findall(text):
                    found.setdefault(fold_word(word), word)
    found.pop("", None)
    return found


def near(word: str, known: dict[str, str]) -> list[str]:
    """Up to three known words that are like a mistyped one, the nearest first.

    A short Chinese word is compared with every stretch of its length in longer names too, since
    names are written without spaces: 云山 is near 杭州云杉软件有限公司.
    """
    typed = fold_word(word[:_LONGEST])
    close = get_close_matches(typed, known, n=_MOST, cutoff=_LIKE)
    if len(close) < _MOST and has_cjk(typed) and len(typed) > 1:
        ranked = sorted((_likeness(typed, text), text) for text in known if text not in close)
        close += [text for score, text in reversed(ranked[-_MOST:]) if score >= 0.5]
    return [known[text] for text in close[:_MOST]]


def _likeness(word: str, text: str) -> float:
    size = len(word)
    if not set(word) & set(text):
        return 0.0
    windows = {text[start : start + size] for start in range(max(1, len(text) - size + 1))}
    return max(SequenceMatcher(None, word, each).ratio() for each in windows)
