"""Looking at record files one by one: what is wrong in each, and what is compared across them.

Many files are looked at by several processes at once.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.catalog import scanning
from textcrm.catalog.collecting import uncollected
from textcrm.catalog.hashing import hash_of
from textcrm.errors import TextcrmError
from textcrm.findings import Finding, Problem
from textcrm.quality.lawful import UNFOUNDED
from textcrm.rules.across import PHONES, SEALED, phones_of
from textcrm.rules.sealing import sealed_prints
from textcrm.rules.spellings import WORDS, words_of
from textcrm.text import Text
from textcrm.vault import sealed_files
from textcrm.vault.lawful import unfounded
from textcrm.vault.unfound import no_such_record

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

    from textcrm.catalog.scanning import Signature
    from textcrm.record import Record
    from textcrm.text import Language
    from textcrm.vault import Vault

    Look = Callable[[list[str]], list["Looked"]]

# What is compared across files goes by these names: ids, telephones, fingerprints of ciphertexts.
Head = dict[str, object]
NAMED = "\0files"
"""The name under which a head says that its record names sealed attachments."""

_PART = 100
_PARTS = 2000  # at most
_MANY = 800
_MOST = 8  # processes


class Looked(NamedTuple):
    """A file that was looked at, and its state then: signature, moment (ns) and hash.

    ``head`` is that of the record as JSON, None where the file cannot be read as one; ``plain``
    says that something stands in plain there that is to be sealed.
    """

    path: str
    problems: tuple[Problem, ...]
    head: str | None
    signature: Signature
    seen: int
    hash: str
    plain: bool = False


NO_SIGNATURE = (-1, 0, 0, 0)


def look(vault: Vault, path: str) -> Looked:
    """Look at one file of the work tree; what cannot be read is a problem like any other."""
    seen = time.time_ns()
    try:
        signature, data = scanning.look(vault.root, path)
    except FileNotFoundError:
        problem = unreadable(path, no_such_record(path))
        return Looked(path, (problem,), None, NO_SIGNATURE, 0, "")
    except OSError as error:
        problem = unreadable(path, store.unreadable(path, error))
        return Looked(path, (problem,), None, NO_SIGNATURE, 0, "")
    content = hash_of(data).hex()
    try:
        record = store.parse(path, data, vault.schema)
    except TextcrmError as error:
        return Looked(path, (unreadable(path, error),), None, signature, seen, content)
    problems = tuple(vault.placed(record, vault.findings(record)))
    plain = any(one.finding.code == "plain-sealed" for one in problems)
    return Looked(path, problems, _head(vault, record), signature, seen, content, plain)


def _head(vault: Vault, record: Record) -> str:
    """What is compared of a record, without what is empty."""
    raw = record.raw
    # A name may be written with escapes in double quotes; else it stands there as it is.
    sealed = "sealed" in record.text or "\\" in record.text
    prints = sealed_prints(raw, vault.schema) if sealed else ()
    head: Head = {
        "id": raw.get("id"),
        "uid": raw.get("uid"),
        "name": record.name,
        SEALED: [(path, mark.hex()) for path, mark in prints],
        PHONES: phones_of(raw),
        UNFOUNDED: unfounded(raw),
        WORDS: words_of(raw),
        NAMED: sealed and next(sealed_files.sealed_files(record), None) is not None,
    }
    return _as_json({name: value for name, value in head.items() if value})


_as_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def look_at(
    vault: Vault, paths: list[str], progress: Callable[[int], None] | None = None
) -> Iterator[Looked]:
    """Look at files, in no order. ``progress`` is told how many are done, or being done."""
    if not paths:
        return
    workers = min(os.cpu_count() or 1, _MOST)
    with uncollected():
        if len(paths) < _MANY or workers < 2:
            for count, path in enumerate(paths, 1):
                yield look(vault, path)
                if progress is not None:
                    progress(count)
            return
        # What all of them need is loaded once, by the first files.
        for path in paths[:_PART]:
            yield look(vault, path)
        size = max(_PART, len(paths) // _PARTS)
        parts = [paths[start : start + size] for start in range(_PART, len(paths), size)]
        for place, looked in _on_many(vault, parts, workers):
            yield from looked
            if progress is not None:  # the parts before it are done, or being done
                progress(min(_PART + (place + 1) * size, len(paths)))


def _on_many(
    vault: Vault, parts: list[list[str]], workers: int
) -> Iterator[tuple[int, list[Looked]]]:
    from textcrm.quality import forked

    done: set[int] = set()

    def work(place: int) -> list[Looked]:
        return [look(vault, path) for path in parts[place]]

    results = (
        forked.work(len(parts), work, workers)
        if forked.possible()
        else _elsewhere(vault, parts, workers)
    )
    for place, looked in results:
        done.add(place)
        yield place, looked
    for place in range(len(parts)):
        if place not in done:  # a process ended before its time
            yield place, work(place)


def _elsewhere(
    vault: Vault, parts: list[list[str]], workers: int
) -> Iterator[tuple[int, list[Looked]]]:
    """On processes that open the vault themselves, where none can be made as a copy of this one."""
    from functools import partial

    from textcrm.processes import Processes

    work = partial(_look_elsewhere, str(vault.root), vault.today)
    try:
        with Processes(max_workers=workers) as pool:
            yield from enumerate(pool.map(work, parts))
    except (OSError, RuntimeError):  # no second process to be had: the caller goes on alone
        return


_opened: dict[tuple[str, object], Vault] = {}


def _look_elsewhere(root: str, today: dt.date, paths: list[str]) -> list[Looked]:
    import gc

    from textcrm.vault import Vault

    vault = _opened.get((root, today))
    if vault is None:
        gc.disable()  # a process of some seconds, whose trees hold no circles
        vault = _opened[root, today] = Vault.open(root, today=today)
    return [look(vault, path) for path in paths]


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


def across(vault: Vault, heads: Iterable[tuple[str, Head]]) -> list[Problem]:
    """What is wrong between records, given as (path, head) in the order of their paths."""
    from textcrm.quality.lawful import without_ground
    from textcrm.rules import check_vault
    from textcrm.rules.spellings import check_spellings, place_of

    listed = list(heads)
    problems = []
    for path, findings in check_vault(listed).items():
        if findings:
            problems += vault.placed(vault.load(path), findings)
    for path, head in listed:
        if findings := without_ground(head):
            problems += vault.placed(vault.load(path), findings)
    for path, findings in check_spellings(listed).items():
        record = vault.load(path)
        at_place = [one._replace(path=place_of(record.raw, one)) for one in findings]
        problems += vault.placed(record, at_place)
    return problems
