"""Committing where hooks run and commits are signed."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from committing import A, add_line, assert_tidy, filled, git, hook, posix_only, refused

from textcrm.gitrepo import GitRepo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(git_repo: Path) -> GitRepo:
    return filled(git_repo)


@posix_only
def test_pre_commit_sees_just_our_change(repo: GitRepo) -> None:
    (repo.top / "notes.txt").write_text("staged\n", encoding="utf-8")
    git(repo.top, "add", "notes.txt")
    hook(repo, "pre-commit", f'git diff --cached --name-only > seen; git show ":{A}" >> seen\n')
    add_line(repo)
    seen = (repo.top / "seen").read_text(encoding="utf-8")
    assert seen == f"{A}\nid: 1\nstage: lead\nstage: won\n"
    assert git(repo.top, "diff", "--cached", "--name-only").split() == ["notes.txt"]
    (repo.top / "seen").unlink()
    assert_tidy(repo)


@posix_only
def test_pre_commit_refuses(repo: GitRepo) -> None:
    hook(repo, "pre-commit", "echo 不行 no way >&2; exit 1\n")
    error = refused(repo, lambda: add_line(repo))
    assert (error.code, error.exit_code) == ("git-hook", 9)
    assert "不行 no way" in error.say("zh")


@posix_only
def test_pre_commit_that_changes_the_index_is_refused(repo: GitRepo) -> None:
    hook(repo, "pre-commit", "git rm -q --cached notes.txt\n")
    assert refused(repo, lambda: add_line(repo)).code == "git-hook"


@posix_only
def test_hooks_path_and_a_hook_that_is_not_executable(repo: GitRepo, tmp_path: Path) -> None:
    hook(repo, "pre-commit", "exit 1\n")
    (repo.hooks_dir / "pre-commit").chmod(0o644)
    assert add_line(repo)
    git(repo.top, "config", "core.hooksPath", str(tmp_path / "hooks"))
    elsewhere = GitRepo.open(repo.top)
    assert elsewhere.hooks_dir == tmp_path / "hooks"
    hook(elsewhere, "pre-commit", "exit 1\n")
    assert refused(elsewhere, lambda: add_line(elsewhere)).code == "git-hook"


@posix_only
def test_commit_msg_may_add_and_refuse(repo: GitRepo) -> None:
    hook(repo, "commit-msg", 'echo "Change-Id: 7" >> "$1"\n')
    repo.commit(lambda _read: {A: b"x\n"}, "s\n\nTextcrm-Op: set\n")
    [commit] = repo.log(limit=1)
    assert commit.trailers == {"Textcrm-Op": ["set"], "Change-Id": ["7"]}
    assert repo.status() == []
    hook(repo, "commit-msg", "exit 3\n")
    assert refused(repo, lambda: add_line(repo)).code == "git-hook"
    hook(repo, "commit-msg", ': > "$1"\n')
    assert refused(repo, lambda: add_line(repo)).code == "git-hook"


@pytest.fixture
def signing(repo: GitRepo, tmp_path: Path) -> GitRepo:
    """The repository with commit.gpgsign on, by an SSH key."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen here")
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    (tmp_path / "signers").write_text(
        f"test@example.com {key.with_suffix('.pub').read_text()}", encoding="utf-8"
    )
    for name, value in (
        ("gpg.format", "ssh"),
        ("user.signingkey", str(key) + ".pub"),
        ("commit.gpgsign", "true"),
        ("gpg.ssh.allowedSignersFile", str(tmp_path / "signers")),
    ):
        git(repo.top, "config", name, value)
    return GitRepo.open(repo.top)


def test_commits_are_signed_where_git_is_told_to(signing: GitRepo) -> None:
    made = add_line(signing)
    assert git(signing.top, "log", "-1", "--format=%G? %H").split() == ["G", made]
    assert signing.status() == []


def test_a_missing_key_changes_nothing(signing: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "key").unlink()
    (tmp_path / "key.pub").unlink()
    assert refused(signing, lambda: add_line(signing)).code == "git-signing"
