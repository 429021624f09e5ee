"""Large files: into the object store and into the work tree without being read into memory."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

from textcrm.gitrepo import failures
from textcrm.gitrepo.values import Stored

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.gitrepo.repository import GitRepo

# Above this git reads a file piece by piece, where it would else map the whole of it.
# What is that large is ciphertext mostly, which compressing makes slower and no smaller.
STREAMED: Final = ("-c", "core.bigFileThreshold=4m", "-c", "core.compression=0")


def store(repo: GitRepo, file: Path) -> Stored:
    """Write a file's bytes, as they are, as a blob that nothing names yet.

    Raises StorageFailure (disk-full, git-failed).
    """
    out = repo.process.run(
        *STREAMED, "hash-object", "-w", "--no-filters", "--", str(file), write=True
    )
    if out.code:
        raise failures.git_failed("hash-object", out.err)
    return Stored(out.out.decode("ascii").strip(), file)


def place(source: Path, target: Path) -> None:
    """Have the same content at another place on the same disk, durably."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    with target.open("rb+") as handle:
        os.fsync(handle.fileno())
