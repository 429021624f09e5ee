"""The query language: one for search, list, views, export and reports (DESIGN section 5)."""

from textcrm.query.doc import Doc
from textcrm.query.mistakes import quote
from textcrm.query.query import Query, parse

__all__ = ["Doc", "Query", "parse", "quote"]
