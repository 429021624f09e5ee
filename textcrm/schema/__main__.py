"""Keep what follows from the schema true: ``python -m textcrm.schema`` in a checkout."""

from __future__ import annotations

from pathlib import Path

from textcrm.schema import Schema, default_schema_text, shipped
from textcrm.schema.reference import refreshed


def main() -> None:
    """Bring the README of the schema up to date, and keep the schema among the shipped ones."""
    path = Path("schema/README.md")
    text = default_schema_text()
    fresh = refreshed(path.read_text(encoding="utf-8"), Schema.from_json(text))
    shipped.keep(text, Path("schema/shipped"))
    path.write_text(fresh, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
