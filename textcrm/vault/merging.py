"""Merging the text of a record: both sides' fields and comments, on the bytes of one side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import line_merge, three_way, yamlfile
from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.changes import StablePath
    from textcrm.schema import Schema
    from textcrm.three_way import Question, Side


class MergedText(NamedTuple):
    """A merged record file, and what only a person can say; there it holds what ours says."""

    text: str
    questions: tuple[Question, ...]


def merge_texts(
    base: str | None,
    ours: str,
    theirs: str,
    schema: Schema,
    *,
    yields: Callable[[StablePath], Side | None] | None = None,
    same: Callable[[StablePath, dict[str, Any], dict[str, Any]], bool] | None = None,
) -> MergedText:
    """Merge three versions of a record file; see :func:`textcrm.three_way.merge`.

    The fields decide what the result says; its bytes are those of ours and, where the lines allow,
    of theirs, so that comments of both stay. Raises YamlInvalid where a side does not read.
    """
    trees = [
        None if text is None else yamlfile.read_mapping(text, file=name)
        for text, name in ((base, "base"), (ours, "ours"), (theirs, "theirs"))
    ]
    merged = three_way.merge(
        trees[0], trees[1] or {}, trees[2] or {}, schema, yields=yields, same=same
    )
    for candidate in _candidates(base or "", ours, theirs):
        text = _made(candidate, merged.tree, schema)
        if text is not None:
            return MergedText(text, merged.questions)
    return MergedText(
        yamlfile.set_value(ours, (), merged.tree, key_order=schema.order()), merged.questions
    )


def _candidates(base: str, ours: str, theirs: str) -> Iterator[str]:
    """Texts that may say it already: lines of both sides, then those of ours where they clash.

    A clash of lines that only stand side by side is none of the fields, and each keeps its comment.
    """
    found = line_merge.hunks(base, ours, theirs)
    clashes = [hunk for hunk in found if hunk.clash]
    if not clashes:
        yield "".join(line for hunk in found for line in line_merge.settled(hunk))
        return
    for side_by_side, both in ((True, True), (False, True), (False, False)):
        yield "".join(
            line
            for hunk in found
            for line in (
                line_merge.settled(hunk)
                if not hunk.clash
                else (side_by_side and line_merge.neighbours(hunk))
                or hunk.ours + (hunk.theirs if both and not hunk.base else [])
            )
        )


def _made(candidate: str, tree: dict[str, Any], schema: Schema) -> str | None:
    """The candidate changed to say what it should; None where that cannot be."""
    try:
        if yamlfile.read_mapping(candidate) == tree:
            return candidate
        return yamlfile.set_value(candidate, (), tree, key_order=schema.order())
    except TextcrmError:
        return None
