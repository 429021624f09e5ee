"""A range of commits: what each of them put into history, found without any key."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.errors import Misuse, NotFound, TextcrmError
from textcrm.findings import Finding, Problem
from textcrm.quality.erased import Guard
from textcrm.quality.keys import file_problems
from textcrm.quality.versions import (
    ALWAYS,
    OWN_FILES,
    Version,
    ciphertexts,
    identity,
    parsed,
    told_as_new,
)
from textcrm.rules.lookalikes import in_text
from textcrm.text import Text
from textcrm.vault.checking import sealing_findings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from textcrm.gitrepo import BlobChange, Commit
    from textcrm.gitrepo.objects import Blobs
    from textcrm.record import Record
    from textcrm.rules import Keys
    from textcrm.schema import Schema
    from textcrm.vault import Vault

MESSAGE = "COMMIT_EDITMSG"
"""The name under which git itself edits a commit's message stands for it in findings."""


class RangeChecked(NamedTuple):
    """How many commits and versions of files were looked at, and what was found, oldest first."""

    commits: int
    checked: int
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(problem.finding.severity == "error" for problem in self.problems)


def check_range(
    vault: Vault, range_: str, *, progress: Callable[[int], None] | None = None
) -> RangeChecked:
    """Check every commit of a range such as ``origin/main..HEAD``; a lone revision means all.

    Of each version of a record that a commit brings: plain text where the schema seals, wrong
    labels and forms, values added under a retired key (errors), look-alikes also in the commit's
    message and in other texts (warnings); in any file secret keys; what brings an erased customer
    back (errors). A version is judged by the schema and
    people of its own commit, and by the keys at the start of the range. What a commit only hands
    on is told once. Of the records that the range leaves behind, all else that schema and rules
    say, and that they did not say at its start; with the commit that brought the version. Raises NotFound (no-such-commit), Misuse (bad-range).
    """
    walk = _Walk(vault, _checked(range_))
    commits = 0
    with vault.repo.blobs() as blobs:
        walk.blobs = blobs
        walk.begin()
        for commit in vault.repo.log(walk.range, reverse=True):
            commits += 1
            walk.take(commit)
            if progress is not None:
                progress(commits)
        walk.finish()
    return RangeChecked(commits, walk.checked, tuple(walk.problems))


def told_as_mended(vault: Vault, problems: Iterable[Problem]) -> list[Problem]:
    """Problems of history in which values under a retired key are warnings once they are mended.

    Who was offline over a rotation has sealed with the key of before. In history that stays; when
    the record as it is now has no such value any more, nobody has anything left to do.
    """
    left: dict[str, bool] = {}
    result = []
    for one in problems:
        if one.finding.code in ALWAYS and one.finding.severity == "error" and one.id:
            if one.id not in left:
                left[one.id] = _has_old_keys(vault, one.id)
            if not left[one.id]:
                result.append(
                    one._replace(finding=one.finding._replace(severity="warning", hint=_MENDED))
                )
                continue
        result.append(one)
    return result


_MENDED = Text(
    "sealed anew since; who had the old key could read it until then: textcrm member exposure",
    "此后已重新加密；在那之前，持有旧密钥的人可以读取：textcrm member exposure",
)


def _has_old_keys(vault: Vault, record_id: str) -> bool:
    try:
        record = vault.get(record_id)
    except NotFound:
        return False
    except TextcrmError:
        return True  # what cannot be read now is not known to be mended
    return any(one.code in ALWAYS for one in sealing_findings(vault, record))


def _checked(range_: str) -> str:
    """A range as git takes it; the zeros that a server gives for a new branch mean everything."""
    start, dots, end = range_.partition("..")
    if not range_.strip() or range_.startswith("-") or not range_.isprintable():
        raise Misuse(
            "bad-range",
            Text("“{range}” is no range of commits", "“{range}”不是提交范围"),
            hint=Text("such as origin/main..HEAD", "例如 origin/main..HEAD"),
            range=range_,
        )
    return end.lstrip(".") or "HEAD" if dots and start and not start.strip("0") else range_


class _Walk:
    """The state of one walk: what was read, judged and told."""

    blobs: Blobs

    def __init__(self, vault: Vault, range_: str) -> None:
        self.vault = vault
        self.range = range_
        self.problems: list[Problem] = []
        self.checked = 0
        self._versions: dict[tuple[str | None, ...], Version] = {}
        self._newer: Keys | None = None
        self._last: Version | None = None
        self._told: set[tuple[object, ...]] = set()
        self._sealed: dict[tuple[str, ...], str] = {}
        self._left: dict[str, tuple[Version, str, str]] = {}
        self._guard: Guard | None = None

    def begin(self) -> None:
        """Take the keys of the start of the range, which everybody could have known."""
        start, dots, end = self.range.partition("..")
        first = self.vault.repo.resolve(start or "HEAD") if dots else None
        last = self.vault.repo.resolve(end.lstrip(".") or "HEAD" if dots else start)
        self._guard = Guard(self.vault, self.blobs, first, last)
        base = self._version(first) if first else None
        if base is not None:
            self._newer = base.rule_context(None).keys
            self._versions.clear()
            self._sealed = _sealed_fields(base.schema)
        self._last = self._version(first) if first else None

    def take(self, commit: Commit) -> None:
        """Judge what one commit brings."""
        if self._guard is not None:
            self.problems += self._guard.of_commit(commit)
        message = f"{commit.subject}\n\n{commit.body}"
        for finding in in_text(message, Text("the commit's message", "提交说明")):
            line, column = finding.place or (1, 1)
            self._tell(Problem(MESSAGE, line, column, None, finding, commit.id))
        version = self._version(commit.id) or self._last
        if version is None:
            version = Version(self.vault, {path: self.vault.file(path) for path in OWN_FILES})
        self._last = version
        self._unsealed(version, commit)
        for change in commit.changes:
            if not change.path.startswith(self.vault.prefix):
                continue
            path = change.path.removeprefix(self.vault.prefix)
            self._left.pop(path, None)
            if change.after is not None:
                if store.is_record_path(path):
                    self._left[path] = (version, change.after, commit.id)
                self._file(version, commit, change)

    def finish(self) -> None:
        """Judge by every rule what the range leaves behind: that can still be mended."""
        start, dots, _ = self.range.partition("..")
        first = self.vault.repo.resolve(start or "HEAD") if dots else None
        for path, (version, blob, commit) in self._left.items():
            data = self.blobs.read(blob)
            record = parsed(version, path, data) if data is not None else None
            if record is None or isinstance(record, Problem):
                continue
            old = self.blobs.read(f"{first}:{self.vault.prefix}{path}") if first else None
            base = parsed(version, path, old) if old is not None else None
            if base is None or isinstance(base, Problem):
                known: set[tuple[object, ...]] = set()
            else:
                known = {identity(one, base) for one in version.findings(base)}
            told = {identity(one, record) for one in sealing_findings(version, record)}
            found = [
                one
                for one in version.findings(record)
                if identity(one, record) not in known | told
            ]
            for problem in version.placed(record, found):
                self.problems.append(problem._replace(commit=commit))

    def _version(self, commit: str) -> Version | None:
        """The vault's own files in a commit; None where they cannot be read."""
        found = [self.blobs.find(f"{commit}:{self.vault.prefix}{path}") for path in OWN_FILES]
        key = tuple(one.id if one else None for one in found)
        if key not in self._versions:
            files = {
                path: one.data if one else None for path, one in zip(OWN_FILES, found, strict=True)
            }
            self._versions[key] = Version(self.vault, files, self._newer)
        version = self._versions[key]
        return version if version.is_readable() else None

    def _unsealed(self, version: Version, commit: Commit) -> None:
        """Tell where a commit takes the seal from a field: plain text is allowed there from now."""
        if not any(change.path.endswith(OWN_FILES[0]) for change in commit.changes):
            return
        now = _sealed_fields(version.schema)
        for path in self._sealed.keys() - now.keys():
            finding = Finding(
                "schema-unseals",
                "warning",
                (),
                Text("{field} is not sealed any more ({label})", "{field} 不再加密（{label}）"),
                Text("an admin should have meant this", "请确认这是管理员的本意"),
                {"field": "/".join(path), "label": self._sealed[path]},
            )
            self._tell(Problem(OWN_FILES[0], 1, 1, None, finding, commit.id))
        self._sealed = now

    def _file(self, version: Version, commit: Commit, change: BlobChange) -> None:
        data = self.blobs.read(change.after or "")
        if data is None:
            return
        self.checked += 1
        path = change.path.removeprefix(self.vault.prefix)
        if not store.is_record_path(path):
            for problem in file_problems(path, data, commit.id):
                self._tell(problem)
            return
        record = parsed(version, path, data)
        if isinstance(record, Problem):
            self._tell(record._replace(commit=commit.id))
            return
        found = sealing_findings(version, record)
        if not found:
            return
        before = list(self._before(version, commit, change, path))
        known = {identity(one, old) for old in before for one in sealing_findings(version, old)}
        found = told_as_new(found, record, self._ciphertexts(version, commit, before))
        for finding, problem in zip(found, version.placed(record, found), strict=True):
            name = identity(finding, record)
            if name not in known or (path, name) not in self._told:
                self._told.add((path, name))
                self.problems.append(problem._replace(commit=commit.id))

    def _before(
        self, version: Version, commit: Commit, change: BlobChange, path: str
    ) -> Iterator[Record]:
        """The record in each of the commit's parents."""
        for parent in commit.parents:
            data = self.blobs.read(f"{parent}:{change.path}")
            record = parsed(version, path, data) if data is not None else None
            if record is not None and not isinstance(record, Problem):
                yield record

    def _ciphertexts(self, version: Version, commit: Commit, before: list[Record]) -> set[str]:
        """The ciphertexts that were there before, in this file or in those that it came from."""
        gone = [
            parsed(version, change.path, data)
            for change in commit.changes
            if change.after is None
            and change.before is not None
            and (data := self.blobs.read(change.before)) is not None
        ]
        return ciphertexts([*before, *gone])

    def _tell(self, problem: Problem) -> None:
        """Add a problem that stands in a place of its own; the same one is told once."""
        name = (problem.commit, problem.file, problem.line, problem.column, problem.finding.code)
        if name not in self._told:
            self._told.add(name)
            self.problems.append(problem)


def _sealed_fields(schema: Schema) -> dict[tuple[str, ...], str]:
    return {field.path: field.seal or "" for field in schema.sealed}
