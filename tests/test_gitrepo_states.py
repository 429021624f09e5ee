"""Committing in every state that a repository may be in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from committing import A, B, add_line, assert_tidy, change, filled, git, refused

from textcrm.errors import StorageFailure, TextcrmError
from textcrm.gitrepo import GitRepo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(git_repo: Path) -> GitRepo:
    return filled(git_repo)


def test_detached_head(repo: GitRepo) -> None:
    git(repo.top, "checkout", "-q", "--detach")
    error = refused(repo, lambda: add_line(repo))
    assert (error.code, error.exit_code) == ("git-detached", 9)


def test_bare_repository(repo: GitRepo, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repo.top), "bare.git")
    with pytest.raises(StorageFailure) as caught:
        add_line(GitRepo.open(tmp_path / "bare.git"))
    assert caught.value.code == "git-bare"


@pytest.mark.parametrize("operation", ["merge", "rebase", "cherry-pick", "revert", "bisect"])
def test_operation_in_progress(repo: GitRepo, operation: str) -> None:
    top = repo.top
    git(top, "checkout", "-qb", "side")
    (top / "notes.txt").write_text("side\n", encoding="utf-8")
    git(top, "commit", "-qam", "side")
    git(top, "checkout", "-q", "main")
    (top / "notes.txt").write_text("main\n", encoding="utf-8")
    git(top, "commit", "-qam", "main")
    (top / "notes.txt").write_text("main again\n", encoding="utf-8")
    git(top, "commit", "-qam", "main again")
    words = {"revert": ["HEAD~1"], "bisect": ["start"]}.get(operation, ["side"])
    git(top, operation, *words, check=False)
    assert refused(repo, lambda: add_line(repo)).code == "git-busy-operation"


def test_no_identity(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    unnamed = GitRepo.open(repo.top)
    assert refused(unnamed, lambda: add_line(unnamed)).code == "git-identity"


def test_foreign_index_lock(repo: GitRepo) -> None:
    repo.lock_patience = 0.2
    lock = repo.git_dir / "index.lock"
    lock.write_bytes(b"")
    before = repo.head()
    with pytest.raises(StorageFailure) as caught:
        add_line(repo)
    assert caught.value.code == "git-locked"
    assert str(lock) in caught.value.say("en")
    assert lock.exists()
    lock.unlink()
    assert repo.head() == before
    add_line(repo, B)
    assert (repo.top / A).read_bytes() == b"id: 1\nstage: lead\n"  # failed is not applied later
    assert_tidy(repo)


def test_other_textcrm_commands_are_waited_for(repo: GitRepo) -> None:
    from textcrm.gitrepo import locks

    repo.patience = 0.2
    with locks.vault_lock(repo.lock_file, 1):
        error = refused_but_locked(repo)
    assert error.code == "vault-busy"
    assert add_line(repo)


def refused_but_locked(repo: GitRepo) -> TextcrmError:
    with pytest.raises(StorageFailure) as caught:
        add_line(repo)
    return caught.value


def test_linked_work_tree(repo: GitRepo, tmp_path: Path) -> None:
    git(repo.top, "worktree", "add", "-q", "-b", "second", str(tmp_path / "zweiter baum"))
    linked = GitRepo.open(tmp_path / "zweiter baum")
    assert linked.common_dir == repo.common_dir
    assert linked.git_dir != repo.git_dir
    add_line(linked)
    assert linked.status() == []
    assert repo.status() == []
    assert (repo.top / A).read_bytes() == b"id: 1\nstage: lead\n"
    add_line(repo)
    assert_tidy(repo)
    assert_tidy(linked)


def test_vault_in_a_submodule(repo: GitRepo, tmp_path: Path) -> None:
    outer = GitRepo.init(tmp_path / "outer")
    git(
        outer.top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repo.top), "v"
    )
    git(outer.top, "commit", "-qm", "submodule")
    inner = GitRepo.open(outer.top / "v" / "customers")
    assert inner.top == outer.top / "v"
    add_line(inner)
    assert inner.status() == []
    assert outer.status() == [("v", " ", "M")]
    assert_tidy(inner)


def test_vault_in_a_sub_folder(repo: GitRepo) -> None:
    inner = GitRepo.open(repo.top / "customers")
    add_line(inner)
    assert repo.status() == []


def test_threads_share_a_repository(repo: GitRepo) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: add_line(repo, line=b"n: %d\n" % n), range(12)))
    assert len(set(made)) == 12
    lines = (repo.read("HEAD", A) or b"").splitlines()[2:]
    assert sorted(lines) == sorted(b"n: %d" % n for n in range(12))
    assert repo.status() == []


@pytest.mark.parametrize("branch", ["客户/一号", "a.b-c", "HEADS"])
def test_names_of_branches(repo: GitRepo, branch: str) -> None:
    git(repo.top, "checkout", "-qb", branch)
    main = git(repo.top, "rev-parse", "main")
    add_line(repo)
    assert repo.head().ref == f"refs/heads/{branch}"
    assert git(repo.top, "rev-parse", "main") == main
    assert repo.status() == []


@pytest.mark.parametrize(
    "setting", ["core.splitIndex=true", "index.version=4", "core.untrackedCache=true"]
)
def test_forms_of_the_index(repo: GitRepo, setting: str) -> None:
    git(repo.top, "config", *setting.split("="))
    git(repo.top, "update-index", "--force-write-index", check=False)
    git(repo.top, "status")
    for number in range(3):
        add_line(repo, line=b"n: %d\n" % number)
    assert repo.status() == []
    git(repo.top, "commit", "-q", "--allow-empty", "-m", "x")
    assert_tidy(repo)


def test_sha256_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", "-b", "main", "r")
    repo = GitRepo.open(tmp_path / "r")
    made = change(repo, {"a": b"1\n"})
    assert made
    assert len(made) == 64
    change(repo, {"a": None, "b": b"2\n"})
    assert repo.status() == []


def test_sparse_checkout(repo: GitRepo) -> None:
    git(repo.top, "sparse-checkout", "set", "--no-cone", "/notes.txt")
    assert not (repo.top / A).exists()
    add_line(repo)
    assert (repo.read("HEAD", A) or b"").endswith(b"won\n")
