"""How large a document may be; apart from the parser, for who only reads bytes."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 5 * 1024 * 1024
