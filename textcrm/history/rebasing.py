"""Putting commits that are not shared yet upon the remote's tip, as objects only."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.gitrepo import identity, making
from textcrm.gitrepo.message import encoded
from textcrm.history.replay import Replay, Step
from textcrm.vault import tombstones
from textcrm.vault.tombstones import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.gitrepo import Commit
    from textcrm.gitrepo.objects import Blobs
    from textcrm.history.questions import Question
    from textcrm.vault import Vault
    from textcrm.vault.tombstones import Tombstones


class Rebased(NamedTuple):
    """What the branch should become: a commit that has the remote's tip in its past.

    ``length`` is how many commits of ours stand upon the tip.
    """

    new: str
    length: int
    merged: tuple[str, ...]
    renumbered: dict[str, str]
    questions: list[Question]
    renamed: dict[str, str]


def rebase(
    vault: Vault, *, base: str | None, local: str, tip: str | None, renumbered: dict[str, str]
) -> Rebased:
    """Replay ``base..local`` on ``tip``; nothing but objects is written.

    Commits keep author, date and message; those that change nothing any more are left out. Where
    a merge is among them, or another's signed commit, one merge commit joins the two histories.
    Raises Invalid where a record of ours does not read.
    """
    if tip is None or base == tip:
        if local != tip:
            _demand_readable(vault, tip, local)
        return Rebased(local, _length(vault, base, local), (), {}, [], {})
    if base == local:
        return Rebased(tip, 0, (), renumbered, [], {})
    own = list(vault.repo.log(f"{base}..{local}", reverse=True))
    with vault.repo.blobs() as blobs:
        replay = Replay(vault, blobs, base or "", tip, erased_at(vault, blobs, local, tip))
        replay.renumbering.adopt(renumbered)
        if _keeps_apart(vault, blobs, own):
            orders = _joined(vault, replay, base or "", local, tip, own)
        else:
            orders = _line(vault, blobs, replay, tip, own)
    new = tip
    if orders:
        sign = identity.is_true(vault.repo.settings, "commit.gpgsign")
        new = making.make_commits(vault.repo, orders, sign=sign)[-1]
        _demand_readable(vault, tip, new)
    return Rebased(
        new, len(orders), tuple(replay.merged), dict(replay.renumbering.ids), replay.questions,
        dict(replay.renumbering.files),
    )  # fmt: skip


def erased_at(vault: Vault, blobs: Blobs, *revisions: str | None) -> Tombstones:
    """The customers that were erased by any of some histories."""
    found = NOTHING
    for rev in revisions:
        if rev:
            found = found.merged(tombstones.at(blobs.read, vault.prefix, rev))
    return found


def _length(vault: Vault, base: str | None, local: str) -> int:
    revisions = f"{base}..{local}" if base else local
    return int(vault.repo.git("rev-list", "--count", revisions, "--"))


def _keeps_apart(vault: Vault, blobs: Blobs, own: list[Commit]) -> bool:
    """Whether commits must stay as they are: merges, and what another has signed."""
    me = vault.repo.identity().email
    for commit in own:
        if len(commit.parents) > 1:
            return True
        if commit.author.email != me:
            found = blobs.find(commit.id)
            if found is not None and b"\ngpgsig" in found.data.partition(b"\n\n")[0]:
                return True
    return False


def _line(
    vault: Vault, blobs: Blobs, replay: Replay, tip: str, own: list[Commit]
) -> list[making.Order]:
    committer = identity.stamp(vault.repo.committer(), dt.datetime.now(dt.UTC).astimezone())
    orders: list[making.Order] = []
    for commit in own:
        known = set(replay.renumbering.ids)
        changes = replay.apply(
            Step(
                {one.path: (one.before, one.after) for one in commit.changes},
                commit.author.name,
                (commit.trailers.get("Textcrm-Op") or [""])[-1],
            )
        )
        if not changes:
            continue
        author, message = _told(blobs, commit.id)
        text = replay.renumbering.message(message)
        fresh = [old for old in replay.renumbering.ids if old not in known]
        text = _with_former(text, fresh)
        orders.append(
            making.Order(
                tip, changes, encoded(text), author, committer, _modes(vault, commit, changes)
            )
        )
    return orders


def _told(blobs: Blobs, commit: str) -> tuple[str, str]:
    """Author stamp and message of a commit, as git has them."""
    found = blobs.find(commit)
    head, _, message = (found.data if found else b"").partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    author = next(line.removeprefix("author ") for line in lines if line.startswith("author "))
    return author, message.decode("utf-8", "replace")


def _with_former(message: str, olds: list[str]) -> str:
    """Say in the trailers which id a record had before it was shared."""
    if not olds:
        return message
    body = message.rstrip("\n")
    last = body.rsplit("\n\n", 1)[-1]
    joint = "\n" if "\n\n" in body and ": " in last.split("\n", 1)[0] else "\n\n"
    return body + joint + "\n".join(f"Textcrm-Former-Id: {old}" for old in olds) + "\n"


def _modes(vault: Vault, commit: Commit, changes: Mapping[str, bytes | None]) -> dict[str, str]:
    """The files of a commit that are programs."""
    plain = all(store.is_record_path(path.removeprefix(vault.prefix)) for path in changes)
    if plain:
        return {}
    out = vault.repo.git(
        "diff-tree", "-r", "-z", "--root", "--no-commit-id", "--no-renames", commit.id
    )
    words = out.decode("utf-8", "surrogateescape").split("\0")
    found = {path: raw.split(" ")[1] for raw, path in zip(words[::2], words[1::2], strict=False)}
    return {path: mode for path, mode in found.items() if mode not in ("100644", "000000")}


def _joined(
    vault: Vault, replay: Replay, base: str, local: str, tip: str, own: list[Commit]
) -> list[making.Order]:
    """One merge of the two histories, for commits that must not be made anew."""
    out = vault.repo.git(
        "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", base, local
    )
    words = out.decode("utf-8", "surrogateescape").split("\0")
    pairs: dict[str, tuple[str | None, str | None]] = {}
    modes: dict[str, str] = {}
    for raw, path in zip(words[::2], words[1::2], strict=False):
        _, mode, before, after, _ = raw.lstrip(":").split(" ")
        pairs[path] = (before if before.strip("0") else None, after if after.strip("0") else None)
        if mode not in ("100644", "000000"):
            modes[path] = mode
    names = {commit.author.name for commit in own}
    changes = replay.apply(Step(pairs, ", ".join(sorted(names)), ""))
    me = identity.stamp(vault.repo.identity(), dt.datetime.now(dt.UTC).astimezone())
    message = encoded("vault: merge\n\nTextcrm-Op: merge\n")
    return [making.Order(tip, changes, message, me, me, modes, merges=local)]


def _demand_readable(vault: Vault, tip: str | None, new: str) -> None:
    """Nothing that does not read is ever shared. Raises YamlInvalid."""
    against = [tip] if tip else [vault.repo.empty_tree]
    out = vault.repo.git(
        "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", *against, new
    )
    words = out.decode("utf-8", "surrogateescape").split("\0")
    found: dict[str, str] = {}
    for raw, path in zip(words[::2], words[1::2], strict=False):
        blob = raw.split(" ")[3]
        if path.startswith(vault.prefix) and blob.strip("0"):
            own = path.removeprefix(vault.prefix)
            if store.is_record_path(own):
                found[own] = blob
    with vault.repo.blobs() as blobs:
        for own, data in zip(found, blobs.read_many(found.values()), strict=True):
            if data is not None:
                store.parse(own, data, vault.schema)
