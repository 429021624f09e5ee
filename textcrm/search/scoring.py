"""Scores of many rows at once: those of :mod:`textcrm.search.rank`, told by tokens where they can.

Where tokens cannot tell, the folded texts that are kept are looked through, with a string of
the places that they stand in; records themselves are loaded for pinyin and oddities only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.query.fold import digits_beside
from textcrm.query.terms import Digits
from textcrm.search import lookup, rank
from textcrm.search.placing import is_phone, rank_of
from textcrm.search.text_index import PLACES, TooMany

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textcrm.query.terms import Term
    from textcrm.search.placing import Placed
    from textcrm.search.text_index import Tree
    from textcrm.search.wording import Wording

_WEIGHTS: Final = (rank.NAME, rank.CONTACT, rank.KEYWORD, rank.TEXT)
_EXACT, _PREFIX, _PART, _PINYIN = 4, 3, 2, 1


class Scoring:
    """Scores rows; for one state of the catalog."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording

    def scores(self, terms: Sequence[Term], rows: set[int]) -> dict[int, int]:
        """The sum of what each term is worth in each row; rows worth nothing are left out."""
        total: dict[int, int] = {}
        for term in terms:
            for row, points in self._term(term, rows).items():
                total[row] = total.get(row, 0) + points
        return total

    def _term(self, term: Term, rows: set[int]) -> dict[int, int]:
        if not term.folded:
            return self._by_docs(term, rows)
        found = self._graded(term, rows)
        if term.pinyin:
            found |= self._said(term, rows - found.keys())
        return found

    def _graded(self, term: Term, rows: set[int]) -> dict[int, int]:
        """Where the words are written."""
        grades = lookup.graded(term)
        if grades is None:
            return self._by_texts(term, self._candidates(term, rows))
        try:
            return self._by_grades(term, grades, rows)
        except TooMany:  # the tokens do not tell
            return self._by_texts(term, self._candidates(term, rows))

    def _by_grades(self, term: Term, grades: lookup.Grades, rows: set[int]) -> dict[int, int]:
        left = self.wording.told(grades.holds, rows)
        found: dict[int, int] = {}
        if grades.doubtful is not None:
            doubtful = self.wording.told(grades.doubtful, left)
            found |= self._by_texts(term, doubtful)
            left = left - doubtful
        for place, weight in zip(PLACES, _WEIGHTS, strict=True):
            for tree, quality in (
                (grades.whole, _EXACT),
                (grades.begins, _PREFIX),
                (grades.holds, _PART),
            ):
                if not left:
                    return found
                last = weight == rank.TEXT and quality == _PART
                some = left if last else self.wording.told(tree, left, place)
                found |= dict.fromkeys(some, weight + quality)
                left = left - some
        return found

    def _candidates(self, term: Term, rows: set[int]) -> set[int]:
        """The rows that may be worth something by what is written."""
        found: set[int] = set()
        for wanted in (lookup.written(term), lookup.dialled(term)):
            if wanted is not None:
                found |= self.wording.find(wanted.tree, rows) or set()
        if isinstance(term, Digits):  # its form is looked for in texts as well
            return rows
        return found

    def _by_texts(self, term: Term, rows: set[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        odd: set[int] = set()
        for row, record in self.wording.placed(rows):
            if record.is_odd:
                odd.add(row)
            elif points := _best(term, record):
                found[row] = points
        return found | self._by_docs(term, odd, written=True)

    def _said(self, term: Term, rows: set[int]) -> dict[int, int]:
        wanted = lookup.said(term)
        if wanted is None or not rows:
            return {}
        perhaps = self.wording.find(wanted.perhaps, rows) or set()
        found = self._by_docs(term, perhaps)
        if wanted.sure is None:
            return found
        try:
            left = self.wording.told(wanted.sure, rows) - perhaps
            return found | self._by_places(wanted.sure, left)
        except TooMany:
            return self._by_docs(term, rows)

    def _by_places(self, tree: Tree, left: set[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for place, weight in zip(PLACES, _WEIGHTS, strict=True):
            if not left:
                break
            some = self.wording.told(tree, left, place)
            found |= dict.fromkeys(some, weight + _PINYIN)
            left = left - some
        return found

    def _by_docs(self, term: Term, rows: set[int], *, written: bool = False) -> dict[int, int]:
        scored = ((d.row, int(rank.score(d, (term,)))) for d in self.wording.docs(rows))
        # What is only said, not written, is worth its weight and one.
        return {row: n for row, n in scored if n and not (written and n % 10 == _PINYIN)}


def _best(term: Term, record: Placed) -> int:
    """As :func:`textcrm.search.rank.quality` and ``weight`` have it, of folded texts."""
    best = 0
    for text, place in _perhaps(term, record):
        weight = _WEIGHTS[rank_of(place)]
        if weight + _EXACT <= best:
            continue
        best = max(best, weight + quality if (quality := _quality(term, text, place)) else 0)
    return best


def _perhaps(term: Term, record: Placed) -> Iterable[tuple[str, str]]:
    """The texts that may answer to a term: most lack the word altogether, seen without a call."""
    word = term.folded
    if term.other or term.joined:
        return record.texts()
    if not term.digits:
        return record.holding(word)
    return [each for each in record.texts() if word in each[0] or is_phone(each[1])]


def _quality(term: Term, text: str, place: str) -> int:
    text = text.strip()
    if found := term.find(text):
        if found == (0, len(text)):
            return _EXACT
        return _PART if found[0] else _PREFIX
    if term.digits and is_phone(place):
        beside = digits_beside(term.digits, text)
        if beside is not None:
            return _EXACT if beside <= 2 else _PART
    return 0
