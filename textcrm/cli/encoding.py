"""Consoles that cannot show every sign (GBK, ASCII and their like): a plain one in its place."""

from __future__ import annotations

import codecs
import contextlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import TextIO

HANDLER: Final = "textcrm-console"
# The first that the console can show; what none of them fits is shown by its number, \\u5ba2.
SUBSTITUTES: Final[dict[str, tuple[str, ...]]] = {
    "✓": ("√", "+"),
    "✗": ("×", "x"),
    "→": ("->",),
    "←": ("<-",),
    "•": ("·", "*"),
    "·": (".",),
    "…": ("...",),
    "–": ("-",),
    "—": ("-",),
    "−": ("-",),
    "≈": ("~",),
    "░": (".",),
    "×": ("x",),
    "🔒": ("[加密]", "[sealed]"),
    "█": ("#",),
    "▏": ("|",),
    "▎": ("|",),
    "▍": ("|",),
    "▌": ("#",),
    "▋": ("#",),
    "▊": ("#",),
    "▉": ("#",),
    "│": ("|",),
    "─": ("-",),
    "“": ('"',),
    "”": ('"',),
    "‘": ("'",),
    "’": ("'",),
    "：": (": ",),
    "，": (", ",),
    "。": (". ",),
    "、": (", ",),
    "（": (" (",),
    "）": (")",),
    "；": ("; ",),
    "€": ("EUR",),
    "¥": ("￥", "CNY"),
}


def prepare(stream: TextIO) -> None:
    """Let a stream show a substitute for what it cannot show: never a traceback."""
    codecs.register_error(HANDLER, _instead)
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        with contextlib.suppress(ValueError, OSError):
            reconfigure(errors=HANDLER)


def _instead(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(_one(char, error.encoding) for char in bad), error.end


def _one(char: str, encoding: str) -> str:
    for substitute in SUBSTITUTES.get(char, ()):
        with contextlib.suppress(UnicodeEncodeError, LookupError):
            substitute.encode(encoding)
            return substitute
    return char.encode("ascii", "backslashreplace").decode("ascii")
