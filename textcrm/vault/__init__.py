"""A vault of customers: reading it, finding in it, and the only way of writing to it."""

from textcrm.vault.draft import Draft
from textcrm.vault.vault import Result, Vault

__all__ = ["Draft", "Result", "Vault"]
