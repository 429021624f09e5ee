"""Masks over a record's tree (L10): names, phones and addresses of e-mail, at any depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textcrm.schema import Field, Schema

    Tree = dict[str, Any]


def hiding(schema: Schema) -> Callable[[Tree], Tree]:
    """What hides the personal values of a tree; the tree itself stays as it is."""
    fields = {field.name: field for field in schema.fields}

    def hide(tree: Tree) -> Tree:
        return _mapping(tree, fields)

    return hide


def _mapping(tree: Mapping[str, Any], fields: Mapping[str, Field]) -> Tree:
    return {key: _value(value, fields.get(key)) for key, value in tree.items()}


def _value(value: Any, field: Field | None) -> Any:
    if field is None or value is None:
        return value
    if isinstance(value, dict):
        return _mapping(value, {one.name: one for one in field.fields})
    if isinstance(value, list):
        return [_value(one, field.element if field.kind == "list" else field) for one in value]
    from textcrm.normalize.masks import mask, mask_kind

    kind = mask_kind(field)
    return value if kind is None else mask(kind, str(value))
