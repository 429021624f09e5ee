"""Other processes that read records for an index that is built: each with a catalog of its own."""

from __future__ import annotations

import os
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, TypeVar

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from textcrm.catalog import Catalog
    from textcrm.processes import Processes
    from textcrm.search.analyzers import Terms

    Entries = Iterable[tuple[int, Terms]]

_MANY: Final = 3000  # records; below that a second process takes as long to start as it saves
_AHEAD: Final = 4  # parts that may wait to be taken: what bounds the memory
_T = TypeVar("_T")


class NoReaders(Exception):
    """No other process is to be had, or one was killed: go on alone."""


class _Told(NamedTuple):
    """What another process needs to know to open the same catalog, and who builds the texts."""

    root: Path
    folder: Path
    schema: str
    settings: dict[str, Any]
    today: dt.date
    release: str
    builder: str


class Readers:
    """Reads records in other processes; a context that ends them.

    ``rows`` are those of all records, ``here`` reads some of them in this process. Folded texts
    are stored on the way, in this process and in the others.
    """

    def __init__(
        self,
        catalog: Catalog,
        rows: list[int],
        builder: str,
        here: Callable[[Sequence[int]], Entries],
    ) -> None:
        self.rows = rows
        self.here = here
        self._told = _Told(
            catalog.root,
            catalog.folder,
            catalog.schema.text,
            dict(catalog.settings),
            catalog.today,
            catalog.release,
            builder,
        )
        self._pool: Processes | None = None

    @staticmethod
    def are_worth_it(catalog: Catalog, rows: Sequence[int]) -> bool:
        """Whether there are so many records, and a second processor."""
        return len(rows) >= _MANY and (os.cpu_count() or 1) > 1 and not catalog.in_memory

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def start(
        self, work: Callable[..., _T], rows: Sequence[int], *given: Any, processes: int = 1
    ) -> Future[_T]:
        """Have ``work(entries, *given)`` done in another process. Raises NoReaders.

        The first call starts as many ``processes``: an idle one holds memory for nothing.
        """
        try:
            if self._pool is None:
                from textcrm.processes import Processes

                self._pool = Processes(processes, initializer=_begin, initargs=(self._told,))
            return self._pool.submit(_work, work, list(rows), given)
        except (OSError, RuntimeError, ImportError) as error:
            raise NoReaders from error

    def results(self, work: Callable[..., _T], parts: Iterable[Sequence[int]]) -> Iterator[_T]:
        """``work(entries)`` of each part, in order. Raises NoReaders, and what ``work`` raises."""
        waiting = iter(parts)
        running = deque(self.start(work, part, processes=2) for part in islice(waiting, _AHEAD))
        while running:
            result = taken(running.popleft())
            running.extend(self.start(work, part) for part in islice(waiting, 1))
            yield result


def taken(future: Future[_T]) -> _T:
    """What a process made. Raises NoReaders where it died, else what it raised."""
    from concurrent.futures import BrokenExecutor

    try:
        return future.result()
    except BrokenExecutor as error:
        raise NoReaders from error


# -- in the other process

_catalog: list[tuple[Any, str]] = []


def _begin(told: _Told) -> None:
    import gc

    from textcrm.catalog import Catalog
    from textcrm.schema import Schema

    gc.disable()  # records have no cycles, and each is soon gone
    schema = Schema.from_json(told.schema)
    catalog = Catalog(
        told.root, schema, told.settings, told.today, folder=told.folder, release=told.release
    )
    _catalog[:] = [(catalog, told.builder)]


def _work(work: Callable[..., Any], rows: list[int], given: tuple[Any, ...]) -> Any:
    from textcrm.search.following import entries

    catalog, builder = _catalog[0]
    return work(entries(catalog, rows, builder), *given)
