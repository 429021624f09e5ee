"""Conversion for looking only: what needs no conversion is shared with the record, not copied.

Most of a record is text that stays text. What comes out must not be changed by anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.schema.conversion import instancer, typer
from textcrm.schema.field import own_properties
from textcrm.schema.kinds import COMPOSED, element_kind_of, kind_of

if TYPE_CHECKING:
    from textcrm.schema.conversion import Choose, Convert
    from textcrm.schema.model import Schema


def typing(schema: Schema) -> Convert:
    """As :func:`textcrm.schema.conversion.typing`."""
    return _Mapping(schema, typer, schema.document, ()).convert


def instancing(schema: Schema) -> Convert:
    """As :func:`textcrm.schema.conversion.instancing`, of records without any empty value."""
    return _Mapping(schema, instancer, schema.document, ()).convert


class _Mapping:
    """Converts the mappings of one node of the schema; ``above`` are the nodes it lies in."""

    def __init__(
        self,
        schema: Schema,
        choose: Choose,
        node: dict[str, Any],
        above: tuple[dict[str, Any], ...],
    ) -> None:
        self._schema = schema
        self._choose = choose
        self._above = (*above, node)
        # A node that holds itself is worked out when a record goes so deep.
        self._node = node
        self._changing: list[tuple[str, Convert]] | None = None

    @property
    def changing(self) -> list[tuple[str, Convert]]:
        """The keys whose values need a conversion, with it."""
        if self._changing is None:
            self._changing = []
            for name, given in own_properties(self._node).items():
                if isinstance(given, dict):
                    convert = self._converter(self._schema.resolved(given))
                    if convert is not None:
                        self._changing.append((name, convert))
        return self._changing

    def _converter(self, node: dict[str, Any]) -> Convert | None:
        kind = kind_of(node, self._schema.resolved)
        if kind not in COMPOSED:
            return self._choose(node, kind)
        if kind not in ("list", "items"):
            return self._inner(node) if own_properties(node) else None
        given = node.get("items")
        item = self._schema.resolved(given) if isinstance(given, dict) else {}
        if kind == "items":
            one = self._inner(item)
        else:
            one = self._choose(item, element_kind_of(node, item, self._schema.resolved))
        return None if one is None else _each(one)

    def _inner(self, node: dict[str, Any]) -> Convert | None:
        inner = _Mapping(self._schema, self._choose, node, self._above)
        if any(node is one for one in self._above) or inner.changing:
            return inner.convert
        return None

    def convert(self, value: Any) -> Any:
        if value.__class__ is not dict:
            return value
        result = None
        for name, convert in self.changing:
            inner = value.get(name)
            if inner is not None and (new := convert(inner)) is not inner:
                if result is None:
                    result = value.copy()
                result[name] = new
        return value if result is None else result


def _each(convert: Convert) -> Convert:
    def listed(value: Any) -> Any:
        if value.__class__ is not list:
            return convert(value) if value.__class__ is not dict else value
        return [None if item is None else convert(item) for item in value]

    return listed
