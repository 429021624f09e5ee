"""Quotes where other YAML readers need them (13800138000, 007, no, 2024-05-01), and where they mislead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from textcrm.yamlfile.editing import unmarked
from textcrm.yamlfile.failures import refused
from textcrm.yamlfile.nodes import compose, key_name
from textcrm.yamlfile.reading import read_mapping
from textcrm.yamlfile.scalars import AMBIGUOUS, fresh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.yamlfile.nodes import Node

    Path = tuple[str | int, ...]
    Want = Literal["text", "bare"] | None


def quote(text: str, wants: Callable[[Path], Want]) -> tuple[str, list[Path]]:
    """Quote plain values that YAML 1.1 or 1.2 takes for no text, bare those that are to be numbers.

    ``wants`` says by path what a value is meant to be; of None nothing is touched. Gives the text
    and the paths changed, in order. What this reader reads stays the same, which is proved. Raises
    Invalid (edit-refused), YamlInvalid.
    """
    mark, body = unmarked(text)
    roots = compose(body)
    chosen = [
        (path, node, fresh(node.value, flow=flow) if doubt == "text" else node.value or "")
        for root in roots[:1]
        for path, node, flow in _scalars(root, (), flow=False)
        if (doubt := _doubt(node)) is not None and wants(path) == doubt
    ]
    result = body
    for _, node, piece in reversed(chosen):
        result = result[: node.start] + piece + result[node.end :]
    if chosen and read_mapping(result) != read_mapping(body):
        raise refused()
    return mark + result, [path for path, _, _ in chosen]


def _scalars(node: Node, path: Path, *, flow: bool) -> Iterator[tuple[Path, Node, bool]]:
    """Every scalar; those with an anchor or a tag say themselves what they are."""
    if node.kind == "scalar" and node.value and node.anchor is None and node.tag is None:
        yield path, node, flow
    for index, (_, child) in enumerate(node.children):
        step = index if node.kind == "seq" else key_name(node, index)
        if step is not None:
            yield from _scalars(child, (*path, step), flow=flow or node.flow)


def _doubt(node: Node) -> Want:
    """What a scalar must be meant as for its quotes, or their lack, to be wrong; else None."""
    value = node.value or ""
    if not node.style:
        return "text" if _is_misread(value) else None
    return "bare" if node.style in ("'", '"') and _BARE.fullmatch(value) else None


# What is a number or a boolean to every reader (JSON's form).
_BARE: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|true|false")
# A text that begins with a day is written in quotes where it is new; only these are times elsewhere.
_DATED: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
)


def _is_misread(value: str) -> bool:
    """Whether a reader of YAML 1.1 or 1.2 takes a plain text for a number, a time and the like."""
    if not AMBIGUOUS.match(value):
        return False
    return not _DATED.match(value) or _TIME.fullmatch(value) is not None
