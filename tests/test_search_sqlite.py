"""The full text in SQLite, and searches through the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from catalog_of import catalog_of
from search_contract import DOCS, SearchContract

from textcrm.search.indexed import IndexedBackend
from textcrm.search.sqlite_index import SqliteIndex

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.search import Backend


class TestSqlite(SearchContract):
    @pytest.fixture
    def backend(self, tmp_path: Path) -> Backend:
        catalog = catalog_of(tmp_path, DOCS)
        return IndexedBackend(catalog, SqliteIndex(catalog))
