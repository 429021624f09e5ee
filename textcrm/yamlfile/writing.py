"""Whole documents in line form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.yamlfile.blocks import block_text
from textcrm.yamlfile.layout import Style
from textcrm.yamlfile.scalars import fresh
from textcrm.yamlfile.shapes import first_proven, new_shape

if TYPE_CHECKING:
    from collections.abc import Sequence


def dump(tree: Any, *, order: Sequence[str] | None = None, proven: bool = True) -> str:
    """A new document in line form (DESIGN section 1): LF, two spaces, lists under their key.

    What another YAML 1.1 or 1.2 reader would misread is quoted; numbers and booleans stand plain,
    text of several lines as a ``|`` block. ``order`` is that of the names at the top. The text is
    read again to prove that it says what was meant, unless the caller does (``proven`` off). Raises
    Invalid (text-not-storable) for half a character.
    """
    if isinstance(tree, dict) and order:
        rank = {name: place for place, name in enumerate(order)}
        tree = dict(sorted(tree.items(), key=lambda pair: rank.get(pair[0], len(rank))))
    if tree is None:
        return ""
    if not proven:
        return document_text(tree, Style())
    styles = Style(), Style(literal=False)
    # The second one is only made where the first does not read back.
    return first_proven((document_text(tree, style) for style in styles), [new_shape(tree)])


def document_text(tree: Any, style: Style) -> str:
    """A tree as the text of a document, with its last line break."""
    if isinstance(tree, dict | list | tuple):
        empty = "{}" if isinstance(tree, dict) else "[]"
        return (block_text(tree, 0, style) if tree else empty) + "\n"
    return fresh(tree) + "\n"
