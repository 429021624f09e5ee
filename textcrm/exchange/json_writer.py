"""JSON out: one array of records by their field names, money and dates as strings."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from textcrm.normalize.entry import spell_moment

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
    del settings
    tree: dict[str, Any] = jsonable(customer.tree)
    return tree


def jsonable(value: Any) -> Any:
    """A typed tree as JSON carries it: money as text, days and moments as records spell them.

    Other than :func:`textcrm.schema.conversion.jsonable` it adds no seconds that nobody wrote, so
    that what comes in again is what went out.
    """
    if type(value) is str:
        return value
    if isinstance(value, dict):
        return {name: jsonable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [jsonable(one) for one in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return spell_moment(value) if isinstance(value, dt.date) else value


def _indented(tree: dict[str, Any]) -> str:
    text = json.dumps(tree, ensure_ascii=False, indent=2, default=str)
    return "  " + text.replace("\n", "\n  ")
