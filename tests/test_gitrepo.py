"""Reading through gitrepo: opening, files of revisions, status."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from authored import git, put

from textcrm.errors import NotFound, StorageFailure
from textcrm.gitrepo import GitRepo, process

if TYPE_CHECKING:
    from pathlib import Path


# -- opening


def test_opens_from_top_and_sub_folder(git_repo: Path) -> None:
    inner = git_repo / "客户 资料" / "2024"
    inner.mkdir(parents=True)
    for here in (git_repo, inner):
        repo = GitRepo.open(here)
        assert repo.top == git_repo.resolve()
        assert repo.git_dir == repo.common_dir == git_repo.resolve() / ".git"
        assert not repo.bare


def test_no_repository(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        with pytest.raises(NotFound) as caught:
            GitRepo.open(place)
        assert caught.value.code == "no-repository"
        assert caught.value.hint is not None
        assert str(place) in caught.value.say("zh")


def test_git_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StorageFailure) as caught:
        GitRepo.open(tmp_path)
    assert caught.value.code == "git-missing"


def test_safe_directory_passes_git_s_words_on(
    git_repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "GIT_TEST_ASSUME_DIFFERENT_OWNER"
    monkeypatch.setattr(process, "_KEPT", (*process._KEPT, asked))
    monkeypatch.setenv(asked, "1")
    with pytest.raises(StorageFailure) as caught:
        GitRepo.open(git_repo)
    assert caught.value.code == "git-refused"
    assert "safe.directory" in caught.value.say("en")


def test_environment_of_a_hook_does_not_lead_elsewhere(
    git_repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    repo = GitRepo.open(git_repo)
    put(repo, {"a.yaml": b"1\n"})
    assert repo.top == git_repo.resolve()
    assert (git_repo / "a.yaml").exists()
    assert not (other / "index").exists()


def test_init_makes_branch_main(tmp_path: Path) -> None:
    repo = GitRepo.init(tmp_path / "新 库")
    assert repo.head() == ("refs/heads/main", None)
    assert repo.top.name == "新 库"


def test_bare_repository_reads(git_repo: Path, tmp_path: Path) -> None:
    put(GitRepo.open(git_repo), {"a.yaml": b"1\n"})
    git(tmp_path, "clone", "-q", "--bare", str(git_repo), "bare.git")
    repo = GitRepo.open(tmp_path / "bare.git")
    assert repo.bare
    assert repo.read("HEAD", "a.yaml") == b"1\n"
    assert [commit.subject for commit in repo.log()] == ["change"]
    assert repo.recover() == 0


def test_identity(git_repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert GitRepo.open(git_repo).identity() == ("Test Person", "test@example.com")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "王芳")
    repo = GitRepo.open(git_repo)
    assert repo.identity().name == "王芳"
    assert repo.committer().name == "Test Person"


def test_no_identity_names_the_two_commands(
    git_repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    with pytest.raises(StorageFailure) as caught:
        GitRepo.open(git_repo).identity()
    assert caught.value.code == "git-identity"
    hint = caught.value.say_hint("zh") or ""
    assert "user.name" in hint
    assert "user.email" in hint


def test_git_runs_any_command(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    assert repo.git("hash-object", "--stdin", input=b"x\n").startswith(b"587be6b4c3f93f93c489c011")
    assert repo.git("rev-parse", "nothing", check=False).startswith(b"nothing")
    with pytest.raises(StorageFailure) as caught:
        repo.git("rev-parse", "--verify", "nothing")
    assert caught.value.code == "git-failed"


# -- files of a revision


def test_read_and_resolve(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    assert repo.read("HEAD", "a.yaml") is None
    first = put(repo, {"a.yaml": b"1\n", "客户 库/张 三.yaml": "名: 三\n".encode()})
    second = put(repo, {"a.yaml": b"\0\r\n\n", "leer": b""})
    assert repo.read("HEAD", "a.yaml") == b"\0\r\n\n"
    assert repo.read(first, "a.yaml") == b"1\n"
    assert repo.read_many(
        [("HEAD", "leer"), (first, "leer"), ("no", "a"), ("HEAD", "客户 库")]
    ) == [
        b"",
        None,
        None,
        None,
    ]
    assert repo.resolve("HEAD~1") == first
    assert repo.resolve(second[:8]) == second
    for word in ("nothing", "--output=x", "", "a b", "HEAD\n", "-", "HEAD^{tree}", "$(x)"):
        assert repo.resolve(word) is None
    assert set(repo.list_tree(first)) == {"a.yaml", "客户 库/张 三.yaml"}
    assert list(repo.list_tree("HEAD", "客户 库")) == ["客户 库/张 三.yaml"]
    with pytest.raises(NotFound):
        repo.list_tree("--output=x")


def test_blobs_read_thousands_in_one_process(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    files = {f"c/{number}.yaml": b"%d\n" % number * 40 for number in range(1500)}
    put(repo, files)
    ids = repo.list_tree("HEAD", "c")
    with repo.blobs() as blobs:
        names = [ids[path] for path in files] + ["0" * 40]
        assert list(blobs.read_many(names)) == [*files.values(), None]
        assert blobs.read("HEAD:c/7.yaml") == files["c/7.yaml"]
        assert blobs.read("HEAD:c") is None
        assert blobs.read("HEAD:no such file") is None
    assert repo.status() == []


def test_status(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    put(repo, {"v/a 一.yaml": b"1\n", "v/b.yaml": b"1\n", "other": b"1\n"})
    (git_repo / "v/a 一.yaml").write_text("2\n", encoding="utf-8")
    (git_repo / "v/b.yaml").unlink()
    (git_repo / "v/new").mkdir()
    (git_repo / "v/new/新.yaml").write_text("1\n", encoding="utf-8")
    (git_repo / "other").write_text("2\n", encoding="utf-8")
    git(git_repo, "add", "other")
    assert set(repo.status("v/")) == {
        ("v/a 一.yaml", " ", "M"),
        ("v/b.yaml", " ", "D"),
        ("v/new/新.yaml", "?", "?"),
    }
    assert ("other", "M", " ") in repo.status()
