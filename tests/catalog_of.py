"""What the tests of indexed searches share: a catalog of records that exist as such only."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from searching import TODAY, schema

from textcrm.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from textcrm.query import Doc


def catalog_of(root: Path, docs: Iterable[Doc]) -> Catalog:
    """A catalog of these records, written as files below a folder."""
    for doc in docs:
        put(root, doc)
    catalog = Catalog(root, schema(), {}, TODAY)
    catalog.refresh()
    return catalog


def put(root: Path, doc: Doc) -> Path:
    """Write a record as a file."""
    file = root / "customers" / doc.id[1:5] / f"{doc.id}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    tree = {key: plain(value) for key, value in doc.typed.items()}
    # JSON is YAML; numbers stand in quotes as the schema's types read them anyway.
    file.write_text(json.dumps(tree, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file


def plain(value: Any) -> Any:
    """A typed value as a file may hold it."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal | int):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value
