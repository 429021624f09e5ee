"""Write the tables of schema/README.md anew: ``python -m textcrm.schema`` in a checkout."""

from __future__ import annotations

from pathlib import Path

from textcrm.schema import Schema, default_schema_text
from textcrm.schema.reference import refreshed


def main() -> None:
    """Bring the README of the checkout's schema up to date."""
    path = Path("schema/README.md")
    fresh = refreshed(path.read_text(encoding="utf-8"), Schema.from_json(default_schema_text()))
    path.write_text(fresh, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
