"""The plain scan: every record is asked, nothing is kept. The oracle of the other backends."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING, Final

from textcrm.query.doc import has_digits, is_name
from textcrm.search.backend import Facet, Hit, Match
from textcrm.search.order import sort_docs
from textcrm.search.rank import places_of, score
from textcrm.search.snippet import snippet
from textcrm.search.tabulate import column
from textcrm.text import Text, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textcrm.query import Doc, Query
    from textcrm.query.terms import Term
    from textcrm.search.rank import Scored

_MOST_MATCHES: Final = 5
NONE: Final = Text("(none)", "（无）")


class ScanBackend:
    """Keeps the contract of :class:`textcrm.search.backend.Backend` by asking every record."""

    def search(
        self,
        query: Query,
        docs: Iterable[Doc],
        *,
        sort: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
        archived: bool = False,
    ) -> list[Hit]:
        """The hits, best first, or by the fields of ``sort``."""
        found = [
            (doc, score(doc, query.words) if query.words else 0.0)
            for doc in self._fitting(query, docs, archived=archived)
        ]
        if sort:
            places = {id(entry[0]): entry for entry in found}
            found = [places[id(doc)] for doc in sort_docs([entry[0] for entry in found], sort)]
        else:
            found.sort(key=lambda entry: (-entry[1], -recency(entry[0]), entry[0].id))
        page = islice(found, max(0, offset), None if limit is None else max(0, offset) + limit)
        return [
            Hit(doc.id, points, matches_of(places_of(doc, query.words)), doc)
            for doc, points in page
        ]

    def fitting(
        self,
        query: Query,
        docs: Iterable[Doc],
        *,
        sort: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
        archived: bool = False,
    ) -> list[Doc]:
        """The records that fit, by the fields of ``sort`` or by id, without scores."""
        fitting = self._fitting(query, docs, archived=archived)
        ordered = sorted(fitting, key=lambda doc: doc.id)
        if sort:
            ordered = sort_docs(ordered, sort)
        start = max(0, offset)
        return ordered[start : None if limit is None else start + limit]

    def count(self, query: Query, docs: Iterable[Doc], *, archived: bool = False) -> int:
        """How many records fit."""
        return sum(1 for _ in self._fitting(query, docs, archived=archived))

    def facets(
        self,
        query: Query,
        docs: Iterable[Doc],
        fields: Sequence[str],
        *,
        archived: bool = False,
    ) -> dict[str, list[Facet]]:
        """Per field, how many of the records that fit have each value."""
        fitting = list(self._fitting(query, docs, archived=archived))
        return {name: _facet(name, fitting) for name in fields} if fitting else {}

    def suggest(self, word: str, docs: Iterable[Doc]) -> list[str]:
        """Words of names and tags that are near a word, the nearest first."""
        from textcrm.search.suggest import near, words_of

        return near(word, words_of(docs))

    @staticmethod
    def _fitting(query: Query, docs: Iterable[Doc], *, archived: bool) -> Iterator[Doc]:
        return (doc for doc in docs if query.matches(doc, archived=archived))


def recency(doc: Doc) -> int:
    """The day of the last contact, or of creation, as a number; 0 where neither is known."""
    day = doc.derived.get("last_contact") or doc.derived.get("created")
    return day.toordinal() if isinstance(day, dt.date) else 0


def _facet(name: str, docs: Sequence[Doc]) -> list[Facet]:
    chosen = column(name, docs[0].schema)
    counts: dict[object, int] = {}
    for doc in docs:
        for value in chosen.distinct(doc) or [None]:
            counts[value] = counts.get(value, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (pair[0] is None, -pair[1], str(pair[0])))
    return [
        Facet(value, NONE if value is None else chosen.label_of(value), n) for value, n in ordered
    ]


def matches_of(places: Sequence[Scored]) -> tuple[Match, ...]:
    """The best places as matches, one for each text however many words it holds."""
    by_path: dict[tuple[str | int, ...], list[Scored]] = {}
    for place in places:
        by_path.setdefault(place.leaf.path, []).append(place)
    return tuple(_match(found) for found in islice(by_path.values(), _MOST_MATCHES))


def _match(found: Sequence[Scored]) -> Match:
    leaf = found[0].leaf
    terms: list[Term] = [place.term for place in found]
    field = leaf.field
    line, spans = snippet(
        leaf.text,
        terms,
        phone=field is not None and has_digits(field),
        name=field is not None and is_name(field),
    )
    name = ".".join(leaf.field_path)
    return Match(leaf.path, name, field.label if field else same(name), line, spans)
