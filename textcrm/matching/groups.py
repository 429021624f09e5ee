"""Groups of customers that may be one, out of pairs that are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textcrm.matching.likeness import Likeness

_TOGETHER: Final = 0.4
"""What the members of two groups must be alike on average for the groups to become one."""


class Pair(NamedTuple):
    """Two customers, by number, and how alike they are."""

    one: int
    two: int
    likeness: Likeness


class Cluster(NamedTuple):
    """The members of a group, and the pairs that joined them, the surest first."""

    members: tuple[int, ...]
    pairs: tuple[Pair, ...]

    @property
    def score(self) -> float:
        """A group is as sure as its weakest link."""
        return min(pair.likeness.score for pair in self.pairs)


def clusters(pairs: Iterable[Pair], score: Callable[[int, int], float]) -> list[Cluster]:
    """Join pairs into groups, the surest pair first; ``score`` compares any two members.

    A pair whose groups have little else in common does not join them (a telephone that two
    families share) and stands alone, so that a customer may be in two groups. The surest groups
    come first.
    """
    group: dict[int, list[int]] = {}
    links: dict[int, list[Pair]] = {}
    alone: list[Cluster] = []
    for pair in sorted(pairs, key=lambda each: (-each.likeness.score, each.one, each.two)):
        one, two = group.setdefault(pair.one, [pair.one]), group.setdefault(pair.two, [pair.two])
        if one is two:
            continue
        if not _belong_together(one, two, score):
            alone.append(Cluster((pair.one, pair.two), (pair,)))
            continue
        links[id(one)] = [*links.pop(id(one), []), *links.pop(id(two), []), pair]
        one += two
        for member in two:
            group[member] = one
    joined = {id(members): members for members in group.values() if len(members) > 1}
    found = [_cluster(members, links[own]) for own, members in joined.items()] + alone
    return sorted(found, key=lambda each: (-each.score, each.members))


def _belong_together(
    one: Sequence[int], two: Sequence[int], score: Callable[[int, int], float]
) -> bool:
    if len(one) == len(two) == 1:
        return True
    scores = [score(a, b) for a in one for b in two]
    return sum(scores) >= _TOGETHER * len(scores)


def _cluster(members: Sequence[int], pairs: Sequence[Pair]) -> Cluster:
    return Cluster(
        tuple(sorted(members)), tuple(sorted(pairs, key=lambda each: -each.likeness.score))
    )
