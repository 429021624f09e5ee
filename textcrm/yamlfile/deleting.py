"""Careful edits: taking keys and items out, with their own comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from textcrm.yamlfile.editing import unmarked
from textcrm.yamlfile.failures import refused
from textcrm.yamlfile.layout import (
    Entry,
    entries,
    line_end,
    line_start,
    own_comment,
    starts_line,
)
from textcrm.yamlfile.nodes import compose, follow
from textcrm.yamlfile.replacing import replace_node
from textcrm.yamlfile.shapes import (
    check_unreferenced,
    data_of,
    first_proven,
    shape_at,
    shape_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.yamlfile.nodes import Found, Node


_BLANK_LINES = re.compile(r"\A(?:[ \t]*(?:\r\n|\n|\r))+")


def delete(text: str, path: Sequence[str | int]) -> str:
    """Take out the key or item at a path; a path that leads nowhere changes nothing.

    With it goes its own comment: on its line, and on the lines directly above at its indent, but
    not what opens the file. A collection that loses its last entry becomes ``{}`` or ``[]``.
    Raises Invalid (edit-refused) where an alias further down needs what would go.
    """
    mark, text = unmarked(text)
    roots = compose(text)
    found = follow(roots[0], tuple(path)) if roots else None
    if found is None or not path:
        return mark + text
    if found.rest:
        return mark + (_in_copy(text, roots, found) if found.node.kind == "alias" else text)
    return mark + _delete(text, roots, found)


def _delete(text: str, roots: list[Node], found: Found) -> str:
    check_unreferenced(roots, found.node)
    parent, index = found.trail[-2], found.indexes[-1]
    key = parent.children[index][0]
    if key is not None:
        check_unreferenced(roots, key)
    if len(parent.children) == 1:
        above = found._replace(trail=found.trail[:-1], indexes=found.indexes[:-1])
        return replace_node(text, roots, above, {} if parent.kind == "map" else [])
    intended = [shape_of(root) for root in roots]
    del shape_at(intended, found.indexes[:-1])[3][index]
    ways = _out_of_flow if parent.flow else _out_of_block
    return first_proven(ways(text, entries(text, parent), index), intended)


def _in_copy(text: str, roots: list[Node], found: Found) -> str:
    """Out of the copy that takes an alias's place."""
    tree = data_of(found.node)
    inner: Any = tree
    for step in found.rest[:-1]:
        if not _has(inner, step):
            return text
        inner = inner[step]
    if not _has(inner, found.rest[-1]):
        return text
    del inner[found.rest[-1]]
    return replace_node(text, roots, found, tree)


def _has(tree: Any, step: Any) -> bool:
    if isinstance(tree, list):
        return isinstance(step, int) and 0 <= step < len(tree)
    return isinstance(tree, dict) and step in tree


def _out_of_block(text: str, found: list[Entry], index: int) -> Iterator[str]:
    entry = found[index]
    end = line_end(text, entry.end)
    if end is None:
        raise refused()
    if starts_line(text, entry.start):
        start = own_comment(text, entry.start)
        rest = text[end:]
        if not rest and not text.endswith("\n"):
            yield text[:start].rstrip("\r\n")
        yield text[:start] + rest
        # Blank lines must not fall to a `|+` text above.
        yield text[:start] + _BLANK_LINES.sub("", rest, count=1)
        return
    # Behind a dash: what follows moves up to it, the next entry's comment included.
    rest = text[end:].lstrip(" \r\n")
    yield text[: entry.start] + rest
    yield text[: entry.start] + text[found[index + 1].start :] if index + 1 < len(found) else rest


def _out_of_flow(text: str, found: list[Entry], index: int) -> Iterator[str]:
    entry = found[index]
    comma = text.startswith(",", entry.end)
    end = line_end(text, entry.end + comma)
    if starts_line(text, entry.start) and end is not None:
        yield text[: line_start(text, entry.start)] + text[end:]
    if index + 1 < len(found):
        yield text[: entry.start] + text[found[index + 1].start :]
    else:
        bare_tag = text.startswith("!", entry.start) and text.startswith(" ", entry.end)
        yield text[: found[index - 1].end] + text[entry.end + bare_tag :]
        yield text[: found[index - 1].end] + " " + text[entry.end :]  # behind a bare tag
