"""Facets of many records: counted on the catalog's values, records loaded where that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.search.backend import Facet
from textcrm.search.scan import NONE
from textcrm.search.tabulate import column

if TYPE_CHECKING:
    from textcrm.catalog.catalog import Catalog
    from textcrm.search.tabulate import Column


def facet(catalog: Catalog, name: str, rows: set[int]) -> list[Facet]:
    """How many of some records have each value, the most common first, none last.

    Raises Misuse (unknown-field).
    """
    chosen = column(name, catalog.schema)
    counts = _counted(catalog, chosen, rows)
    if counts is None:
        counts = {}
        for doc in catalog.docs(sorted(rows)):
            for value in chosen.distinct(doc) or [None]:
                counts[value] = counts.get(value, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (pair[0] is None, -pair[1], str(pair[0])))
    return [
        Facet(value, NONE if value is None else chosen.label_of(value), n) for value, n in ordered
    ]


def _counted(catalog: Catalog, chosen: Column, rows: set[int]) -> dict[Any, int] | None:
    """The counts by the table of values; None where a value is not kept there."""
    target = chosen.targets[0]
    path = ("derived", target.derived) if target.derived else target.path
    computed = target.derived in ("age", "age_band", "days_silent")
    if len(chosen.targets) > 1 or chosen.period or computed or not catalog.values.kept(path):
        return None
    if target.field is None and not target.derived:
        return None
    if catalog.values.holding(path, lambda _: False).unsure & rows:
        return None
    held: dict[Any, set[int]] = {}
    for value, term in catalog.values.distinct(path):
        found = catalog.connection.execute("SELECT row FROM cells WHERE term=?", (term,))
        held.setdefault(value, set()).update(row for (row,) in found)
    counts: dict[Any, int] = {}
    without = set(rows)
    for value, having in held.items():
        some = having & rows
        if some:
            counts[value] = len(some)
            without -= some
    if without:
        counts[None] = len(without)
    return counts
