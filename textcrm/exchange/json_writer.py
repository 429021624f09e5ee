"""JSON out: one array of records by their field names, money and dates as strings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.exchange.export_cells import Settings
    from textcrm.exchange.export_customers import Customer, Source


def chunks(source: Source, settings: Settings) -> Iterator[str]:
    """The array, a record at a time."""
    start = "[\n"
    for customer in source:
        yield start + _indented(record(customer, settings))
        start = ",\n"
    yield "[]\n" if start == "[\n" else "\n]\n"


def record(customer: Customer, settings: Settings) -> dict[str, Any]:
    """A record that JSON can carry."""
    tree: dict[str, Any] = settings.schema.jsonable(customer.tree)
    return tree


def _indented(tree: dict[str, Any]) -> str:
    text = json.dumps(tree, ensure_ascii=False, indent=2, default=str)
    return "  " + text.replace("\n", "\n  ")
