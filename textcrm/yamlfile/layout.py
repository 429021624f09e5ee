"""The layout that edits follow: ends of lines and nodes, dashes, comments, indents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textcrm.yamlfile.failures import refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.yamlfile.places import Span


def newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def splice(text: str, start: int, end: int, piece: str) -> str:
    return text[:start] + piece + text[end:]


def after_anchor(text: str, span: Span) -> int:
    """Where a scalar's own text starts, behind its anchor and tag."""
    match = re.compile(r"(?:(?:&[\w-]+|![^\s,\[\]{}]*)\s*)*").match(text, span.start, span.end)
    return match.end() if match else span.start


def block_indent(own: str) -> int:
    for line in own.split("\n")[1:]:
        if line.strip():
            return len(line) - len(line.lstrip(" "))
    return 0


def content_end(text: str, span: Span, start: int) -> int:
    """The end of a node's own text: after its last line's content, before what follows."""
    end = max(_last(span), start)
    if span.kind == "scalar" and span.style in ("|", ">"):
        while end > start and text[end - 1] in "\r\n":
            end -= 1
    return end


def _last(span: Span) -> int:
    """The offset where the last scalar inside a node ends (a block's end mark lies further on)."""
    if span.kind in ("map", "seq") and not span.flow and span.children:
        key, child = span.children[-1]
        if child.end > child.start or child.kind != "scalar":
            return _last(child)
        return max(child.end, key.end + 1)
    return span.end


def line_end(text: str, span: Span, key: Span | None = None) -> int:
    """The offset behind the line on which a node ends (with its comment and line break)."""
    end = _last(span)
    if span.kind == "scalar" and span.start == span.end and key is not None:
        end = max(text.find(":", key.end) + 1, key.end) if key is not span else end
    if end and text[end - 1] == "\n" and end > span.start:
        if span.kind == "scalar" and span.style not in ("|", ">"):
            return end
        trimmed = end
        while (
            trimmed > 1
            and text[trimmed - 1] == "\n"
            and text[: trimmed - 1].rstrip(" \r").endswith("\n")
            and not _keeps(text, span)
        ):
            trimmed = text.rfind("\n", 0, trimmed - 1) + 1
        return trimmed
    found = text.find("\n", end)
    return len(text) if found < 0 else found + 1


def _keeps(text: str, span: Span) -> bool:
    last = span
    while last.children:
        last = last.children[-1][1]
    head = text[last.start : text.find("\n", last.start)] if last.kind == "scalar" else ""
    return "+" in head[:4]


def dash_of(text: str, span: Span, index: int) -> int:
    """The offset of the dash of an item of a block list."""
    if index == 0:
        return span.start if text[span.start] == "-" else text.index("-", span.start)
    start = line_end(text, span.children[index - 1][1])
    match = re.compile(r"(?:[ ]*(?:#[^\n]*)?\r?\n)*[ ]*-").match(text, start)
    if match is None:
        raise refused()
    return match.end() - 1


def own_comment(text: str, line_start: int, indent: int) -> int:
    """Comment lines directly above, at the same indent, belong to what is deleted."""
    start = line_start
    while start:
        previous = text.rfind("\n", 0, start - 1) + 1
        line = text[previous:start]
        if not (line.lstrip(" ").startswith("#") and len(line) - len(line.lstrip(" ")) == indent):
            return start
        start = previous
    return line_start  # what opens the file speaks of the whole record


def list_step(text: str) -> int:
    """How far lists are indented under their keys in this text: 0 or 2."""
    match = re.search(
        r"^( *)[^\s#-][^\n]*:[ ]*(?:#[^\n]*)?\r?\n(?:[ ]*(?:#[^\n]*)?\r?\n)*( *)- ",
        text,
        re.MULTILINE,
    )
    return 0 if match and len(match[1]) == len(match[2]) else 2


def place_for(span: Span, name: str, key_order: Sequence[str] | None) -> int:
    names = [key.value for key, _ in span.children]
    if not key_order or name not in key_order:
        return len(names)
    before = set(key_order[: list(key_order).index(name)])
    places = [place for place, one in enumerate(names, 1) if one in before]
    return max(places, default=0)
