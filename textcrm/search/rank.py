"""Ranking: the name before contacts, tags and text; the whole before its beginning and a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.query.doc import has_digits, is_name, is_phone
from textcrm.query.fold import digits_beside
from textcrm.query.pinyin import find_pinyin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.query import Doc
    from textcrm.query.doc import Leaf
    from textcrm.query.terms import Term

NAME: Final = 40
CONTACT: Final = 30
KEYWORD: Final = 20
TEXT: Final = 10
_EXACT: Final = 4
_PREFIX: Final = 3
_PART: Final = 2
_PINYIN: Final = 1


class Scored(NamedTuple):
    """A text that holds a term, and how much that is worth."""

    score: int
    leaf: Leaf
    term: Term


def weight(leaf: Leaf) -> int:
    """What a hit in this place is worth before its quality."""
    path, field = leaf.field_path, leaf.field
    if path in (("name",), ("id",), ("former_ids",)):
        return NAME
    if field is None:
        return TEXT
    if path[0] in ("contacts", "aliases") or is_name(field) or is_phone(field):
        return CONTACT
    return KEYWORD if field.index == "keyword" else TEXT


def quality(term: Term, leaf: Leaf, folded: str) -> int:
    """How well a text answers to a term: 4 is it, 3 begins with it, 2 holds it, 0 not at all."""
    if found := term.find(folded):
        if found == (0, len(folded)):
            return _EXACT
        return _PART if found[0] else _PREFIX
    if not term.folded:
        return _PART if term.raw in leaf.text else 0
    if term.digits and leaf.field is not None and has_digits(leaf.field):
        return _of_digits(term.digits, leaf.text)
    return 0


def _of_digits(fragment: str, number: str) -> int:
    beside = digits_beside(fragment, number)
    if beside is None:
        return 0
    return _EXACT if beside <= 2 else _PART


def score(doc: Doc, terms: Sequence[Term]) -> float:
    """The score of a record: the sum of each term's best place."""
    places = doc.folded_leaves()
    return float(sum(max((e.score for e in _found(places, t)), default=0) for t in terms))


def places_of(doc: Doc, terms: Sequence[Term]) -> list[Scored]:
    """All places where a record holds the terms, the best first."""
    places = doc.folded_leaves()
    return sorted(
        (each for t in terms for each in _found(places, t)), key=lambda each: -each.score
    )


Places = list[tuple["Leaf", str]]


def _found(places: Places, term: Term) -> list[Scored]:
    """The places of one term; pinyin counts where it is written nowhere."""
    found = list(_written(places, term))
    return found or (list(_said(places, term)) if term.pinyin else [])


def _written(places: Places, term: Term) -> Iterator[Scored]:
    word = term.folded
    # Most texts lack the word altogether: that is seen without a call.
    plain = bool(word) and not (term.other or term.digits or term.joined)
    for leaf, folded in places:
        if plain and word not in folded:
            continue
        if grade := quality(term, leaf, folded):
            yield Scored(weight(leaf) + grade, leaf, term)


def _said(places: Places, term: Term) -> Iterator[Scored]:
    for leaf, _ in places:
        if leaf.field and is_name(leaf.field) and find_pinyin(term.folded, leaf.text):
            yield Scored(weight(leaf) + _PINYIN, leaf, term)
