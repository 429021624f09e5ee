"""Importing in tests: a vault, a file, what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ready_made import created

from textcrm.exchange import importing
from textcrm.exchange.incoming import Source
from textcrm.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textcrm.exchange.importing import Outcome, Policy
    from textcrm.exchange.incoming import Incoming, Reading


def new_vault(folder: Path) -> Vault:
    """An empty vault."""
    return created(folder / "vault")


def reading_of(vault: Vault, data: bytes | str, name: str = "file.csv", **more: Any) -> Reading:
    """A source as its format reads it."""
    raw = data.encode() if isinstance(data, str) else data
    return importing.read(Source(name, raw), importing.setting_of(vault, **more))


def rows_of(
    vault: Vault, data: bytes | str, name: str = "file.csv", **more: Any
) -> list[Incoming]:
    """The rows of a source."""
    return list(reading_of(vault, data, name, **more).rows())


def take_in(
    vault: Vault,
    data: bytes | str,
    name: str = "file.csv",
    policy: Policy = "update",
    **more: Any,
) -> Outcome:
    """Import a source into a vault, as a new process would."""
    fresh = Vault.open(vault.root)
    return importing.Importer(fresh, reading_of(fresh, data, name, **more), policy).run()


def records(vault: Vault) -> list[Mapping[str, Any]]:
    """What the vault holds, in the order of ids."""
    return [record.raw for record in Vault.open(vault.root).records()]


def only(vault: Vault) -> Mapping[str, Any]:
    """The one customer of a vault."""
    (found,) = records(vault)
    return found


def balanced(outcome: Outcome) -> bool:
    """Whether every row is accounted for."""
    counted = outcome.created + outcome.updated + outcome.skipped + len(outcome.rejected)
    return outcome.rows == counted
