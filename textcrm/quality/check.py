"""Check: every record against the schema, the rules and its neighbours, with file:line:column."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.errors import NotFound, TextcrmError
from textcrm.findings import Finding, Problem
from textcrm.quality.lawful import UNFOUNDED, without_ground
from textcrm.rules.across import PHONES, SEALED, phones_of
from textcrm.rules.sealing import sealed_prints
from textcrm.rules.spellings import WORDS, check_spellings, place_of, words_of
from textcrm.text import Text
from textcrm.vault.lawful import unfounded

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from textcrm.text import Language
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
    found = check_paths(vault, paths_of(vault, words), progress=progress)
    if words:
        return found
    from textcrm.quality import attached, erased, lawful
    from textcrm.quality.key_files import key_file_problems
    from textcrm.quality.keys import surroundings

    beside = [*attached.problems(vault), *surroundings(vault), *key_file_problems(vault)]
    beside += [*erased.problems(vault), *lawful.notice_problems(vault)]
    return Checked(found.checked, _in_order([*found.problems, *beside]))


def check_paths(
    vault: Vault, paths: list[str], *, progress: Callable[[int], None] | None = None
) -> Checked:
    """Check the record files at these paths, relative to the vault."""
    vault.schema, vault.config, vault.access  # noqa: B018 - broken settings are said once, not per file
    problems, heads = _warmly(vault, paths, progress)
    problems += _across(vault, heads)
    return Checked(len(paths), _in_order(problems))


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda one: (one.file, one.line, one.column)))


def _warmly(
    vault: Vault, paths: list[str], progress: Callable[[int], None] | None
) -> tuple[list[Problem], list[Head]]:
    """The findings of files and their heads: those that hold the same as the last time are known."""
    problems: list[Problem] = []
    heads: list[Head] = []
    warm = None
    if len(paths) > 1 and vault.has_catalog():
        from textcrm.quality.warm import Warm

        warm = Warm(vault)
        known = warm.known()
        rest = []
        for path in paths:
            if path in known:
                found, head = known[path]
                problems += found
                heads += [head] if head else []
            else:
                rest.append(path)
        paths = rest
    fresh, own = _cold(vault, paths, progress)
    if warm is not None and paths:
        warm.keep(paths, fresh, own)
    heads = sorted(heads + own, key=lambda head: head[0]) if heads else own
    return problems + fresh, heads


def _cold(
    vault: Vault, paths: list[str], progress: Callable[[int], None] | None
) -> tuple[list[Problem], list[Head]]:
    """The findings of files and their heads, out of the files."""
    problems: list[Problem] = []
    heads: list[Head] = []
    count = 0
    for part, found, own in _parts(vault, paths):
        problems += found
        heads += own
        count += part
        if progress is not None:
            progress(count)
    return problems, heads


# What is compared across files goes by these names: ids, telephones, fingerprints of ciphertexts.
Head = tuple[str, dict[str, object]]
Looked = tuple[int, list[Problem], list[Head]]
_PART = 250
_MANY = 1500
_MOST = 4  # processes: each has the schema and its tables to read first


def _parts(vault: Vault, paths: list[str]) -> Iterator[Looked]:
    """Look at files part by part; where they are many, on several processors at once."""
    parts = [paths[start : start + _PART] for start in range(0, len(paths), _PART)]
    workers = min(os.cpu_count() or 1, _MOST)
    if len(paths) < _MANY or workers < 2:
        for part in parts:
            yield _looked_at(vault, part)
        return
    from concurrent.futures import ProcessPoolExecutor
    from functools import partial

    work = partial(_looked_at_elsewhere, str(vault.root), vault.today)
    done = 0
    try:
        with ProcessPoolExecutor(max_workers=workers) as pool:
            for looked in pool.map(work, parts):
                done += 1
                yield looked
    except (OSError, RuntimeError):  # no second process to be had: go on alone
        for part in parts[done:]:
            yield _looked_at(vault, part)


_elsewhere: dict[tuple[str, object], Vault] = {}


def _looked_at_elsewhere(root: str, today: dt.date, paths: list[str]) -> Looked:
    """As :func:`_looked_at`, in a process of its own, which keeps the vault open."""
    from textcrm.vault import Vault

    vault = _elsewhere.get((root, today))
    if vault is None:
        gc.disable()  # a process of some seconds, whose trees hold no circles
        vault = _elsewhere[root, today] = Vault.open(root, today=today)
    return _looked_at(vault, paths)


def _looked_at(vault: Vault, paths: list[str]) -> Looked:
    """The findings of some files, and of each what is compared across files."""
    problems: list[Problem] = []
    heads: list[Head] = []
    for path in paths:
        try:
            record = vault.load(path)
        except TextcrmError as error:
            problems.append(unreadable(path, error))
            continue
        problems += vault.placed(record, vault.findings(record))
        head: dict[str, object] = {
            name: record.raw.get(name) for name in ("id", "uid", "former_ids")
        }
        # A name may be written with escapes in double quotes; else it stands there as it is.
        may_hold = "sealed" in record.text or "\\" in record.text
        head[SEALED] = sealed_prints(record.raw, vault.schema) if may_hold else []
        head[PHONES] = phones_of(record.raw)
        head["name"] = record.name
        head[UNFOUNDED] = unfounded(record.raw)
        head[WORDS] = words_of(record.raw)
        heads.append((path, head))
    return len(paths), problems, heads


def _across(vault: Vault, heads: list[Head]) -> list[Problem]:
    from textcrm.rules import check_vault

    problems = []
    for path, findings in check_vault(heads).items():
        if findings:
            problems += vault.placed(vault.load(path), findings)
    for path, head in heads:
        if findings := without_ground(head):
            problems += vault.placed(vault.load(path), findings)
    for path, findings in check_spellings(heads).items():
        record = vault.load(path)
        at_place = [one._replace(path=place_of(record.raw, one)) for one in findings]
        problems += vault.placed(record, at_place)
    return problems


def unreadable(path: str, error: TextcrmError) -> Problem:
    """A file that cannot be read, as a problem at its place."""
    finding = Finding(
        error.code,
        "error",
        (),
        Text("{sentence}", "{sentence}"),
        Text("{advice}", "{advice}") if error.hint else None,
        {
            "sentence": Text(_unplaced(error, "en"), _unplaced(error, "zh")),
            "advice": Text(error.say_hint("en") or "", error.say_hint("zh") or ""),
        },
    )
    line, column = error.data.get("line"), error.data.get("column")
    return Problem(
        path,
        line if isinstance(line, int) else 1,
        column if isinstance(column, int) else 1,
        path.rsplit("/", 1)[-1].removesuffix(store.SUFFIX),
        finding,
    )


def _unplaced(error: TextcrmError, language: Language) -> str:
    """An error's sentence without the place before it: a problem names the place itself."""
    place = f"{error.data.get('file')}:{error.data.get('line')}:{error.data.get('column')}"
    return error.say(language).removeprefix(place).lstrip(":： ")


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
