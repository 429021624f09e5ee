"""What was deleted, by whom and why, and bringing it back as it was (I4, K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.errors import Conflict, NotFound, TextcrmError
from textcrm.gitrepo.log import read_commits
from textcrm.history.removals import removals
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.gitrepo import Commit
    from textcrm.gitrepo.objects import Blobs
    from textcrm.record import Record
    from textcrm.vault import Draft, Result, Vault


class Deleted(NamedTuple):
    """A record that is not in the vault any more."""

    id: str
    name: str
    path: str
    at: dt.datetime
    by: str
    reason: str
    commit: str


def trash(vault: Vault) -> list[Deleted]:
    """The deleted records, the latest first; also those deleted with plain git."""
    gone: dict[str, str] = {}
    for path, commit in removals(vault):
        if path not in gone and not (vault.root / path).exists():
            gone[path] = commit
    ids = list(dict.fromkeys(gone.values()))
    commits = {one.id: one for one in read_commits(vault.repo.process, ids)}
    with vault.repo.blobs() as blobs:
        return [
            _deleted_by(vault, blobs, path, commits[commit])
            for path, commit in gone.items()
            if commit in commits
        ]


def _deleted_by(vault: Vault, blobs: Blobs, path: str, commit: Commit) -> Deleted:
    record = _before(vault, blobs, path, commit.parents)
    return Deleted(
        record.id if record else path.rsplit("/", 1)[-1].removesuffix(store.SUFFIX),
        record.name if record else "",
        path,
        commit.at,
        commit.author.name,
        (commit.trailers.get("Textcrm-Reason") or [""])[-1],
        commit.id,
    )


def _before(vault: Vault, blobs: Blobs, path: str, parents: tuple[str, ...]) -> Record | None:
    """A record as it was before it was deleted; None where it did not read."""
    for parent in parents:
        data = blobs.read(f"{parent}:{vault.prefix}{path}")
        if data is not None:
            try:
                return store.parse(path, data, vault.schema)
            except TextcrmError:
                continue
    return None


def restore(
    vault: Vault, word: str, *, at: str | None = None, reason: str | None = None
) -> tuple[Result, str]:
    """Bring a record back: a deleted one as it last was, or any one as it was ``at`` a revision.

    Gives the result and the revision it came from. Raises NotFound (not-in-trash, no-such-commit),
    Conflict where the record stands already and no revision is given.
    """
    path, rev = _source(vault, word, at)
    data = vault.repo.read(rev, vault.prefix + path)
    if data is None:
        raise NotFound(
            "not-at-revision",
            Text("{word} was not there at {rev}", "{rev} 时没有 {word}"),
            hint=Text("see its history: textcrm log {word}", "查看历史：textcrm log {word}"),
            word=word,
            rev=at or rev[:8],
        )

    def plan(draft: Draft) -> None:
        draft.restore(path, data)

    return vault.write("restore", plan, reason=reason, trailers=[("Textcrm-From", rev)]), rev


def _source(vault: Vault, word: str, at: str | None) -> tuple[str, str]:
    if at is None:
        gone = _deleted(vault, word)
        parents = next(iter(vault.repo.log(rev=gone.commit, limit=1))).parents
        return gone.path, parents[0]
    rev = vault.repo.resolve(at)
    if rev is None:
        raise NotFound(
            "no-such-commit",
            Text("there is no commit “{rev}”", "没有提交“{rev}”"),
            hint=Text("see them: textcrm log {word}", "查看：textcrm log {word}"),
            rev=at,
            word=word,
        )
    try:
        return vault.get(word).path, rev
    except NotFound:
        return _deleted(vault, word).path, rev


def _deleted(vault: Vault, word: str) -> Deleted:
    if (vault.root / store.path_of(word)).exists():
        raise Conflict(
            "not-deleted",
            Text("{word} is not deleted", "{word} 没有被删除"),
            hint=Text(
                "to take it back to an earlier state: textcrm restore {word} --at COMMIT",
                "若要恢复到以前的内容：textcrm restore {word} --at 提交号",
            ),
            word=word,
        )
    found = [gone for gone in trash(vault) if word in (gone.id, gone.name)]
    if not found:
        raise NotFound(
            "not-in-trash",
            Text("nothing called “{word}” was deleted", "回收站中没有“{word}”"),
            hint=Text("see what was: textcrm trash", "查看回收站：textcrm trash"),
            word=word,
        )
    if len(found) > 1:
        from textcrm.errors import Ambiguous

        raise Ambiguous(
            "ambiguous",
            Text(
                "“{word}” may be any of {count} deleted customers",
                "“{word}”对应 {count} 位已删除的客户",
            ),
            hint=Text("use the id", "请改用客户编号"),
            word=word,
            count=len(found),
            candidates=[{"id": gone.id, "name": gone.name} for gone in found],
        )
    return found[0]
