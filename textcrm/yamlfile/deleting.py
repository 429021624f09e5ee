"""Careful edits: taking keys and items out, with their own comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.yamlfile.editing import replace_node
from textcrm.yamlfile.failures import refused
from textcrm.yamlfile.intents import proven, without
from textcrm.yamlfile.layout import dash_of, line_end, own_comment, splice
from textcrm.yamlfile.places import Span, child_of, find_span
from textcrm.yamlfile.reading import read

if TYPE_CHECKING:
    from collections.abc import Sequence


def delete(text: str, path: Sequence[str | int]) -> str:
    """Take out a key or item, with its own comment: on its line, and directly above at its indent."""
    steps = tuple(path)
    parent = find_span(text, steps[:-1])
    found = child_of(parent, steps[-1]) if parent is not None else None
    if parent is None or found is None:
        return text
    key, span = found
    intended = without(read(text), steps)
    if parent.flow:
        return proven(_delete_flow(text, parent, steps[-1]), intended)
    if len(parent.children) == 1:
        if len(steps) == 1:
            raise refused()
        empty: Any = [] if parent.kind == "seq" else {}
        return proven(_emptied(text, steps[:-1], empty), intended)
    index = next(place for place, pair in enumerate(parent.children) if pair[1] is span)
    dash = dash_of(text, parent, index) if parent.kind == "seq" else key.start
    line_start = text.rfind("\n", 0, dash) + 1
    end = line_end(text, span, key if parent.kind == "map" else None)
    if text[line_start:dash].strip():
        following = parent.children[index + 1]
        stop = dash_of(text, parent, index + 1) if parent.kind == "seq" else following[0].start
        return proven(text[:dash] + text[stop:], intended)
    start = own_comment(text, line_start, dash - line_start)
    new = text[:start] + text[end:]
    if end >= len(text) and not text.endswith("\n"):
        new = new.rstrip("\r\n")
    return proven(new, intended)


def _emptied(text: str, steps: tuple[Any, ...], empty: Any) -> str:
    return replace_node(text, steps, empty)


def _delete_flow(text: str, parent: Span, step: Any) -> str:
    index = next(
        place for place, pair in enumerate(parent.children) if pair == child_of(parent, step)
    )
    key, value = parent.children[index]
    end = max(value.end, key.end)
    if index + 1 < len(parent.children):
        return splice(text, key.start, parent.children[index + 1][0].start, "")
    if index:
        before_key, before = parent.children[index - 1]
        return splice(text, max(before.end, before_key.end), end, "")
    return splice(text, key.start, end, "")
