"""The ways in which one scalar can take another's place, best first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.yamlfile.layout import (
    block_indent,
    column,
    comment_after,
    content_start,
    entries,
    line_start,
    own_end,
)
from textcrm.yamlfile.scalars import (
    block,
    blockable,
    double_quoted,
    fresh,
    restyled,
    typed_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.yamlfile.layout import Entry, Style
    from textcrm.yamlfile.nodes import Found, Node

_HEADER = re.compile(r"[|>][0-9+-]*([ \t]+#[^\r\n]*)?")
# Tags that promise more than text; a new text may not keep the promise.
_TYPED_TAGS = re.compile(
    r"!!(?:null|bool|int|float|timestamp|binary|merge|value)(?![^\s,\]}])[ ]*"
)


class Splice(NamedTuple):
    """A piece of new text for the place from start to end."""

    start: int
    end: int
    piece: str


def splices(text: str, found: Found, value: Any, style: Style) -> Iterator[Splice]:
    """The candidates, to be tried in turn."""
    node = found.node
    entry = None
    if len(found.trail) > 1:
        entry = entries(text, found.trail[-2])[found.indexes[-1]]
    start, end = content_start(text, node), own_end(text, node, node.start)
    # `&an:chor` is the anchor "an" and the text ":chor".
    gap = " " if start > node.start and text[start - 1] not in " \t\r\n" else ""
    if node.kind == "scalar" and start >= end:
        yield from _filled(text, found, entry, value, style)
    elif value is None:
        yield from _emptied(text, found, entry, Splice(start, end, ""), style)
    elif node.style in ("|", ">") and node.kind == "scalar":
        yield from _block(text, found, Splice(start, end, ""), value, style)
    else:
        for piece in _inline(text, found, end, value, style):
            yield Splice(start, end, gap + piece)


def _inline(text: str, found: Found, end: int, value: Any, style: Style) -> Iterator[str]:
    """What can stand where a plain or quoted text (or an alias) stood."""
    node, flow = found.node, found.in_flow
    body = typed_text(value) or ""
    if node.kind == "alias":
        yield fresh(value, flow=flow)
    elif node.style in ("'", '"') or "\n" not in body:
        yield restyled(body, node.style, flow=flow)
    elif not flow and found.indexes and not comment_after(text, end) and blockable(body):
        yield _lines(text, body, "|", _parent(text, found) + 2, found, style)
    yield double_quoted(body)


def _parent(text: str, found: Found) -> int:
    """The column of the collection that a node stands in."""
    return column(text, found.trail[-2]) if len(found.trail) > 1 else 0


def _lines(text: str, body: str, look: str, indent: int, found: Found, style: Style) -> str:
    return block(body, look, indent, _parent(text, found)).replace("\n", style.eol)


def _block(text: str, found: Found, place: Splice, value: Any, style: Style) -> Iterator[Splice]:
    """A block scalar stays one, with its comment and indent, where that can hold the value."""
    node = found.node
    own = text[place.start : node.end]
    header = _HEADER.match(own)
    comment = (header[1] or "") if header else ""
    body = typed_text(value) or ""
    last = text[place.start : place.end]
    tail = style.eol if last.endswith(("\n", "\r")) or place.end < len(text) else ""
    indent = block_indent(own) or _parent(text, found) + style.map_step
    looks = dict.fromkeys((str(node.style), "|")) if blockable(body) else {}
    for look in looks:
        first, _, rest = _lines(text, body, look, indent, found, style).partition(style.eol)
        piece = first + comment + style.eol + rest
        for end, closing in ((place.end, tail), (node.end, tail), (node.end, style.eol)):
            yield Splice(place.start, end, piece + closing)
    for quoted in (restyled(body, None, flow=False), double_quoted(body)):
        yield Splice(place.start, place.end, quoted + comment + tail)


def _emptied(
    text: str, found: Found, entry: Entry | None, place: Splice, style: Style
) -> Iterator[Splice]:
    """Nothing where a scalar stood; without a space left at the line's end."""
    node = found.node
    tail = style.eol if text[place.end - 1] in "\r\n" else ""
    if not found.in_flow and node.start == place.start and entry is not None and entry.mark >= 0:
        yield Splice(entry.mark + 1, place.end, tail)
    yield Splice(place.start, place.end, tail)
    yield Splice(place.start, place.end, "!!null " + tail)


def _filled(
    text: str, found: Found, entry: Entry | None, value: Any, style: Style
) -> Iterator[Splice]:
    """A value where nothing stood after ``name:`` or the dash."""
    node = found.node
    if value is None:
        return
    body = typed_text(value) or ""
    pieces = [restyled(body, None, flow=found.in_flow), double_quoted(body)]
    if "\n" in body and not found.in_flow and blockable(body):
        pieces.insert(
            0, _lines(text, body, "|", _parent(text, found) + style.map_step, found, style)
        )
    for piece in pieces:
        if node.end > node.start:  # an anchor or a tag stands there
            yield Splice(node.end, node.end, " " + piece)
        elif entry is not None and entry.mark >= 0:
            yield Splice(entry.mark + 1, entry.mark + 1, " " + piece)
        elif entry is not None:
            yield from _after_name(text, found, entry, piece, style)


def _after_name(
    text: str, found: Found, entry: Entry, piece: str, style: Style
) -> Iterator[Splice]:
    """A value for a name that has not even a colon: ``? name`` or ``{name}``."""
    if found.in_flow or found.trail[-2].flow:
        at = found.node.start
        named = entry.key is not None and entry.key.end > entry.key.start
        for place in (entry.end, at) if named else (at, entry.end):
            yield Splice(place, place, ": " + piece)
        return
    pad = " " * _parent(text, found)
    at = found.node.start
    if at and text[at - 1] not in "\r\n" and line_start(text, at) + len(pad) == at:
        yield Splice(at, at, f": {piece}{style.eol}{pad}")
    joint = style.eol if at and text[at - 1] not in "\r\n" else ""
    yield Splice(at, at, f"{joint}{pad}: {piece}{'' if joint else style.eol}")


def without_typed_tag(text: str, node: Node, place: Splice) -> Splice:
    """The same splice with a tag like ``!!int`` before the old text taken out."""
    head = text[node.start : place.start]
    return Splice(node.start, place.end, _TYPED_TAGS.sub("", head) + place.piece)
