"""What is staged: every file that the next commit would bring, as git's index holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm import config, store
from textcrm.findings import Problem
from textcrm.quality import erased
from textcrm.quality.check import Checked
from textcrm.quality.keys import file_problems
from textcrm.quality.versions import (
    OWN_FILES,
    Version,
    ciphertexts,
    identity,
    parsed,
    told_as_new,
)
from textcrm.rules.sealing import CODES
from textcrm.vault import tombstones

if TYPE_CHECKING:
    from textcrm.findings import Finding
    from textcrm.gitrepo.objects import Blobs
    from textcrm.record import Record
    from textcrm.vault import Vault

_STAYS = CODES | {"secret-key"}


def check_staged(vault: Vault, *, index: str | None = None) -> Checked:
    """Check the index: records by schema, rules and sealing, all other files for secret keys.

    Judged by the schema and the people that are staged with them. What HEAD has wrong already is
    not told again, but for plain and wrongly sealed values. ``index`` is the index file to read,
    within a hook git's ``GIT_INDEX_FILE``.
    """
    repo, prefix = vault.repo, vault.prefix
    listed = repo.staged(prefix, index)
    changes = [change for change in listed if change.after is not None]
    if not changes:
        return Checked(0, ())
    own = repo.indexed([prefix + path for path in OWN_FILES], index)
    problems: list[Problem] = []
    checked = 0
    with repo.blobs() as blobs:
        files = {path: _blob(blobs, own.get(prefix + path)) for path in OWN_FILES}
        staged = Version(vault, files)
        staged.schema, staged.config, staged.rule_context(None)
        others = _other_parents(vault)
        stones = tombstones.at(blobs.read, prefix, "HEAD")
        moved = [
            parsed(staged, change.path.removeprefix(prefix), old)
            for change in listed
            if change.after is None and (old := _blob(blobs, change.before)) is not None
        ]
        for change in changes:
            path, data = change.path.removeprefix(prefix), _blob(blobs, change.after)
            if data is None:
                continue
            checked += 1
            problems += erased.of_staged(path, data, stones)
            if not store.is_record_path(path):
                problems += file_problems(path, data)
                continue
            before = [
                parsed(staged, path, old)
                for old in (
                    _blob(blobs, change.before),
                    *(_blob(blobs, f"{other}:{change.path}") for other in others),
                )
                if old is not None
            ]
            problems += _of_record(staged, path, data, before, ciphertexts(moved))
    problems.sort(key=lambda one: (one.file, one.line, one.column))
    return Checked(checked, tuple(problems))


def is_vault(vault: Vault, *, index: str | None = None) -> bool:
    """Whether the index holds a vault at all: another branch of the repository may not."""
    path = vault.prefix + config.FILE_NAME
    return path in vault.repo.indexed([path], index)


def _of_record(
    staged: Version,
    path: str,
    data: bytes,
    before: list[Record | Problem],
    moved: set[str],
) -> list[Problem]:
    """Findings of one staged record against what was there; ``moved`` are values of files gone."""
    record = parsed(staged, path, data)
    if isinstance(record, Problem):
        return [record]
    found = told_as_new(staged.findings(record), record, ciphertexts(before) | moved)
    known = {
        identity(finding, old)
        for old in before
        if not isinstance(old, Problem)
        for finding in staged.findings(old)
    }
    return staged.placed(record, [one for one in found if _is_news(one, record, known)])


def _is_news(finding: Finding, record: Record, known: set[tuple[object, ...]]) -> bool:
    return finding.code in _STAYS or identity(finding, record) not in known


def _other_parents(vault: Vault) -> list[str]:
    """The commits that a merge on its way has beside HEAD."""
    try:
        text = (vault.repo.git_dir / "MERGE_HEAD").read_text(encoding="ascii")
    except (OSError, ValueError):
        return []
    return text.split()


def _blob(blobs: Blobs, name: str | None) -> bytes | None:
    return blobs.read(name) if name else None
