"""Columns: the values at a path of the catalog by their places, a place being row and item in one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from textcrm.catalog.values import PLACES
from textcrm.record import as_day

if TYPE_CHECKING:
    import datetime as dt


def row_of(place: int) -> int:
    """The row of a place in a column."""
    return place >> PLACES


def days_in(column: dict[int, Any]) -> dict[int, dt.date]:
    """The days of the dates and moments in a column."""
    known = {value: as_day(value) for value in set(column.values())}
    return {place: day for place, value in column.items() if (day := known[value]) is not None}


def places_of(*columns: dict[int, Any]) -> list[int]:
    """Every place of some columns, once: quick where the first has nearly all."""
    first, *others = columns
    more = {place for column in others for place in column if place not in first}
    return [*first, *more]


def texts_in(column: dict[int, Any]) -> dict[int, str]:
    """The texts in a column that say something."""
    if all(isinstance(value, str) and value for value in set(column.values())):
        return column
    return {place: value for place, value in column.items() if isinstance(value, str) and value}


def number_of(value: Any) -> Decimal | None:
    """A number as one; None for anything else."""
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else None
