"""Several words in one: tags and other lists of short texts (D10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textcrm.schema import Field

_TAGS: Final = re.compile(r"[、，,;；\n\r]+")
_NAMES: Final = re.compile(r"[、;；\n\r]+")

_WORDS: Final = frozenset(("text", "name", "person", "reference", "enum"))
_BARE: Final = re.compile(r"[^\W\d_][\w ()（）./&+-]*")
_LONGEST_WORD: Final = 24
_LONGEST_NAME: Final = 60
_SENTENCE: Final = re.compile(r"[。！？!?\n]")


def split_tags(text: str) -> list[str]:
    """Split ``A、B，C;D`` at 、 ， , ; ； and line ends; no blanks, nothing twice, order kept."""
    return _split(_TAGS, text)


def split_names(text: str) -> list[str]:
    """Split names at 、 ; ； and line ends; a comma is part of a name (``Acme, Inc.``)."""
    return _split(_NAMES, text)


def words_for(field: Field, text: str) -> list[str]:
    """The words of a text that stands where a list of them belongs (``tags: 高意向、技术型``).

    Nothing where the field is no list of words, or the text no list of short ones but sentences.
    """
    element = field.element
    if field.kind != "list" or element.kind not in _WORDS or "pattern" in element.node:
        return []
    names = element.kind == "name" or element.index == "name"
    words = split_names(text) if names else split_tags(text)
    short = max(map(len, words), default=0) <= (_LONGEST_NAME if names else _LONGEST_WORD)
    return words if short and not _SENTENCE.search(text) else []


def listed(words: list[str]) -> str:
    """Words as a list on one line, as YAML reads it: ``[云海, 'Acme, Inc.']``."""
    return f"[{', '.join(map(_plain, words))}]"


def _plain(word: str) -> str:
    """A word in a list on one line, in quotes where it needs them."""
    return word if _BARE.fullmatch(word) else "'" + word.replace("'", "''") + "'"


def _split(separator: re.Pattern[str], text: str) -> list[str]:
    parts = (part.strip() for part in separator.split(text))
    return list(dict.fromkeys(part for part in parts if part))
