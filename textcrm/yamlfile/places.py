"""Where each value of a text stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import Invalid
from textcrm.yamlfile.failures import place
from textcrm.yamlfile.nodes import Node, compose, follow
from textcrm.yamlfile.reading import decode

if TYPE_CHECKING:
    from collections.abc import Sequence


class Positions:
    """Lines and columns, from 1, of the values and keys of a text."""

    def __init__(self, text: str, root: Node | None) -> None:
        self._text = text
        self._root = root

    def value(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Where the value stands; if it is missing, the first key of the nearest mapping above."""
        if self._root is None:
            return 1, 1
        found = follow(self._root, path)
        node = found.node
        if found.rest and node.kind == "map" and node.children:
            node = node.children[0][0] or node
        return place(self._text, node.start)

    def key(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Where the key of the value stands; of a list's item, the item."""
        if self._root is None:
            return 1, 1
        found = follow(self._root, path)
        if found.rest or not found.indexes:
            return self.value(path)
        key = found.trail[-2].children[found.indexes[-1]][0]
        return place(self._text, (key or found.node).start)


def positions(source: bytes | str) -> Positions:
    """Places of the values of a text that reads well; all at 1:1 for one that does not."""
    try:
        text = decode(source) if isinstance(source, bytes) else source
        text = text.removeprefix("\ufeff")
        roots = compose(text)
    except Invalid:
        return Positions("", None)
    return Positions(text, roots[0] if roots else None)
