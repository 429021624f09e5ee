"""The record that goes into another: its sealed values open, its files where they will lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm import ciphertext
from textcrm.errors import KeyMissing
from textcrm.matching.joining import Opened
from textcrm.text import Text
from textcrm.vault import revealing, seals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.access import Access
    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.vault import Vault

_ATTACHMENTS = "attachments/"


def opened_tree(vault: Vault, one: Record, two: Record) -> dict[str, Any]:
    """The second's tree as it comes over: sealed values open, its files where they will lie."""
    values: dict[Path, Any] = {}
    missing: set[str] = set()
    sealed = list(revealing.places(vault, two))
    access = vault.trusted_access() if sealed else None
    for path, field, node in sealed:
        try:
            values[path] = open_at(vault, two, path, node)
        except KeyMissing:
            missing.add(_class_of(node, field.seal if field is not None else None))
    if missing:
        raise _no_keys(two, missing)
    if access is not None:
        _demand_grants(vault, access, one, two)
    tree: dict[str, Any] = _placed(two.raw, (), values, Folders(vault, one.id, two.id))
    return tree


def _placed(node: Any, at: Path, values: Mapping[Path, Any], folders: Folders) -> Any:
    if at in values:
        return Opened(values[at])
    if isinstance(node, dict):
        return {name: _placed(each, (*at, name), values, folders) for name, each in node.items()}
    if isinstance(node, list):
        return [_placed(each, (*at, place), values, folders) for place, each in enumerate(node)]
    return folders.moved(node) if isinstance(node, str) else node


class Folders:
    """The committed files of two customers, and where those of the second go."""

    def __init__(self, vault: Vault, one: str, two: str) -> None:
        self._old, self._new = f"{_ATTACHMENTS}{two}/", f"{_ATTACHMENTS}{one}/"
        self._two = two
        prefix = vault.prefix
        self._there = _below(vault, prefix, self._new)
        self.files = {
            path: self._free(path, blob) for path, blob in _below(vault, prefix, self._old).items()
        }

    def _free(self, path: str, blob: str) -> str:
        """The same name, or one of its own where another file has that."""
        wanted = self._new + path.removeprefix(self._old)
        if self._there.get(wanted, blob) == blob:
            return wanted
        stem, dot, suffix = wanted.rpartition(".")
        return (
            f"{stem}-{self._two}{dot}{suffix}"
            if dot and "/" not in suffix
            else f"{wanted}-{self._two}"
        )

    def moved(self, text: str) -> str:
        """A text that names a file of the second, with its new place."""
        if not text.startswith(self._old):
            return text
        return self.files.get(text, self._new + text.removeprefix(self._old))


def _below(vault: Vault, prefix: str, folder: str) -> dict[str, str]:
    found = vault.repo.list_tree("HEAD", prefix + folder)
    return {path.removeprefix(prefix): blob for path, blob in found.items()}


def open_at(vault: Vault, record: Record, path: Path, node: Any = None) -> Any:
    from textcrm.paths import value_at

    node = value_at(path, record.raw) if node is None else node
    try:
        return revealing.open_at(vault, record, path, node)
    except KeyMissing as error:
        field = vault.schema.at(path)
        label = _class_of(node, field.seal if field is not None else None)
        raise _no_keys(record, {label}) from error


def _class_of(node: Any, seal: str | None) -> str:
    """The class of a sealed value, by its label."""
    try:
        key = ciphertext.parse_class(ciphertext.read(node).labels[0])
    except ciphertext.Malformed:
        key = None
    return key[0] if key else seal or "?"


def _no_keys(record: Record, classes: set[str]) -> KeyMissing:
    return KeyMissing(
        "merge-keys",
        Text(
            "{id} has sealed values that have to be sealed anew, and no key at hand opens: {classes}",
            "{id} 有需要重新加密的值，但没有可用的密钥：{classes}",
        ),
        hint=Text(
            "ask somebody who reads them: textcrm member list",
            "请由可读取的人来合并：textcrm member list",
        ),
        id=record.id,
        classes=sorted(classes),
    )


def _demand_grants(vault: Vault, access: Access, one: Record, two: Record) -> None:
    """The first's owner will read what comes over: that is said first, and agreed to."""
    owner = seals.owner_of(access, one)
    if owner is None or owner.id in seals.persons_in(vault, two) or not owner.keys:
        return
    classes = {f.seal for _, f, _ in revealing.places(vault, two) if f is not None and f.seal}
    gained = seals.gains(access, owner, sorted(classes & set(access.owner_reads)))
    if gained:
        seals.demand_grant(vault, two, owner, gained)
