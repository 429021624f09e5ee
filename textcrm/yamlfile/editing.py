"""Careful edits: setting and replacing values, all other bytes kept (DESIGN section 1).

Every edit composes the text, splices new text in at the places of the nodes it means, composes the
result and compares it with the shape that was intended; what does not agree is refused. A value
that is reached through an alias is changed in a copy, which takes the alias's place; a value
that has an anchor changes for its aliases, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import YamlInvalid
from textcrm.text import Text
from textcrm.yamlfile.failures import refused
from textcrm.yamlfile.inserting import insert_entry, insert_pair
from textcrm.yamlfile.layout import Style, style_of
from textcrm.yamlfile.nodes import compose, follow, key_name
from textcrm.yamlfile.replacing import replace_node
from textcrm.yamlfile.scalar_edits import splices, without_typed_tag
from textcrm.yamlfile.scalars import typed_text
from textcrm.yamlfile.shapes import as_read, data_of, first_proven, new_shape, shape_at, shape_of
from textcrm.yamlfile.writing import document_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textcrm.yamlfile.nodes import Found, Node

_CORE_TAG = "tag:yaml.org,2002:"
_MANY = 50  # changes in one collection, from which on it is written anew


def unmarked(text: str) -> tuple[str, str]:
    """A text's byte-order mark, if any, and the rest."""
    return ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)


def set_scalar(
    text: str,
    path: Sequence[str | int],
    value: Any,
    *,
    key_order: Sequence[str] | None = None,
) -> str:
    """Replace the scalar at a path, or make it and what is missing on the way.

    ``path`` holds keys and indexes, ``value`` a str, int, Decimal, bool or None (nothing at all).
    The scalar keeps its style where that holds the value, its anchor and its comment; ``key_order``
    says where a new key stands. Raises Invalid: edit-refused, text-not-storable, or YamlInvalid
    where the text is no YAML or would grow too large.
    """
    return set_value(text, path, value, key_order=key_order)


def set_value(
    text: str,
    path: Sequence[str | int],
    value: Any,
    *,
    key_order: Sequence[str] | None = None,
) -> str:
    """Put any tree at a path; as :func:`set_scalar`.

    A mapping put over a mapping, or a list over a list, changes only the entries that differ.
    """
    mark, body = unmarked(text)
    return mark + _set(body, tuple(path), value, key_order)


def _set(text: str, steps: tuple[Any, ...], value: Any, order: Sequence[str] | None) -> str:
    roots = compose(text)
    if not roots:
        return _started(text, steps, value)
    found = follow(roots[0], steps)
    if found.rest and found.node.kind == "alias":
        changed = _set_in(data_of(found.node), found.rest, value)
        return replace_node(text, roots, found, changed)
    if found.rest:
        return _make(text, roots, found, value, order)
    node = found.node
    if isinstance(value, dict | list | tuple):
        if node.kind == ("map" if isinstance(value, dict) else "seq") and (value or not steps):
            return _merge(text, roots, found, value, order)
        return replace_node(text, roots, found, value)
    if node.kind in ("map", "seq"):
        return replace_node(text, roots, found, value)
    return _scalar(text, roots, found, value)


def _started(text: str, steps: tuple[Any, ...], value: Any) -> str:
    """The first value of a text that holds comments at most."""
    tree = _nested(steps, value)
    joint = "" if not text or text.endswith("\n") else "\n"
    eol = "\r\n" if "\r\n" in text else "\n"
    made = (
        text + (joint + document_text(tree, Style(literal=literal))).replace("\n", eol)
        for literal in (True, False)
    )
    return first_proven(made, [new_shape(tree)])


def _nested(steps: Sequence[Any], value: Any) -> Any:
    for step in reversed(steps):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _set_in(tree: Any, steps: Sequence[Any], value: Any) -> Any:
    """Data with a value put in; for the copy that takes an alias's place."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(tree, list) and isinstance(step, int):
        inner = _set_in(tree[step], rest, value) if step < len(tree) else _nested(rest, value)
        return [*tree[:step], inner, *tree[step + 1 :]]
    if isinstance(tree, dict) and isinstance(step, str):
        inner = _set_in(tree[step], rest, value) if step in tree else _nested(rest, value)
        return {**tree, step: inner}
    if tree is None:
        return _nested(steps, value)
    raise _misfit()


def _misfit() -> Exception:
    return refused(
        Text(
            "the path leads into a text, or takes a list for a mapping",
            "路径指向文本内部，或混淆了列表与字段",
        )
    )


def _make(
    text: str, roots: list[Node], found: Found, value: Any, order: Sequence[str] | None
) -> str:
    """Make what a path lacks: a key, an item, or the first entry where nothing stood."""
    node, step = found.node, found.rest[0]
    inner = _nested(found.rest[1:], value)
    if node.kind == "map" and isinstance(step, str):
        return insert_pair(text, roots, found, step, inner, order)
    if node.kind == "seq" and isinstance(step, int):
        return insert_entry(text, roots, found, len(node.children), inner)
    if node.kind == "scalar" and node.value is None:
        return replace_node(text, roots, found, _nested(found.rest[:1], inner))
    raise _misfit()


def _scalar(text: str, roots: list[Node], found: Found, value: Any) -> str:
    node = found.node
    if node.kind == "scalar" and node.value == typed_text(value):
        return text
    intended = [shape_of(root) for root in roots]
    shape = shape_at(intended, found.indexes)
    typed_tag = (node.tag or "").startswith(_CORE_TAG) and node.tag != _CORE_TAG + "str"
    fresh_one = new_shape(value)
    if node.kind == "scalar":
        fresh_one[1] = node.anchor
        fresh_one[2] = None if typed_tag or value is None else node.tag
    shape[:] = fresh_one
    style = style_of(text, roots[0])

    def candidates() -> Iterator[str]:
        for one in splices(text, found, value, style):
            place = without_typed_tag(text, node, one) if typed_tag else one
            yield text[: place.start] + place.piece + text[place.end :]

    return first_proven(candidates(), intended)


def _merge(
    text: str, roots: list[Node], found: Found, value: Any, order: Sequence[str] | None
) -> str:
    """Make a collection read as the value, changing only the entries that differ."""
    try:
        old = data_of(found.node)
    except YamlInvalid:
        return replace_node(text, roots, found, value)
    new = as_read(value)
    if old == new:
        return text
    steps = (
        _mapping_steps(old, value, new) if isinstance(old, dict) else _list_steps(old, value, new)
    )
    if len(steps) > _MANY and found.indexes:
        return replace_node(text, roots, found, value)
    path = tuple(_path_of(found))
    for change in steps:
        text = change(text, path, order)
    return text


def _mapping_steps(old: dict[str, Any], value: dict[Any, Any], new: dict[str, Any]) -> list[Any]:
    steps: list[Any] = []
    for name, inner in value.items():
        key = str(name)
        if key not in old or old[key] != new[key]:
            steps.append(_setting(key, inner))
    # What goes is taken out last, so that a mapping is not emptied on the way.
    return steps + [_deleting(name) for name in old if name not in new]


def _list_steps(old: list[Any], value: Sequence[Any], new: list[Any]) -> list[Any]:
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    common = min(len(old), len(new)) - tail
    steps: list[Any] = [
        _setting(place, value[place]) for place in range(head, common) if old[place] != new[place]
    ]
    steps += [_inserting(place, value[place]) for place in range(common, len(new) - tail)]
    return steps + [_deleting(place) for place in range(len(old) - tail - 1, common - 1, -1)]


def _setting(step: Any, value: Any) -> Any:
    return lambda text, path, order: _set(text, (*path, step), value, order)


def _inserting(place: int, value: Any) -> Any:
    return lambda text, path, _order: insert_item(text, path, place, value)


def _deleting(step: Any) -> Any:
    def change(text: str, path: tuple[Any, ...], _order: Any) -> str:
        from textcrm.yamlfile.deleting import delete

        return delete(text, (*path, step))

    return change


def _path_of(found: Found) -> Iterator[Any]:
    for node, index in zip(found.trail, found.indexes, strict=False):
        yield index if node.kind == "seq" else key_name(node, index)


def append_item(text: str, path: Sequence[str | int], value: Any) -> str:
    """Add an item at the end of the list at a path: in lines, in brackets, empty or missing."""
    return insert_item(text, path, None, value)


def insert_item(text: str, path: Sequence[str | int], index: int | None, value: Any) -> str:
    """Put an item into the list at a path before the one at ``index``; as :func:`set_scalar`.

    The comment of the item that is pushed on stays with it. Behind the last item where the index
    is larger or None; a list that is missing or empty is made.
    """
    mark, text = unmarked(text)
    roots = compose(text)
    found = follow(roots[0], tuple(path)) if roots else None
    if found is None or found.rest or (found.node.kind == "scalar" and found.node.value is None):
        return mark + _set(text, tuple(path), [value], None)
    if found.node.kind == "alias" and found.node.plain.kind == "seq":
        items = data_of(found.node)
        items.insert(len(items) if index is None else index, value)
        return mark + replace_node(text, roots, found, items)
    if found.node.kind != "seq":
        raise _misfit()
    count = len(found.node.children)
    at = count if index is None else max(0, min(index, count))
    return mark + insert_entry(text, roots, found, at, value)
