"""A vault's trust: its access.yaml against the pin that this machine keeps of its repository."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from textcrm.access import FILE_NAME, trust
from textcrm.errors import StorageFailure, TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.access import Access
    from textcrm.access.pins import Pin, Pins
    from textcrm.vault.vault import Vault

_NOWHERE = Text("there is no folder to remember trust in", "没有可用来保存信任记录的目录")


def trusted_access(vault: Vault) -> Access:
    """See :meth:`Vault.trusted_access`."""
    return _checked(vault, ask=True)


def problem(vault: Vault) -> TextcrmError | None:
    """What stands against trust, or None; a change that is right moves the pin here as well."""
    try:
        _checked(vault, ask=False)
    except TextcrmError as error:
        return error
    return None


def _checked(vault: Vault, *, ask: bool) -> Access:
    digest = hashlib.sha256(vault.file(FILE_NAME) or b"").hexdigest()
    known: tuple[str, Access] | None = vault.__dict__.get("_trusted")
    if known is not None and known[0] == digest:
        return known[1]
    pins = _pins(vault)
    key = repository_key(vault, pins)
    pin = pins.get(key)
    try:
        found = trust.check(vault.file, pin)
    except trust.Unpinned as error:
        if not ask or vault.confirm_trust is None or not vault.confirm_trust(error):
            raise
        found = error.trusted
    if found.pin != pin:
        pins.put(key, found.pin, place=str(vault.root))
        if pin is not None and vault.announce_trust is not None:
            vault.announce_trust(found.changes)
    vault.__dict__["_trusted"] = (digest, found.access)
    return found.access


def pin(vault: Vault, fingerprint: str) -> trust.Trusted:
    """Trust what the admin with this fingerprint signed, whatever was pinned. Raises TrustFailure."""
    found = trust.first(vault.file, fingerprint)
    pins = _pins(vault)
    pins.put(repository_key(vault, pins), found.pin, place=str(vault.root))
    vault.__dict__.pop("_trusted", None)
    return found


def pinned(vault: Vault) -> Pin | None:
    """What this machine has pinned of the vault."""
    pins = _pins(vault)
    return pins.get(repository_key(vault, pins))


def own_change(vault: Vault, data: bytes) -> None:
    """Pin the access.yaml that this person has just signed: their next command trusts it."""
    pins = _pins(vault)
    pins.put(repository_key(vault, pins), trust.pin_of(data), place=str(vault.root))
    for name in ("_trusted", "access", "_rule_keys"):
        vault.__dict__.pop(name, None)


def repository_key(vault: Vault, pins: Pins) -> str:
    """What a repository is known by: the commit that its history began with, and the vault in it.

    The commit is noted in the git directory when it is first needed, so that a history that is
    joined later cannot pass for another repository, and thousands of commits are not walked again.
    """
    noted = vault.repo.local_folder / "first-commit"
    try:
        first = noted.read_text("ascii").strip()
    except (OSError, ValueError):
        first = ""
    if not first:
        first = _first_commit(vault, pins)
        if first:
            _note(noted, first)
    return f"{first}:{vault.prefix}"


def _first_commit(vault: Vault, pins: Pins) -> str:
    found = vault.repo.first_commits()
    for one in found:
        if pins.get(f"{one}:{vault.prefix}") is not None:
            return one
    return found[-1] if found else ""


def _note(file: object, first: str) -> None:
    from pathlib import Path

    from textcrm.access.private import replace

    path = Path(str(file))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, first.encode() + b"\n")
    except OSError as error:
        raise StorageFailure(
            "git-dir-unwritable",
            Text("{file} cannot be written: {why}", "无法写入 {file}：{why}"),
            file=str(path),
            why=error.strerror or "",
        ) from error


def _pins(vault: Vault) -> Pins:
    if vault.pins is None:
        raise StorageFailure(
            "no-pins",
            _NOWHERE,
            hint=Text("set Vault.pins to Pins(folder)", "请设置 Vault.pins = Pins(目录)"),
        )
    return vault.pins
