"""The comments of a text: what the parser passes over, and a person still reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import Invalid
from textcrm.yamlfile.failures import place
from textcrm.yamlfile.nodes import compose

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT: Final = re.compile(r"(?<![^\s])#[^\r\n]*")


class Comment(NamedTuple):
    """A comment from its ``#`` to the end of the line; line and column from 1."""

    line: int
    column: int
    text: str


def comments(text: str) -> Iterator[Comment]:
    """Every comment, in order; none of a text that does not read as YAML.

    A ``#`` inside a value (quoted, in a block, or right behind a word) starts none.
    """
    text = text.removeprefix("\ufeff")
    if "#" not in text:
        return
    try:
        roots = compose(text)
    except Invalid:
        return
    start = 0
    scalars = (node for root in roots for node in root.everything() if node.kind == "scalar")
    spans = sorted((node.start, node.end) for node in scalars)
    for begin, end in (*spans, (len(text), len(text))):
        for match in _COMMENT.finditer(text, start, max(start, begin)):
            yield Comment(*place(text, match.start()), match[0])
        start = max(start, end)
