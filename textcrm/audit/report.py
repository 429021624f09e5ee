"""The security review in figures (K5): who changed how much, deletions, access, reading."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import store
from textcrm.vault import moments

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.vault import Vault
    from textcrm.vault.access_log import Read


class Activity(NamedTuple):
    """What one person did: commits, customers touched, deleted, by operation."""

    who: str
    email: str
    known: bool
    commits: int
    records: int
    deleted: int
    operations: dict[str, int]


class Report(NamedTuple):
    """What happened since a day: people, deletions, changes of access and schema, reading."""

    since: dt.date | None
    activities: tuple[Activity, ...]
    deletions: tuple[dict[str, Any], ...]
    access_changes: tuple[dict[str, Any], ...]
    reads: tuple[Read, ...]


def report(vault: Vault, since: dt.date | None = None, *, reads: tuple[Read, ...] = ()) -> Report:
    """Count what is in history since a day, or in all of it; ``reads`` are those of this clone."""
    commits: Counter[tuple[str, str]] = Counter()
    records: dict[tuple[str, str], set[str]] = {}
    deleted: Counter[tuple[str, str]] = Counter()
    operations: dict[tuple[str, str], Counter[str]] = {}
    deletions: list[dict[str, Any]] = []
    access_changes: list[dict[str, Any]] = []
    inside = [vault.prefix.rstrip("/")] if vault.prefix else []
    begin = None if since is None else moments.first(vault, since)
    for commit in vault.repo.log(paths=inside, since=begin):
        who = (commit.author.name, commit.author.email)
        op = (commit.trailers.get("Textcrm-Op") or ["git"])[-1]
        commits[who] += 1
        operations.setdefault(who, Counter())[op] += 1
        head = {
            "commit": commit.id,
            "at": moments.local(vault, commit.at).isoformat(),
            "by": commit.author.name,
        }
        for change in commit.changes:
            path = change.path.removeprefix(vault.prefix)
            if store.is_record_path(path):
                own = path.rsplit("/", 1)[-1].removesuffix(store.SUFFIX)
                records.setdefault(who, set()).add(own)
                if change.after is None:
                    deleted[who] += 1
                    reason = (commit.trailers.get("Textcrm-Reason") or [""])[-1]
                    deletions.append({**head, "id": own, "reason": reason})
            elif path.startswith(("access/", "schema/")):
                access_changes.append({**head, "file": path})
    people = vault.access
    activities = [
        Activity(
            who[0],
            who[1],
            people.of_identity(*who) is not None,
            count,
            len(records.get(who, ())),
            deleted[who],
            dict(operations[who].most_common()),
        )
        for who, count in commits.most_common()
    ]
    return Report(
        since, tuple(activities), tuple(deletions), tuple(access_changes),
        tuple(one for one in reads if begin is None or one.at >= begin),
    )  # fmt: skip
