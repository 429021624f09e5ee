"""JSON Lines out: a record a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from textcrm.exchange.json_writer import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.exchange.export_cells import Settings
    from textcrm.exchange.export_customers import Source


# Ends of line to some readers, though not to JSON.
_ENDS: Final = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def chunks(source: Source, settings: Settings) -> Iterator[str]:
    """The lines."""
    for customer in source:
        line = json.dumps(record(customer, settings), ensure_ascii=False, default=str)
        yield line.translate(_ENDS) + "\n"
