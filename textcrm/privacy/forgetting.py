"""History rewritten without the erased customers, in an order in which nothing can be lost.

1. A fresh mirror is rewritten by git-filter-repo. 2. It is proved: no object of the customers is
left, every commit has its counterpart, whose tree differs by their files alone, and the tip's tree
is the same. 3. Only then all refs move, in one transaction. 4. A signed checkpoint says which tip
became which. Killed before 3, nothing happened; after it, the next run completes 4.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from textcrm.errors import StorageFailure
from textcrm.gitrepo import rewriting
from textcrm.privacy.erasing import drop_caches, put
from textcrm.text import Text
from textcrm.vault import tombstones
from textcrm.vault.tombstones import Rewrite, Tombstones

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from textcrm.gitrepo.objects import Blobs
    from textcrm.privacy.traces import Traces
    from textcrm.vault import Draft, Vault

OP = "erase-rewrite"
_GONE = "[erased]"
_TRAILER = re.compile(r"^(Textcrm-(?!Reason)[A-Za-z-]+: |Signed-off-by: |Co-authored-by: )")


class Rewritten(NamedTuple):
    """What a rewrite did: the checkpoint, how many commits and objects it was about, whose
    messages it changed, which remote-tracking refs were let go of, the commit of the checkpoint.
    """

    checkpoint: Rewrite | None
    commits: int
    objects: int
    messages: int
    dropped: tuple[str, ...]
    commit: str | None


def rewrite(vault: Vault, traces: Traces, *, key: Path) -> Rewritten:
    """Take erased customers out of every commit of this clone's branches and tags.

    The customers must be erased already (:func:`textcrm.privacy.erasing.erase`); ``key`` is an
    admin's signing key. Raises Conflict (git-stash, git-worktrees, git-shallow), StorageFailure
    (rewrite-failed, rewrite-unproved); the repository is as it was then.
    """
    repo = vault.repo
    rewriting.demand_ready(repo)
    _complete(vault, key)
    blobs, paths = traces.blobs(), traces.paths()
    strip = blobs & traces.record_blobs()
    if not blobs:
        prune(vault, frozenset())
        return Rewritten(None, 0, 0, 0, (), None)
    messages = _messages(vault, traces)
    with repo.exclusively(), rewriting.Mirror(repo) as mirror:
        head = repo.head()
        old = head.commit or ""
        commits = mirror.rewrite({vault.prefix + path for path in paths}, strip, messages)
        _prove(vault, mirror, commits, blobs, paths, traces.record_blobs(), old)
        new = commits[old]
        ids = " ".join(one for each in traces.subjects for one in each.ids)
        _note(vault, Rewrite(head.ref or "", old, new, "", "", ids), commits)
        mirror.swap()
    commit = _complete(vault, key)
    dropped = prune(vault, blobs)
    drop_caches(vault)
    left = rewriting.present(repo.process, blobs)
    if left:
        raise _still_there(left)
    checkpoint = tombstones.of(vault).rewrites[-1]
    return Rewritten(checkpoint, len(commits), len(blobs), len(messages), tuple(dropped), commit)


def _prove(
    vault: Vault,
    mirror: rewriting.Mirror,
    commits: Mapping[str, str],
    blobs: Iterable[str],
    paths: set[str],
    records: set[str],
    tip: str,
) -> None:
    """Raise StorageFailure (rewrite-unproved) unless the mirror is exactly what is wanted."""
    if not commits or any(not new.strip("0") for new in commits.values()) or tip not in commits:
        raise _unproved(Text("a commit has no counterpart", "有提交没有对应的新提交"))
    if not mirror.missing(blobs):
        raise _unproved(Text("objects of the customer are left", "仍有该客户的对象"))
    olds = rewriting.trees(vault.repo, commits)
    news = mirror.trees(commits.values())
    before = dict(zip(commits, zip(olds, news, strict=True), strict=True))
    if before[tip][0] != before[tip][1]:
        raise _unproved(Text("the latest state differs", "最新状态不一致"))
    pairs = {pair for pair in before.values() if pair[0] != pair[1]}
    whole = {vault.prefix + path for path in paths}
    for letter, path, blob in mirror.differences(pairs):
        if letter != "D" or not (path in whole or blob in records):
            raise _unproved(Text("{path} would differ", "{path} 会被改动"), path=path)


def _unproved(why: Text, **data: str) -> StorageFailure:
    said = Text(why.say("en", **data), why.say("zh", **data))
    return StorageFailure(
        "rewrite-unproved",
        Text(
            "the rewritten history is not what it should be ({why}); nothing was changed",
            "改写后的历史与预期不符（{why}），未作任何改动",
        ),
        hint=Text(
            "the customer is out of the latest state; tell us about this, with: textcrm doctor",
            "客户已从最新状态中删除；请附上 textcrm doctor 的输出反馈此问题",
        ),
        why=said,
    )


def _still_there(left: list[str]) -> StorageFailure:
    return StorageFailure(
        "objects-left",
        Text(
            "history is rewritten, yet git still keeps {count} old objects",
            "历史已改写，但 git 仍保留着 {count} 个旧对象",
        ),
        hint=Text(
            "something else leads to them; see: textcrm doctor --erased, git fsck",
            "仍有其他引用指向它们；请查看：textcrm doctor --erased、git fsck",
        ),
        count=len(left),
    )


# -- messages


def _messages(vault: Vault, traces: Traces) -> dict[str, str]:
    """New messages, by commit, where the old one may say something of the customers.

    Our own commits name ids and fields in their subject; their reasons are free text, and go. Of
    other commits that touched the customers, what names them is taken out.
    """
    words = sorted(traces.words(), key=len, reverse=True)
    found: dict[str, str] = {}
    with vault.repo.blobs() as blobs:
        for commit in traces.commits() | _named(vault, traces):
            message = _message(blobs, commit)
            fresh = cleaned(message, words)
            if fresh != message:
                found[commit] = fresh
        for tag in rewriting.tags(vault.repo):
            message = _message(blobs, tag)
            fresh = _without(message, words)
            if fresh != message:
                found[tag] = fresh
    return found


def _named(vault: Vault, traces: Traces) -> set[str]:
    """Commits whose trailers name one of the ids."""
    out: set[str] = set()
    for subject in traces.subjects:
        said = vault.repo.git(
            "log", "--exclude=refs/remotes/*", "--all", "--format=%H", "--fixed-strings",
            f"--grep={subject.id}",
        )  # fmt: skip
        out |= set(said.decode("ascii").split())
    return out


def _message(blobs: Blobs, commit: str) -> str:
    found = blobs.find(commit)
    data = found.data if found else b""
    return data.partition(b"\n\n")[2].decode("utf-8", "surrogateescape")


def cleaned(message: str, words: Iterable[str]) -> str:
    """A commit's message without reasons, body and names, as far as they can be told."""
    if "\nTextcrm-Op: " in message:
        subject, _, body = message.partition("\n")
        trailers = [line for line in body.split("\n") if _TRAILER.match(line)]
        message = subject + "\n\n" + "\n".join(trailers) + "\n"
    return _without(message, words)


def _without(message: str, words: Iterable[str]) -> str:
    for word in words:
        message = message.replace(word, _GONE)
    return message


# -- the checkpoint, and what a kill must not lose


def _file(vault: Vault) -> Path:
    return vault.repo.local_folder / "rewrite.json"


def _note(vault: Vault, rewrite: Rewrite, commits: Mapping[str, str]) -> None:
    from textcrm.access.private import replace

    file = _file(vault)
    file.parent.mkdir(parents=True, exist_ok=True)
    anew = [old for old, new in commits.items() if old != new]
    noted = {**rewrite._asdict(), "list": tombstones.listing(anew).decode("ascii")}
    replace(file, json.dumps(noted).encode())


def _complete(vault: Vault, key: Path) -> str | None:
    """Write the checkpoint of a rewrite that has happened; forget one that has not."""
    file = _file(vault)
    try:
        noted = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    head = vault.repo.head().commit or ""
    happened = not vault.repo.process.run("merge-base", "--is-ancestor", noted["new"], head).code
    commit = None
    if happened and noted["old"] != noted["new"]:
        listing = str(noted.pop("list")).encode("ascii")
        checkpoint = Rewrite(**noted)._replace(
            date=vault.today.isoformat(),
            by=me.id if (me := vault.me()) else "",
            commits=hashlib.sha256(listing).hexdigest(),
        )

        def plan(draft: Draft) -> None:
            known = tombstones.read(draft.read(tombstones.FILE_NAME))
            rest = tuple(one for one in known.rewrites if one[:3] != checkpoint[:3])
            draft.write(checkpoint.list_file, listing)
            put(draft, Tombstones(known.stones, (*rest, checkpoint)), key)

        commit = vault.write(
            OP, plan, subject="vault: history rewritten, signed checkpoint"
        ).commit
    file.unlink(missing_ok=True)
    return commit


def prune(vault: Vault, blobs: Iterable[str]) -> list[str]:
    """Let go of what only reflogs, remotes' and sync's own refs lead to, where it holds any of some
    objects; gives the refs that were dropped.
    """
    repo = vault.repo
    wanted = set(blobs)

    def holds(ref: str) -> bool:
        if not wanted:
            return False
        out = repo.git("rev-list", "--objects", "--no-object-names", ref).decode("ascii")
        return not wanted.isdisjoint(out.split())

    return rewriting.forget(repo, tracking=holds)
