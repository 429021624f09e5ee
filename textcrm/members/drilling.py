"""The drill: proving that a recovery key opens every key file and, through it, sealed values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import ciphertext
from textcrm.access.keyring import Keyring, Source
from textcrm.errors import KeyMissing, TrustFailure
from textcrm.rules.sealing import sealed_places
from textcrm.text import Text
from textcrm.vault.revealing import opened
from textcrm.vault.seals import spelled

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.access import Access
    from textcrm.vault import Vault

_WHERE = Text("the recovery key", "恢复密钥")


class Drilled(NamedTuple):
    """What a recovery key opened: the key files by label, and how many values, one of each label."""

    keys: tuple[str, ...]
    values: int


def drill(vault: Vault, file: Path) -> Drilled:
    """Open every generation's key file and one value of each with a key; nothing is written.

    Raises KeyMissing (no-key) where a key file or a value does not open, TrustFailure
    (no-recovery) where access.yaml names no recovery key, or not this one.
    """
    access = vault.access
    ring = Keyring([Source(_WHERE, file)])
    _demand_named(access, ring)
    labels = [
        f"{name}@{number}"
        for name, keys in access.classes.items()
        for number in sorted(keys.generations)
    ]
    for label in labels:
        ring.class_identity(label, access, vault.file)
    before, vault.keyring = vault.keyring, ring
    try:
        return Drilled(tuple(labels), _values(vault, access))
    finally:
        vault.keyring = before


def _demand_named(access: Access, ring: Keyring) -> None:
    if not ring.identities():
        raise ring.no_key("access/keys")
    if ring.find(access.recovery) is None:
        raise TrustFailure(
            "no-recovery",
            Text(
                "access.yaml does not name this key as its recovery key",
                "access.yaml 中的恢复密钥不是这一把",
            ),
            hint=Text(
                "find the right file, or let an admin make a new recovery key",
                "请找到正确的文件，或由管理员另建恢复密钥",
            ),
        )


def _values(vault: Vault, access: Access) -> int:
    """Open one value of each label that stands in the vault."""
    seen: set[str] = set()
    for record in vault.records():
        for path, _field, node in sealed_places(record.raw, vault.schema):
            try:
                label = ciphertext.read(node).labels[0]
            except ciphertext.Malformed:
                continue
            if label in seen:
                continue
            place = spelled(path, record.raw)
            try:
                opened(vault, access, node, rec=record.uid or "", place=place)
            except KeyMissing as error:
                error.data["file"] = record.path
                raise
            seen.add(label)
    return len(seen)
