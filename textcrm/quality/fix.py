"""Fix: what is safe to mend in many customers, planned first, then written as one commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import store, yamlfile
from textcrm.errors import Conflict, TextcrmError
from textcrm.quality.check import paths_of
from textcrm.quality.looking import unreadable
from textcrm.quality.tidying import Mend, Moment, tidy
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textcrm.findings import Problem
    from textcrm.record import Record
    from textcrm.vault import Draft, Result, Vault


class Fixed(NamedTuple):
    """What would be mended in one customer's file."""

    id: str
    name: str
    path: str
    mends: tuple[Mend, ...]


class Plan(NamedTuple):
    """What would be mended, how many files were looked at, and those that cannot be read."""

    checked: int
    files: tuple[Fixed, ...]
    unreadable: tuple[Problem, ...]


def plan(
    vault: Vault, words: Sequence[str] = (), *, progress: Callable[[int], None] | None = None
) -> Plan:
    """See what can be mended in all customers, or in those named or found by a query.

    Words are files, folders, ids or names; where one is neither, all together are a query. Raises
    Misuse (query-syntax).
    """
    moment = Moment(vault.now, vault.config.currency)
    files: list[Fixed] = []
    broken: list[Problem] = []
    paths = chosen(vault, words)
    for count, path in enumerate(paths, 1):
        try:
            record = vault.load(path)
            mends = tidy(record, moment).mends
        except TextcrmError as error:
            broken.append(unreadable(path, error))
            continue
        if mends:
            files.append(Fixed(record.id, record.name, path, mends))
        if progress is not None:
            progress(count)
    return Plan(len(paths), tuple(files), tuple(broken))


def chosen(vault: Vault, words: Sequence[str]) -> list[str]:
    """The files that words mean: paths, ids and names, else a query, which may find none."""
    try:
        return paths_of(vault, words)
    except TextcrmError as error:
        if error.code != "no-such-record":
            raise
    from textcrm.vault.finding import search

    hits = search(vault, " ".join(words), archived=True)
    return sorted(str(getattr(hit.doc, "path", store.path_of(hit.id))) for hit in hits)


def write(vault: Vault, files: Iterable[Fixed], *, reason: str | None = None) -> Result:
    """Mend the files of a plan, each as it is in history now, in one commit.

    Raises Conflict (uncommitted-edit) where one has hand edits that are not saved.
    """
    paths = [file.path for file in files]
    moment = Moment(vault.now, vault.config.currency)

    def change(record: Record) -> str:
        return tidy(record, moment).text

    def build(draft: Draft) -> None:
        for path in paths:
            draft.edit(path, change)

    try:
        return vault.write("fix", build, reason=reason)
    except Conflict as error:
        if error.code != "uncommitted-edit":
            raise
        raise Conflict(error.code, error.message, hint=_SAVE_FIRST, **error.data) from error


_SAVE_FIRST = Text(
    "save it first: textcrm save; or mend it without a commit: textcrm fix --no-commit",
    "请先保存：textcrm save；或只修正文件、不提交：textcrm fix --no-commit",
)


def write_in_place(vault: Vault, files: Iterable[Fixed]) -> list[str]:
    """Mend the files as they stand in the work tree and commit nothing; gives the paths written."""
    moment = Moment(vault.now, vault.config.currency)
    written = []
    for file in files:
        record = vault.load(file.path)
        text = tidy(record, moment).text
        if text != record.text:
            _replace(vault, file.path, yamlfile.encode(text))
            written.append(file.path)
    return written


def _replace(vault: Vault, path: str, data: bytes) -> None:
    """Put new bytes in the place of a file at once: a kill leaves the old or the new ones."""
    from textcrm.gitrepo.failures import disk_failed
    from textcrm.gitrepo.worktree import sibling

    staged = sibling(vault.root / path)
    try:
        staged.write_bytes(data)
        vault.repo.worktree().put(vault.prefix + path, staged)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise disk_failed(error) from error
