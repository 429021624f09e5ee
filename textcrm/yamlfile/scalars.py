"""Scalars as text: which may stand plain, how others are quoted, how blocks are written."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from textcrm.errors import Invalid
from textcrm.text import Text

# What a YAML 1.1 or 1.2 reader takes for null, a boolean, a number, a time, a date or a merge key
# (yaml.org/type; YAML 1.2.2 section 10.3).
AMBIGUOUS = re.compile(
    r"""(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE
    |yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N
    |[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+)
    |[-+]?[0-9][0-9_,]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
    |[-+]?(?:[0-9][0-9_,]*)?\.[0-9._]*(?:[eE][-+]?[0-9]+)?
    |[-+]?[0-9][0-9_,]*(?:[eE][-+]?[0-9]+)?
    |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)
    |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*
    |=|<<)\Z""",
    re.VERBOSE,
)
_LEADING = frozenset("-?:,[]{}#&*!|>'\"%@` \t")
# What stands in double quotes only: control characters, line breaks of one YAML version or the
# other, the byte-order mark, what YAML cannot hold as it is.
SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_IN_PLAIN = re.compile(r":[ ]|[ ]\#|:\Z|[\t\n]|\A(?:---|\.\.\.)", re.VERBOSE)
_IN_FLOW_PLAIN = re.compile(r"[,\[\]{}]|\A\?|:(?=[,\[\]{} ]|\Z)|\A:")
_FOLDS = re.compile(r"(\n+)")


def plain_ok(value: str, *, flow: bool) -> bool:
    """Whether a text may stand without quotes and be read back as itself by this reader."""
    if not value or value != value.strip() or SPECIAL.search(value) or _IN_PLAIN.search(value):
        return False
    if value[0] in _LEADING and not (
        value[0] in "-?:" and len(value) > 1 and value[1] not in " ,[]{}"
    ):
        return False
    return not (flow and _IN_FLOW_PLAIN.search(value))


def single_quoted(value: str) -> str | None:
    """The text in single quotes; None where they cannot hold it."""
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
    "\x1b": "\\e",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def double_quoted(value: str) -> str:
    """The text in double quotes, which hold anything. Raises Invalid for half a character."""
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(char: str) -> str:
    code = ord(char)
    if char in _ESCAPES:
        return _ESCAPES[char]
    if 0xD800 <= code <= 0xDFFF:
        raise Invalid(
            "text-not-storable",
            Text(
                "the text holds half a character and cannot be stored",
                "文本含有残缺字符，无法保存",
            ),
        )
    if code < 0x20 or 0x7F <= code < 0xA0:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code in (0xFEFF, 0xFFFE, 0xFFFF) else char


def typed_text(value: Any) -> str | None:
    """A typed value as the text that stands for it; None for nothing at all."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def stays_plain(value: Any) -> bool:
    """Whether a value is a number or a boolean, which stand plain where they are new."""
    return isinstance(value, bool | int | float | Decimal)


def fresh(value: Any, *, flow: bool = False) -> str:
    """A new scalar, quoted wherever another reader would misread it; nothing is empty."""
    text = typed_text(value)
    if text is None:
        return ""
    if plain_ok(text, flow=flow) and (stays_plain(value) or not AMBIGUOUS.match(text)):
        return text
    return single_quoted(text) or double_quoted(text)


def restyled(text: str, style: str | None, *, flow: bool) -> str:
    """A text that takes the place of another, in its style where that holds it."""
    if not style and plain_ok(text, flow=flow):
        return text
    if style == '"':
        return double_quoted(text)
    return single_quoted(text) or double_quoted(text)


def blockable(text: str) -> bool:
    """Whether a text can be the lines of a block scalar."""
    return bool(text.strip()) and not SPECIAL.search(text)


def block(text: str, style: str, indent: int, parent: int = 0) -> str:
    """A block scalar of style ``|`` or ``>``, chomped as the text ends, without its last break.

    ``indent`` is that of its lines, ``parent`` that of the collection which it stands in.
    """
    body = text.rstrip("\n")
    ending = len(text) - len(body)
    lines = (_folded(body) if style == ">" else body).split("\n")
    first = next(line for line in lines if line)
    # Where the text itself starts with a space, only a number tells it from the indent.
    number = str(indent - parent) if first[0] in " \t" else ""
    chomp = ("-", "", "+")[min(ending, 2)]
    pad = " " * indent
    rows = [pad + line if line else "" for line in lines]
    return "\n".join([style + number + chomp, *rows, *[""] * max(ending - 1, 0)])


def _folded(body: str) -> str:
    """Write one more line break between two lines that would else be joined."""
    parts = _FOLDS.split(body)
    for place in range(1, len(parts), 2):
        before = parts[place - 1].rsplit("\n", 1)[-1]
        if before[:1] not in (" ", "\t", "") and parts[place + 1][:1] not in (" ", "\t"):
            parts[place] += "\n"
    return "".join(parts)
