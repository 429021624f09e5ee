"""Where a record was before: under other ids and in other files, told by its uid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm import store
from textcrm.gitrepo.history import removed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.gitrepo import Commit
    from textcrm.history.versions import Versions
    from textcrm.record import Record
    from textcrm.vault import Vault


def own_paths(vault: Vault, record: Record) -> list[str]:
    """The files, by path in git, that a record is and, by its former ids, was."""
    former = record.raw.get("former_ids")
    olds = [one for one in former if isinstance(one, str)] if isinstance(former, list) else []
    return [vault.prefix + path for path in (record.path, *map(store.path_of, olds))]


def sources(
    vault: Vault, commit: Commit, paths: list[str], versions: Versions
) -> Iterator[tuple[str, str]]:
    """The files that a commit renamed to one of ``paths``: (old path, the commit's parent).

    ``git log --follow`` guesses by likeness and cannot use the changed-path filters; a uid is
    sure, and only a commit that adds the file is looked at.
    """
    came = [one for one in commit.changes if one.path in paths and one.before is None]
    if not came or not commit.parents:
        return
    uids = {_uid(vault, one.path, one.after, versions) for one in came} - {None}
    for path, blob in removed_in(vault.repo.process, commit.id):
        if path not in paths and path.startswith(vault.prefix):
            uid = _uid(vault, path, blob, versions)
            if uid is not None and uid in uids:
                yield path, commit.parents[0]


def _uid(vault: Vault, path: str, blob: str | None, versions: Versions) -> str | None:
    own = path.removeprefix(vault.prefix)
    if not store.is_record_path(own):
        return None
    tree = versions.tree(blob, own)
    uid = tree.get("uid") if tree else None
    return uid if isinstance(uid, str) else None
