"""Ranking: the name before contacts, tags and text; the whole before its beginning and a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.query.doc import is_name, is_phone
from textcrm.query.fold import digits_of, fold
from textcrm.query.pinyin import find_pinyin

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def quality(term: Term, leaf: Leaf) -> int:
    """How well a text answers to a term: 4 is it, 3 begins with it, 2 holds it, 1 in pinyin."""
    folded = fold(leaf.text)
    if found := term.find(folded):
        if found == (0, len(folded)):
            return _EXACT
        return _PART if found[0] else _PREFIX
    if not term.folded:
        return _PART if term.raw in leaf.text else 0
    if leaf.field is None:
        return 0
    if term.digits and is_phone(leaf.field):
        return _of_digits(term.digits, digits_of(leaf.text))
    if term.pinyin and is_name(leaf.field) and find_pinyin(term.folded, leaf.text):
        return _PINYIN
    return 0


def _of_digits(fragment: str, digits: str) -> int:
    if fragment not in digits:
        return 0
    return _EXACT if len(digits) - len(fragment) <= 2 else _PART


def score(doc: Doc, terms: Sequence[Term]) -> tuple[float, list[Scored]]:
    """The score of a record, the sum of each term's best place, and all places, best first."""
    found: list[Scored] = []
    best = [0] * len(terms)
    for leaf in doc.leaves():
        for index, term in enumerate(terms):
            if grade := quality(term, leaf):
                worth = weight(leaf) + grade
                best[index] = max(best[index], worth)
                found.append(Scored(worth, leaf, term))
    found.sort(key=lambda each: -each.score)
    return float(sum(best)), found
