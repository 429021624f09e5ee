"""Text as SQLite takes it: what is no proper Unicode (a lone surrogate) goes in as bytes."""

from __future__ import annotations


def put(text: str) -> str | bytes:
    """A text to store or to compare with."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def span(start: str) -> tuple[str | bytes, str | bytes]:
    """The least text that begins so, and one above them all."""
    return put(start), put(start + "\U0010ffff")


def got(stored: str | bytes) -> str:
    """A text as it was stored. Raises ValueError where it is damaged."""
    if isinstance(stored, bytes):
        return stored.decode("utf-8", "surrogatepass")
    if not isinstance(stored, str):
        raise ValueError(type(stored).__name__)  # noqa: TRY004 - damage, not a wrong call
    return stored
