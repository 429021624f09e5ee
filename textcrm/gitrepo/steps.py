"""The steps of a transaction, told to whoever listens: tests kill the process at each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS: Final = (
    "objects",  # the commit and its blobs are in the object store, nothing names them
    "indexlock",  # no other git changes the index now
    "newindex",  # the new files and the new index are prepared beside the old ones
    "journal",  # from here on a crash is rolled forward
    "worktree1",  # the first file is in place
    "worktree",  # all files are
    "index",  # the index is
    "ref",  # the branch is: the change is committed
    "applied",  # the journal and the locks are gone
)


def _nobody(_step: str) -> None:
    """Nobody listens."""


listener: Callable[[str], None] = _nobody


def reached(step: str) -> None:
    """Tell that a step is done."""
    listener(step)
