"""Which rows hold a word: by tokens where they tell, else by the folded texts that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.query.fold import is_cjk
from textcrm.query.pinyin import find_pinyin
from textcrm.search import lookup
from textcrm.search.text_index import TooMany

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.catalog.catalog import Catalog
    from textcrm.catalog.kept import KeptDoc
    from textcrm.query.terms import Term
    from textcrm.search.text_index import TextIndex, Tree

_PAGE: Final = 500  # values of one SQL statement
_SCAN: Final = 5000  # rows from which all texts are read in one go

Rows = set[int]


class Wording:
    """Answers for words. ``within`` are the rows that matter; None for all."""

    def __init__(self, catalog: Catalog, index: TextIndex) -> None:
        self.catalog = catalog
        self.index = index

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
                return {row for row, _ in self.texts(within, term)}
        return {row for row, _ in self.texts(self.find(wanted.tree, within), term)}

    def told(self, tree: Tree, within: Rows | None = None, place: str = "") -> Rows:
        """The rows of a tree among others, no row too many. Raises TooMany."""
        found = self.index.find(tree, place)
        return found if within is None else found & within

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
        if wanted.exact:
            return rows
        return {d.row for d in self.docs(rows) if (term.digits or "") in d.phones}

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

    def texts(self, rows: Rows | None, term: Term) -> Iterator[tuple[int, str]]:
        """The rows whose folded texts hold a term, with these texts."""
        needles = [term.folded.encode("utf-8", "surrogatepass")]
        if term.other:
            needles.append(term.other.encode())
        anywhere = term.infix or is_cjk(term.folded[0])
        for row, data in self._stored(rows):
            if not term.joined and not any(needle in data for needle in needles):
                continue
            text = data.decode("utf-8", "surrogatepass")
            if (anywhere and not term.other) or term.find(text) is not None:
                yield row, text

    def _stored(self, rows: Rows | None) -> Iterator[tuple[int, bytes]]:
        connection = self.catalog.connection
        if rows is None or len(rows) > _SCAN:
            for row, data in connection.execute("SELECT row, text FROM search_texts"):
                if rows is None or row in rows:
                    yield row, data
            return
        for page in pages(rows):
            yield from connection.execute(
                "SELECT row, text FROM search_texts "  # noqa: S608 - question marks
                f"WHERE row IN ({','.join('?' * len(page))})",
                page,
            )


def pages(rows: Iterable[int]) -> Iterator[list[int]]:
    """Rows in pieces that one SQL statement takes."""
    ordered = sorted(rows)
    for start in range(0, len(ordered), _PAGE):
        yield ordered[start : start + _PAGE]


def is_said(term: Term, doc: KeptDoc) -> bool:
    """Whether a name of a record is said as a term spells it."""
    return any(find_pinyin(term.folded, name) for name in doc.names)
