"""Whole documents in line form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.yamlfile.blocks import block_text
from textcrm.yamlfile.intents import as_read, proven
from textcrm.yamlfile.scalars import fresh

if TYPE_CHECKING:
    from collections.abc import Sequence


def dump(tree: Any, *, order: Sequence[str] | None = None) -> str:
    """A new document in line form: LF, two spaces, what others would misread quoted."""
    if isinstance(tree, dict) and order:
        rank = {name: place for place, name in enumerate(order)}
        tree = dict(sorted(tree.items(), key=lambda pair: rank.get(pair[0], len(rank))))
    if isinstance(tree, dict | list) and tree:
        text = block_text(tree, 0) + "\n"
    else:
        text = (
            "{}\n"
            if isinstance(tree, dict)
            else "[]\n"
            if isinstance(tree, list)
            else fresh(tree) + "\n"
        )
    return proven(text, as_read(tree))
