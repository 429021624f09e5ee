"""The sealed values of a record, as the acceptance checks look at them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textcrm import ciphertext
from textcrm.rules.sealing import sealed_places
from textcrm.vault import Vault
from textcrm.vault.seals import spelled

if TYPE_CHECKING:
    from collections.abc import Iterator


def sealed_values(root: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The sealed values of a vault: id, place, mapping."""
    vault = Vault.open(root)
    for record in vault.records():
        for path, _, node in sealed_places(record.raw, vault.schema):
            if ciphertext.is_sealed(node):
                yield record.id, spelled(path, record.raw), node
