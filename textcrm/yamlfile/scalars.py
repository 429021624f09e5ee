"""Scalars as text: which may stand plain, how others are quoted."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from textcrm.errors import Invalid
from textcrm.text import Text

AMBIGUOUS = re.compile(
    r"""(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N
    |[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+)
    |[-+]?[0-9][0-9_,]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
    |[-+]?(?:\.[0-9]|[0-9])[0-9_,]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?
    |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)
    |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*
    |=|<<)\Z""",
    re.VERBOSE,
)


_LEADING = set("-?:,[]{}#&*!|>'\"%@` \t")


SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]|\r")


def plain_ok(value: str, *, flow: bool) -> bool:
    """Whether a text may stand without quotes and be read back as itself."""
    if (
        not value
        or value != value.strip()
        or "\n" in value
        or SPECIAL.search(value)
        or "\t" in value
    ):
        return False
    first = value[0]
    if flow and first == "?":
        return False
    if first in _LEADING and not (
        first in "-?:"
        and len(value) > 1
        and value[1] not in " \t"
        and not (flow and value[1] in ",[]{}")
    ):
        return False
    if ": " in value or " #" in value or value.endswith(":") or value.startswith(("---", "...")):
        return False
    return not (flow and (any(char in value for char in ",[]{}") or ":" in value))


def single_quoted(value: str) -> str | None:
    if "\n" in value or SPECIAL.search(value):
        return None
    return "'" + value.replace("'", "''") + "'"


_ESCAPES = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\0": "\\0",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
    "\xa0": "\\_",
}


def double_quoted(value: str) -> str:
    out = []
    for char in value:
        code = ord(char)
        if char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif 0xD800 <= code <= 0xDFFF:
            raise Invalid(
                "text-not-storable",
                Text(
                    "the text holds half a character and cannot be stored",
                    "文本含有残缺字符，无法保存",
                ),
            )
        elif code < 0x20 or 0x7F <= code < 0xA0:
            out.append(f"\\x{code:02x}")
        elif code in (0xFEFF, 0xFFFE, 0xFFFF):
            out.append(f"\\u{code:04x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def typed_text(value: Any) -> str | None:
    """The text of a value that is no string; None for a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return None


def fresh(value: Any, *, flow: bool = False) -> str:
    """A new scalar, quoted wherever another reader would misread it."""
    typed = typed_text(value)
    if typed is not None:
        return typed
    text = str(value)
    if plain_ok(text, flow=flow) and not AMBIGUOUS.match(text):
        return text
    return single_quoted(text) or double_quoted(text)


def restyled(value: Any, style: str | None, *, flow: bool, key: bool = False) -> str:
    """A scalar that takes the place of another, in its style where that holds the value."""
    typed = typed_text(value)
    text = str(value) if typed is None else typed
    if style in (None, "") and (plain_ok(text, flow=flow) or (typed == "" and not key)):
        return text
    if style == '"':
        return double_quoted(text)
    if style == "'":
        return single_quoted(text) or double_quoted(text)
    if typed is not None and typed:
        return typed
    return single_quoted(text) or double_quoted(text)
