"""Work over copies of this process: what it has loaded need not be loaded again, nor sent."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import struct
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    _T = TypeVar("_T")

_TICKET = struct.Struct("=H")  # the number of a part; a pipe holds 4 KB of them at least


def possible() -> bool:
    """Whether a copy may be made: on Linux, and where no other thread could hold a lock."""
    return sys.platform == "linux" and threading.active_count() == 1


def work(parts: int, work: Callable[[int], _T], workers: int) -> Iterator[tuple[int, _T]]:
    """Do up to 2,000 parts, given by number, here and in other processes; gives (number, result).

    Whoever is free takes the next part. Parts of a process that ended before its time are missing.
    """
    tickets, giver = os.pipe()
    with os.fdopen(giver, "wb") as pipe:
        pipe.write(b"".join(map(_TICKET.pack, range(parts))))
    helpers: list[tuple[int, Any]] = []
    try:
        for _ in range(min(workers, parts) - 1):
            with contextlib.suppress(OSError):  # no second process to be had
                helpers.append(_helper(tickets, work))
        while (place := _next(tickets)) is not None:
            yield place, work(place)
        while helpers:
            pid, answer = helpers[-1]
            with answer:
                data = answer.read()
            os.waitpid(pid, 0)
            helpers.pop()
            with contextlib.suppress(EOFError, pickle.UnpicklingError):
                yield from pickle.loads(data)  # noqa: S301 - from a process that we made
    finally:
        os.close(tickets)
        for pid, answer in helpers:
            answer.close()
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _next(tickets: int) -> int | None:
    taken = os.read(tickets, _TICKET.size)
    return _TICKET.unpack(taken)[0] if len(taken) == _TICKET.size else None


def _helper(tickets: int, work: Callable[[int], Any]) -> tuple[int, Any]:
    """Make a copy of this process that takes parts and then tells all that it found."""
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if pid:
        os.close(writing)
        return pid, os.fdopen(reading, "rb")
    # Nothing of the copy may go on as if it were the original: it ends here, whatever happens.
    try:
        os.close(reading)
        found = []
        while (place := _next(tickets)) is not None:
            found.append((place, work(place)))
        with os.fdopen(writing, "wb") as answer:
            pickle.dump(found, answer, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)
