"""The layout that edits follow: dashes and colons, ends of nodes and lines, comments, indents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.yamlfile.nodes import Node

_BREAKS = "\r\n\x85\u2028\u2029"
_GAP = re.compile(rf"(?:[ \t{_BREAKS}]+|#[^{_BREAKS}]*)*")
_FLOW_GAP = re.compile(rf"(?:[ \t,{_BREAKS}]+|#[^{_BREAKS}]*)*")
_PROPERTIES = re.compile(
    rf"(?:(?:&[0-9A-Za-z_-]+|!<[^>\s]*>|![^\s,\[\]{{}}]*)(?:[ \t{_BREAKS}]+|(?<=\s)#[^{_BREAKS}]*)*)*"
)
_LINE_REST = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r|\Z)")
_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
HEAD_COMMENT = re.compile(r"[ \t]+#.*")
_COMMENT_LINE = re.compile(r"([ ]*)#")


class Entry(NamedTuple):
    """An item or a pair of a collection.

    ``start`` is its dash, question mark or key, ``mark`` the offset of its dash or colon (-1 where
    there is none), ``end`` the end of its own text: not of the blank lines and comments after it.
    """

    start: int
    mark: int
    end: int
    key: Node | None
    value: Node


def entries(text: str, node: Node) -> list[Entry]:
    """The entries of a collection, in order."""
    if node.entries is None:
        found: list[Entry] = []
        cursor = inner_start(text, node)
        for key, value in node.children:
            column = column_of(text, found[0].start) if found else None
            entry = (
                _pair(text, node, (key, value), cursor, column)
                if key
                else _item(text, node, value, cursor)
            )
            found.append(entry)
            cursor = entry.end
        node.entries = found
    return node.entries


def _item(text: str, node: Node, value: Node, cursor: int) -> Entry:
    if node.flow:
        return Entry(value.start, -1, own_end(text, value, value.start), None, value)
    dash = gap_end(text, cursor)
    return Entry(dash, dash, own_end(text, value, dash + 1), None, value)


def _pair(
    text: str, node: Node, pair: tuple[Node, Node], cursor: int, column: int | None
) -> Entry:
    key, value = pair
    first = gap_end(text, cursor, flow=node.flow)
    asked = text[first : first + 1] == "?" and text[first + 1 : first + 2] in (
        *" \t\r\n",
        "",
    )
    start = (
        first if (asked and key.start > first) or (key.start == key.end and asked) else key.start
    )
    key_end = own_end(text, key, first + 1 if asked else key.start)
    mark = gap_end(text, key_end)
    there = text[mark : mark + 1] == ":" and (
        not asked
        or node.flow
        or value.end > value.start
        or column_of(text, mark) == (column_of(text, start) if column is None else column)
    )
    if not there:
        return Entry(start, -1, key_end, key, value)
    return Entry(start, mark, own_end(text, value, mark + 1), key, value)


def gap_end(text: str, start: int, *, flow: bool = False) -> int:
    """The offset behind white space, line breaks and comments (and commas)."""
    match = (_FLOW_GAP if flow else _GAP).match(text, start)
    return match.end() if match else start


def content_start(text: str, node: Node) -> int:
    """Where a node's own text starts, behind its anchor and tag."""
    if node.anchor is None and node.tag is None:
        return node.start
    match = _PROPERTIES.match(text, node.start, max(node.end, node.start))
    return match.end() if match else node.start


def inner_start(text: str, node: Node) -> int:
    """Where the first entry of a collection may start."""
    start = content_start(text, node) if node.kind in ("map", "seq") else node.start
    return start + 1 if braced(text, node) else start


def braced(text: str, node: Node) -> bool:
    """Whether a collection has brackets or braces of its own (`[a: b]` holds one that has not)."""
    return node.flow and text[content_start(text, node)] == ("{" if node.kind == "map" else "[")


def own_end(text: str, node: Node, default: int) -> int:
    """The end of a node's own text; ``default`` for a value that is not written at all."""
    if node.kind == "scalar":
        if node.end <= node.start:
            return default
        return block_end(text, node) if node.style in ("|", ">") else node.end
    if node.kind == "alias" or (node.flow and braced(text, node)):
        return node.end
    found = entries(text, node)
    return found[-1].end if found else node.end


def block_end(text: str, node: Node) -> int:
    """The end of a block scalar's text, line break included, blank lines after it left out."""
    start = content_start(text, node)
    header_end = _next_line(text, start)
    if "+" in text[start : start + 3]:
        return node.end
    indent = block_indent(text[start : node.end])
    end, line = header_end, header_end
    while line < node.end:
        after = min(_next_line(text, line), node.end)
        row = text[line:after].rstrip("\r\n")
        if row.strip(" ") or (indent and len(row) > indent):
            end = after
        line = after
    return end


def _next_line(text: str, start: int) -> int:
    found = text.find("\n", start)
    return len(text) if found < 0 else found + 1


def block_indent(own: str) -> int:
    """The indent of a block scalar's lines, from its own text; 0 where it has none."""
    for line in own.split("\n")[1:]:
        if line.strip():
            return len(line) - len(line.lstrip(" "))
    return 0


def column(text: str, node: Node) -> int:
    """The column at which the entries of a collection stand."""
    if node.flow or not node.children:
        return node.column
    return column_of(text, entries(text, node)[0].start)


def column_of(text: str, index: int) -> int:
    """The column, from 0, of an offset."""
    return index - line_start(text, index)


def line_start(text: str, index: int) -> int:
    """The offset where the line of a place starts."""
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def starts_line(text: str, index: int) -> bool:
    """Whether only spaces stand before a place on its line."""
    return not text[line_start(text, index) : index].strip(" ")


def line_end(text: str, end: int) -> int | None:
    """The offset behind the line of an entry's end, its comment included; None: more stands there."""
    if end and text[end - 1] in "\r\n":
        return end
    match = _LINE_REST.match(text, end)
    return match.end() if match else None


def comment_after(text: str, end: int) -> str:
    """The comment on the line after an entry's end, with the space before it."""
    match = _COMMENT.match(text, end) if end and text[end - 1] not in "\r\n" else None
    return match.group() if match else ""


def own_comment(text: str, index: int) -> int:
    """Where the comment lines directly above, at the same indent, start: they belong to an entry.

    A comment that opens the file speaks of the whole record and stays.
    """
    first = start = line_start(text, index)
    while start:
        previous = line_start(text, start - 2 if text[start - 2 : start] == "\r\n" else start - 1)
        match = _COMMENT_LINE.match(text, previous, start)
        if match is None or len(match[1]) != index - first:
            return start
        start = previous
    return first


class Style(NamedTuple):
    """How new lines are written in a text: its line break and its indents."""

    eol: str = "\n"
    list_step: int = 2
    map_step: int = 2
    literal: bool = True  # whether text of several lines may stand as a | block


def style_of(text: str, root: Node) -> Style:
    """The line break and the indents that are there: the first list's, the first mapping's."""
    eol = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    steps: dict[str, int] = {}
    for node in root.everything():
        for _, value in node.children if node.kind == "map" and not node.flow else ():
            if value.kind in ("map", "seq") and not value.flow and value.children:
                inside = entries(text, value)[0].start
                steps.setdefault(value.kind, column_of(text, inside) - column(text, node))
    return Style(eol, max(steps.get("seq", 2), 0), max(steps.get("map", 2), 1))


def place_for(names: Sequence[str | None], name: str, key_order: Sequence[str] | None) -> int:
    """The index at which a new key stands: behind the last of those that the order puts first."""
    if not key_order or name not in key_order:
        return len(names)
    before = set(key_order[: list(key_order).index(name)])
    return max((place for place, one in enumerate(names, 1) if one in before), default=0)
