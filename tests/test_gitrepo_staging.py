"""What is staged, read from any index: names of any kind, conflicts, links, a branch not yet born."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sealing_vault import git

from textcrm.gitrepo import GitRepo


def _staged(folder: Path, prefix: str = "", index: str | None = None) -> list[tuple[str, str]]:
    return sorted((one.status, one.path) for one in GitRepo.open(folder).staged(prefix, index))


def _write(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_before_the_first_commit_everything_is_added(git_repo: Path) -> None:
    assert _staged(git_repo) == []
    _write(git_repo, "客户/张 三.yaml", "a")
    _write(git_repo, "b\tc", "b")
    git(git_repo, "add", "-A")
    assert _staged(git_repo) == [("A", "b\tc"), ("A", "客户/张 三.yaml")]
    assert _staged(git_repo, "客户/") == [("A", "客户/张 三.yaml")]


def test_added_changed_deleted_and_moved(git_repo: Path) -> None:
    for name in "abcd":
        _write(git_repo, f"x/{name}", name * 50)
    git(git_repo, "add", "-A")
    git(git_repo, "commit", "-qm", "x")
    _write(git_repo, "x/a", "new")
    git(git_repo, "add", "-A")
    _write(git_repo, "x/a", "newer, not staged")
    git(git_repo, "rm", "-q", "x/b")
    git(git_repo, "mv", "x/c", "y")
    assert _staged(git_repo) == [("A", "y"), ("D", "x/b"), ("D", "x/c"), ("M", "x/a")]
    assert _staged(git_repo, "x/") == [("D", "x/b"), ("D", "x/c"), ("M", "x/a")]
    repo = GitRepo.open(git_repo)
    with repo.blobs() as blobs:
        assert blobs.read(repo.indexed(["x/a"])["x/a"]) == b"new"


def test_conflicts_links_and_submodules_are_no_files(git_repo: Path) -> None:
    _write(git_repo, "a", "1")
    git(git_repo, "add", "-A")
    git(git_repo, "commit", "-qm", "x")
    git(git_repo, "switch", "-qc", "other")
    _write(git_repo, "a", "2")
    git(git_repo, "commit", "-qam", "y")
    git(git_repo, "switch", "-q", "main")
    _write(git_repo, "a", "3")
    git(git_repo, "commit", "-qam", "z")
    git(git_repo, "merge", "other", check=False)
    assert _staged(git_repo) == []
    assert GitRepo.open(git_repo).indexed(["a"]) == {}
    git(git_repo, "merge", "--abort")
    (git_repo / "link").symlink_to("a")
    git(git_repo, "add", "link")
    assert GitRepo.open(git_repo).indexed(["link", "a"]).keys() == {"a"}


def test_another_index_is_read_where_it_is_named(git_repo: Path) -> None:
    _write(git_repo, "a", "1")
    git(git_repo, "add", "-A")
    git(git_repo, "commit", "-qm", "x")
    _write(git_repo, "b", "2")
    other = git_repo / ".git" / "other"
    git(git_repo, "read-tree", "HEAD", GIT_INDEX_FILE=str(other))
    git(git_repo, "add", "b", GIT_INDEX_FILE=str(other))
    assert _staged(git_repo) == []
    assert _staged(git_repo, "", str(other)) == [("A", "b")]
    assert "b" in GitRepo.open(git_repo).indexed(["b"], str(other))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_both_kinds_of_object_names(tmp_path: Path, algorithm: str) -> None:
    subprocess.run(
        ["git", "init", "-q", f"--object-format={algorithm}", str(tmp_path / "r")], check=True
    )
    _write(tmp_path / "r", "a", "1")
    git(tmp_path / "r", "add", "-A")
    (change,) = GitRepo.open(tmp_path / "r").staged()
    assert len(change.after or "") == {"sha1": 40, "sha256": 64}[algorithm]
