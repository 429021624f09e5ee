"""Customer records as plain text, kept in git."""

__version__ = "0.1.0"
