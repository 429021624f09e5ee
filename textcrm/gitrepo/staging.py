"""Reading the index: what is staged, in the repository's own index or the one of a commit on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.gitrepo import failures
from textcrm.gitrepo.values import BlobChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.gitrepo.process import Git

_UNMERGED = "U"


def read_staged(git: Git, prefix: str, index: str | None) -> list[BlobChange]:
    """What ``git diff --cached`` lists: files added, changed or deleted against HEAD."""
    limit = ["--", prefix] if prefix else []
    args = ["--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "HEAD"]
    outcome = git.run("diff-index", *args, *limit, env=_env(index))
    if outcome.code:
        if git.run("rev-parse", "--verify", "--quiet", "HEAD").code:  # nothing is committed yet
            return [
                BlobChange("A", path, None, blob)
                for path, blob in read_indexed(git, [prefix] if prefix else [], index).items()
            ]
        raise failures.git_failed("diff-index", outcome.err)
    tokens = outcome.out.decode("utf-8", "surrogateescape").split("\0")
    found = []
    for raw, path in zip(tokens[::2], tokens[1::2], strict=False):
        _, _, before, after, letter = raw.split(" ")
        if letter[0] != _UNMERGED:
            found.append(BlobChange(letter[0], path, _blob(before), _blob(after)))
    return found


def read_indexed(git: Git, paths: Sequence[str], index: str | None) -> dict[str, str]:
    """The blob ids of files in the index by path; of all files where no path is given."""
    limit = ["--", *paths] if paths else []
    out = git.output("ls-files", "--stage", "-z", "--full-name", *limit, env=_env(index))
    found = {}
    for line in out.decode("utf-8", "surrogateescape").split("\0"):
        head, tab, path = line.partition("\t")
        if tab:
            mode, blob, stage = head.split(" ")
            if stage == "0" and mode.startswith("100"):
                found[path] = blob
    return found


def _env(index: str | None) -> dict[str, str] | None:
    return {"GIT_INDEX_FILE": index} if index else None


def _blob(name: str) -> str | None:
    return name if name.strip("0") else None
