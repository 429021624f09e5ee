"""Edits of a record's text by path: what is missing on the way is made, in the schema's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm import yamlfile
from textcrm.changes import item_id
from textcrm.paths import locate, value_at
from textcrm.vault.ids import give_item_ids, new_item_id

if TYPE_CHECKING:
    from textcrm.changes import StablePath
    from textcrm.paths import Path
    from textcrm.schema import Schema


def put(text: str, path: Path, value: Any, schema: Schema) -> str:
    """Set a value, making missing parents and list items (with ids of their own)."""
    raw = yamlfile.read_mapping(text)
    depth = _existing(raw, path)
    if depth == len(path):
        return _replace(text, path, value, raw)
    fresh = give_item_ids(_nested(path[depth + 1 :], value))
    parent = value_at(path[:depth], raw)
    step = path[depth]
    if isinstance(step, int):
        item = _with_id(fresh, parent if isinstance(parent, list) else [])
        if not isinstance(parent, list):
            return yamlfile.set_value(text, path[:depth], [item])
        return yamlfile.append_item(text, path[:depth], item)
    if parent is None and depth:
        return yamlfile.set_value(text, path[:depth], {str(step): fresh})
    return yamlfile.set_value(text, path[: depth + 1], fresh, key_order=schema.order(path[:depth]))


def _replace(text: str, path: Path, value: Any, raw: Any) -> str:
    old = value_at(path, raw)
    if isinstance(value, dict | list) or isinstance(old, dict | list):
        return yamlfile.set_value(text, path, give_item_ids(value))
    return yamlfile.set_scalar(text, path, value)


def append(text: str, path: Path, item: Any, schema: Schema) -> str:
    """Add an item at the end of a list that may not be there yet."""
    current = value_at(path, yamlfile.read_mapping(text))
    count = len(current) if isinstance(current, list) else 0
    return put(text, (*path, count), item, schema)


def remove(text: str, path: Path) -> str:
    """Take out a key or item, with its own comment; a list or mapping left empty goes too."""
    text = yamlfile.delete(text, path)
    parent = path[:-1]
    while parent and value_at(parent, yamlfile.read_mapping(text)) in ([], {}, None):
        text = yamlfile.delete(text, parent)
        parent = parent[:-1]
    return text


def _existing(raw: Any, path: Path) -> int:
    """How many steps of a path are there."""
    node = raw
    for depth, step in enumerate(path):
        if isinstance(node, dict) and step in node:
            node = node[str(step)]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return depth
    return len(path)


def _nested(path: Path, value: Any) -> Any:
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _with_id(item: Any, siblings: list[Any]) -> Any:
    if not isinstance(item, dict) or item.get("id"):
        return item
    taken = {own for each in siblings if isinstance(each, dict) and (own := item_id(each))}
    return {"id": new_item_id(taken), **item}


def put_stable(text: str, raw: Any, path: StablePath, value: Any, schema: Schema) -> str:
    """Let a value stand at a stable path (items by id), None for nothing; ``raw`` is the text's."""
    where = locate(path, raw)
    if value is None:
        return remove(text, where) if where else text
    if where is None:
        parent = locate(path[:-1], raw) if len(path) > 1 else ()
        if isinstance(value, dict) and parent is not None and "sealed" not in value:
            return append(text, parent, value, schema)
        where = (*(parent or ()), path[-1])
    elif value_at(where, raw) == value:
        return text
    return put(text, where, value, schema)
