"""A record to be edited by hand with its sealed values open, and its way back to a sealed one.

What the writer cannot read stands there as a placeholder, which has to come back as it was; what
was not changed gets back the very bytes that it had.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import ciphertext, line_merge, paths, store, yamlfile
from textcrm.errors import Invalid, TextcrmError
from textcrm.rules.sealing import sealed_places
from textcrm.text import Text
from textcrm.vault import revealing
from textcrm.vault.seals import spelled

if TYPE_CHECKING:
    from textcrm.record import Record
    from textcrm.vault import Vault

_PLACEHOLDER: Final = re.compile(r"<locked [^>]*>")


class Open(NamedTuple):
    """One sealed value in the copy: its mapping, and how it was written there, open or not."""

    node: dict[str, Any]
    written: Any
    open: bool


class PlainCopy(NamedTuple):
    """The text to edit, and what was opened for it by place (/contacts/k3f9/id_number)."""

    text: str
    opened: dict[str, Open]

    @property
    def secret(self) -> bool:
        """Whether anything in it is readable that is sealed in the record."""
        return any(one.open for one in self.opened.values())


def plain_copy(vault: Vault, record: Record) -> PlainCopy:
    """Open what the keys at hand open. Values that are damaged or misplaced are placeholders."""
    text = record.text
    places: list[tuple[paths.Path, str, Any, bool]] = []
    for path, _field, node in revealing.places(vault, record):
        try:
            value = _writable(revealing.open_at(vault, record, path, node))
            is_open = True
        except TextcrmError:
            value, is_open = f"<locked {_label(node)}>", False
        text = yamlfile.set_value(text, path, value)
        places.append((path, spelled(path, record.raw), node, is_open))
    raw = yamlfile.read_mapping(text)
    found = {
        place: Open(node, paths.value_at(path, raw), is_open)
        for path, place, node, is_open in places
    }
    return PlainCopy(text, found)


def _label(node: Any) -> str:
    try:
        return "+".join(ciphertext.read(node).labels)
    except ciphertext.Malformed:
        return "?"


def _writable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def taken_back(vault: Vault, record: Record, copy: PlainCopy, edited: str) -> str:
    """The edited text with the sealed values that were not changed as they were.

    What was changed stands there in plain still: the draft seals it. Raises Invalid
    (placeholder-changed), YamlInvalid.
    """
    if edited == copy.text:
        return record.text
    text = edited
    made = store.parse(record.path, yamlfile.encode(edited), vault.schema)
    for path, _field, value in list(sealed_places(made.raw, vault.schema)):
        known = copy.opened.get(spelled(path, made.raw))
        if known is None or ciphertext.is_sealed(value):
            continue
        if value == known.written:
            text = yamlfile.set_value(text, path, known.node)
    _demand_no_placeholder(record, text)
    return _with_old_bytes(record, copy, edited, text)


def _demand_no_placeholder(record: Record, text: str) -> None:
    for number, typed in enumerate(text.splitlines(), 1):
        if found := _PLACEHOLDER.search(typed):
            raise Invalid(
                "placeholder-changed",
                Text(
                    "line {line}: {word} stands for a value that you cannot read; leave it as it was",
                    "第 {line} 行：{word} 代表您无权读取的值，请保持原样",
                ),
                hint=Text(
                    "put it back at its place, or delete the whole field",
                    "请恢复原位，或删除整个字段",
                ),
                line=number,
                word=found[0],
                id=record.id,
            )


def _with_old_bytes(record: Record, copy: PlainCopy, edited: str, text: str) -> str:
    """The same, with the lines of the record wherever the edit left them alone."""
    merged = line_merge.merge(copy.text, record.text, edited)
    try:
        if merged is not None and yamlfile.read_mapping(merged) == yamlfile.read_mapping(text):
            return merged
    except TextcrmError:
        pass
    return text
