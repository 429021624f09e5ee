"""The access log: reads that matter (``show --reveal``, ``export``, ``search --sealed``), K3.

It says what was opened with this program in this clone, for honest people to look back; whoever
holds the key and the files can read without it, and git has no knowledge of reading. It lies in
the git directory, which is never shared and survives a deleted ``.textcrm/``.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from textcrm.vault.vault import Vault


class Read(NamedTuple):
    """One read: when (UTC), by whom, with which command, of which customers, and what for."""

    at: dt.datetime
    who: str
    what: str
    ids: tuple[str, ...]
    purpose: str

    @property
    def number(self) -> int:
        """Of how many customers."""
        return len(self.ids)


def note(vault: Vault, what: str, ids: Iterable[str], *, purpose: str = "") -> bool:
    """Note a read of the customers ``ids`` by the command ``what``; nothing of a value is kept.

    To be called by whatever opens sealed values or carries data away, once per command, after
    it succeeded. Never fails what is read: gives False where it could not be noted, for the
    command to say so.
    """
    entry = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "who": _who(vault),
        "what": what,
        "ids": list(ids),
        "purpose": purpose,
    }
    line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
    try:
        file = _file(vault)
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:  # one write, so that two commands at once do not mix their lines
            return os.write(handle, _after_a_cut(handle) + line) >= len(line)
        finally:
            os.close(handle)
    except OSError:
        return False


def reads(vault: Vault) -> tuple[Read, ...]:
    """The reads noted in this clone, the oldest first; lines that a crash cut are passed over."""
    try:
        lines = _file(vault).read_text("utf-8", "replace").splitlines()
    except OSError:
        return ()
    return tuple(one for one in map(_read, lines) if one is not None)


def _read(line: str) -> Read | None:
    try:
        one: dict[str, Any] = json.loads(line)
        return Read(
            dt.datetime.fromisoformat(one["at"]),
            str(one["who"]),
            str(one["what"]),
            tuple(map(str, one["ids"])),
            str(one["purpose"]),
        )
    except (ValueError, TypeError, KeyError):
        return None


def _who(vault: Vault) -> str:
    try:
        me = vault.me()
        return me.id if me else vault.repo.identity().email
    except TextcrmError:
        return ""


def _after_a_cut(handle: int) -> bytes:
    """A new line where a crash cut the last one."""
    size = os.fstat(handle).st_size
    if not size:
        return b""
    os.lseek(handle, size - 1, os.SEEK_SET)
    return b"" if os.read(handle, 1) == b"\n" else b"\n"


def _file(vault: Vault) -> Path:
    return vault.repo.common_dir / "textcrm" / "reads.jsonl"
