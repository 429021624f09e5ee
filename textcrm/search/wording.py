"""Which rows hold a word: by tokens where they tell, else by the folded texts that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.query.fold import digits_beside, is_cjk
from textcrm.query.pinyin import find_pinyin
from textcrm.search import lookup
from textcrm.search.placing import Placed, is_phone
from textcrm.search.text_index import TooMany

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.catalog.catalog import Catalog
    from textcrm.catalog.kept import KeptDoc
    from textcrm.query.terms import Term
    from textcrm.search.text_index import TextIndex, Tree

_PAGE: Final = 500  # values of one SQL statement
_SCAN: Final = 4  # the share of the texts, a quarter, from which all are read in one go
_KEPT: Final = 20_000  # texts that are kept for ranking what was found by them
_REMEMBERED: Final = 200_000  # rows in answers of the index that are remembered

Rows = set[int]


class Wording:
    """Answers for words, of one state of the catalog. ``within`` are the rows that matter; None
    for all.

    Ranking asks for much of what finding asked for: that is remembered.
    """

    def __init__(self, catalog: Catalog, index: TextIndex) -> None:
        self.catalog = catalog
        self.index = index
        self._told: dict[tuple[str, str], Rows] = {}
        self._left = _REMEMBERED
        self._texts: dict[int, tuple[bytes, str]] = {}

    def holding(self, term: Term, within: Rows | None = None) -> Rows:
        """The rows that hold a term, as :meth:`textcrm.query.terms.Term.in_doc` says."""
        if not term.folded:
            return {d.row for d in self.docs(self._all(within)) if term.in_doc(d)}
        found = self.written(term, within)
        found |= self._dialled(term, found, within)
        found |= self._said(term, found, within)
        return found

    def written(self, term: Term, within: Rows | None = None) -> Rows:
        """The rows whose texts hold a term."""
        wanted = lookup.written(term)
        if wanted is None:
            return set()
        if wanted.exact and wanted.tree is not None:
            try:
                return self.told(wanted.tree, within)
            except TooMany:  # the tokens do not tell
                return self._looked_through(within, term)
        return self._looked_through(self.find(wanted.tree, within), term)

    def told(self, tree: Tree, within: Rows | None = None, place: str = "") -> Rows:
        """The rows of a tree among others, no row too many. Raises TooMany."""
        asked = repr(tree), place  # trees are tuples: a Token equals the Prefix of its text
        found = self._told.get(asked)
        if found is None:
            found = self.index.find(tree, place)
            if len(found) <= self._left:
                self._left -= len(found)
                self._told[asked] = found
        return found.copy() if within is None else found & within

    def find(self, tree: Tree | None, within: Rows | None = None, place: str = "") -> Rows | None:
        """The rows that a tree may find among others; None for any row."""
        if tree is None:
            return within
        try:
            return self.told(tree, within, place)
        except TooMany:
            return within

    def _dialled(self, term: Term, found: Rows, within: Rows | None) -> Rows:
        wanted = lookup.dialled(term)
        if wanted is None:
            return set()
        rows = self._all(self.find(wanted.tree, within)) - found
        return rows if wanted.exact else self._with_digits(rows, term.digits or "")

    def _with_digits(self, rows: Rows, digits: str) -> Rows:
        """Of some rows those with a phone number that holds these digits."""
        found: Rows = set()
        odd: Rows = set()
        for row, record in self.placed(rows):
            if record.is_odd:
                odd.add(row)
            elif any(
                is_phone(place) and digits_beside(digits, text) is not None
                for text, place in record.texts()
            ):
                found.add(row)
        return found | {d.row for d in self.docs(odd) if digits in d.phones}

    def _said(self, term: Term, found: Rows, within: Rows | None) -> Rows:
        wanted = lookup.said(term)
        if wanted is None:
            return set()
        sure: Rows = set()
        try:
            sure = self.told(wanted.sure, within) - found if wanted.sure is not None else sure
            perhaps = self._all(self.find(wanted.perhaps, within)) - found - sure
        except TooMany:
            perhaps = self._all(within) - found
        return sure | {d.row for d in self.docs(perhaps) if is_said(term, d)}

    def _all(self, rows: Rows | None) -> Rows:
        return self.every_row() if rows is None else rows

    def every_row(self) -> Rows:
        """The rows of all records."""
        return {row for (row,) in self.catalog.connection.execute("SELECT row FROM records")}

    def docs(self, rows: Iterable[int]) -> Iterator[KeptDoc]:
        """The records of some rows."""
        return self.catalog.docs(sorted(rows))

    def _looked_through(self, rows: Rows | None, term: Term) -> Rows:
        """Of some rows those whose folded texts hold a term."""
        found: Rows = set()
        needles = [term.folded.encode("utf-8", "surrogatepass")]
        if term.other:
            needles.append(term.other.encode())
        anywhere = (term.infix or is_cjk(term.folded[0])) and not term.other
        for row, data in self._stored(rows):
            if not term.joined and not any(needle in data for needle in needles):
                continue
            if anywhere or term.find(data.decode("utf-8", "surrogatepass")) is not None:
                found.add(row)
        return found

    def placed(self, rows: Iterable[int]) -> Iterator[tuple[int, Placed]]:
        """The folded texts of some rows, each with its place."""
        for row, data, places in self._few(set(rows)):
            yield row, Placed(data.decode("utf-8", "surrogatepass"), places)

    def _stored(self, rows: Rows | None) -> Iterator[tuple[int, bytes]]:
        connection = self.catalog.connection
        # The last number tells how many there are, about: counting them would read them all.
        last = connection.execute("SELECT max(row) FROM search_texts").fetchone()[0] or 0
        if rows is None or len(rows) > max(_PAGE, last // _SCAN):
            for row, data in connection.execute("SELECT row, text FROM search_texts"):
                if rows is None or row in rows:
                    yield row, data
            return
        for row, data, _ in self._few(rows):
            yield row, data

    def _few(self, rows: Rows) -> Iterator[tuple[int, bytes, str]]:
        known = rows & self._texts.keys()
        for row in known:
            yield row, *self._texts[row]
        for page in pages(rows - known):
            for row, data, places in self.catalog.connection.execute(
                "SELECT row, text, places FROM search_texts "  # noqa: S608 - question marks
                f"WHERE row IN ({','.join('?' * len(page))})",
                page,
            ):
                if len(self._texts) < _KEPT:
                    self._texts[row] = data, places
                yield row, data, places


def pages(rows: Iterable[int]) -> Iterator[list[int]]:
    """Rows in pieces that one SQL statement takes."""
    ordered = sorted(rows)
    for start in range(0, len(ordered), _PAGE):
        yield ordered[start : start + _PAGE]


def is_said(term: Term, doc: KeptDoc) -> bool:
    """Whether a name of a record is said as a term spells it."""
    return any(find_pinyin(term.folded, name) for name in doc.names)
