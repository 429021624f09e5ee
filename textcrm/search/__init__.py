"""Search: the contract of a backend, the plain scan that keeps it, sorting and tables."""

from textcrm.search.backend import Backend, Facet, Hit, Match
from textcrm.search.grouping import Row, group
from textcrm.search.order import sort_docs, sort_key
from textcrm.search.scan import ScanBackend
from textcrm.search.tabulate import columns

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
