"""An edit made after a crash, put on top of another version of its record, by fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm import store, yamlfile
from textcrm.errors import TextcrmError
from textcrm.gitrepo import eol
from textcrm.gitrepo.carrying import Carried, by_lines
from textcrm.vault.merging import merge_texts

if TYPE_CHECKING:
    from textcrm.gitrepo.carrying import Edit
    from textcrm.vault.vault import Vault


def carried(vault: Vault, edit: Edit) -> Carried | None:
    """Carry an edit over for recovery; see :attr:`GitRepo.carry`.

    None where the other version is another customer's, or this one has moved elsewhere.
    """
    own = edit.path.removeprefix(vault.prefix)
    if not (edit.path.startswith(vault.prefix) and store.is_record_path(own)):
        return by_lines(edit)
    uid = _uid(edit.base) or _uid(edit.ours)
    if edit.theirs is None:
        return None if _is_elsewhere(vault, edit, uid) else Carried(edit.ours, clash=True)
    other = _uid(edit.theirs)
    if uid and other and uid != other:
        return None
    try:
        base, ours, theirs = (_text(one, edit.ours or b"") for one in edit[1:4])
        merged = merge_texts(base, ours or "", theirs or "", vault.schema)
    except TextcrmError:  # it does not read, or the schema does not
        return by_lines(edit)
    return Carried(yamlfile.encode(merged.text), bool(merged.questions))


def _text(data: bytes | None, ours: bytes) -> str | None:
    return None if data is None else yamlfile.decode(eol.like(data, ours))


def _uid(data: bytes | None) -> str | None:
    """The uid that a record's file tells, None where it does not read."""
    try:
        tree: dict[str, Any] = yamlfile.read_mapping(yamlfile.decode(data or b""))
    except TextcrmError:
        return None
    uid = tree.get("uid")
    return uid if isinstance(uid, str) else None


def _is_elsewhere(vault: Vault, edit: Edit, uid: str | None) -> bool:
    """Whether another file of the commit holds the same customer."""
    if not uid or edit.commit is None:
        return False
    folder = vault.prefix + store.FOLDER
    words = ("grep", "-l", "--fixed-strings", "-e", f"uid: {uid}", edit.commit, "--", folder)
    return bool(vault.repo.process.run(*words).out.strip())
