"""The schema: what a field is, read from the vault's JSON Schema and its x-textcrm annotations."""

from __future__ import annotations

from textcrm.schema.field import Field
from textcrm.schema.model import FILE_NAME, GROUPS, Schema
from textcrm.schema.reading import default_schema_text
from textcrm.schema.words import EnumValue, folded

__all__ = [
    "FILE_NAME",
    "GROUPS",
    "EnumValue",
    "Field",
    "Schema",
    "default_schema_text",
    "folded",
]
