"""New text for trees: blocks, flows, names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from textcrm.yamlfile.scalars import (
    AMBIGUOUS,
    block,
    blockable,
    double_quoted,
    fresh,
    plain_ok,
    single_quoted,
)

if TYPE_CHECKING:
    from textcrm.yamlfile.layout import Style

_LONGEST_NAME = 1000  # YAML wants a "?" before a name of more than 1,024 characters


def value_text(value: Any, indent: int, style: Style) -> str:
    """What stands after ``name:``, with its leading space or line break.

    ``indent`` is that of the mapping the name belongs to.
    """
    if isinstance(value, dict | list | tuple) and value:
        step = style.map_step if isinstance(value, dict) else style.list_step
        return "\n" + block_text(value, indent + step, style)
    return _inline(value, indent, style)


def item_text(value: Any, indent: int, style: Style) -> str:
    """What stands after the dash of an item; ``indent`` is that of the dash."""
    if isinstance(value, dict | list | tuple) and value:
        return " " + block_text(value, indent + 2, style)[indent + 2 :]
    return _inline(value, indent, style)


def _inline(value: Any, indent: int, style: Style) -> str:
    if isinstance(value, dict | list | tuple):
        return " {}" if isinstance(value, dict) else " []"
    if isinstance(value, str) and "\n" in value and style.literal and blockable(value):
        return " " + block(value, "|", indent + 2, indent)
    piece = fresh(value)
    return " " + piece if piece else ""


def block_text(tree: Any, indent: int, style: Style) -> str:
    """A mapping or list in line form, each line indented, without the last line break."""
    pad = " " * indent
    if isinstance(tree, dict):
        pairs = (pair_text(str(name), value, indent, style) for name, value in tree.items())
        return "\n".join(pad + pair for pair in pairs)
    return "\n".join(pad + "-" + item_text(item, indent, style) for item in tree)


def pair_text(name: str, value: Any, indent: int, style: Style) -> str:
    """``name: value``; the lines after the first one indented."""
    key = name_text(name)
    if len(key) > _LONGEST_NAME:
        key = f"? {key}\n{' ' * indent}"
    return f"{key}:{value_text(value, indent, style)}"


@lru_cache(maxsize=1024)
def name_text(name: str, *, flow: bool = False) -> str:
    """A name, quoted wherever it must be."""
    if plain_ok(name, flow=flow) and not AMBIGUOUS.match(name):
        return name
    return single_quoted(name) or double_quoted(name)


def flow_text(value: Any, *, in_list: bool = False) -> str:
    """A value in brackets and braces, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(flow_pair(str(name), one) for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow_text(one, in_list=True) for one in value) + "]"
    # An item cannot be left out between commas; the tag says that there is nothing.
    return fresh(value, flow=True) or ("!!null " if in_list else "")


def flow_pair(name: str, value: Any) -> str:
    """``name: value`` inside braces."""
    key = name_text(name, flow=True)
    asked = "? " if len(key) > _LONGEST_NAME else ""
    return f"{asked}{key}: {flow_text(value)}"
