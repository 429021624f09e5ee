"""The catalog: one database per clone that follows the record files; derived, never the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textcrm.catalog.catalog import Catalog, Changes
    from textcrm.catalog.kept import KeptDoc
    from textcrm.catalog.values import Held, Values

__all__ = ["Catalog", "Changes", "Held", "KeptDoc", "Values"]

# Who only asks for the folder, or glances at what is kept (glance.py), loads no more than that.
_LATE = {
    "Catalog": "catalog",
    "Changes": "catalog",
    "Held": "values",
    "KeptDoc": "kept",
    "Values": "values",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(name)
    from importlib import import_module

    found = globals()[name] = getattr(import_module(f"textcrm.catalog.{_LATE[name]}"), name)
    return found
