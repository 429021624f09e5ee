"""Search: the contract of a backend, the plain scan that keeps it, sorting and tables."""

from textcrm.search.backend import Backend, Facet, Hit, Match
from textcrm.search.order import sort_docs, sort_key
from textcrm.search.scan import ScanBackend
from textcrm.search.tabulate import Row, columns, group

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
