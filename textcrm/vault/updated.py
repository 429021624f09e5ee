"""When each customer was last updated: the last commit that changed the record, as people do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm import store
from textcrm.errors import NotFound

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.vault.vault import Vault

# What textcrm does to records by itself is no update (DESIGN section 8).
UPKEEP: Final = frozenset(("rekey", "fix", "renumber", "migrate"))


def last_updates(vault: Vault) -> dict[str, dt.date]:
    """The day of the last update of every record file, in the vault's time zone (F1).

    Read in one walk through history, the newest commits first, no further than needed; a file that
    git does not know yet is not there.
    """
    found: dict[str, dt.date] = {}
    wanted = set(store.paths(vault.root))
    zone = vault.now.tzinfo
    cut = len(vault.prefix)
    try:
        for commit in vault.repo.log(paths=[f"{vault.prefix}{store.FOLDER}"]):
            op = (commit.trailers.get("Textcrm-Op") or [""])[-1]
            if op in UPKEEP:
                continue
            day = commit.at.astimezone(zone).date()
            for change in commit.changes:
                path = change.path[cut:]
                if path in wanted:
                    found[path] = day
                    wanted.discard(path)
            if not wanted:
                break
    except NotFound:
        return {}
    return found
