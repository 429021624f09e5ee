"""What a hand edit left out and a record needs: its ``uid``, and the ids of the items of its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm import yamlfile
from textcrm.vault.ids import new_item_id, new_uid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.record import Record


def completed(record: Record) -> str:
    """A record's text with the ``uid`` and the item ids that a hand edit left out."""
    text = record.text
    if not record.uid:
        text = yamlfile.set_value(text, ("uid",), new_uid(), key_order=record.schema.order())
    for path in nameless(record):
        siblings = _siblings(yamlfile.read_mapping(text), path)
        text = yamlfile.set_value(text, (*path, "id"), new_item_id(siblings), key_order=("id",))
    return text


def nameless(record: Record) -> Iterator[tuple[str | int, ...]]:
    """The items of the schema's lists of mappings that have no id."""
    return _nameless(record.raw, (), record)


def _siblings(raw: Any, path: tuple[str | int, ...]) -> set[str]:
    node = raw
    for step in path[:-1]:
        node = node[step]
    return {str(item.get("id")) for item in node if isinstance(item, dict)}


def _nameless(
    node: Any, path: tuple[str | int, ...], record: Record
) -> Iterator[tuple[str | int, ...]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _nameless(value, (*path, name), record)
    elif isinstance(node, list):
        field = record.schema.at(path)
        listed = field is not None and field.kind == "items" and field.child("id") is not None
        for index, item in enumerate(node):
            if isinstance(item, dict):
                if listed and not item.get("id") and "sealed" not in item:
                    yield (*path, index)
                yield from _nameless(item, (*path, index), record)
