"""A repository to commit to, and what a failed commit must leave as it was."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from textcrm.errors import TextcrmError
from textcrm.gitrepo import GitRepo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


A = "customers/2024/05/C20240501001.yaml"
B = '客户 资料/张 三 "x" \\y.yaml'
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions and links")


def git(folder: Path, *args: str, check: bool = True, given: str | None = None) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *args], check=check, capture_output=True, text=True, input=given
    )
    return done.stdout


def filled(git_repo: Path) -> GitRepo:
    """A repository with two records and the user's own file, all committed."""
    for path, text in ((A, "id: 1\nstage: lead\n"), (B, "id: 2\n"), ("notes.txt", "a\n")):
        file = git_repo / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    git(git_repo, "add", "-A")
    git(git_repo, "commit", "-qm", "base")
    return GitRepo.open(git_repo)


def add_line(repo: GitRepo, path: str = A, line: bytes = b"stage: won\n") -> str | None:
    return repo.commit(lambda read: {path: (read(path) or b"") + line}, "C1: set stage")


def change(repo: GitRepo, files: Mapping[str, bytes | None], **options: object) -> str | None:
    return repo.commit(lambda _read: files, "change", **options)  # type: ignore[arg-type]


def picture(top: Path) -> tuple[str, ...]:
    """Everything a failed command must leave as it was."""
    return (
        git(top, "rev-parse", "HEAD", check=False),
        git(top, "ls-files", "-s"),
        git(top, "status", "--porcelain=v2", "--ignored"),
        git(top, "diff"),
        git(top, "diff", "--cached"),
        git(top, "for-each-ref"),
    )


def assert_tidy(repo: GitRepo) -> None:
    """No lock, journal or prepared file is left, and the objects are sound."""
    assert not list(repo.folder.iterdir()) if repo.folder.exists() else True
    assert not list(repo.common_dir.rglob("*.lock"))
    assert not list(repo.top.rglob("*textcrm~"))
    git(repo.top, "fsck", "--no-dangling")


def refused(repo: GitRepo, attempt: Callable[[], object]) -> TextcrmError:
    """Run what must be refused; nothing may have changed. Gives the error."""
    before = picture(repo.top)
    with pytest.raises(TextcrmError) as caught:
        attempt()
    assert picture(repo.top) == before
    assert_tidy(repo)
    assert caught.value.say("zh") != caught.value.say("en")
    assert caught.value.say_hint("zh")
    return caught.value


def hook(repo: GitRepo, name: str, script: str) -> None:
    file = repo.hooks_dir / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    file.chmod(0o755)
