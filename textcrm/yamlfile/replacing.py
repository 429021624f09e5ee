"""Careful edits: one node's text replaced by a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.yamlfile.blocks import block_text, flow_text, item_text, value_text
from textcrm.yamlfile.failures import refused
from textcrm.yamlfile.layout import (
    HEAD_COMMENT,
    column,
    comment_after,
    content_start,
    entries,
    own_end,
    style_of,
)
from textcrm.yamlfile.shapes import (
    check_unreferenced,
    first_proven,
    new_shape,
    shape_at,
    shape_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.yamlfile.layout import Entry, Style
    from textcrm.yamlfile.nodes import Found, Node


def replace_node(text: str, roots: list[Node], found: Found, value: Any) -> str:
    """Put a tree where a node stands; the comment on the line of its name stays."""
    check_unreferenced(roots, found.node)
    intended = [shape_of(root) for root in roots]
    shape_at(intended, found.indexes)[:] = new_shape(value)
    style = style_of(text, roots[0])
    return first_proven(_texts(text, found, value, style), intended)


def _texts(text: str, found: Found, value: Any, style: Style) -> Iterator[str]:
    node = found.node
    if not found.indexes:
        yield from _root(text, node, value, style)
        return
    parent = found.trail[-2]
    entry = entries(text, parent)[found.indexes[-1]]
    if parent.flow or found.in_flow:
        yield from _in_flow(text, entry, flow_text(value, in_list=parent.kind == "seq"))
        return
    if entry.mark < 0:
        raise refused()
    for one in (style, style._replace(literal=False)):
        yield _in_block(text, parent, entry, value, one)


def _in_flow(text: str, entry: Entry, piece: str) -> Iterator[str]:
    node = entry.value
    end = own_end(text, node, node.start)
    if end > node.start:
        yield text[: node.start] + piece + text[end:]
    elif entry.mark >= 0:
        yield text[: entry.mark + 1] + " " + piece + text[entry.mark + 1 :]
    else:
        yield text[: entry.end] + ": " + piece + text[entry.end :]


def _in_block(text: str, parent: Node, entry: Entry, value: Any, style: Style) -> str:
    """The value behind a colon or dash, written anew."""
    head, comment, tail = _cut(text, entry)
    render = item_text if parent.kind == "seq" else value_text
    piece = render(value, column(text, parent), style)
    if comment and piece.strip():
        if parent.kind == "seq" and isinstance(value, dict | list) and value:
            piece = "\n" + block_text(value, column(text, parent) + 2, style)
        first, broken, rest = piece.partition("\n")
        piece = first + comment + broken + rest
    else:
        piece += comment
    closing = style.eol if text[entry.end - 1 : entry.end] in ("\n", "\r") else ""
    return head + piece.replace("\n", style.eol) + closing + tail


def _cut(text: str, entry: Entry) -> tuple[str, str, str]:
    """The text up to the colon or dash, the comment on its line, the text behind the value."""
    head = text[: entry.mark + 1]
    node = entry.value
    start = max(content_start(text, node), entry.mark + 1)
    between = text[entry.mark + 1 : start] if node.end > node.start else ""
    line, broken, _ = between.partition("\n")
    if broken:  # the value starts below
        found = HEAD_COMMENT.search(line.rstrip())
        return head, found.group() if found else "", text[entry.end :]
    comment = comment_after(text, entry.end)
    return head, comment, text[entry.end + len(comment) :]


def _root(text: str, node: Node, value: Any, style: Style) -> Iterator[str]:
    """A whole document: what stands around its content stays."""
    start, end = node.start, own_end(text, node, node.start)
    if isinstance(value, dict | list) and value:
        for one in (style, style._replace(literal=False)):
            piece = block_text(value, 0, one).replace("\n", style.eol)
            yield text[:start] + piece + text[end:]
            yield text[:start] + piece + style.eol + text[end:]
            if text[:start].rstrip(" \t") == text[:start].rstrip():
                yield text[:start].rstrip(" \t") + style.eol + piece + text[end:]
    piece = flow_text(value)
    closing = style.eol if text[end - 1 : end] in ("\n", "\r") else ""
    yield text[:start] + piece + closing + text[end:]
