"""Duplicates: groups of customers that may be one, with the reasons (G1, G2, G5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.matching import evidence
from textcrm.vault.alike import Alike
from textcrm.vault.alike_sealed import SealedKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


class Compared(NamedTuple):
    """What a comparison of all found, and what it could not compare.

    ``left_out`` counts the words (ends of a name, a street) that so many customers share that
    nobody was compared for them; ``read`` are the ids of those of whom something sealed was
    opened, ``closed`` the sealed values that no key opened, by label.
    """

    groups: list[Group]
    left_out: int
    read: tuple[str, ...] = ()
    closed: Mapping[str, int] = {}


def duplicates(
    vault: Vault,
    query: str | None = None,
    *,
    least: float = evidence.POSSIBLE,
    sealed: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[Group]:
    """The groups of customers that may be one, the surest first; see :func:`compare_all`."""
    return compare_all(vault, query, least=least, sealed=sealed, progress=progress).groups


def compare_all(
    vault: Vault,
    query: str | None = None,
    *,
    least: float = evidence.POSSIBLE,
    sealed: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Compared:
    """Compare all customers with each other, the surest groups first.

    With ``query`` only groups with at least one customer that it finds; ``least`` is the least
    score, 0 to 1. Archived customers count. Sealed values are compared where ``sealed`` says so:
    opened in memory by who holds the key, as digests, and never told. Raises Misuse (query-syntax),
    KeyMissing (no-key) where nothing sealed can be opened.
    """
    among = None
    if query:
        from textcrm.vault.finding import search

        among = {hit.id for hit in search(vault, query, archived=True)}
    keys = SealedKeys(vault, vault.keyring) if sealed and vault.access.has_keys else None
    alike = Alike(vault, keys.by_id() if keys else None)
    found = []
    for cluster in alike.clusters(least=least, among=among, progress=progress):
        named = sorted(alike.name_of(row) for row in cluster.members)
        links = tuple(_link(alike, pair) for pair in cluster.pairs)
        found.append(
            Group(tuple(i for i, _ in named), tuple(n for _, n in named), cluster.score, links)
        )
    if keys is None:
        return Compared(found, alike.left_out)
    return Compared(found, alike.left_out, tuple(keys.read), keys.closed)


def _link(alike: Alike, pair: Pair) -> Link:
    one, two = sorted((alike.name_of(pair.one)[0], alike.name_of(pair.two)[0]))
    return Link((one, two), pair.likeness.score, pair.likeness.reasons)
