"""A vault of customers: reading it, finding in it, and the only way of writing to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.late import late
from textcrm.vault.vault import Result, Vault

if TYPE_CHECKING:
    from textcrm.vault.draft import Draft

__all__ = ["Draft", "Result", "Vault"]

__getattr__ = late(__name__, {"Draft": "draft"})
