"""The catalog: one database per clone that follows the record files; derived, never the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.late import late

if TYPE_CHECKING:
    from textcrm.catalog.catalog import Catalog, Changes
    from textcrm.catalog.kept import KeptDoc
    from textcrm.catalog.values import Held, Values

__all__ = ["Catalog", "Changes", "Held", "KeptDoc", "Values"]

# Who only asks for the folder, or glances at what is kept (glance.py), loads no more than that.
__getattr__ = late(
    __name__,
    {
        "Catalog": "catalog",
        "Changes": "catalog",
        "Held": "values",
        "KeptDoc": "kept",
        "Values": "values",
    },
)
