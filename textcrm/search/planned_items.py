"""Clauses about one item of a list: ``purchases(product:X amount:>1000)`` by row and item."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.query import nodes

if TYPE_CHECKING:
    from textcrm.query.doc import FieldPath
    from textcrm.query.nodes import Bound
    from textcrm.search.planner import Planner


class _Items(NamedTuple):
    """Items (row, place in the list) that fit, and rows of which that is not known."""

    sure: set[tuple[int, int]]
    perhaps: set[int]


def items_fitting(
    planner: Planner, node: nodes.Item, within: set[int] | None
) -> tuple[set[int], set[int]]:
    """The rows with an item that fits, and those that are to be asked.

    The values are numbered by the first list on their way, so lists in lists are always asked.
    """
    values = planner.values
    there = values.valued(node.path)
    there = there if within is None else there & within
    if len(node.path) != 1:
        return set(), there
    items = _asked(planner, node.node, node.path, there)
    sure = {row for row, _ in items.sure} & there
    return sure, (items.perhaps & there) - sure


def _asked(planner: Planner, node: Bound, path: FieldPath, there: set[int]) -> _Items:
    if isinstance(node, nodes.Every):
        return _every([_asked(planner, each, path, there) for each in node.nodes])
    if isinstance(node, nodes.Some):
        some = [_asked(planner, each, path, there) for each in node.nodes]
        return _Items(
            set().union(*(each.sure for each in some)), set().union(*(e.perhaps for e in some))
        )
    if isinstance(node, nodes.Holds) and not node.unset and not node.target.derived:
        place = (*path, *node.target.path)
        if planner.values.kept(place) and node.target.field is not None:
            return _Items(*planner.values.items_holding(place, node.test))
    if isinstance(node, nodes.Filled) and not any(each.derived for each in node.targets):
        places = [(*path, *each.path) for each in node.targets]
        if all(map(planner.values.kept, places)):
            return _Items(set(), set().union(*map(planner.values.having, places)))
    if isinstance(node, nodes.Found) and planner.is_searched(path):
        return _Items(set(), planner.wording.holding(node.term, there))
    return _Items(set(), set(there))


def _every(parts: list[_Items]) -> _Items:
    """What fits all of them; only where one does not know is a row to be asked."""
    sure = set(parts[0].sure)
    rows = {row for row, _ in sure} | parts[0].perhaps
    perhaps = set(parts[0].perhaps)
    for part in parts[1:]:
        sure &= part.sure
        rows &= {row for row, _ in part.sure} | part.perhaps
        perhaps |= part.perhaps
    return _Items(sure, perhaps & rows)
