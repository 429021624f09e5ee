"""When a clone was last backed up and last shared: noted in its git directory (I1, I3)."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.vault.vault import Vault


class Last(NamedTuple):
    """The last backup to one place: when it was tried (UTC), whether that went well, and when
    one last did (None for never).
    """

    where: str
    at: dt.datetime
    ok: bool
    good_at: dt.datetime | None


class State(NamedTuple):
    """The backups of a clone: the last good one, whether it is older than the vault wants
    (``thresholds/backup_days``), and the places where the last try failed.
    """

    good: Last | None
    late: bool
    failed: tuple[Last, ...]


def remember(vault: Vault, where: str, *, ok: bool) -> None:
    """Note how a backup to a place went. Raises OSError."""
    now = dt.datetime.now(dt.UTC)
    known = {one.where: one for one in backups(vault)}
    before = known.get(where)
    known[where] = Last(where, now, ok, now if ok else before.good_at if before else None)
    from textcrm.access import private

    _file(vault).parent.mkdir(parents=True, exist_ok=True)
    listed = [_tree(one) for one in known.values()]
    private.replace(_file(vault), json.dumps(listed, ensure_ascii=False).encode())


def backups(vault: Vault) -> tuple[Last, ...]:
    """The last backup to each place that this clone was ever backed up to."""
    try:
        listed = json.loads(_file(vault).read_bytes())
        return tuple(_last(one) for one in listed)
    except (OSError, ValueError, TypeError, KeyError):
        return ()


def state(vault: Vault) -> State | None:
    """How the backups of this clone stand; None where none was ever tried here."""
    known = backups(vault)
    if not known:
        return None
    good = [one for one in known if one.good_at is not None]
    newest = max(good, key=lambda one: one.good_at or one.at, default=None)
    oldest_allowed = dt.datetime.now(dt.UTC) - dt.timedelta(
        days=int(vault.config.thresholds["backup_days"])
    )
    late = newest is None or newest.good_at is None or newest.good_at < oldest_allowed
    return State(newest, late, tuple(one for one in known if not one.ok))


def last_push(vault: Vault) -> dt.datetime | None:
    """When this clone last pushed its branch, by git's own log of the remote's; None for never."""
    there = vault.repo.upstream()
    if there is None:
        return None
    outcome = vault.repo.process.run(
        "log", "-g", "--date=unix", "--format=%gd%x00%gs", there.tracking, "--"
    )
    for line in outcome.out.decode("utf-8", "replace").splitlines():
        where, _, what = line.partition("\0")
        if what.startswith("update by push"):
            return dt.datetime.fromtimestamp(int(where.partition("@{")[2].rstrip("}")), dt.UTC)
    return None


def _tree(one: Last) -> dict[str, Any]:
    good_at = one.good_at.isoformat() if one.good_at else None
    return {"where": one.where, "at": one.at.isoformat(), "ok": one.ok, "good_at": good_at}


def _last(tree: dict[str, Any]) -> Last:
    good_at = tree["good_at"]
    return Last(
        str(tree["where"]),
        dt.datetime.fromisoformat(tree["at"]),
        bool(tree["ok"]),
        dt.datetime.fromisoformat(good_at) if good_at else None,
    )


def _file(vault: Vault) -> Path:
    return vault.repo.local_folder / "backups.json"
