"""Reading what changed: in this process, or in two where there is much of it."""

from __future__ import annotations

import os
import time
from array import array
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.catalog.entries import Entry, entry_of
from textcrm.catalog.hashing import hash_of
from textcrm.catalog.scanning import look
from textcrm.schema import Schema

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from textcrm.catalog.cells import Term
    from textcrm.catalog.scanning import Signature

BATCH: Final = 250  # files handed to a process at once
TOGETHER: Final = (
    8  # batches that are stored in one transaction: fewer write the same pages less often
)
_MANY: Final = 1500
# Batches that may wait to be stored, for there is no other work while some are: what bounds the
# memory.
_AHEAD: Final = 2 * TOGETHER


class Wanted(NamedTuple):
    """A file to read, and the hash of what it held when it was last read."""

    path: str
    hash: bytes | None = None


class Looked(NamedTuple):
    """What came of a file: no signature where it is gone, no entry where it holds the same."""

    path: str
    signature: Signature | None
    seen: int
    entry: Entry | None


class Context(NamedTuple):
    """What reading depends on beside the bytes."""

    root: Path
    schema: Schema
    today: dt.date
    settings: Mapping[str, Any]

    def looked(self, wanted: Iterable[Wanted]) -> list[Looked]:
        """Read files; what cannot be read is an entry without content, asked again each time."""
        return [self._looked(one) for one in wanted]

    def _looked(self, wanted: Wanted) -> Looked:
        path, before = wanted
        now = time.time_ns()
        try:
            seen = look(self.root, path)
        except (FileNotFoundError, NotADirectoryError):
            return Looked(path, None, 0, None)
        except OSError:
            entry = None if before == b"" else Entry(b"", broken=True)
            return Looked(path, (-1, 0, 0, 0), 0, entry)
        if before and hash_of(seen.data) == before:
            return Looked(path, seen.signature, now, None)
        entry = entry_of(path, seen.data, self.schema, self.today, self.settings)
        return Looked(path, seen.signature, now, entry)


def batches(context: Context, wanted: list[Wanted]) -> Iterator[list[Looked]]:
    """Read files, so many at a time as are to be stored together; many on two processors at once."""
    looked: list[Looked] = []
    for number, batch in enumerate(_batches(context, wanted), 1):
        looked += batch
        if number % TOGETHER == 0:
            yield looked
            looked = []
    if looked:
        yield looked


def _batches(context: Context, wanted: list[Wanted]) -> Iterator[list[Looked]]:
    parts = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
    if len(wanted) < _MANY or (os.cpu_count() or 1) < 2:
        for part in parts:
            yield context.looked(part)
        return
    done = 0
    try:
        for looked in _elsewhere(context, parts):
            done += 1
            yield looked
    except (OSError, RuntimeError, ImportError):  # no second process to be had: go on alone
        for part in parts[done:]:
            yield context.looked(part)


def _elsewhere(context: Context, parts: list[list[Wanted]]) -> Iterator[list[Looked]]:
    from collections import deque

    from textcrm.processes import Processes

    told = (context.root, context.schema.text, context.today, dict(context.settings))
    with Processes(max_workers=2, initializer=_begin, initargs=told) as pool:
        waiting = iter(parts)
        running = deque(pool.submit(_work, part) for part in islice(waiting, _AHEAD))
        while running:
            looked = _unpacked(running.popleft().result())
            running.extend(pool.submit(_work, part) for part in islice(waiting, 1))
            yield looked


_context: list[Context] = []


def _begin(root: Path, schema: str, today: dt.date, settings: dict[str, Any]) -> None:
    import gc

    gc.disable()  # trees have no cycles, and a batch is soon gone
    _context[:] = [Context(root, Schema.from_json(schema), today, settings)]


_Sent = tuple[list["Looked"], list["Term"], list[tuple[bytes, bytes]]]


def _work(part: list[Wanted]) -> _Sent:
    return _packed(_context[0].looked(part))


def _packed(looked: list[Looked]) -> _Sent:
    """Records without their values, each value of them all once, and by number which has which.

    So they travel between processes in a third of the time.
    """
    numbers: dict[Term, int] = {}
    bare, held = [], []
    for one in looked:
        cells = one.entry.cells if one.entry else ()
        terms = array("I", [numbers.setdefault(term, len(numbers)) for term, _ in cells])
        held.append((terms.tobytes(), array("I", [item for _, item in cells]).tobytes()))
        bare.append(one._replace(entry=one.entry._replace(cells=())) if one.entry else one)
    return bare, list(numbers), held


def _unpacked(sent: _Sent) -> list[Looked]:
    found = []
    bare, known, held = sent
    for one, (terms, items) in zip(bare, held, strict=True):
        if one.entry and terms:
            cells = zip(map(known.__getitem__, array("I", terms)), array("I", items), strict=True)
            found.append(one._replace(entry=one.entry._replace(cells=tuple(cells))))
        else:
            found.append(one)
    return found
