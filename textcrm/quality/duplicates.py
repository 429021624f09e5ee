"""Duplicates: groups of customers that may be one, with the reasons (G1, G2, G5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.matching import evidence
from textcrm.vault.alike import Alike

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.matching.groups import Pair
    from textcrm.matching.likeness import Finding
    from textcrm.vault import Vault


class Link(NamedTuple):
    """Two customers of a group and what makes them alike."""

    ids: tuple[str, str]
    score: float
    reasons: tuple[Finding, ...]


class Group(NamedTuple):
    """Customers that may be one; ``score`` is that of the weakest of ``links``.

    ``names`` go with ``ids``, the oldest first; ``level`` is certain, likely or possible.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    score: float
    links: tuple[Link, ...]

    @property
    def level(self) -> str:
        """How sure it is, in a word."""
        return evidence.level_of(self.score)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The codes of all reasons, what says most first."""
        bits: dict[str, float] = {}
        for link in self.links:
            for reason in link.reasons:
                bits[reason.code] = max(bits.get(reason.code, 0.0), reason.bits)
        return tuple(sorted(bits, key=lambda code: (-bits[code], code)))


def duplicates(
    vault: Vault,
    query: str | None = None,
    *,
    least: float = evidence.POSSIBLE,
    progress: Callable[[int], None] | None = None,
) -> list[Group]:
    """The groups of customers that may be one, the surest first.

    With ``query`` those with at least one customer that it finds; ``least`` is the least score, 0
    to 1. Archived customers count. Nothing sealed is compared. Raises Misuse (query-syntax).
    """
    among = None
    if query:
        from textcrm.vault.finding import search

        among = {hit.id for hit in search(vault, query, archived=True)}
    alike = Alike(vault)
    found = []
    for cluster in alike.clusters(least=least, among=among, progress=progress):
        named = sorted(alike.name_of(row) for row in cluster.members)
        links = tuple(_link(alike, pair) for pair in cluster.pairs)
        found.append(
            Group(tuple(i for i, _ in named), tuple(n for _, n in named), cluster.score, links)
        )
    return found


def _link(alike: Alike, pair: Pair) -> Link:
    one, two = sorted((alike.name_of(pair.one)[0], alike.name_of(pair.two)[0]))
    return Link((one, two), pair.likeness.score, pair.likeness.reasons)
