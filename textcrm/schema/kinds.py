"""Kinds: what the values of a field are, as its JSON Schema and its annotation say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    Node = dict[str, Any]
    Resolve = Callable[[Node], Node]

ANNOTATION: Final = "x-textcrm"
SEALED_KEYS: Final = frozenset(("sealed", "age"))

# Each kind with the JSON types that its plain values may have.
KINDS: Final[dict[str, frozenset[str]]] = {
    "text": frozenset(("string",)),
    "name": frozenset(("string",)),
    "phone": frozenset(("string",)),
    "email": frozenset(("string",)),
    "url": frozenset(("string",)),
    "date": frozenset(("string",)),
    "moment": frozenset(("string",)),
    "enum": frozenset(("string", "number", "integer", "boolean")),
    "money": frozenset(("number", "integer")),
    "number": frozenset(("number", "integer")),
    "integer": frozenset(("integer", "number")),
    "boolean": frozenset(("boolean",)),
    "person": frozenset(("string",)),
    "code": frozenset(("string",)),
    "reference": frozenset(("string",)),
    "list": frozenset(("array",)),
    "items": frozenset(("array",)),
    "mapping": frozenset(("object",)),
    "size": frozenset(("object",)),
    "any": frozenset(("string", "number", "integer", "boolean", "array", "object", "null")),
}
COMPOSED: Final = frozenset(("list", "items", "mapping", "size", "any"))

# How search treats a kind where the schema does not say (x-textcrm.index).
INDEXES: Final = ("text", "name", "keyword", "phone", "date", "number", "none")
_INDEX_OF: Final = {
    "name": "name",
    "phone": "phone",
    "date": "date",
    "moment": "date",
    "money": "number",
    "number": "number",
    "integer": "number",
    "enum": "keyword",
    "boolean": "keyword",
    "person": "keyword",
    "code": "keyword",
    "email": "keyword",
    "url": "keyword",
}
_FORMATS: Final = {
    "date": "date",
    "date-time": "moment",
    "email": "email",
    "idn-email": "email",
    "uri": "url",
    "iri": "url",
}


def annotation_of(node: Node) -> dict[str, Any]:
    """The x-textcrm of a property, empty where there is none."""
    note = node.get(ANNOTATION)
    return note if isinstance(note, dict) else {}


def types_of(node: Node) -> tuple[str, ...]:
    """The JSON types that a property allows, () where it does not say."""
    given = node.get("type")
    return (given,) if isinstance(given, str) else tuple(given or ())


def plain_types_of(node: Node) -> tuple[str, ...]:
    """The JSON types of the plain value: without the object that a sealed value is.

    Where the schema takes the sealed form alone, they follow from the kind that it names.
    """
    types = types_of(node)
    note = annotation_of(node)
    if not note.get("seal"):
        return types
    if len(types) > 1:
        return tuple(one for one in types if one != "object")
    kind = note.get("type")
    return tuple(sorted(KINDS.get(kind, types))) if types == ("object",) and kind else types


def editable(node: Any) -> Any:
    """A schema that takes a sealed field's plain form, too, as it stands while it is edited.

    What is committed is judged by the schema as it is, and by the rules on sealing.
    """
    if isinstance(node, list):
        return [editable(one) for one in node]
    if not isinstance(node, dict):
        return node
    result = {name: editable(one) for name, one in node.items()}
    if types_of(node) == ("object",) and annotation_of(node).get("seal"):
        result["type"] = list(dict.fromkeys((*plain_types_of(node), "object")))
    return result


def kind_of(node: Node, resolve: Resolve) -> str:
    """The kind of a property: from x-textcrm.type, else from type, enum and format."""
    given = annotation_of(node).get("type")
    types = plain_types_of(node)
    if "array" in types or (not types and "items" in node):
        return "items" if given == "items" or _holds_mappings(node, resolve) else "list"
    return given if isinstance(given, str) else _inferred(node, types)


def element_kind_of(node: Node, item: Node, resolve: Resolve) -> str:
    """The kind of the elements of a list: their own, else what is said of the list."""
    given = annotation_of(node).get("type")
    if isinstance(given, str) and given not in COMPOSED and "type" not in annotation_of(item):
        return given
    return kind_of(item, resolve)


def _holds_mappings(node: Node, resolve: Resolve) -> bool:
    items = node.get("items")
    if not isinstance(items, dict):
        return False
    item = resolve(items)
    return "properties" in item or "object" in plain_types_of(item)


def _inferred(node: Node, types: tuple[str, ...]) -> str:
    if "enum" in node:
        return "enum"
    for kind in ("boolean", "integer", "number"):
        if kind in types:
            return kind
    by_format = _FORMATS.get(str(node.get("format")))
    if by_format or "string" in types:
        return by_format or "text"
    return "mapping" if "object" in types or "properties" in node else "any"


def index_of(node: Node, kind: str) -> str:
    """How search treats the values."""
    given = annotation_of(node).get("index")
    return given if isinstance(given, str) else _INDEX_OF.get(kind, "text")
