"""Verify: every commit of a history against the rules of the team, as they were before it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import access, config, store, yamlfile
from textcrm.audit import policy, signatures
from textcrm.audit.policy import Violation
from textcrm.errors import NotFound, TextcrmError
from textcrm.text import Text
from textcrm.vault import moments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.access import Access, Person
    from textcrm.audit.checkpoint import Checkpoint
    from textcrm.gitrepo import BlobChange, Commit
    from textcrm.gitrepo.objects import Blobs
    from textcrm.vault import Vault

_BACKWARDS = dt.timedelta(minutes=5)
_AHEAD = dt.timedelta(days=1)
_ATTACHMENTS = "attachments/"


class Verified(NamedTuple):
    """How many commits were looked at, up to which tip, and what was found, the oldest first.

    ``span`` is the range that was walked.
    """

    commits: int
    tip: str
    violations: tuple[Violation, ...]
    span: str = "HEAD"

    @property
    def errors(self) -> int:
        """How many are errors."""
        return sum(one.severity == "error" for one in self.violations)


def verify(
    vault: Vault,
    range_: str | None = None,
    *,
    seen: Checkpoint | None = None,
    progress: Callable[[int], None] | None = None,
) -> Verified:
    """Look at every commit of a range, or of all history; from a checkpoint on where one is seen.

    Rules, each by its code: history-rewritten (what was seen is not in this history), author-
    unknown, record-not-own, attachment-not-own, delete-by-role, schema-by-role, access-by-role,
    settings-by-role, file-by-role, access-unsigned, uid-changed, id-not-file, unreadable, unsigned, signature-bad, signer-not-author (where
    textcrm.yaml says ``signatures: required``; a bad one always), time-backwards, time-ahead,
    trailer-mismatch. Raises NotFound (no-such-commit).
    """
    tip = vault.repo.resolve(range_.partition("..")[2] or range_ if range_ else "HEAD")
    if tip is None:
        raise NotFound(
            "no-such-commit",
            Text("there is no commit “{range}”", "没有提交“{range}”"),
            range=range_ or "HEAD",
        )
    found: list[Violation] = []
    span = range_ or "HEAD"
    if range_ is None and seen is not None:
        since = _seen_in(vault, seen.tip, tip)
        if since is not None:
            span = f"{since}..HEAD" if seen.clean else "HEAD"
        else:
            found.append(_rewritten(seen))
    walk = _Walk(vault)
    with vault.repo.blobs() as blobs:
        walk.blobs = blobs
        walk.excuse(tip)
        for commit in vault.repo.log(span, reverse=True):
            found += [
                one._replace(commit=commit.id, by=commit.author.name) for one in walk.judge(commit)
            ]
            walk.count += 1
            if progress is not None:
                progress(walk.count)
    return Verified(walk.count, tip, tuple(found), span)


def _seen_in(vault: Vault, seen: str, tip: str) -> str | None:
    """What was seen, in the history of ``tip``: itself, or what a signed rewrite made of it.

    Only a rewrite that an admin signed whom this machine has pinned is one (DESIGN section 8).
    """
    from textcrm.vault import tombstones

    if _continues(vault, seen, tip):
        return seen
    found = tombstones.accepted(vault, seen, tip, tombstones.trusted_admins(vault))
    return found.new if found is not None else None


def _continues(vault: Vault, old: str, new: str) -> bool:
    return vault.repo.resolve(old) == old and not (
        vault.repo.process.run("merge-base", "--is-ancestor", old, new).code
    )


def _rewritten(seen: Checkpoint) -> Violation:
    return Violation(
        "history-rewritten",
        "error",
        Text(
            "history was rewritten: {tip}, seen here on {day}, is not in it any more",
            "历史被改写：{day} 在本机见过的 {tip} 已不在其中",
        ),
        {"tip": seen.tip[:12], "day": seen.at[:10]},
        commit=seen.tip,
    )


class _Walk:
    """The state of one walk: what was read of the vault's own files in each commit."""

    blobs: Blobs

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.count = 0
        self._access: dict[str, Access] = {}
        self._required: dict[str, bool] = {}
        self._times: dict[str, dt.datetime] = {}
        self._rewritten: frozenset[str] = frozenset()

    def excuse(self, tip: str) -> None:
        """Take note of the commits that a signed rewrite made: git cannot keep their signatures."""
        from textcrm.vault import tombstones

        prefix = f"{tip}:{self.vault.prefix}"
        data = self.blobs.read(prefix + tombstones.FILE_NAME)
        signature = self.blobs.read(prefix + tombstones.SIGNATURE_FILE)
        if data is None or not signature:
            return
        admins = tombstones.trusted_admins(self.vault)
        if tombstones.signer(data, signature, admins) is None:
            return
        known = [one.new for one in tombstones.quietly(data).rewrites]
        there = [one for one in known if self.blobs.find(one) is not None]
        if there:
            out = self.vault.repo.git("rev-list", *there, "--").decode("ascii")
            self._rewritten = frozenset(out.split())

    def judge(self, commit: Commit) -> Iterator[Violation]:
        """Everything that one commit did against the rules of its (first) parent."""
        yield from self._in_time(commit)
        parent = commit.parents[0] if commit.parents else commit.id
        people = self._people(parent)
        who = people.of_identity(commit.author.name, commit.author.email) if people else None
        if people is not None and people.people and who is None:
            newly = self._people(commit.id)
            known = newly.of_identity(commit.author.name, commit.author.email) if newly else None
            yield self._stranger(commit, joined=known is not None)
        yield from self._signature(commit, parent, people, who)
        if who is None or not commit.parents:
            return
        for change in commit.changes:
            if change.path.startswith(self.vault.prefix):
                yield from self._change(commit, people, who, change)
        yield from self._trailers(commit)

    # -- who

    def _people(self, commit: str) -> Access | None:
        found = self.blobs.find(f"{commit}:{self.vault.prefix}{access.FILE_NAME}")
        if found is None:
            return None
        if found.id not in self._access:
            try:
                self._access[found.id] = access.read(found.data)
            except TextcrmError:
                return None
        return self._access[found.id]

    def _stranger(self, commit: Commit, *, joined: bool) -> Violation:
        return Violation(
            "author-unknown",
            "error",
            Text(
                "{name} <{email}> added himself to access.yaml",
                "{name} <{email}> 自行加入了 access.yaml",
            )
            if joined
            else Text(
                "{name} <{email}> is nobody in access.yaml",
                "{name} <{email}> 不在 access.yaml 名单中",
            ),
            {"name": commit.author.name, "email": commit.author.email},
        )

    def _signature(
        self, commit: Commit, parent: str, people: Access | None, who: Person | None
    ) -> Iterator[Violation]:
        required = self._demands_signatures(parent) and commit.id not in self._rewritten
        raw = self.blobs.find(commit.id)
        if raw is None or people is None:
            return
        if b"\ngpgsig" not in raw.data.partition(b"\n\n")[0]:
            if required:
                yield Violation(
                    "unsigned", "error", Text("the commit is not signed", "提交没有签名"), {}
                )
            return
        signed = signatures.check(raw.data, signatures.signing_keys(people))
        if signed.state == "bad" or (required and signed.state == "unknown"):
            yield Violation(
                "signature-bad",
                "error",
                Text("the signature does not fit the commit", "签名与提交内容不符")
                if signed.state == "bad"
                else Text(
                    "the commit is signed with a key of nobody here", "签名所用密钥不属于任何成员"
                ),
                {},
            )
        elif signed.state == "good" and who is not None and signed.by != who.id:
            yield Violation(
                "signer-not-author",
                "error" if required else "warning",
                Text(
                    "{author} is named as the author, {signer} has signed",
                    "作者写的是 {author}，签名者却是 {signer}",
                ),
                {"author": who.id, "signer": signed.by},
            )

    def _demands_signatures(self, commit: str) -> bool:
        found = self.blobs.find(f"{commit}:{self.vault.prefix}{config.FILE_NAME}")
        if found is None:
            return False
        if found.id not in self._required:
            try:
                self._required[found.id] = config.read(found.data).signatures_required
            except TextcrmError:
                self._required[found.id] = False
        return self._required[found.id]

    # -- what

    def _change(
        self, commit: Commit, people: Access | None, who: Person, change: BlobChange
    ) -> Iterator[Violation]:
        path = change.path.removeprefix(self.vault.prefix)
        if not store.is_record_path(path):
            yield from self._other(commit, people, who, path, change)
            return
        before = self._tree(self._before(commit, change), path)
        after = self._tree(change.after, path)
        if change.after is not None and after is None:
            yield Violation(
                "unreadable",
                "error",
                Text("{file} does not read as a record", "{file} 不是可读的记录"),
                {"file": path},
                file=path,
            )
            return
        yield from policy.of_record(self.vault.schema, who, path, before, after)

    def _other(
        self, commit: Commit, people: Access | None, who: Person, path: str, change: BlobChange
    ) -> Iterator[Violation]:
        """A file that is no record."""
        yield from policy.of_file(who, path)
        if path == access.FILE_NAME and change.after is not None:
            yield from self._access_signature(commit, people, path)
        elif path == config.FILE_NAME:
            before, after = (
                self._mapping(self._before(commit, change)),
                self._mapping(change.after),
            )
            yield from policy.of_settings(who, path, before, after)
        elif path.startswith(_ATTACHMENTS):
            own = path.removeprefix(_ATTACHMENTS).partition("/")[0]
            record = self._record_at(commit.parents[0], own) or self._record_at(commit.id, own)
            yield from policy.of_attachment(who, path, record, removed=change.after is None)

    def _mapping(self, blob: str | None) -> dict[str, Any]:
        """A settings file as it reads; nothing where it does not."""
        data = self.blobs.read(blob) if blob else None
        try:
            return yamlfile.read_mapping(data) if data else {}
        except TextcrmError:
            return {}

    def _record_at(self, commit: str, own: str) -> dict[str, Any] | None:
        """A record by its id as a commit had it."""
        path = store.path_of(own)
        found = self.blobs.find(f"{commit}:{self.vault.prefix}{path}")
        return self._tree(found.id, path) if found else None

    def _before(self, commit: Commit, change: BlobChange) -> str | None:
        """The version that a commit found; a merge is held against its first parent."""
        if len(commit.parents) < 2:
            return change.before
        found = self.blobs.find(f"{commit.parents[0]}:{change.path}")
        return found.id if found else None

    def _tree(self, blob: str | None, path: str) -> dict[str, Any] | None:
        data = self.blobs.read(blob) if blob else None
        try:
            return store.parse(path, data, self.vault.schema).raw if data is not None else None
        except TextcrmError:
            return None

    def _access_signature(
        self, commit: Commit, people: Access | None, path: str
    ) -> Iterator[Violation]:
        """A change of who reads what needs the signature of one who was an admin before."""
        if people is None or not people.has_keys:
            return
        from textcrm.access.trust import NAMESPACE, canonical
        from textcrm.sealing import verify as verified

        prefix = f"{commit.id}:{self.vault.prefix}"
        data = self.blobs.read(prefix + path) or b""
        signature = self.blobs.read(f"{prefix}{path}.sig") or b""
        admins = {one.id: one.signing for one in people.admins if one.signing}
        if verified(canonical(data), signature, admins, namespace=NAMESPACE) is None:
            yield Violation(
                "access-unsigned",
                "error",
                Text(
                    "access.yaml was changed without the signature of an admin",
                    "access.yaml 的改动没有管理员签名",
                ),
                {},
                file=path,
            )

    # -- when, and what is claimed

    def _in_time(self, commit: Commit) -> Iterator[Violation]:
        # A change that sync replayed keeps its author's time and is committed later.
        at = (commit.committed or commit.at).astimezone(dt.UTC)
        self._times[commit.id] = at
        before = [self._times[one] for one in commit.parents if one in self._times]
        if before and at < max(before) - _BACKWARDS:
            yield Violation(
                "time-backwards",
                "warning",
                Text(
                    "its time {at} lies before that of the commit before it",
                    "提交时间 {at} 早于前一提交",
                ),
                {"at": self._clock(commit.committed or commit.at)},
            )
        if commit.at.astimezone(dt.UTC) > dt.datetime.now(dt.UTC) + _AHEAD:
            yield Violation(
                "time-ahead",
                "warning",
                Text("its time {at} lies in the future", "提交时间 {at} 在未来"),
                {"at": self._clock(commit.at)},
            )

    def _clock(self, moment: dt.datetime) -> str:
        return f"{moments.local(self.vault, moment):%Y-%m-%d %H:%M}"

    def _trailers(self, commit: Commit) -> Iterator[Violation]:
        """What a commit says of itself against what it does."""
        told = set(commit.trailers.get("Textcrm-Id") or ())
        if not told or len(commit.parents) > 1:
            return
        prefix = self.vault.prefix
        touched = {
            one.path.rsplit("/", 1)[-1].removesuffix(store.SUFFIX)
            for one in commit.changes
            if store.is_record_path(one.path.removeprefix(prefix))
        }
        untold = sorted(touched - told)
        if untold:
            yield Violation(
                "trailer-mismatch",
                "warning",
                Text(
                    "it changes {ids}, which its message does not name",
                    "提交改动了 {ids}，但说明中未提及",
                ),
                {"ids": untold[:5]},
            )
