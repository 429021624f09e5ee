"""Reading line by line what most records are: block mappings and lists of one-line values.

PyYAML makes an object of every name and value, with its places, which takes most of the time of
reading. Here one regular expression takes the lines apart. It knows only a part of YAML, of which
there is no doubt what it means; of any other text, a faulty one too, nothing is said, and PyYAML
reads it.
"""

from __future__ import annotations

import re
from typing import Any, Final

LARGEST: Final = 256 * 1024  # characters; above it values are counted, and depth matters
_DEEPEST: Final = 64  # columns
# Every repetition below is bounded, or ends at a character that it cannot hold: no line takes long.

# No line breaks of YAML 1.1, no characters that libyaml refuses.
_NOT: Final = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_PLAIN: Final = (
    # A first character that means nothing to YAML; a minus sign before a letter or digit.
    rf"(?:[^{_NOT} ?:#,\-\[\]{{}}&*!|>'\"%@`]|-(?=\w))"
    rf"[^{_NOT}:#]*(?:(?::(?![ \n]|\Z)|(?<! )#)[^{_NOT}:#]*)*+(?<! )"
)
_SINGLE: Final = rf"'[^{_NOT}']*(?:''[^{_NOT}']*)*'"
_DOUBLE: Final = rf'"[^{_NOT}"\\]*"'
_ITEM: Final = rf"(?:\w[^{_NOT}?:#,\[\]{{}}&*!|>'\"%@`]*|(?:'[^{_NOT}']*'|{_DOUBLE}) *)"
_FLOW: Final = rf"\[(?: *{_ITEM}(?:, *{_ITEM})*)?\]"
_LINE: Final = re.compile(
    rf"^(?:( {{0,{_DEEPEST}}}+)(- )?+(?:(\w[\w-]{{0,99}}+):(?=[ \n]|\Z) ?)?"
    rf"({_PLAIN}|{_SINGLE}|{_DOUBLE}|{_FLOW}|\{{\}}|)(?: {{1,99}}#[^{_NOT}]*)?| {{0,99}}#[^{_NOT}]*)$",
    re.MULTILINE,
)
_ITEMS: Final = re.compile(_ITEM)


def read_lines(text: str) -> dict[str, Any] | None:
    """The mapping that a text is, as :func:`textcrm.yamlfile.read` gives it; None where in doubt."""
    if len(text) >= LARGEST:
        return None
    lines = _LINE.findall(text)
    if len(lines) != text.count("\n") + 1:
        return None
    root: dict[str, Any] = {}
    node: Any = root  # the mapping or list that is being filled, and the column of its lines
    column = 0
    above: list[tuple[int, Any]] = []
    waiting: str | None = None  # a name without a value so far
    for spaces, dash, key, value in lines:
        if not key and not value:
            if dash:
                return None
            continue
        at = len(spaces)
        if waiting is not None:
            if at > column or (dash and at == column):
                above.append((column, node))
                inner: Any = [] if dash else {}
                node[waiting] = inner
                node, column = inner, at
            waiting = None
        if at != column or (node.__class__ is list) is not (dash != ""):
            while column > at:
                column, node = above.pop()
            if not dash and above and node.__class__ is list:
                column, node = above.pop()
            if column != at or (node.__class__ is list) is not (dash != ""):
                return None
        if dash:
            if not key:
                node.append(_value(value))
                continue
            above.append((column, node))
            item: dict[str, Any] = {}
            node.append(item)
            node, column = item, at + 2
        elif not key or key in node:
            return None
        if value:
            node[key] = _value(value) if value[0] in "'\"[{" else value
        else:
            node[key] = None
            waiting = key
    return root or None


def _value(text: str) -> Any:
    first = text[0]
    if first == "'":
        return text[1:-1].replace("''", "'")
    if first == '"':
        return text[1:-1]
    if first == "[":
        return [_value(one.rstrip(" ")) for one in _ITEMS.findall(text[1:-1])]
    return {} if text == "{}" else text
