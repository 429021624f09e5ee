"""The access log: reads that matter, noted in this clone (K3).

It says what was opened with this program here, for honest people to look back; whoever holds the
key and the files can read without it, and git has no knowledge of reading.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textcrm.vault import Vault

_MOST_IDS = 50


class Read(NamedTuple):
    """One read: when, by whom, with which command, of which customers (``number`` where many), why."""

    at: dt.datetime
    who: str
    what: str
    ids: tuple[str, ...]
    number: int
    purpose: str


def note(vault: Vault, what: str, ids: Sequence[str], *, purpose: str = "") -> None:
    """Note a read; never fails what is read. Nothing of a value is kept."""
    from textcrm.errors import TextcrmError

    with contextlib.suppress(OSError, TextcrmError):
        me = vault.me()
        entry = {
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "who": me.id if me else vault.repo.identity().email,
            "what": what,
            "ids": list(ids[:_MOST_IDS]),
            "count": len(ids),
            "purpose": purpose,
        }
        file = _file(vault)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(entry, ensure_ascii=False) + "\n")
        file.chmod(0o600)


def reads(vault: Vault) -> tuple[Read, ...]:
    """The reads noted in this clone, the oldest first; lines that a crash cut are passed over."""
    try:
        lines = _file(vault).read_text("utf-8", "replace").splitlines()
    except OSError:
        return ()
    found = []
    for line in lines:
        try:
            one = json.loads(line)
            found.append(
                Read(
                    dt.datetime.fromisoformat(one["at"]),
                    str(one["who"]),
                    str(one["what"]),
                    tuple(map(str, one["ids"])),
                    int(one["count"]),
                    str(one["purpose"]),
                )
            )
        except (ValueError, TypeError, KeyError):
            continue
    return tuple(found)


def _file(vault: Vault) -> Path:
    return vault.repo.common_dir / "textcrm" / "reads.jsonl"
