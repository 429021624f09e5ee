"""The folded texts of a record as they are kept beside the index, and the place of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.query.fold import SEPARATOR
from textcrm.search.analyzers import leaf_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.query.doc import Leaf

_BASE: Final = ord("0")
_PHONE: Final = 4  # added to the place of a phone number
_FIRST_PHONE: Final = chr(_BASE + _PHONE)
_ODD: Final = "?"


class Placed(NamedTuple):
    """The folded texts of a record, and one character each for its place.

    ``texts`` is None where they cannot be told apart: then the record itself is to be asked.
    """

    texts: list[str] | None
    places: str


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


def placed(haystack: str, places: str) -> Placed:
    """A haystack cut into its texts."""
    texts = haystack.split(SEPARATOR)
    return Placed(texts if len(texts) == len(places) and places != _ODD else None, places)


def is_phone(place: str) -> bool:
    """Whether a text in this place is a phone number."""
    return place >= _FIRST_PHONE


def rank_of(place: str) -> int:
    """The number of a place among :data:`textcrm.search.text_index.PLACES`."""
    return (ord(place) - _BASE) % _PHONE
