"""Which record files were ever deleted, remembered: looking through all of history takes git long.

A hundred thousand commits take half a minute once; after that only what came since is looked at.
Deleting the memory, or any damage to it, costs time only.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.access import private
from textcrm.gitrepo.log import Query, read_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textcrm.vault import Vault

_FORM = 1


class Removal(NamedTuple):
    """A record file that a commit deleted: its path in the vault, and the commit's id."""

    path: str
    commit: str


def removals(vault: Vault) -> list[Removal]:
    """Every deletion of a record file in the history of HEAD, the latest first."""
    tip = vault.repo.head().commit
    if tip is None:
        return []
    seen, known = _recall(vault)
    if seen == tip:
        return known
    if seen and not vault.repo.process.run("merge-base", "--is-ancestor", seen, tip).code:
        found = [*_read(vault, f"{seen}..{tip}"), *known]
    else:
        found = list(_read(vault, tip))
    _keep(vault, tip, found)
    return found


def _read(vault: Vault, rev: str) -> Iterator[Removal]:
    folder = vault.prefix + store.FOLDER
    query = Query(rev=rev, paths=[folder], removals=True)
    for commit in read_log(vault.repo.process, query):
        for change in commit.changes:
            path = change.path.removeprefix(vault.prefix)
            if change.after is None and store.is_record_path(path):
                yield Removal(path, commit.id)


def _recall(vault: Vault) -> tuple[str, list[Removal]]:
    try:
        tree = json.loads(_file(vault).read_bytes())
        if (tree["form"], tree["prefix"]) != (_FORM, vault.prefix):
            return "", []
        return str(tree["tip"]), [Removal(str(path), str(commit)) for path, commit in tree["gone"]]
    except (OSError, ValueError, TypeError, KeyError):
        return "", []


def _keep(vault: Vault, tip: str, found: list[Removal]) -> None:
    tree = {"form": _FORM, "prefix": vault.prefix, "tip": tip, "gone": found}
    with contextlib.suppress(OSError):  # a disk that is full costs time only
        _file(vault).parent.mkdir(parents=True, exist_ok=True)
        private.replace(_file(vault), json.dumps(tree, ensure_ascii=False).encode())


def _file(vault: Vault) -> Path:
    return vault.repo.local_folder / "removals.json"
