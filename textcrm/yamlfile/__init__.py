"""The door to YAML: reading every scalar as typed, and careful edits that keep all other bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.late import late
from textcrm.yamlfile.bounds import MAX_BYTES

if TYPE_CHECKING:
    from textcrm.yamlfile.deleting import delete
    from textcrm.yamlfile.editing import append_item, insert_item, set_scalar, set_value
    from textcrm.yamlfile.places import Positions, positions
    from textcrm.yamlfile.quoting import quote
    from textcrm.yamlfile.reading import decode, encode, read, read_mapping
    from textcrm.yamlfile.writing import dump

__all__ = [
    "MAX_BYTES",
    "Positions",
    "append_item",
    "decode",
    "delete",
    "dump",
    "encode",
    "insert_item",
    "positions",
    "quote",
    "read",
    "read_mapping",
    "set_scalar",
    "set_value",
]

# What is not asked for is not loaded: a search reads no YAML, and what reads never edits.
__getattr__ = late(
    __name__,
    {
        "Positions": "places",
        "append_item": "editing",
        "decode": "reading",
        "delete": "deleting",
        "dump": "writing",
        "encode": "reading",
        "insert_item": "editing",
        "positions": "places",
        "quote": "quoting",
        "read": "reading",
        "read_mapping": "reading",
        "set_scalar": "editing",
        "set_value": "editing",
    },
)
