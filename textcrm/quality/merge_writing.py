"""Writing what comes over into the record that stays, and into all that named the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm import yamlfile
from textcrm.matching import joining
from textcrm.matching.joining import Append
from textcrm.quality.merge_reading import Folders
from textcrm.vault import edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.vault import Draft, Vault


def written(
    vault: Vault,
    one: Record,
    two: Record,
    joined: joining.Joined,
    decided: Mapping[tuple[str | int, ...], joining.Choice],
) -> str:
    """The first record's text with everything that comes over; its other bytes stay."""
    text = one.text
    for step in joining.sequence(joined.steps):
        if isinstance(step, Append):
            text = edits.append(text, step.path, joining.bare(step.item), vault.schema)
        else:
            text = edits.put(text, step.path, joining.bare(step.value), vault.schema)
    former = [two.id, *_texts(two.raw.get("former_ids"))]
    text = _joined_words(vault, text, "former_ids", former)
    if one.name != two.name and two.name:
        loser = one.name if decided.get(("name",)) is True else two.name
        text = _joined_words(vault, text, "aliases", [loser])
    return _with_comments(text, two)


def _joined_words(vault: Vault, text: str, name: str, words: list[str]) -> str:
    """Add words to a list of the record, those that it does not hold."""
    for word in words:
        raw = yamlfile.read_mapping(text)
        if word not in (raw.get("id"), raw.get("name"), *_texts(raw.get(name))):
            text = edits.append(text, (name,), word, vault.schema)
    return text


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _with_comments(text: str, two: Record) -> str:
    """What somebody noted in the other file goes on at the end of this one."""
    from textcrm.yamlfile.comments import comments

    lines = [f"# {two.id}: {one.text.lstrip('# ')}" for one in comments(two.text)]
    if not lines:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    return text.rstrip("\r\n") + end + end.join(lines) + end


def move_files(vault: Vault, draft: Draft, one: str, two: str) -> Iterator[str]:
    """Move the other's committed files; the names in its record were changed already."""
    for path, moved in Folders(vault, one, two).files.items():
        data = draft.read(path)
        if data is not None:
            draft.write(moved, data)
            draft.write(path, None)
            yield moved


def follow_references(vault: Vault, draft: Draft, one: Record, two: Record) -> Iterator[str]:
    """Let other records that name the second name the first."""
    for record in vault.records(mentioning=two.id):
        if record.path in (one.path, two.path):
            continue
        current = draft.record(record.path)
        text = current.text
        for place in _naming(current, current.raw, (), two.id):
            text = yamlfile.set_scalar(text, place, one.id)
        if text != current.text:
            draft.edit(record.path, lambda _, text=text: text)  # type: ignore[misc]
            yield record.id


def _naming(record: Record, node: Any, at: Path, wanted: str) -> Iterator[Path]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _naming(record, value, (*at, name), wanted)
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _naming(record, value, (*at, place), wanted)
    elif node == wanted:
        field = record.schema.at(at)
        if field is not None and field.element.kind == "reference":
            yield at
