"""Levelling of short key-like text: numbers, mail addresses, codes, dates; never free text."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Soft hyphens, zero-width and direction marks, variation selectors: pasted from chat windows.
INVISIBLE: Final = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_INVISIBLE: Final = re.compile(f"[{INVISIBLE}]+")
_SHOWN: Final = 60


def levelled(text: str) -> str:
    """Give a text in half width (NFKC), without invisible marks, with single spaces."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(text.split())


def shortened(text: str) -> str:
    """Give a text fit for a sentence: one line, at most 60 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def words(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


_HEAD: Final = re.compile(r"[-+]?[^\d\s]{0,3}\d{1,3}")
_REST: Final = re.compile(r"\d{3}(?:\.\d+)?[^\d\s]{0,3}")


def is_cut(before: object, name: str) -> bool:
    """Whether a key without a value is the rest of the number before it: YAML reads
    ``{amount: 1,200}`` as 1 and a key 200.
    """
    return (
        isinstance(before, str)
        and _REST.fullmatch(name) is not None
        and _HEAD.fullmatch(before) is not None
    )
