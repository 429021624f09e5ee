"""Careful edits: setting and replacing values, all other bytes kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from textcrm.errors import Invalid
from textcrm.yamlfile.blocks import blockable, flow_text, item_text, key_text, literal, value_text
from textcrm.yamlfile.failures import refused
from textcrm.yamlfile.intents import as_read, one_scalar, proven, value_of, verified, with_value
from textcrm.yamlfile.layout import (
    after_anchor,
    block_indent,
    content_end,
    dash_of,
    line_end,
    list_step,
    newline,
    place_for,
    splice,
)
from textcrm.yamlfile.places import (
    Span,
    child_of,
    depth_of,
    find_span,
    inside_flow,
    parent_and_key,
)
from textcrm.yamlfile.reading import read
from textcrm.yamlfile.scalars import fresh, restyled, typed_text
from textcrm.yamlfile.writing import dump

if TYPE_CHECKING:
    from collections.abc import Sequence


def set_scalar(
    text: str, path: Sequence[str | int], value: Any, *, key_order: Sequence[str] | None = None
) -> str:
    """Replace the scalar at a path, or make it; all other bytes stay. Raises Invalid."""
    steps = tuple(path)
    span = find_span(text, steps)
    if span is None or span.kind in ("map", "seq"):
        return set_value(text, steps, value, key_order=key_order)
    flow = inside_flow(text, steps)
    if span.kind == "alias":
        new = splice(text, span.start, span.end, restyled(value, None, flow=flow))
    elif span.style in ("|", ">"):
        new = _replace_block(text, span, value)
    else:
        start = after_anchor(text, span)
        replaced = restyled(value, None if span.style in (None, "") else span.style, flow=flow)
        if start == span.end and span.start == span.end:
            return _fill_empty(text, span, steps, replaced, value)
        glued = start > span.start and text[start - 1] not in " \t\r\n"
        new = splice(text, start, span.end, " " + replaced if glued else replaced)
    return one_scalar(text, new, span, value)


def _fill_empty(text: str, span: Span, steps: tuple[Any, ...], replaced: str, value: Any) -> str:
    """A value where nothing stood after ``key:`` or ``-``."""
    if not replaced:
        return text
    found = parent_and_key(text, steps)
    key = found[1] if found is not None else None
    tries: list[tuple[int, str]] = []
    colon = re.compile(r"\s*:").match(text, key.end) if key is not None else None
    if colon is not None:
        tries.append((colon.end(), replaced))
    for place in dict.fromkeys((span.start, key.end if key is not None else span.start)):
        tries += [(place, replaced), (place, ": " + replaced)]
        if found is not None and found[0].kind == "map":
            tries.append((place, ": " + replaced + newline(text)))
            tries.append((place, newline(text) + " " * found[0].column + ": " + replaced))
    for place, piece in tries:
        for before in ("", " "):
            if (
                before == ""
                and place
                and text[place - 1] not in " \n"
                and not piece.startswith("\n")
            ):
                continue
            try:
                return one_scalar(text, splice(text, place, place, before + piece), span, value)
            except Invalid:
                continue
    raise refused()


def _replace_block(text: str, span: Span, value: Any) -> str:
    """A block scalar keeps being one where the value has lines, else it becomes quoted."""
    end = span.end
    own = text[span.start : end]
    eol = newline(text)
    body = str(value) if typed_text(value) is None else typed_text(value) or ""
    indent = block_indent(own)
    tail = "" if end >= len(text) and not own.endswith("\n") else eol
    if "\n" in body and span.style == "|" and indent and blockable(body):
        piece = literal(body, indent).replace("\n", eol)
        return splice(text, span.start, end, piece + tail)
    return splice(text, span.start, end, restyled(body, None, flow=False) + tail)


def set_value(
    text: str, path: Sequence[str | int], value: Any, *, key_order: Sequence[str] | None = None
) -> str:
    """Put any tree at a path, replacing what stands there, making what is missing on the way."""
    steps = tuple(path)
    depth = depth_of(text, steps)
    if depth == len(steps):
        span = find_span(text, steps)
        if (
            span is not None
            and span.kind in ("scalar", "alias")
            and not isinstance(value, dict | list)
        ):
            return set_scalar(text, steps, value)
        return replace_node(text, steps, value)
    for step in reversed(steps[depth + 1 :]):
        value = [value] if isinstance(step, int) else {step: value}
    parent, step = steps[:depth], steps[depth]
    span = find_span(text, parent)
    if span is None or (span.kind == "scalar" and not span.value):
        return (
            set_value(text, parent, [value] if isinstance(step, int) else {step: value})
            if parent
            else _start(text, {str(step): value})
        )
    if isinstance(step, int):
        return insert_item(text, parent, step, value)
    if span.kind != "map":
        raise refused()
    new = _insert_key(text, span, str(step), value, key_order)
    return verified(text, new, (*parent, step), value)


def _start(text: str, tree: dict[str, Any]) -> str:
    eol = newline(text)
    body = dump(tree).replace("\n", eol)
    joint = "" if not text or text.endswith("\n") or text == "\ufeff" else eol
    return proven(text + joint + body, as_read(tree))


def replace_node(text: str, steps: tuple[Any, ...], value: Any) -> str:
    if not steps:
        raise refused()
    parent = find_span(text, steps[:-1])
    if parent is None:
        raise refused()
    key, span = child_of(parent, steps[-1]) or (parent, parent)
    if parent.flow or inside_flow(text, steps):
        new = splice(text, span.start, span.end, flow_text(value))
        return verified(text, new, steps, value)
    eol = newline(text)
    indent = parent.column
    start = (
        text.index(":", key.end) + 1
        if parent.kind == "map"
        else text.rindex("-", 0, max(span.start, 1)) + 1
    )
    end = content_end(text, span, start)
    piece = value_text(value, indent, list_step(text)).rstrip("\n").replace("\n", eol)
    tail = text[end:]
    if end and text[end - 1] == "\n" and tail:
        piece += eol
    return verified(text, text[:start] + piece + tail, steps, value)


def _insert_key(
    text: str, span: Span, name: str, value: Any, key_order: Sequence[str] | None
) -> str:
    """Add a key to a mapping: after the last of those that the order puts before it."""
    if span.flow:
        return _insert_flow(
            text, span, f"{fresh(name, flow=True)}: {flow_text(value)}", len(span.children)
        )
    place = place_for(span, name, key_order)
    eol = newline(text)
    line = (key_text(name) + ":" + value_text(value, span.column, list_step(text))).replace(
        "\n", eol
    )
    if place == 0:
        first = span.children[0][0]
        return splice(text, first.start, first.start, line + eol + " " * span.column)
    key, previous = span.children[place - 1]
    end = line_end(text, previous, key)
    joint = "" if end and text[end - 1] == "\n" else eol
    return splice(
        text,
        end,
        end,
        joint + " " * span.column + line + (eol if not joint else "" if end >= len(text) else eol),
    )


def append_item(text: str, path: Sequence[str | int], value: Any) -> str:
    """Add an item at the end of a list: block, flow, empty or missing."""
    span = find_span(text, tuple(path))
    count = len(span.children) if span is not None and span.kind == "seq" else 0
    return insert_item(text, path, count, value)


def insert_item(text: str, path: Sequence[str | int], index: int, value: Any) -> str:
    """Put an item into a list before the one at ``index``."""
    steps = tuple(path)
    span = find_span(text, steps)
    if span is None or span.kind != "seq":
        if span is not None and not (
            span.kind == "scalar" and not span.value and span.style in (None, "")
        ):
            raise refused()
        return set_value(text, steps, [value])
    intended = read(text)
    items = list(value_of(intended, steps))
    items.insert(index, as_read(value))
    intended = with_value(intended, steps, items)
    if span.flow:
        if not span.children and isinstance(value, dict | list) and not inside_flow(text, steps):
            return proven(replace_node(text, steps, [value]), intended)
        return proven(_insert_flow(text, span, flow_text(value), index), intended)
    eol = newline(text)
    pad = " " * span.column
    piece = ("-" + item_text(value, span.column)).replace("\n", eol)
    if index < len(span.children):
        target = span.children[index][0]
        start = (
            text.rindex("-", 0, max(target.start, 1))
            if target.start > target.end - 1 or text[target.start] != "-"
            else target.start
        )
        start = dash_of(text, span, index)
        return proven(splice(text, start, start, piece + eol + pad), intended)
    end = line_end(text, span.children[-1][1])
    joint = "" if end and text[end - 1] == "\n" else eol
    after = eol if not joint else ""
    return proven(splice(text, end, end, joint + pad + piece + after), intended)


def _insert_flow(text: str, span: Span, piece: str, index: int) -> str:
    if not span.children:
        return splice(
            text,
            span.start
            + (
                text[span.start : span.end].index("[")
                if span.kind == "seq"
                else text[span.start : span.end].index("{")
            )
            + 1,
            span.end - 1,
            piece,
        )
    if index >= len(span.children):
        end = span.children[-1][1].end
        if span.children[-1][1].start == end:
            end = max(end, span.children[-1][0].end)
        return splice(text, end, end, ", " + piece)
    start = span.children[index][0].start
    return splice(text, start, start, piece + ", ")
