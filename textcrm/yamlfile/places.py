"""Where each value of a text stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from textcrm.errors import Invalid
from textcrm.text import Text
from textcrm.yamlfile.failures import explained
from textcrm.yamlfile.parsing import MAX_DEPTH, new_parser
from textcrm.yamlfile.reading import decode

if TYPE_CHECKING:
    from collections.abc import Sequence


class Span:
    """A node of the text with its place: offsets of start and end, its children."""

    __slots__ = (
        "anchor",
        "children",
        "column",
        "end",
        "flow",
        "key",
        "kind",
        "line",
        "start",
        "style",
        "value",
    )

    def __init__(self, kind: str, event: Any) -> None:
        self.kind = kind
        self.line = event.start_mark.line
        self.column = event.start_mark.column
        self.start: int = event.start_mark.index
        self.end: int = event.end_mark.index
        self.style = getattr(event, "style", None)
        self.flow = bool(getattr(event, "flow_style", False))
        self.value = getattr(event, "value", None)
        self.anchor = getattr(event, "anchor", None)
        self.children: list[tuple[Span, Span]] = []
        self.key: Span | None = None


def _compose(text: str) -> Span | None:
    """The tree of places of a text that reads well."""
    offset = 1 if text.startswith("\ufeff") else 0
    parser = new_parser(text[offset:])
    try:
        return _Composer(parser, offset).document()
    except yaml.YAMLError as error:
        raise explained(error, text, "") from error
    finally:
        parser.dispose()


class _Composer:
    def __init__(self, parser: Any, offset: int) -> None:
        self._next = parser.get_event
        self._offset = offset
        self._anchored: dict[str, str] = {}

    def document(self) -> Span | None:
        while True:
            event = self._next()
            if event.__class__ is StreamEndEvent:
                return None
            if event.__class__ in (StreamStartEvent, DocumentStartEvent, DocumentEndEvent):
                continue
            return self._node(event, 0)

    def _node(self, event: Any, depth: int) -> Span:
        inner: Any
        kind = event.__class__
        span = Span(
            {
                ScalarEvent: "scalar",
                AliasEvent: "alias",
                MappingStartEvent: "map",
                SequenceStartEvent: "seq",
            }[kind],
            event,
        )
        span.start += self._offset
        span.end += self._offset
        if kind is AliasEvent:
            span.value = self._anchored.get(event.anchor)
        elif kind is ScalarEvent and event.anchor:
            self._anchored[event.anchor] = event.value
        if depth > MAX_DEPTH * 2:
            raise Invalid("edit-refused", Text("nested too deeply", "嵌套过深"))
        if kind is MappingStartEvent:
            while (inner := self._next()).__class__ is not MappingEndEvent:
                one = self._node(inner, depth + 1)
                span.children.append((one, self._node(self._next(), depth + 1)))
            span.end = _offset_of(inner.end_mark) + self._offset
        elif kind is SequenceStartEvent:
            while (inner := self._next()).__class__ is not SequenceEndEvent:
                one = self._node(inner, depth + 1)
                span.children.append((one, one))
            span.end = _offset_of(inner.end_mark) + self._offset
        return span


def _offset_of(mark: Any) -> int:
    return int(mark.index)


class Positions:
    """Where each value of a text stands."""

    def __init__(self, root: Span | None) -> None:
        self._root = root

    def value(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column, from 1, of the value; of the nearest mapping above where it is missing."""
        span, _, whole = self._walk(path)
        if span is None:
            return 1, 1
        if not whole and span.kind == "map" and span.children:
            span = span.children[0][0]
        return span.line + 1, span.column + 1

    def key(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column, from 1, of the key of the value."""
        span, key, whole = self._walk(path)
        chosen = key if whole and key is not None else span
        return (chosen.line + 1, chosen.column + 1) if chosen is not None else (1, 1)

    def _walk(self, path: Sequence[str | int]) -> tuple[Span | None, Span | None, bool]:
        span, key = self._root, None
        for step in path:
            found = child_of(span, step) if span is not None else None
            if found is None:
                return span, key, False
            key, span = found
        return span, key, True


def positions(source: bytes | str) -> Positions:
    """Places of the values of a text that reads well; everything at 1:1 for one that does not."""
    try:
        text = decode(source) if isinstance(source, bytes) else source
        return Positions(_compose(text))
    except (yaml.YAMLError, Invalid):
        return Positions(None)


def child_of(span: Span, step: str | int) -> tuple[Span, Span] | None:
    if span.kind == "seq" and isinstance(step, int):
        return span.children[step] if 0 <= step < len(span.children) else None
    if span.kind == "map":
        for key, value in span.children:
            if key.value == step:
                return key, value
    return None


def find_span(text: str, steps: Sequence[Any]) -> Span | None:
    span = _compose(text)
    for step in steps:
        found = child_of(span, step) if span is not None else None
        if found is None:
            return None
        span = found[1]
    return span


def inside_flow(text: str, steps: Sequence[Any]) -> bool:
    span = _compose(text)
    for step in steps:
        if span is None:
            return False
        if span.flow:
            return True
        found = child_of(span, step)
        span = found[1] if found else None
    return False


def depth_of(text: str, steps: tuple[Any, ...]) -> int:
    span = _compose(text)
    for depth, step in enumerate(steps):
        found = child_of(span, step) if span is not None else None
        if found is None:
            return depth
        span = found[1]
    return len(steps)


def parent_and_key(text: str, steps: Sequence[Any]) -> tuple[Span, Span | None] | None:
    parent = find_span(text, steps[:-1])
    if parent is None:
        return None
    found = child_of(parent, steps[-1])
    if found is None:
        return None
    return parent, (found[0] if parent.kind == "map" else None)
