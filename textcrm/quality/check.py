"""Check: every record against the schema, the rules and its neighbours, with file:line:column."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textcrm.findings import Problem
    from textcrm.vault import Vault


class Checked(NamedTuple):
    """How many files were looked at, and all that was found, by file and line."""

    checked: int
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(problem.finding.severity == "error" for problem in self.problems)


def check(
    vault: Vault,
    words: Sequence[str] = (),
    *,
    progress: Callable[[int], None] | None = None,
) -> Checked:
    """Check all records of the work tree, or those named by file, folder, id or name.

    Where all are checked, so are sealed attachments, the tracked files beside them for secret
    keys, and git's settings for those that would keep decrypted text.

    A file that cannot be read is a finding like any other. Findings across records (an id or uid
    twice, a wrong folder) need all records and are given only where all are checked, or concern
    the ones named.
    """
    if words:
        return check_paths(vault, paths_of(vault, words), progress=progress)
    from textcrm.quality.whole import Whole

    return _checked(*Whole(vault).with_all_beside(progress))


def check_paths(
    vault: Vault, paths: list[str] | None, *, progress: Callable[[int], None] | None = None
) -> Checked:
    """Check the record files at these paths, relative to the vault; all of them for None."""
    from textcrm.quality.whole import Whole, some

    if paths is None:
        return _checked(*Whole(vault).records(progress))
    return _checked(len(paths), some(vault, paths, progress))


def _checked(count: int, problems: Iterable[Problem]) -> Checked:
    ordered = sorted(problems, key=lambda one: (one.file, one.line, one.column))
    return Checked(count, tuple(ordered))


def paths_of(vault: Vault, words: Sequence[str]) -> list[str]:
    """The record files that words mean: files, folders, ids, names; all where there are none.

    Raises NotFound (no-such-record), Ambiguous.
    """
    if not words:
        return list(store.paths(vault.root))
    chosen: dict[str, None] = {}
    for word in words:
        chosen.update(dict.fromkeys(_of_word(vault, word)))
    return list(chosen)


def _of_word(vault: Vault, word: str) -> Iterable[str]:
    from pathlib import Path

    root = vault.root.resolve()
    for candidate in (Path(word), vault.root / word):
        place = candidate.resolve()
        if candidate.exists() and place.is_relative_to(root):
            relative = place.relative_to(root).as_posix()
            if place.is_file():
                return [relative]
            inside = "" if relative == "." else relative + "/"
            return [path for path in store.paths(vault.root) if path.startswith(inside)]
    try:
        return [vault.get(word).path]
    except NotFound:
        broken = [one.path for one in vault.broken if word in one.path]
        if broken:
            return broken
        raise
