"""The nodes of a text with their places: what careful edits and positions stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from textcrm.text import Text
from textcrm.yamlfile.failures import located, place
from textcrm.yamlfile.parsing import (
    MAX_DEPTH,
    SECOND_LOOK,
    check_size,
    events_of,
    new_parser,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textcrm.yamlfile.layout import Entry

_KINDS = {
    ScalarEvent: "scalar",
    AliasEvent: "alias",
    MappingStartEvent: "map",
    SequenceStartEvent: "seq",
}


class Node:
    """A node: ``start`` is where its anchor, tag or text begins, ``end`` the parser's end mark.

    ``children`` are pairs of key and value, in a list pairs of None and item. ``target`` is what
    an alias refers to. ``entries`` is kept by ``layout.entries``.
    """

    __slots__ = (
        "anchor",
        "children",
        "column",
        "end",
        "entries",
        "flow",
        "kind",
        "start",
        "style",
        "tag",
        "target",
        "value",
    )

    def __init__(self, event: Any) -> None:
        self.kind = _KINDS[event.__class__]
        self.start: int = event.start_mark.index
        self.end: int = event.end_mark.index
        self.column: int = event.start_mark.column
        self.anchor: str | None = event.anchor
        self.tag: str | None = getattr(event, "tag", None)
        self.style: str | None = getattr(event, "style", None)
        self.flow = bool(getattr(event, "flow_style", False))
        self.value: str | None = getattr(event, "value", None)
        if not self.value and not self.style:
            self.value = None
        self.children: list[tuple[Node | None, Node]] = []
        self.target: Node | None = None
        self.entries: list[Entry] | None = None

    @property
    def plain(self) -> Node:
        """The node itself, or what an alias refers to."""
        return self.target or self

    def everything(self) -> Iterator[Node]:
        """The node and all below it."""
        yield self
        for key, value in self.children:
            if key is not None:
                yield from key.everything()
            yield from value.everything()


class Found(NamedTuple):
    """How far a path leads: nodes from the root on, their indexes, and the steps left over."""

    trail: tuple[Node, ...]
    indexes: tuple[int, ...]
    rest: tuple[Any, ...]

    @property
    def node(self) -> Node:
        return self.trail[-1]

    @property
    def in_flow(self) -> bool:
        """Whether the node stands inside brackets or braces."""
        return any(node.flow for node in self.trail[:-1])


def compose(text: str) -> list[Node]:
    """The root nodes of a text without byte-order mark, one a document.

    Takes more than the reader does: several documents, names that are no text, names that stand
    twice. Raises YamlInvalid as ``read`` does for anything else.
    """
    check_size(text, "")
    try:
        return _composed(text, pure=False)
    except (yaml.YAMLError, UnicodeError) as error:
        if len(text) <= SECOND_LOOK:
            try:
                return _composed(text, pure=True)
            except (yaml.YAMLError, UnicodeError):
                pass
        from textcrm.yamlfile.complaints import explained

        raise explained(error, text, "") from error


def _composed(text: str, *, pure: bool) -> list[Node]:
    parser = new_parser(text, pure=pure)
    try:
        return _Composer(events_of(parser, text, ""), text).roots()
    finally:
        parser.dispose()


class _Composer:
    def __init__(self, following: Callable[[], Any], text: str) -> None:
        self._next = following
        self._text = text
        self._anchored: dict[str, Node] = {}
        self._open: set[str] = set()

    def roots(self) -> list[Node]:
        found = []
        while (event := self._next()).__class__ is not StreamEndEvent:
            if event.__class__ is DocumentStartEvent:
                self._anchored.clear()
                found.append(self._node(self._next(), 1))
        return found

    def _node(self, event: Any, depth: int) -> Node:
        node = Node(event)
        if node.kind == "alias":
            node.target = self._target(event)
            return node
        if node.anchor is not None:
            self._anchored[node.anchor] = node
        if node.kind == "scalar":
            return node
        if depth > MAX_DEPTH:
            raise located(
                "yaml-too-deep",
                Text("nested more than 100 levels deep", "嵌套超过 100 层"),
                "",
                *place(self._text, node.start),
            )
        self._open.add(node.anchor or "")
        self._fill(node, depth)
        self._open.discard(node.anchor or "")
        return node

    def _fill(self, node: Node, depth: int) -> None:
        ending = MappingEndEvent if node.kind == "map" else SequenceEndEvent
        while (event := self._next()).__class__ is not ending:
            key = self._node(event, depth + 1) if node.kind == "map" else None
            inner = event if key is None else self._next()
            node.children.append((key, self._node(inner, depth + 1)))
        ending_mark: Any = event.end_mark
        node.end = ending_mark.index

    def _target(self, event: Any) -> Node:
        target = self._anchored.get(event.anchor)
        if target is None or event.anchor in self._open:
            raise located(
                "yaml-alias",
                Text("*{name} refers to nothing above it", "*{name} 在前文中没有定义"),
                "",
                *place(self._text, event.start_mark.index),
                name=event.anchor,
            )
        return target


def index_of(node: Node, step: str | int) -> int | None:
    """The index of the child that a step leads to; the last of keys that stand twice."""
    if node.kind == "seq" and isinstance(step, int):
        return step if 0 <= step < len(node.children) else None
    if node.kind == "map":
        for index in range(len(node.children) - 1, -1, -1):
            if key_name(node, index) == step:
                return index
    return None


def key_name(node: Node, index: int) -> str | None:
    """The text of a key; None where it is no text (a list or mapping used as a name)."""
    key = node.children[index][0]
    if key is None or key.plain.kind != "scalar":
        return None
    return key.plain.value or ""


def follow(root: Node, steps: Sequence[str | int]) -> Found:
    """Follow a path from a root; an alias is not followed, its steps are left over."""
    trail = [root]
    indexes: list[int] = []
    for depth, step in enumerate(steps):
        index = index_of(trail[-1], step)
        if index is None:
            return Found(tuple(trail), tuple(indexes), tuple(steps[depth:]))
        trail.append(trail[-1].children[index][1])
        indexes.append(index)
    return Found(tuple(trail), tuple(indexes), ())
