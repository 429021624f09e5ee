"""Customer records as plain text, kept in git."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textcrm.vault import Vault

__all__ = ["Vault", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name != "Vault":
        raise AttributeError(name)
    from textcrm.vault import Vault

    return Vault
