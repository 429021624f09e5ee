"""Small questions about history and branches, one git process each."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Final

from textcrm.gitrepo.log import SINCE, epoch, no_such_commit

if TYPE_CHECKING:
    from textcrm.gitrepo.process import Git

_NEAR: Final = 50  # commits behind one, to tell whether its clock was behind


def list_tree(git: Git, rev: str, prefix: str) -> dict[str, str]:
    """Blob ids by path below a folder in a revision."""
    limit = ["--", prefix] if prefix else []
    outcome = git.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", rev, *limit)
    if outcome.code:
        raise no_such_commit(rev)
    result = {}
    for line in outcome.out.decode("utf-8", "surrogateescape").split("\0"):
        mode, _, rest = line.partition(" ")
        kind, _, rest = rest.partition(" ")
        if kind == "blob" and mode != "120000":
            blob, _, path = rest.partition("\t")
            result[path] = blob
    return result


def commit_at(git: Git, moment: dt.date | dt.datetime) -> str | None:
    """The newest commit of HEAD's branch that is not younger than a moment.

    One behind which younger ones lie bears the time of a clock that was behind, and is passed over.
    """
    limit, now = epoch(moment, end=True), time.time()
    behind = f"--before=@{limit}"
    newest = git.run("rev-list", "--first-parent", "-1", behind, "HEAD", "--").out.decode().strip()
    while newest:
        out = git.run(
            "rev-list", "--first-parent", f"-n{_NEAR}", "--timestamp", newest, "--"
        ).out.decode()
        older = [
            (int(at), one) for at, _, one in (line.partition(" ") for line in out.splitlines())
        ]
        younger = [one for at, one in older if limit < at <= now]  # not those of a clock ahead
        if not younger:
            return newest
        rest = ("rev-list", "--first-parent", "-1", behind, younger[-1], "--")
        newest = git.run(*rest).out.decode().strip()
    return None


def paths_ever(git: Git, prefix: str, since: dt.date | None) -> set[str]:
    """Every path below a folder that was ever added on any branch.

    A merge is held against each of its parents, for a file may have come with it.
    """
    args = ["--all", "-m", "--full-history", "--no-renames", "--format=", "--name-only", "-z"]
    args.append("--diff-filter=A")
    limit = ["--", prefix] if prefix else ["--"]
    if since is None:
        return _names(git.output("log", *args, *limit))
    # A day of grace for clocks and time zones. No path, which git would follow through all of
    # history before it looks at the age of a commit.
    outcome = git.run("log", *args, f"{SINCE}=@{epoch(since - dt.timedelta(days=1))}", "--")
    out = git.output("log", *args, *limit) if outcome.code else outcome.out
    return {name for name in _names(out) if name.startswith(prefix)}


def _names(out: bytes) -> set[str]:
    names = out.decode("utf-8", "surrogateescape").split("\0")
    return {name.lstrip("\n") for name in names} - {""}


def removed_in(git: Git, commit: str) -> list[tuple[str, str]]:
    """The files that a commit took out, against its first parent: (path, blob id)."""
    out = git.output(
        "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=D",
        f"{commit}^", commit,
    )  # fmt: skip
    words = out.decode("utf-8", "surrogateescape").split("\0")
    return [(path, raw.split(" ")[2]) for raw, path in zip(words[::2], words[1::2], strict=False)]


def remotes(git: Git) -> dict[str, str]:
    """Address by name of a remote."""
    out = git.run("config", "-z", "--get-regexp", r"^remote\..*\.url$").out
    pairs = (line.partition("\n") for line in out.decode("utf-8", "replace").split("\0") if line)
    return {name.removeprefix("remote.").removesuffix(".url"): url for name, _, url in pairs}


def ahead_behind(git: Git) -> tuple[int, int] | None:
    """Commits that only HEAD has, and that only its upstream has."""
    outcome = git.run("rev-list", "--left-right", "--count", "HEAD...@{upstream}", "--")
    counts = outcome.out.split()
    return (int(counts[0]), int(counts[1])) if not outcome.code and len(counts) == 2 else None
