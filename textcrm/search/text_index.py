"""What an engine of the full text does: keep the tokens of records, find rows by a tree of them.

The tokens are those of :mod:`textcrm.search.analyzers`; a *row* is a record's number in the
catalog. An engine gives sets and no scores: ranking is the same for all of them and computed by
:mod:`textcrm.search.indexed`. The four places that a token may stand in are those of
:class:`~textcrm.search.analyzers.Terms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textcrm.search.analyzers import Terms
    from textcrm.search.beside import Readers

PLACES: Final = ("name", "contact", "keyword", "text")
MOST_EXPANDED: Final = 2000  # tokens that a Prefix may stand for


class Moved(Exception):
    """The index is not what it was a moment ago: written by another process, or found damaged.

    To be asked again, after following the catalog once more.
    """


class TooMany(Exception):
    """A Prefix stands for more tokens than :data:`MOST_EXPANDED`."""


# Tuples: told apart by their class, never by being equal.
class Token(NamedTuple):
    """One token, whole."""

    text: str


class Prefix(NamedTuple):
    """Any token that begins so; never empty."""

    text: str


class All(NamedTuple):
    """Rows that every node finds (in any place each); never empty."""

    nodes: tuple[Tree, ...]


class AnyOf(NamedTuple):
    """Rows that one node at least finds; nothing where there are none."""

    nodes: tuple[Tree, ...]


Tree = Token | Prefix | All | AnyOf


class TextIndex(Protocol):
    """An engine.

    ``stamp`` says what the index was built by (engine and its version, analyzer) and ``sequence``
    up to which change of the catalog; both are stored in one step with the postings, so that a
    process killed at any moment leaves the old index or the new one. ``stamp`` is empty and
    ``sequence`` -1 where there is no index that can be used: then it is built.
    """

    @property
    def stamp(self) -> str:
        """What the index was built by."""
        ...

    @property
    def sequence(self) -> int:
        """The catalog's sequence that the index holds."""
        ...

    def build(
        self,
        entries: Iterable[tuple[int, Terms]],
        sequence: int,
        progress: Callable[[int], None] | None = None,
    ) -> bool:
        """Put a new index of these rows in the place of what is there.

        ``progress`` is told now and then how many entries are done. False where another process
        built one meanwhile, and this one went through none of the entries.
        """
        ...

    def build_beside(
        self, readers: Readers, sequence: int, progress: Callable[[int], None] | None = None
    ) -> bool:
        """As :meth:`build`, of records that other processes read as well. Raises NoReaders."""
        ...

    def update(
        self, upserted: Iterable[tuple[int, Terms]], removed: Iterable[int], sequence: int
    ) -> None:
        """Take out ``removed`` and whatever stands of ``upserted``, and put these in."""
        ...

    def find(self, tree: Tree, place: str = "") -> set[int]:
        """The rows that a tree finds, in any place or in one of :data:`PLACES`.

        Exact: neither a row too many nor one too few. Raises TooMany; Moved.
        """
        ...
