"""What may be kept of a record: everything but sealed values, ciphertext and plaintext alike."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from textcrm.query.doc import is_sealed

if TYPE_CHECKING:
    from textcrm.schema import Field, Schema

    Masks = dict[str, "Mask"]


class Mask:
    """A field on the way to sealed ones, or sealed itself."""

    __slots__ = ("inner", "sealed")

    def __init__(self, field: Field) -> None:
        self.sealed = bool(field.seal)
        self.inner = {} if self.sealed else _masks(field.fields)


def _masks(fields: tuple[Field, ...]) -> Masks:
    made = {field.name: Mask(field) for field in fields}
    return {name: mask for name, mask in made.items() if mask.sealed or mask.inner}


@lru_cache(maxsize=8)
def _masks_of(schema: Schema) -> Masks:
    return _masks(schema.fields)


def masked(typed: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """The tree with every sealed value replaced by a mark that it is there.

    A mark is ``{sealed: labels, age: ""}``. A plain value that stands in a sealed field, typed by
    hand and not sealed yet, leaves the same mark without labels.
    """
    return {
        key: _masked_value(value, mask)
        for key, value, mask in _masked_pairs(typed, _masks_of(schema))
    }


def _masked_pairs(tree: dict[str, Any], masks: Masks) -> list[tuple[str, Any, Mask | None]]:
    return [(key, value, masks.get(key)) for key, value in tree.items()]


def _masked_value(value: Any, mask: Mask | None) -> Any:
    kind = type(value)
    if mask is not None and mask.sealed:
        return _mark(value)
    if kind is dict:
        if is_sealed(value):
            return {"sealed": _labels(value["sealed"]), "age": ""}
        inner = mask.inner if mask is not None else {}
        return {key: _masked_value(one, inner.get(key)) for key, one in value.items()}
    if kind is list:
        return [_masked_value(one, mask) for one in value]
    return value


def _mark(value: Any) -> Any:
    """The mark of a sealed field; what is empty stays empty."""
    if value is None or value == "":
        return value
    if isinstance(value, list):
        return [_mark(one) for one in value]
    if isinstance(value, dict) and is_sealed(value):
        return {"sealed": _labels(value["sealed"]), "age": ""}
    return {"sealed": [], "age": ""} if _filled(value) else {}


def _filled(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_filled, value.values()))
    if isinstance(value, list):
        return any(map(_filled, value))
    return value is not None and value != ""


def _labels(value: Any) -> Any:
    """The labels of a sealed value; anything else that stands there is left out."""
    if isinstance(value, str) and len(value) <= 100:
        return value
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
