"""Search: the contract of a backend, the plain scan that keeps it, sorting and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.late import late
from textcrm.search.backend import Backend, Facet, Hit, Match
from textcrm.search.order import sort_docs, sort_key
from textcrm.search.scan import ScanBackend
from textcrm.search.tabulate import columns

if TYPE_CHECKING:
    from textcrm.search.grouping import Row, group

__all__ = [
    "Backend",
    "Facet",
    "Hit",
    "Match",
    "Row",
    "ScanBackend",
    "columns",
    "group",
    "sort_docs",
    "sort_key",
]

# Groups are loaded when they are first asked for: a search needs none.
__getattr__ = late(__name__, {"Row": "grouping", "group": "grouping"})
