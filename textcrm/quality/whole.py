"""A check of all records: what changed since the last one is looked at, the rest is known."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from textcrm import store
from textcrm.catalog import scanning
from textcrm.catalog.collecting import uncollected
from textcrm.catalog.hashing import hash_of
from textcrm.quality import kept as keeping
from textcrm.quality.coded import decoded, encoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.catalog.scanning import Signature
    from textcrm.findings import Problem
    from textcrm.quality.kept import Row
    from textcrm.quality.looking import Head, Looked
    from textcrm.vault import Vault

    Progress = Callable[[int], None] | None


def some(vault: Vault, paths: list[str], progress: Progress = None) -> list[Problem]:
    """The problems in some files, and between them."""
    _require_parts(vault)
    from textcrm.quality.looking import across, look_at

    looked = list(look_at(vault, paths, progress))
    heads = _heads({}, {one.path: one for one in looked})
    return [problem for one in looked for problem in one.problems] + across(vault, heads)


def _require_parts(vault: Vault) -> None:
    vault.schema, vault.config, vault.access  # noqa: B018 - broken settings are said once, not per file


class Whole:
    """One check of all records of a vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._mark = keeping.mark_of(vault)
        self._kept = keeping.read(vault, self._mark)
        self._changed = False

    def with_all_beside(self, progress: Progress = None) -> tuple[int, list[Problem]]:
        """How many records there are, and all problems in them, between them and beside them."""
        from textcrm.quality import beside

        around = beside.Around(self._vault, self._kept)
        try:
            kept = self._kept
            count, found = self._records(progress)
            found += beside.problems(self._vault, kept, self._naming, kept.digest)
            found += around.problems()
        finally:
            around.close()
        self._keep()
        return count, found

    def records(self, progress: Progress = None) -> tuple[int, list[Problem]]:
        """How many records there are, and all problems in them and between them."""
        count, found = self._records(progress)
        self._keep()
        return count, found

    def _keep(self) -> None:
        kept = self._kept
        if (self._changed or kept.changed) and keeping.mark_of(self._vault) == self._mark:
            keeping.write(self._vault, kept)

    def _records(self, progress: Progress) -> tuple[int, list[Problem]]:
        kept = self._kept
        broken: list[store.Broken] = []
        if not kept.digest and not kept.rows:
            found: dict[str, Signature] | None = None
            paths = list(store.paths(self._vault.root))
        else:
            found = scanning.by_path(scanning.scan(self._vault.root, broken))
            if broken:
                raise broken[0].error
            if keeping.digest_of(found) == kept.digest:
                listed = [each for some in kept.problems.values() for each in some]
                return kept.count, [decoded(one) for one in listed + kept.across]
            paths = sorted(found)
        _require_parts(self._vault)
        with uncollected():
            return len(paths), self._compared(paths, found or {}, progress)

    def _compared(
        self, paths: list[str], found: dict[str, Signature], progress: Progress
    ) -> list[Problem]:
        """Look at what is new or different, and keep what there is now."""
        from textcrm.quality.looking import across, look_at

        kept = self._kept
        before = kept.rows
        rows: dict[str, Row] = {}
        rest = []
        for path in paths:
            row = before.get(path)
            if row is not None and (same := self._same(path, row, found[path])) is not None:
                rows[path] = same
            else:
                rest.append(path)
        problems = {path: kept.problems[path] for path in rows if path in kept.problems}
        given = [decoded(one) for some in problems.values() for one in some]
        looked = {one.path: one for one in look_at(self._vault, rest, progress)}
        for one in looked.values():
            given += one.problems
            row, said = _kept_of(one)
            if row is not None:
                rows[one.path] = row
                if said:
                    problems[one.path] = said
        whole = len(rows) == len(paths)
        if self._is_between_kept(looked, rows):
            between = [decoded(one) for one in kept.across]
        else:
            between = across(self._vault, _heads(rows, looked))
            try:
                kept.across = [encoded(one) for one in between]
            except TypeError:
                kept.across, whole = [], False
                rows.clear()
        self._changed = rows != before
        kept.rows, kept.problems, kept.count = rows, problems, len(paths)
        digest = _digest(rows) if whole else ""
        self._changed = self._changed or digest != kept.digest
        kept.digest = digest
        return given + between

    def _same(self, path: str, row: Row, signature: Signature) -> Row | None:
        """A row as it is to be kept, where its file holds what it held; None where it does not."""
        if row.signature == signature and scanning.is_settled(signature, row.seen):
            return row
        now = time.time_ns()
        try:
            seen = scanning.look(self._vault.root, path)
        except OSError:
            return None
        if hash_of(seen.data).hex() != row.hash:
            return None
        return keeping.Row(*seen.signature, now, row.hash, row.head)

    def _is_between_kept(self, looked: dict[str, Looked], rows: dict[str, Row]) -> bool:
        """Whether the problems between records must be those of the last time."""
        before = self._kept.rows
        return (
            bool(before)
            and before.keys() == rows.keys()
            and all(path in rows and rows[path].head == before[path].head for path in looked)
            and not any(one[0] in looked for one in self._kept.across)  # its lines may be others
        )

    def _naming(self) -> dict[str, str]:
        from textcrm.quality.looking import NAMED

        kept = self._kept
        if kept.digest and len(kept.rows) != kept.count:  # that part was damaged
            kept.rows = {}
            self._compared(list(store.paths(self._vault.root)), {}, None)
        word = f"{json.dumps(NAMED)}:true"
        return {
            path: row.hash
            for path, row in self._kept.rows.items()
            if row.head is not None and word in row.head
        }


def _digest(rows: dict[str, Row]) -> str:
    """The state of all record files; "" where one is too young for its signature to tell it."""
    if not all(scanning.is_settled(row.signature, row.seen) for row in rows.values()):
        return ""
    return keeping.digest_of({path: row.signature for path, row in rows.items()})


def _heads(rows: dict[str, Row], looked: dict[str, Looked]) -> list[tuple[str, Head]]:
    """The heads of all records by path: of those just looked at, and what is kept of the others."""
    told = {path: row.head for path, row in rows.items() if row.head is not None}
    told.update((path, one.head) for path, one in looked.items() if one.head is not None)
    paths = sorted(told)
    return list(zip(paths, json.loads(f"[{','.join(map(told.__getitem__, paths))}]"), strict=True))


def _kept_of(looked: Looked) -> tuple[Row | None, list[Any]]:
    """What is kept of a file: nothing where it holds in plain what is to be sealed."""
    if looked.plain:
        return None, []
    try:
        said = [encoded(one) for one in looked.problems]
    except TypeError:
        return None, []
    return keeping.Row(*looked.signature, looked.seen, looked.hash, looked.head), said
