"""The catalog: one database per clone that follows the record files; derived, never the truth."""

from __future__ import annotations

from textcrm.catalog.catalog import Catalog, Changes
from textcrm.catalog.kept import KeptDoc
from textcrm.catalog.values import Held, Values

__all__ = ["Catalog", "Changes", "Held", "KeptDoc", "Values"]
