"""The folded texts of a record as they are kept beside the index, and the place of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.query.fold import SEPARATOR
from textcrm.search.analyzers import leaf_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.query.doc import Leaf

_BASE: Final = ord("0")
_PHONE: Final = 4  # added to the place of a phone number
_FIRST_PHONE: Final = chr(_BASE + _PHONE)
_ODD: Final = "?"


class Placed(NamedTuple):
    """The folded texts of a record in one, and one character for the place of each."""

    haystack: str
    places: str

    @property
    def is_odd(self) -> bool:
        """Whether the texts cannot be told apart: then the record itself is to be asked."""
        return self.haystack.count(SEPARATOR) + 1 != len(self.places)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Each text with its place."""
        return zip(self.haystack.split(SEPARATOR), self.places, strict=True)

    def holding(self, word: str) -> Iterator[tuple[str, str]]:
        """The texts that a word stands in, anywhere, each with its place; the others are not cut."""
        haystack, index, end = self.haystack, 0, 0
        at = haystack.find(word)
        while at >= 0:
            index += haystack.count(SEPARATOR, end, at)
            start = haystack.rfind(SEPARATOR, 0, at) + 1
            end = haystack.find(SEPARATOR, at)
            if end < 0:
                end = len(haystack)
            yield haystack[start:end], self.places[index]
            at = haystack.find(word, end)


def places_of(leaves: Iterable[Leaf]) -> str:
    """One character for each text of a record in the order of its haystack: what it is worth.

    ``0`` to ``3`` for the places, 4 more for a phone number; :data:`_ODD` where a text holds the
    separator itself, so that the haystack cannot be cut.
    """
    found = []
    for leaf in leaves:
        if SEPARATOR in leaf.text:
            return _ODD
        place = leaf_place(leaf)
        found.append(chr(_BASE + place.number + _PHONE * place.phone))
    return "".join(found)


def is_phone(place: str) -> bool:
    """Whether a text in this place is a phone number."""
    return place >= _FIRST_PHONE


def rank_of(place: str) -> int:
    """The number of a place among :data:`textcrm.search.text_index.PLACES`."""
    return (ord(place) - _BASE) % _PHONE
