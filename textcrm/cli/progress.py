"""Progress on stderr: a count that comes after half a second and goes away when done."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.cli.output import Output


@contextlib.contextmanager
def progress(output: Output, label: str, *, shown: bool) -> Iterator[Callable[[int], None] | None]:
    """Give a function to call with the count so far; None off a terminal."""
    if not shown or not getattr(output.stream, "isatty", lambda: False)():
        yield None
        return
    start, last, seen = time.monotonic(), 0.0, False

    def tell(count: int) -> None:
        nonlocal last, seen
        now = time.monotonic()
        if now - start > 0.5 and now - last > 0.1:
            last, seen = now, True
            output.stream.write(f"\r{label} {count} ")
            output.stream.flush()

    try:
        yield tell
    finally:
        if seen:
            output.stream.write("\r\x1b[K")
            output.stream.flush()
