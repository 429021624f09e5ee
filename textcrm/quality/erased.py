"""Erased customers that come back, and tombstones that were touched: found without any key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm import access, store
from textcrm.errors import TextcrmError
from textcrm.findings import Finding, Problem
from textcrm.text import Text
from textcrm.vault import tombstones
from textcrm.vault.tombstones import FILE_NAME, SIGNATURE_FILE, Tombstone, Tombstones

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textcrm.gitrepo import Commit
    from textcrm.gitrepo.objects import Blobs
    from textcrm.vault import Vault

_BACK = Text(
    "{path} belongs to {id}, erased on {date} ({reason}): it must not come back",
    "{path} 属于 {id}，该客户已于 {date} 彻底删除（{reason}），不得恢复",
)
_BACK_HINT = Text(
    "take the new history over instead of merging: textcrm sync --accept-rewritten; a new customer "
    "gets a new id",
    "请改用新的历史，不要合并旧历史：textcrm sync --accept-rewritten；新客户请用新编号",
)
_ADMIN = Text(
    "only textcrm privacy erase writes this file; take the change back",
    "此文件只由 textcrm privacy erase 写入；请撤销该改动",
)


def problems(vault: Vault) -> Iterator[Problem]:
    """Of the work tree: files of erased customers, tombstones that no admin signed or that do not read."""
    data = vault.file(FILE_NAME)
    if data is None:
        return
    try:
        stones = tombstones.read(data)
    except TextcrmError as error:
        yield _problem(FILE_NAME, _unreadable(error))
        return
    if not _is_signed(data, vault.file(SIGNATURE_FILE), vault.file(access.FILE_NAME)):
        yield _problem(FILE_NAME, _unsigned())
    for path in store.paths(vault.root):
        stone = stones.of_path(path) or stones.of_data(vault.file(path) or b"")
        if stone is not None:
            yield _problem(path, back(path, stone))
    for own in sorted(stones.ids):
        folder = vault.root / "attachments" / own
        if folder.is_dir():
            path, found = f"attachments/{own}", stones.of_id(own)
            if found is not None:
                yield _problem(path, back(path, found))


def folders(vault: Vault) -> list[str]:
    """The folders that erased customers must not have: what :func:`problems` looks for beside files."""
    try:
        stones = tombstones.read(vault.file(FILE_NAME))
    except TextcrmError:
        return []
    return [f"attachments/{own}" for own in sorted(stones.ids)]


def of_staged(path: str, data: bytes, before: Tombstones) -> Iterator[Problem]:
    """Of a file that is about to be committed."""
    stone = before.of_path(path)
    if stone is None and store.is_record_path(path):
        stone = before.of_data(data)
    if stone is not None:
        yield _problem(path, back(path, stone))
    if path == FILE_NAME:
        yield from _removed(before, data, None)


def back(path: str, stone: Tombstone) -> Finding:
    """The finding of a file that belongs to an erased customer."""
    return Finding(
        "erased-comes-back", "error", (), _BACK, _BACK_HINT,
        {"path": path, "id": stone.ids[0] if stone.ids else "", "date": stone.date,
         "reason": stone.reason},
    )  # fmt: skip


class Guard:
    """Watches a walk over commits, oldest first, for what brings an erased customer back.

    A commit is held against the tombstones of where the range starts and of its own parents; where
    history was rewritten, no commit at all may hold those it was rewritten for.
    """

    def __init__(self, vault: Vault, blobs: Blobs, first: str | None, last: str | None) -> None:
        self._vault = vault
        self._blobs = blobs
        self._base = self._at(first) if first else tombstones.NOTHING
        end = self._at(last) if last else tombstones.NOTHING
        gone = {own for one in end.rewrites for own in one.ids.split()}
        rewritten = tuple(one for one in end.stones if gone & set(one.ids))
        self._base = self._base.merged(Tombstones(rewritten))
        self._known: dict[str, Tombstones] = {}

    def of_commit(self, commit: Commit) -> Iterator[Problem]:
        """What is wrong with one commit."""
        before = self._base
        for parent in commit.parents:
            before = before.merged(self._known.get(parent, tombstones.NOTHING))
        self._known[commit.id] = (
            before.merged(self._at(commit.id)) if self._has(commit) else before
        )
        if not before.stones and not self._has(commit):
            return
        for change in commit.changes:
            if not change.path.startswith(self._vault.prefix):
                continue
            path = change.path.removeprefix(self._vault.prefix)
            if path == FILE_NAME:
                yield from self._of_file(commit, before, change.after)
            elif change.after is not None:
                stone = before.of_path(path)
                if stone is None and store.is_record_path(path):
                    stone = before.of_data(self._blobs.read(change.after) or b"")
                if stone is not None:
                    yield _problem(path, back(path, stone), commit.id)

    def _has(self, commit: Commit) -> bool:
        return any(one.path == self._vault.prefix + FILE_NAME for one in commit.changes)

    def _at(self, rev: str) -> Tombstones:
        return tombstones.at(self._blobs.read, self._vault.prefix, rev)

    def _of_file(self, commit: Commit, before: Tombstones, after: str | None) -> Iterator[Problem]:
        data = self._blobs.read(after) if after else None
        yield from _removed(before, data, commit.id)
        if data is None:
            return
        prefix = f"{commit.id}:{self._vault.prefix}"
        parent = f"{commit.parents[0]}:{self._vault.prefix}" if commit.parents else prefix
        people = self._blobs.read(parent + access.FILE_NAME)
        if not _is_signed(data, self._blobs.read(prefix + SIGNATURE_FILE), people):
            yield _problem(FILE_NAME, _unsigned(), commit.id)


def _removed(before: Tombstones, data: bytes | None, commit: str | None) -> Iterator[Problem]:
    try:
        after = tombstones.read(data)
    except TextcrmError as error:
        yield _problem(FILE_NAME, _unreadable(error), commit)
        return
    for stone in before.stones:
        if not set(stone.ids) <= after.ids:
            finding = Finding(
                "tombstone-removed", "error", (),
                Text("the tombstone of {id} was taken out", "{id} 的删除记录被移除"),
                _ADMIN, {"id": stone.ids[0] if stone.ids else ""},
            )  # fmt: skip
            yield _problem(FILE_NAME, finding, commit)


def _is_signed(data: bytes, signature: bytes | None, people: bytes | None) -> bool:
    """Whether an admin signed: of the vault where nothing else is known, of the commit before it."""
    return tombstones.signer(data, signature, admins_of(people)) is not None


def admins_of(data: bytes | None) -> Mapping[str, str]:
    """The admins of an access.yaml with their public signing keys."""
    try:
        found = access.read(data)
    except TextcrmError:
        return {}
    return {one.id: one.signing for one in found.admins if one.signing}


def _unsigned() -> Finding:
    return Finding(
        "tombstones-unsigned", "error", (),
        Text("no admin has signed these tombstones", "删除记录没有管理员的有效签名"), _ADMIN,
    )  # fmt: skip


def _unreadable(error: TextcrmError) -> Finding:
    return Finding(
        "tombstones-unreadable", "error", (), Text("{why}", "{why}"), _ADMIN,
        {"why": Text(error.say("en"), error.say("zh"))},
    )  # fmt: skip


def _problem(path: str, finding: Finding, commit: str | None = None) -> Problem:
    return Problem(path, 1, 1, finding.data.get("id") or None, finding, commit)
