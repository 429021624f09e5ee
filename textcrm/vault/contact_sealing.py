"""A schema whose contact fields are sealed as well: names, numbers, addresses, notes (J1, J2, J6).

Whoever can clone reads every unsealed field. A vault that wants that of nobody says
``seal_contact: true`` in its settings: these fields are then of the class ``contact``, whether its
schema file says so yet or not, and searching them takes a key and ``--sealed``. Every scalar is
sealed for itself, so that items still merge one by one and each kind keeps its checks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from textcrm.vault.vault import SCHEMA_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.vault.draft import Draft
    from textcrm.vault.vault import Vault

CLASS: Final = "contact"
# The customer's own name, its city and who is responsible stay, to be found and listed by.
_FIELDS: Final = (
    "needs",
    "main_contact",
    *(
        f"contacts/{name}"
        for name in ("name", "salutation", "title", "department", "birthday", "occupation")
    ),
    "contacts/interests",
    "contacts/social/*",
    "contacts/phones/number",
    "contacts/phones/extension",
    "contacts/emails/address",
    "addresses/street",
    "addresses/postal_code",
    "interactions/contact",
    "interactions/summary",
    "interactions/feedback",
    "interactions/next/what",
    "services/summary",
    "services/problem",
    "services/result",
    "feedback/text",
    "feedback/resolution",
    "preferences/service",
    "preferences/communication",
)
_NOTES: Final = ("note", "notes")  # wherever they stand


def seal_contact_fields(document: dict[str, Any]) -> bool:
    """Mark the contact fields of a schema document as sealed, in place; whether any was not."""
    changed = False
    for path, node, properties in list(_nodes(document, document, ())):
        wanted = "/".join(path)
        above = "/".join((*path[:-1], "*"))
        if wanted in _FIELDS or above in _FIELDS or path[-1] in _NOTES:
            changed = _seal(document, properties, path[-1], node) or changed
    return changed


def sealed_schema(data: bytes) -> bytes:
    """A schema file with the contact fields sealed; the same bytes where they are."""
    try:
        document = json.loads(data)
        changed = seal_contact_fields(document)
    except (ValueError, LookupError, TypeError, AttributeError):
        return data  # what is wrong with it is said where it is read
    if not changed:
        return data
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def is_written(vault: Vault) -> bool:
    """Whether the schema file says what the setting wants, for other programs to know it, too."""
    data = vault.file(SCHEMA_FILE)
    return not vault.config.seal_contact or data is None or sealed_schema(data) == data


def write(vault: Vault) -> str | None:
    """Commit a schema file that says what the setting wants; gives the commit, if one was needed."""
    if is_written(vault):
        return None

    def plan(draft: Draft) -> None:
        data = draft.read(SCHEMA_FILE)
        if data is not None:
            draft.write(SCHEMA_FILE, sealed_schema(data))

    return vault.write("fix", plan, subject="vault: seal the contact fields").commit


Node = dict[str, Any]


def _nodes(
    document: Node, node: Node, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Node, Node]]:
    """Every property below a node that is no sealed value: path, itself, the table it stands in."""
    properties = node.get("properties", {})
    for name, given in properties.items():
        own = _resolved(document, given)
        if _is_sealed(own):
            continue
        here = (*path, name)
        yield here, own, properties
        yield from _nodes(document, own, here)
        if isinstance(own.get("items"), dict):
            yield from _nodes(document, _resolved(document, own["items"]), here)


def _is_sealed(node: Node) -> bool:
    return bool(node.get("x-textcrm", {}).get("seal")) or "age" in node.get("properties", {})


def _seal(document: Node, properties: Node, name: str, own: Node) -> bool:
    """Let one property take ciphertext alone; what it held before stays in its annotation."""
    if "sealed" not in document.get("$defs", {}):
        return False
    note = own.get("x-textcrm", {})
    properties[name] = {
        **{key: own[key] for key in ("title", "description") if key in own},
        "$ref": "#/$defs/sealed",
        "type": "object",
        "x-textcrm": {
            **note,
            "type": note.get("type") or _kind(own),
            "seal": CLASS,
            "index": "none",
        },
    }
    return True


def _resolved(document: Node, node: Node) -> Node:
    found = node.get("$ref", "")
    if isinstance(found, str) and found.startswith("#/$defs/"):
        target: Node = document["$defs"].get(found.removeprefix("#/$defs/"), {})
        return {**target, **node}
    return node


def _kind(node: Node) -> str:
    """The kind of a value that only its JSON type told."""
    if node.get("format") == "date":
        return "date"
    return {"array": "list", "number": "number", "boolean": "boolean"}.get(
        node.get("type", ""), "text"
    )
