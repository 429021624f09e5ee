"""Words and phrases: how one is found in a text, in a name by pinyin, in a phone by digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.query.fold import (
    SEPARATOR,
    find_joined,
    find_word,
    fold,
    may_be_joined,
    other_number,
    phone_fragment,
)
from textcrm.query.pinyin import find_pinyin, may_be_pinyin

if TYPE_CHECKING:
    from textcrm.query.doc import Doc

SEPARATORS = "，、；"  # between words, as Chinese typists write


class Term:
    """A word or phrase to look for.

    A phrase is found anywhere, exactly as folded. A word in a script with spaces begins a word
    (``*soft`` also inside one), an English plural finds its singular, Chinese is found anywhere;
    a word is also found where it is written with joints (``ht2026071``: HT-2026-071); four digits or more are looked for in phone numbers, Latin letters in the pinyin of names.
    What folds to nothing (only spaces or invisible marks) is compared as it stands.
    """

    __slots__ = ("digits", "folded", "infix", "joined", "other", "phrase", "pinyin", "raw")

    def __init__(self, raw: str, *, phrase: bool = False) -> None:
        self.raw = raw
        self.phrase = phrase
        bare = raw if phrase else raw.strip("*")
        self.infix = phrase or (raw[:1] == "*" and bool(bare))
        self.folded = fold((bare or raw).replace(SEPARATOR, " "))
        self.other = None if phrase else other_number(self.folded)
        self.joined = not self.infix and may_be_joined(self.folded)
        self.digits = None if phrase else phone_fragment(bare)
        self.pinyin = not phrase and may_be_pinyin(self.folded)

    def __repr__(self) -> str:
        return f"Term({self.raw!r}, phrase={self.phrase})"

    def find(self, folded: str, start: int = 0) -> tuple[int, int] | None:
        """Where the term stands in a folded text: (start, length)."""
        if not self.folded:
            return None
        if self.infix:
            at = folded.find(self.folded, start)
        else:
            at = find_word(self.folded, folded, start)
        if at >= 0:
            return at, len(self.folded)
        if self.other and (at := find_word(self.other, folded, start, whole=True)) >= 0:
            return at, len(self.other)
        return find_joined(self.folded, folded, start) if self.joined else None

    def in_text(self, text: str) -> bool:
        """Whether a text, not folded yet, holds the term."""
        return self.find(fold(text)) is not None if self.folded else self.raw in text

    def is_text(self, text: str) -> bool:
        """Whether a text is the term and nothing else."""
        return fold(text) == self.folded if self.folded else self.raw == text

    def in_name(self, name: str) -> bool:
        """Whether a name holds the term, written or as pinyin."""
        return self.in_text(name) or (self.pinyin and find_pinyin(self.folded, name) is not None)

    def in_doc(self, doc: Doc) -> bool:
        """Whether any text, phone or name of a record holds the term."""
        if not self.folded:
            return any(self.raw in leaf.text for leaf in doc.leaves())
        if self.find(doc.haystack) is not None:
            return True
        if self.digits and self.digits in doc.phones:
            return True
        return self.pinyin and any(find_pinyin(self.folded, name) for name in doc.names)


class Digits(Term):
    """Digits typed in groups (``138 0013 8000``), looked for in phone numbers only."""

    __slots__ = ()

    def __init__(self, raw: str, digits: str) -> None:
        super().__init__(raw, phrase=True)
        self.digits = digits

    def in_doc(self, doc: Doc) -> bool:
        """Whether a phone number of the record holds the digits."""
        return self.digits is not None and self.digits in doc.phones
