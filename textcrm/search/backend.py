"""The contract of a search backend; ``tests/search_contract.py`` holds every backend to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textcrm.query import Doc, Query
    from textcrm.text import Text


class Match(NamedTuple):
    """Where a word was found.

    ``path`` leads to the value (keys and indexes), ``field`` is it without indexes, dotted.
    ``snippet`` is one line around the hit, clipped ends shown by an ellipsis; ``spans`` are
    (start, length) in characters of the snippet.
    """

    path: tuple[str | int, ...]
    field: str
    label: Text
    snippet: str
    spans: tuple[tuple[int, int], ...]


class Hit(NamedTuple):
    """A record that fits. ``score`` is 0 where the query has no free words."""

    id: str
    score: float
    matches: tuple[Match, ...]
    doc: Doc


class Facet(NamedTuple):
    """How many records of a result have a value; ``value`` None counts those without any."""

    value: Any
    label: Text
    count: int  # type: ignore[assignment]  # hides the tuple's method, which nobody needs


class Backend(Protocol):
    """Finds records by query.

    ``docs`` are the records to search; a backend with an index may use them to fetch only what it
    found. Archived records are left out unless the query or ``archived`` asks for them.
    """

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
        """The hits, best first: score, then the latest contact or creation, then id.

        ``sort`` names fields instead (``-`` before one turns it round). The first ``offset`` hits
        are passed over.
        """
        ...

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
        """The records of :meth:`search`, for tables: no scores, no snippets.

        Without ``sort`` in the order of their ids.
        """
        ...

    def count(self, query: Query, docs: Iterable[Doc], *, archived: bool = False) -> int:
        """How many records fit."""
        ...

    def facets(
        self,
        query: Query,
        docs: Iterable[Doc],
        fields: Sequence[str],
        *,
        archived: bool = False,
    ) -> dict[str, list[Facet]]:
        """Per field, how many of the records that fit have each value, the most common first."""
        ...

    def suggest(self, word: str, docs: Iterable[Doc]) -> list[str]:
        """Up to three words that the vault has and that are near one that finds nothing."""
        ...
