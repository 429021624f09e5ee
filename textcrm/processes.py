"""Other processes for long work, that never run the script again which began it."""

from __future__ import annotations

import contextlib
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from types import ModuleType
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

_P = ParamSpec("_P")
_T = TypeVar("_T")
_one_at_a_time = threading.Lock()


class Processes(ProcessPoolExecutor):
    """A pool whose processes import our modules alone.

    Where processes are no copies (Windows, macOS, Linux from Python 3.14 on), Python runs the main
    script in each of them first. A script that uses the library without ``if __name__ ==
    "__main__"`` would do all its work once more, its writing too, without having asked for any
    process.
    """

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """As its base class; processes are started here."""
        with _nameless_main():
            return super().submit(fn, *args, **kwargs)


@contextlib.contextmanager
def _nameless_main() -> Iterator[None]:
    """A main module that tells a new process of no file to run."""
    with _one_at_a_time:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
