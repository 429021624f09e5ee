"""Several words in one: tags and other lists of short texts (D10)."""

from __future__ import annotations

import re
from typing import Final

_TAGS: Final = re.compile(r"[、，,;；\n\r]+")
_NAMES: Final = re.compile(r"[、;；\n\r]+")


def split_tags(text: str) -> list[str]:
    """Split ``A、B，C;D`` at 、 ， , ; ； and line ends; no blanks, nothing twice, order kept."""
    return _split(_TAGS, text)


def split_names(text: str) -> list[str]:
    """Split names at 、 ; ； and line ends; a comma is part of a name (``Acme, Inc.``)."""
    return _split(_NAMES, text)


def _split(separator: re.Pattern[str], text: str) -> list[str]:
    parts = (part.strip() for part in separator.split(text))
    return list(dict.fromkeys(part for part in parts if part))
