"""A schema whose contact fields are sealed as well: names, numbers, addresses, notes (J1, J2, J6).

Whoever can clone reads every unsealed field. A vault that wants that of nobody seals these in the
class ``contact``; searching them then takes a key and ``--sealed``.
"""

from __future__ import annotations

from typing import Any, Final

CLASS: Final = "contact"
# Of the record, and of the items of its lists; the customer's own name stays, to be found by.
_TOP: Final = ("notes", "needs")
_ITEMS: Final = {
    "contacts": ("name", "salutation", "title", "phones", "emails", "social", "birthday"),
    "addresses": ("street",),
    "interactions": ("summary", "feedback"),
}


def seal_contact_fields(document: dict[str, Any]) -> None:
    """Mark the contact fields of a schema document as sealed, in place."""
    properties = document["properties"]
    for name in _TOP:
        _seal(document, properties, name)
    for listed, names in _ITEMS.items():
        item = properties.get(listed, {}).get("items", {})
        for name in names:
            _seal(document, item.get("properties", {}), name)
        if "required" in item:
            item["required"] = [one for one in item["required"] if one not in names]
            if not item["required"]:
                del item["required"]


def _seal(document: dict[str, Any], properties: dict[str, Any], name: str) -> None:
    """Let one property take ciphertext alone; what it held before stays in its annotation."""
    node = properties.get(name)
    if node is None:
        return
    note = {**_resolved(document, node).get("x-textcrm", {}), **node.get("x-textcrm", {})}
    kind = note.get("type") or _kind(_resolved(document, node))
    properties[name] = {
        **{key: node[key] for key in ("title", "description") if key in node},
        "$ref": "#/$defs/sealed",
        "x-textcrm": {**note, "seal": CLASS, "index": "none", **({"type": kind} if kind else {})},
    }


def _resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    found = node.get("$ref", "")
    if isinstance(found, str) and found.startswith("#/$defs/"):
        target: dict[str, Any] = document["$defs"].get(found.removeprefix("#/$defs/"), {})
        return {**target, **node}
    return node


def _kind(node: dict[str, Any]) -> str | None:
    """The kind of a value that only its JSON type told."""
    if node.get("format") == "date":
        return "date"
    if node.get("type") == "array":
        return "list"
    return "mapping" if node.get("type") == "object" else None
