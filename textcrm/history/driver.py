"""The merge driver: the same merge by field for ``git merge``, ``pull``, ``rebase``, ``stash``.

Where two people changed one field the record keeps ours and stays readable; the open questions
stand in the record itself under ``_conflicts``, an error of ``check`` until they are answered.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import yamlfile
from textcrm.changes import UNRESOLVED
from textcrm.errors import TextcrmError
from textcrm.vault.merging import merge_texts

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.schema import Schema
    from textcrm.three_way import Question


class Driven(NamedTuple):
    """What a merge came to; ``readable`` is off where a side was no record."""

    questions: tuple[Question, ...]
    readable: bool


def merge_files(base: Path, ours: Path, theirs: Path, schema: Schema) -> Driven:
    """Merge three files as git hands them over, into ``ours``.

    What does not read as a record, git merges line by line, with its markers. Raises OSError.
    """
    try:
        texts = [yamlfile.decode(one.read_bytes()) for one in (base, ours, theirs)]
        known = [_without(text) for text in texts]
        result = merge_texts(known[0] if known[0].strip() else None, known[1], known[2], schema)
    except TextcrmError:
        names = ("-L", "ours", "-L", "base", "-L", "theirs")
        command = ["git", "merge-file", *names, str(ours), str(base), str(theirs)]
        subprocess.run(command, check=False, capture_output=True)
        return Driven((), readable=False)
    text = result.text
    if result.questions:
        listed = [_entry(one) for one in result.questions]
        text = yamlfile.set_value(text, (UNRESOLVED,), listed)
    ours.write_bytes(yamlfile.encode(text))
    return Driven(result.questions, readable=True)


def _without(text: str) -> str:
    """A text without open questions of an earlier merge, which are not to be merged."""
    if UNRESOLVED not in text or not text.strip():
        return text
    tree = yamlfile.read_mapping(text)
    return yamlfile.delete(text, (UNRESOLVED,)) if UNRESOLVED in tree else text


def _entry(one: Question) -> dict[str, Any]:
    return {
        "path": "/".join(map(str, one.path)),
        "base": one.base,
        "ours": one.ours,
        "theirs": one.theirs,
    }
