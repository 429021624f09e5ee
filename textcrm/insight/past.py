"""How many customers fitted a query on an earlier day: today's records, and git for what changed."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from textcrm import store
from textcrm.errors import TextcrmError
from textcrm.query import Doc
from textcrm.vault import finding, moments

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.record import Record
    from textcrm.vault import Vault


class Past:
    """Earlier states of a vault; a record that has changed since is read from git once.

    What is derived of an unchanged record is as of today: a loyalty that was lost meanwhile counts
    as lost then.
    """

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self._catalog = vault.catalog()
        self._records: dict[str, Record | None] = {}
        self._trees: dict[str, dict[str, str]] = {}

    def size(self, query: str, day: dt.date) -> int | None:
        """How many records fitted at the end of a day; None where history does not reach back."""
        vault = self.vault
        try:
            commit = vault.repo.commit_at(moments.last(vault, day))
        except TextcrmError:
            return None
        if commit is None:
            return None
        wanted = finding.query(vault, query, today=day)
        before = self._tree(commit)
        changed = self._changed(before)
        now = finding.rows(vault, wanted)
        paths = {path for path, row in self._rows().items() if row in now}
        same = sum(path in before and path not in changed for path in paths)
        self._read({path: before[path] for path in changed})
        settings = vault.config.derived_settings()
        records = (self._records[before[path]] for path in changed)
        then = (Doc.of(record, day, settings) for record in records if record is not None)
        return same + sum(wanted.matches(doc) for doc in then)

    def _rows(self) -> dict[str, int]:
        from textcrm.catalog.text import got

        found = self._catalog.safely(
            lambda: self._catalog.connection.execute("SELECT path, row FROM files").fetchall()
        )
        return {got(path): row for path, row in found}

    def _tree(self, commit: str) -> dict[str, str]:
        """The records of a commit: blob ids by path in the vault."""
        if commit not in self._trees:
            prefix = self.vault.prefix
            tree = self.vault.repo.list_tree(commit, f"{prefix}customers/")
            self._trees[commit] = {
                path.removeprefix(prefix): blob
                for path, blob in tree.items()
                if store.is_record_path(path.removeprefix(prefix))
            }
        return self._trees[commit]

    def _changed(self, before: dict[str, str]) -> set[str]:
        """The records of then that are gone or read differently now, saved or not."""
        head = self.vault.repo.resolve("HEAD")
        now = self._tree(head) if head else {}
        prefix = self.vault.prefix
        edited = {
            file.path.removeprefix(prefix)
            for file in self.vault.repo.status(f"{prefix}customers/")
        }
        return {path for path, blob in before.items() if now.get(path) != blob or path in edited}

    def _read(self, wanted: dict[str, str]) -> None:
        """Read what is not known yet, through one process; what is no record counts as nothing."""
        new = {path: blob for path, blob in wanted.items() if blob not in self._records}
        if not new:
            return
        with self.vault.repo.blobs() as blobs:
            for path, blob in new.items():
                self._records[blob] = None
                data = blobs.read(blob)
                if data is not None:
                    with contextlib.suppress(TextcrmError):
                        self._records[blob] = store.parse(path, data, self.vault.schema)
