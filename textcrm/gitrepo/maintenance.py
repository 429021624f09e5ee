"""Keeping the repository small and its history fast: plumbing never does it by itself.

2,000 commits leave 12,000 loose objects and 56 MB, which git takes back to 3 MB; a commit-graph
with changed-path filters makes the history of one record about eight times faster.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.gitrepo.repository import GitRepo

# Git's own estimate: 6,700 loose objects spread evenly are 27 in each of 256 folders.
_SAMPLE: Final = "17"
_MANY: Final = 27
_REST: Final = 3600.0
_LARGE_PACK: Final = 4 << 20  # bytes: some thousand commits


def after_commit(repo: GitRepo) -> None:
    """Let git tidy up where loose objects are many; never fails a commit that is made."""
    with contextlib.suppress(TextcrmError, OSError):
        _renew_graph(repo)
        if _is_due(repo):
            tidy(repo)
            if _count(repo.objects_dir / _SAMPLE) > _MANY:  # git was told not to, or could not
                _marker(repo).touch()


def _renew_graph(repo: GitRepo) -> None:
    """Have git note, in the background, which paths the commits of new packs changed.

    A clone or a large fetch brings history without those notes; making them takes git seconds
    for tens of thousands of commits, which nobody should wait for.
    """
    newest = _newest_pack(repo)
    graph = repo.objects_dir / "info" / "commit-graph"
    marker = repo.lock_file.with_name("graphed")
    noted = _changed(graph) if _has_filters(graph) else 0.0
    if newest <= max(noted, _changed(marker)):
        return
    marker.touch()
    repo.process.leave("commit-graph", "write", "--reachable", "--changed-paths")


def _newest_pack(repo: GitRepo) -> float:
    """When the newest pack of a size that counts came; zero for none."""
    try:
        stats = [one.stat() for one in (repo.objects_dir / "pack").glob("*.pack")]
    except OSError:
        return 0.0
    return max((one.st_mtime for one in stats if one.st_size > _LARGE_PACK), default=0.0)


def _has_filters(graph: Path) -> bool:
    """Whether a commit-graph says which paths changed; that of git's own gc does not."""
    try:
        with graph.open("rb") as handle:
            return b"BIDX" in handle.read(256)  # its table of chunks
    except OSError:
        return False


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def tidy(repo: GitRepo) -> None:
    """Pack loose objects as git's settings want it, and renew the commit-graph."""
    stale = repo.objects_dir / "info" / "commit-graph.lock"
    if _age(stale) > _REST:  # a killed git left it; it would keep the graph as it is for ever
        stale.unlink(missing_ok=True)
    own = ("-c", "gc.autoDetach=false", "-c", "gc.writeCommitGraph=false")  # gc's has no filters
    repo.process.run(*own, "gc", "--auto", "--quiet")
    repo.process.run("commit-graph", "write", "--reachable", "--changed-paths")


def _is_due(repo: GitRepo) -> bool:
    return _count(repo.objects_dir / _SAMPLE) > _MANY and not 0 <= _age(_marker(repo)) < _REST


def _marker(repo: GitRepo) -> Path:
    return repo.lock_file.with_name("tidied")


def _age(file: Path) -> float:
    """Seconds since a file changed; below zero where there is none."""
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return -1.0


def _count(folder: Path) -> int:
    try:
        return sum(1 for _ in folder.iterdir())
    except OSError:
        return 0
