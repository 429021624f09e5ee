"""What a bound query looks at: whether anything of it is about the items of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.query import nodes
from textcrm.query.names import COMPUTED

if TYPE_CHECKING:
    from textcrm.query.names import Target
    from textcrm.query.nodes import Bound


def reaches(node: Bound, name: str) -> bool:
    """Whether a node may answer otherwise where a list of the record holds other items.

    ``name`` is that of the list, at the top of the record. What follows from the record (the last
    contact) is taken as given. Free words look everywhere.
    """
    if isinstance(node, nodes.Every | nodes.Some):
        return any(reaches(each, name) for each in node.nodes)
    if isinstance(node, nodes.NoneOf):
        return reaches(node.node, name)
    if isinstance(node, nodes.Anything | nodes.Silent):
        return False
    if isinstance(node, nodes.Filled):
        return any(_within(target, name) for target in node.targets)
    if isinstance(node, nodes.Holds):
        return _within(node.target, name)
    if isinstance(node, nodes.Below | nodes.Item | nodes.Span):
        return node.path[:1] in ((), (name,))
    return True


def _within(target: Target, name: str) -> bool:
    if target.derived:
        return target.derived in COMPUTED
    return target.path[:1] in ((), (name,))
