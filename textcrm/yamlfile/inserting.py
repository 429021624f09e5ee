"""Careful edits: new pairs and items among those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.yamlfile.blocks import flow_pair, flow_text, item_text, pair_text
from textcrm.yamlfile.layout import (
    braced,
    column,
    content_start,
    entries,
    line_end,
    line_start,
    own_comment,
    place_for,
    starts_line,
    style_of,
)
from textcrm.yamlfile.nodes import key_name
from textcrm.yamlfile.replacing import replace_node
from textcrm.yamlfile.shapes import data_of, first_proven, new_shape, shape_at, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textcrm.yamlfile.layout import Style
    from textcrm.yamlfile.nodes import Found, Node


def insert_pair(
    text: str,
    roots: list[Node],
    found: Found,
    name: str,
    value: Any,
    key_order: Sequence[str] | None,
) -> str:
    """Add a key to a mapping, at its place in the order, else at the end."""
    node = found.node
    if node.flow and not node.children and not found.in_flow:
        return replace_node(text, roots, found, {name: value})
    if node.flow and not braced(text, node):  # `[a: b]` holds a mapping without braces
        return replace_node(text, roots, found, {**data_of(node), name: value})
    names = [key_name(node, place) for place in range(len(node.children))]
    place = place_for(names, name, key_order)
    intended = [shape_of(root) for root in roots]
    shape_at(intended, found.indexes)[3].insert(place, [new_shape(name), new_shape(value)])
    if node.flow:
        return first_proven(_flow(text, node, place, flow_pair(name, value)), intended)

    def render(style: Style) -> str:
        return pair_text(name, value, column(text, node), style)

    return first_proven(_lines(text, roots[0], node, place, render), intended)


def insert_entry(text: str, roots: list[Node], found: Found, place: int, value: Any) -> str:
    """Add an item to a list, before the one at a place."""
    node = found.node
    if node.flow and not node.children and isinstance(value, dict | list) and not found.in_flow:
        return replace_node(text, roots, found, [value])
    intended = [shape_of(root) for root in roots]
    shape_at(intended, found.indexes)[3].insert(place, [None, new_shape(value)])
    if node.flow:
        return first_proven(_flow(text, node, place, flow_text(value, in_list=True)), intended)

    def render(style: Style) -> str:
        return "-" + item_text(value, column(text, node), style)

    return first_proven(_lines(text, roots[0], node, place, render), intended)


def _lines(
    text: str, root: Node, node: Node, place: int, render: Callable[[Style], str]
) -> Iterator[str]:
    """A new entry on lines of its own, before or behind another."""
    style = style_of(text, root)
    for one in (style, style._replace(literal=False)):
        piece = render(one).replace("\n", style.eol)
        if place == 0:
            yield from _before(text, node, piece, style, 0)
        else:
            yield from _behind(text, node, piece, style, place - 1)


def _before(text: str, node: Node, piece: str, style: Style, place: int) -> Iterator[str]:
    """Before an entry and its own comment; before an entry that follows a dash, on its line."""
    at = entries(text, node)[place].start
    pad = " " * column(text, node)
    if starts_line(text, at):
        start = own_comment(text, at)
        yield text[:start] + pad + piece + style.eol + text[start:]
        start = line_start(text, at)
        yield text[:start] + pad + piece + style.eol + text[start:]
    yield text[:at] + piece + style.eol + pad + text[at:]


def _behind(text: str, node: Node, piece: str, style: Style, place: int) -> Iterator[str]:
    """On the lines behind an entry and the comment on its line."""
    entry = entries(text, node)[place]
    pad = " " * column(text, node)
    for end in dict.fromkeys((entry.end, max(entry.end, _last(entry.value).end))):
        at = line_end(text, end)
        if at is None:
            continue
        if at and text[at - 1] in "\r\n":
            yield text[:at] + pad + piece + style.eol + text[at:]
            continue
        yield text[:at] + style.eol + pad + piece + text[at:]
        yield text[:at] + style.eol + pad + piece + style.eol + text[at:]
        yield from _behind_open_block(text, _last(entry.value), style.eol + pad + piece)


def _last(node: Node) -> Node:
    """The last scalar of a node."""
    while node.children:
        node = node.children[-1][1]
    return node


def _behind_open_block(text: str, last: Node, piece: str) -> Iterator[str]:
    """Behind a block scalar that ends the file without a line break: it must not gain one."""
    start = content_start(text, last)
    if last.style in ("|", ">"):
        header = text[start : start + 3]
        bare = header.split("\n")[0].rstrip("\r").rstrip("+")
        if "-" not in bare:
            yield text[:start] + bare[:1] + "-" + text[start + 1 :].lstrip("+") + piece


def _flow(text: str, node: Node, place: int, piece: str) -> Iterator[str]:
    """A new entry between brackets: on a line of its own where the last one has one."""
    found = entries(text, node)
    eol = "\r\n" if "\r\n" in text else "\n"
    if not found:
        start = content_start(text, node) + 1
        yield text[:start] + piece + text[node.end - 1 :]
        yield text[:start] + piece + text[start:]
        return
    if place < len(found):
        at = found[place].start
        joint = ", "
        if starts_line(text, at):
            joint = "," + eol + text[line_start(text, at) : at]
        yield text[:at] + piece + joint + text[at:]
        return
    last = found[-1]
    comma = text[last.end : last.end + 1] == ","
    if starts_line(text, last.start):
        pad = text[line_start(text, last.start) : last.start]
        end = line_end(text, last.end + comma)
        if end is not None:
            between = ("" if comma else ",") + text[last.end : end]
            yield text[: last.end] + between + pad + piece + "," * comma + eol + text[end:]
    yield text[: last.end] + ", " + piece + text[last.end :]
