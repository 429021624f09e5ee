"""Taking one file's change back: a merge by field with what the file was before as the other side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from textcrm import line_merge, store
from textcrm.errors import TextcrmError
from textcrm.record import id_of_path
from textcrm.vault import edits
from textcrm.vault.merging import merge_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.changes import StablePath
    from textcrm.record import Record
    from textcrm.vault import Draft, Vault

Answer = Literal["keep", "take_back"]


class Clash(NamedTuple):
    """Something that changed again since the commit that is to be taken back.

    ``path`` is stable and empty where it is about the whole file; ``now`` is what stands there,
    ``back`` what taking the commit back would put there; None stands for absent.
    """

    file: str
    id: str
    name: str
    path: StablePath
    now: Any
    back: Any


class Versions(NamedTuple):
    """A file before and after the commit that is to be taken back."""

    before: bytes | None
    after: bytes | None


def take_back(
    vault: Vault,
    draft: Draft,
    path: str,
    versions: Versions,
    answer: Callable[[Clash], Answer],
) -> None:
    """Undo one file's change in a draft, by field; what changed since is asked for.

    The change taken back is a merge: the commit's result is the base, what stands now is one side,
    what was before the other. A record that got another id since is found there.
    """
    before, after = versions
    current = draft.read(path)
    if current is None and after is not None and before is not None:
        path = _moved(vault, path) or path
        current = draft.read(path)
    if current == after:
        _put(draft, path, before)
    elif current == before or (after is None and current is not None):
        return  # it is as it was, or came back since
    elif before is None or current is None or after is None:
        _whole(vault, draft, path, versions, answer)
    elif store.is_record_path(path):
        draft.edit(path, lambda record: _merged(vault, record, before, after, answer))
    else:
        merged = _lines(after, current, before)
        if merged is None:
            _whole(vault, draft, path, versions, answer)
        else:
            draft.write(path, merged)


def _moved(vault: Vault, path: str) -> str | None:
    """Where a record lies that has another id now."""
    if not store.is_record_path(path):
        return None
    try:
        return vault.get(id_of_path(path)).path
    except TextcrmError:
        return None


def _put(draft: Draft, path: str, data: bytes | None) -> None:
    if not store.is_record_path(path):
        draft.write(path, data)
    elif data is None:
        draft.delete(path)
    else:
        draft.restore(path, data)


def _whole(
    vault: Vault,
    draft: Draft,
    path: str,
    versions: Versions,
    answer: Callable[[Clash], Answer],
) -> None:
    """Added and changed since, or changed and deleted since: only the whole can go or stay."""
    current = draft.read(path)
    name = ""
    for data in (current, versions.before, versions.after):
        if data is not None and not name and store.is_record_path(path):
            try:
                name = store.parse(path, data, vault.schema).name
            except TextcrmError:
                continue
    own = id_of_path(path) if store.is_record_path(path) else path
    if answer(Clash(path, own, name, (), current, versions.before)) == "take_back":
        _put(draft, path, versions.before)


def _merged(
    vault: Vault,
    record: Record,
    before: bytes,
    after: bytes,
    answer: Callable[[Clash], Answer],
) -> str:
    old = store.parse(record.path, before, vault.schema)
    new = store.parse(record.path, after, vault.schema)
    merged = merge_texts(new.text, record.text, old.text, vault.schema)
    text = merged.text
    for one in merged.questions:
        clash = Clash(record.path, record.id, record.name, one.path, one.ours, one.theirs)
        if answer(clash) == "take_back":
            raw = store.parse(record.path, text.encode(), vault.schema).raw
            text = edits.put_stable(text, raw, one.path, one.theirs, vault.schema)
    return text


def _lines(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """A text file without the lines of the commit; None where others changed the same."""
    try:
        texts = [one.decode("utf-8") for one in (base, ours, theirs)]
    except UnicodeDecodeError:
        return None
    merged = line_merge.merge(texts[0], texts[1], texts[2])
    return None if merged is None else merged.encode()
