"""Keys given other names, all other bytes kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.yamlfile.blocks import name_text
from textcrm.yamlfile.editing import unmarked
from textcrm.yamlfile.nodes import compose, follow

if TYPE_CHECKING:
    from collections.abc import Mapping


def rename(text: str, names: Mapping[tuple[str | int, ...], str]) -> str:
    """Give the keys at paths other names; a path through an alias is left as it is.

    The caller sees to it that no name stands twice then. Raises YamlInvalid as ``read`` does.
    """
    mark, text = unmarked(text)
    roots = compose(text)
    pieces: list[tuple[int, int, str]] = []
    for path, name in names.items():
        found = follow(roots[0], path) if roots else None
        if found is None or found.rest:
            continue
        holder = found.trail[-2]
        key = holder.children[found.indexes[-1]][0]
        if key is not None and key.kind == "scalar":
            pieces.append((key.start, key.end, name_text(name, flow=holder.flow)))
    for start, end, piece in sorted(pieces, reverse=True):
        text = text[:start] + piece + text[end:]
    return mark + text
