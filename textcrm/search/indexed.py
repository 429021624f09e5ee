"""The backend of every vault: the catalog for fields, an index for words, records for the page."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Final, TypeVar

from textcrm.catalog.text import got
from textcrm.search.backend import Facet, Hit
from textcrm.search.following import follow
from textcrm.search.order import sort_docs
from textcrm.search.planner import Planner
from textcrm.search.rank import places_of
from textcrm.search.scan import matches_of
from textcrm.search.scoring import Scoring
from textcrm.search.sqlite_index import SqliteIndex
from textcrm.search.text_index import Moved
from textcrm.search.wording import Wording, pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textcrm.catalog.catalog import Catalog
    from textcrm.query import Doc, Query
    from textcrm.search.following import Telling
    from textcrm.search.text_index import TextIndex

_T = TypeVar("_T")
_FEW: Final = 100  # rows that are looked at one by one
_TRIES: Final = 5


class IndexedBackend:
    """Keeps the contract of :class:`textcrm.search.backend.Backend`.

    ``docs`` are never looked at: the records are those of the catalog, which is up to date when
    its ``refresh`` was called. The index follows it by itself; ``telling`` gives what hears of its
    progress while it is built.
    """

    def __init__(
        self,
        catalog: Catalog,
        index: TextIndex,
        telling: Telling = contextlib.nullcontext,
    ) -> None:
        self.catalog = catalog
        self.index = index
        self.telling = telling
        self._answer: tuple[tuple[object, ...], set[int]] | None = None

    def search(
        self,
        query: Query,
        docs: Iterable[Doc] = (),  # noqa: ARG002 - those of the catalog
        *,
        sort: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
        archived: bool = False,
    ) -> list[Hit]:
        """The hits, best first, or by the fields of ``sort``; snippets for this page only."""

        def found(wording: Wording) -> list[Hit]:
            rows = self._rows(wording, query, archived=archived)
            scores = Scoring(wording).scores(query.words, rows) if query.words else {}
            start, end = max(0, offset), None if limit is None else max(0, offset) + limit
            if sort:
                ordered = self._in_order(rows)
                page = sort_docs(self.catalog.docs(ordered), sort)[start:end]
            else:
                ranked = _Ranking(self.catalog, rows, scores).first(end)
                page = list(self.catalog.docs(ranked[start:end]))
            return [
                Hit(
                    doc.id,
                    float(scores.get(doc.row, 0)),  # type: ignore[attr-defined]
                    matches_of(places_of(doc, query.words)) if query.words else (),
                    doc,
                )
                for doc in page
            ]

        return self._asked(found)

    def fitting(
        self,
        query: Query,
        docs: Iterable[Doc] = (),  # noqa: ARG002 - those of the catalog
        *,
        sort: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
        archived: bool = False,
    ) -> list[Doc]:
        """The records that fit, by the fields of ``sort`` or by id, without scores."""

        def found(wording: Wording) -> list[Doc]:
            rows = self._rows(wording, query, archived=archived)
            start, end = max(0, offset), None if limit is None else max(0, offset) + limit
            ordered = self._by_id(rows)
            if not sort:
                return list(self.catalog.docs(ordered[start:end]))
            return list(sort_docs(self.catalog.docs(ordered), sort)[start:end])

        return self._asked(found)

    def count(
        self,
        query: Query,
        docs: Iterable[Doc] = (),  # noqa: ARG002 - those of the catalog
        *,
        archived: bool = False,
    ) -> int:
        """How many records fit."""
        return self._asked(lambda wording: len(self._rows(wording, query, archived=archived)))

    def rows(self, query: Query, *, archived: bool = False) -> set[int]:
        """The numbers, in the catalog, of the records that fit."""
        return set(self._asked(lambda wording: self._rows(wording, query, archived=archived)))

    def facets(
        self,
        query: Query,
        docs: Iterable[Doc],  # noqa: ARG002 - those of the catalog
        fields: Sequence[str],
        *,
        archived: bool = False,
    ) -> dict[str, list[Facet]]:
        """Per field, how many of the records that fit have each value."""
        from textcrm.search.counting import facet

        def found(wording: Wording) -> dict[str, list[Facet]]:
            rows = self._rows(wording, query, archived=archived)
            return {name: facet(self.catalog, name, rows) for name in fields} if rows else {}

        return self._asked(found)

    def suggest(self, word: str, docs: Iterable[Doc] = ()) -> list[str]:  # noqa: ARG002
        """Words of names and tags that are near a word, the nearest first."""
        from textcrm.search.vocabulary import near_words

        return self._asked(lambda _: near_words(self.catalog, word))

    def _asked(self, work: Callable[[Wording], _T]) -> _T:
        """Do something with an index that is up to date, all of it on one state of the database."""

        def whole() -> _T:
            index = self._followed()
            connection = self.catalog.connection
            connection.execute("BEGIN")
            try:
                return work(Wording(self.catalog, index))
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

        for _ in range(_TRIES):
            try:
                return self.catalog.safely(whole)
            except Moved:
                continue
        self.index = SqliteIndex(self.catalog)  # an index that never stays is as good as none
        return self.catalog.safely(whole)

    def _rows(self, wording: Wording, query: Query, *, archived: bool) -> set[int]:
        """The rows that fit; a page, its number of hits and its facets are of one answer."""
        asked = (query, archived, wording.index, self.catalog.identity, self.catalog.sequence)
        if self._answer is None or self._answer[0] != asked:
            self._answer = asked, Planner(wording).fitting(query, archived=archived)
        return self._answer[1]

    def _followed(self) -> TextIndex:
        """The index, up to date; where it cannot be written, one that lives in the catalog."""
        with contextlib.suppress(OSError):
            follow(self.catalog, self.index, self.telling)
            if self.index.sequence == self.catalog.sequence:
                return self.index
        index = SqliteIndex(self.catalog)
        follow(self.catalog, index, self.telling)
        return index

    def _by_id(self, rows: set[int]) -> list[int]:
        """Rows by id; those of one id in the order of their files."""
        ids = self._ids(rows)
        unique = len(ids) == len(rows) == len(set(ids.values()))
        return sorted(ids if unique else self._in_order(rows), key=ids.__getitem__)

    def _in_order(self, rows: set[int]) -> list[int]:
        """Rows in the order of their files, as a scan meets them."""
        return [row for row in self.catalog.rows() if row in rows]

    def _ids(self, rows: set[int]) -> dict[int, str]:
        return ids_of(self.catalog, rows)


def ids_of(catalog: Catalog, rows: set[int]) -> dict[int, str]:
    """The ids of some records."""
    found: dict[int, str] = {}
    for page in pages(rows):
        marks = ",".join("?" * len(page))
        found.update(
            (row, got(id_))
            for row, id_ in catalog.connection.execute(
                f"SELECT row, id FROM records WHERE row IN ({marks})",  # noqa: S608
                page,
            )
        )
    return found


class _Ranking:
    """Rows by score, then the latest contact or creation, then id; no further than asked for."""

    def __init__(self, catalog: Catalog, rows: set[int], scores: dict[int, int]) -> None:
        self.catalog = catalog
        self.groups: dict[int, set[int]] = {}
        for row in rows:
            self.groups.setdefault(scores.get(row, 0), set()).add(row)

    def first(self, count: int | None) -> list[int]:
        """The first rows; all without a count."""
        found: list[int] = []
        for score in sorted(self.groups, reverse=True):
            left = None if count is None else count - len(found)
            if left is not None and left <= 0:
                break
            found += self._latest(self.groups[score], left)
        return found

    def _latest(self, rows: set[int], count: int | None) -> list[int]:
        """The rows of one score, day by day."""
        if len(rows) <= _FEW:
            return self._few(rows)[:count]
        found: list[int] = []
        left = set(rows)
        day: str | None = None
        same: set[int] = set()
        for value, row in self.catalog.connection.execute(
            "SELECT value, row FROM terms JOIN cells USING(term) "
            "WHERE path='derived.since' AND kind='d' ORDER BY value DESC"
        ):
            if value != day:
                found += self._by_id(same)
                same = set()
                day = value
                if not left or (count is not None and len(found) >= count):
                    break
            if row in left:
                left.remove(row)
                same.add(row)
        found += self._by_id(same)
        if count is None or len(found) < count:
            found += self._by_id(left)
        return found if count is None else found[:count]

    def _few(self, rows: set[int]) -> list[int]:
        """As :meth:`_latest` for few rows: asked one by one, and not for the days of all records."""
        keyed = [
            (
                math.inf if (days := doc.derived.get("days_silent")) is None else days,
                doc.id,
                doc.row,
            )
            for doc in self.catalog.docs(rows)
        ]
        return [row for *_, row in sorted(keyed)]

    def _by_id(self, rows: set[int]) -> list[int]:
        if len(rows) < 2:
            return list(rows)
        ids = ids_of(self.catalog, rows)
        return sorted(sorted(rows), key=lambda row: ids[row])
