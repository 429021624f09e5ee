"""Files committed by somebody, for the tests of reading git."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from textcrm.gitrepo import GitRepo, Person

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


WANG = Person("王芳", "wang@example.com")


def git(folder: Path, *args: str, given: str | None = None) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *args], check=True, capture_output=True, text=True, input=given
    )
    return done.stdout


def put(repo: GitRepo, files: Mapping[str, bytes | None], message: str = "change") -> str:
    made = repo.commit(lambda _read: files, message)
    assert made is not None
    return made
