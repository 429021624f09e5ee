"""Sealed values as they stand in a file, read without any key: labels, form, number of readers."""

from textcrm.ciphertext.form import (
    Malformed,
    Sealed,
    is_sealed,
    looks_sealed,
    parse_class,
    read,
    write,
)
from textcrm.ciphertext.header import recipients

__all__ = [
    "Malformed",
    "Sealed",
    "is_sealed",
    "looks_sealed",
    "parse_class",
    "read",
    "recipients",
    "write",
]
