"""Sync and erasures: a rewritten history is told from a forged one, nobody comes back by a merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.errors import TextcrmError, TrustFailure
from textcrm.text import Text
from textcrm.vault import tombstones
from textcrm.vault.tombstones import Rewrite, Tombstone, Tombstones

if TYPE_CHECKING:
    from textcrm.gitrepo.remote import Upstream
    from textcrm.vault import Vault

_INCOMING = "refs/textcrm/incoming"


class Told(NamedTuple):
    """A rewrite that the remote's new history says an admin made, and that this clone trusts."""

    rewrite: Rewrite
    stones: tuple[Tombstone, ...]
    by: str


def rewritten(vault: Vault, there: Upstream) -> Told | None:
    """Whether the remote's history was replaced by a signed ``privacy erase --rewrite``.

    The new tip is looked at without taking anything of it over. None where no admin whom this
    machine trusts has signed that.
    """
    repo = vault.repo
    seen = repo.resolve(there.tracking)
    if seen is None:
        return None
    outcome = repo.process.run(
        "fetch", "--quiet", "--no-tags", "--no-auto-maintenance", "--no-write-fetch-head",
        "--refmap=", there.remote, f"+{there.branch}:{_INCOMING}", write=True,
    )  # fmt: skip
    tip = repo.resolve(_INCOMING) if not outcome.code else None
    try:
        return _told(vault, seen, tip) if tip else None
    finally:
        repo.process.run("update-ref", "-d", _INCOMING, write=True)


def _told(vault: Vault, seen: str, tip: str) -> Told | None:
    try:
        admins = tombstones.trusted_admins(vault)
    except TextcrmError:
        return None
    found = tombstones.accepted(vault, seen, tip, admins)
    if found is None:
        return None
    stones = tombstones.quietly(vault.repo.read(tip, vault.prefix + tombstones.FILE_NAME))
    ids = set(found.ids.split())
    chosen = tuple(one for one in stones.stones if ids & set(one.ids))
    return Told(found, chosen, vault.access.display(found.by))


def explained(there: Upstream, told: Told) -> TrustFailure:
    """The error that says who rewrote the remote's history, why, and what to do."""
    return TrustFailure(
        "remote-erased",
        Text(
            "{by} rewrote the history at {remote} on {date} to erase {ids}; the signature holds",
            "{by}已于 {date} 改写 {remote} 的历史以彻底删除 {ids}，签名有效",
        ),
        hint=Text(
            "take it over: textcrm sync --accept-rewritten (your unshared commits go upon it; what "
            "they say of the erased goes), then: textcrm doctor --erased --prune",
            "请改用新历史：textcrm sync --accept-rewritten（您未共享的提交会接在其后，涉及已删除客户的内容除外），"
            "然后运行 textcrm doctor --erased --prune",
        ),
        by=told.by,
        remote=there.remote,
        date=told.rewrite.date,
        ids=[one for stone in told.stones for one in stone.ids] or told.rewrite.ids.split(),
        old=told.rewrite.old,
        new=told.rewrite.new,
    )


def base_before(vault: Vault, local: str, tip: str | None) -> str | None:
    """Where our own commits begin when the remote's history was rewritten below them.

    The newest of our commits that a trusted checkpoint lists as made anew: all up to it the remote
    has in another form. None where there is none.
    """
    if tip is None:
        return None
    try:
        admins = tombstones.trusted_admins(vault)
    except TextcrmError:
        return None

    def read_file(path: str) -> bytes | None:
        return vault.repo.read(tip, vault.prefix + path)

    known: frozenset[str] = frozenset()
    for one in tombstones.signed_at(vault, tip, admins).rewrites:
        known |= tombstones.listed(read_file, one)
    if not known:
        return None
    out = vault.repo.git("rev-list", "--topo-order", local, "--not", tip).decode("ascii")
    return next((one for one in out.split() if tombstones.was_part(one, known)), None)


def demand_none_incoming(vault: Vault, local: str, tip: str | None) -> None:
    """Refuse commits of the remote that hold those this clone's history was rewritten to be without.

    Raises TrustFailure (erased-comes-back).
    """
    if tip is None:
        return
    with vault.repo.blobs() as blobs:
        own = tombstones.at(blobs.read, vault.prefix, local)
    gone = {one for rewrite in own.rewrites for one in rewrite.ids.split()}
    strict = Tombstones(tuple(one for one in own.stones if gone & set(one.ids)))
    if strict.stones:
        for commit in vault.repo.log(f"{local}..{tip}"):
            for change in commit.changes:
                if change.after is not None:
                    _demand(vault, strict, change.path)


def demand_gone(vault: Vault, local: str, tip: str | None, new: str) -> None:
    """Refuse to reach a state that holds an erased customer. Raises TrustFailure."""
    with vault.repo.blobs() as blobs:
        stones = tombstones.at(blobs.read, vault.prefix, local)
        stones = stones.merged(tombstones.at(blobs.read, vault.prefix, tip) if tip else stones)
    if stones.stones:
        for path in vault.repo.list_tree(new):
            _demand(vault, stones, path)


def _demand(vault: Vault, stones: Tombstones, path: str) -> None:
    own = path.removeprefix(vault.prefix)
    stone = stones.of_path(own) if path.startswith(vault.prefix) else None
    if stone is None or not (store.is_record_path(own) or own.startswith("attachments/")):
        return
    raise TrustFailure(
        "erased-comes-back",
        Text(
            "the remote still holds {path}: {id} was erased on {date} and must not come back",
            "远端仍有 {path}：{id} 已于 {date} 彻底删除，不得恢复",
        ),
        hint=Text(
            "put the rewritten history in the place of the remote's: git push --force; nothing was "
            "merged",
            "请用改写后的历史覆盖远端：git push --force；本次未合并任何内容",
        ),
        path=own,
        id=stone.ids[0] if stone.ids else "",
        date=stone.date,
    )
