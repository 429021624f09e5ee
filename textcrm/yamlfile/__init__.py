"""The door to YAML: reading every scalar as typed, and careful edits that keep all other bytes."""

from textcrm.yamlfile.deleting import delete
from textcrm.yamlfile.editing import append_item, insert_item, set_scalar, set_value
from textcrm.yamlfile.places import Positions, positions
from textcrm.yamlfile.reading import MAX_BYTES, decode, encode, read, read_mapping
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
    "read",
    "read_mapping",
    "set_scalar",
    "set_value",
]
