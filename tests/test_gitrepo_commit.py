"""Committing: what a commit is, edits of the user, line ends, paths."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from committing import (
    A,
    B,
    add_line,
    assert_tidy,
    change,
    filled,
    git,
    picture,
    posix_only,
    refused,
)

from textcrm.errors import Conflict, Misuse
from textcrm.gitrepo import GitRepo
from textcrm.text import same

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def repo(git_repo: Path) -> GitRepo:
    return filled(git_repo)


# -- what a commit is


def test_changes_adds_and_deletes_in_one_commit(repo: GitRepo) -> None:
    made = change(repo, {A: b"id: 1\n", B: None, "new 新/一.yaml": b"id: 3\n"})
    assert made == repo.head().commit
    assert (repo.top / A).read_bytes() == b"id: 1\n"
    assert not (repo.top / B).parent.exists()
    assert (repo.top / "new 新/一.yaml").read_bytes() == b"id: 3\n"
    [commit] = repo.log(limit=1)
    assert {one.path: one.status for one in commit.changes} == {
        A: "M",
        B: "D",
        "new 新/一.yaml": "A",
    }
    assert repo.status() == []
    assert git(repo.top, "diff-files") == ""  # the index knows the new files' times
    assert_tidy(repo)


def test_nothing_to_change_is_no_commit(repo: GitRepo) -> None:
    before = picture(repo.top)
    assert change(repo, {}) is None
    assert change(repo, {A: b"id: 1\nstage: lead\n", "missing": None}) is None
    assert picture(repo.top) == before


def test_first_commit_of_an_unborn_branch(git_repo: Path) -> None:
    repo = GitRepo.open(git_repo)
    assert change(repo, {"a b.yaml": b"1\n", "空.yaml": b""}) == repo.head().commit
    assert repo.status() == []
    assert (git_repo / "空.yaml").read_bytes() == b""


def test_message_may_be_asked_after_the_build(repo: GitRepo) -> None:
    seen: list[str] = []

    def build(read: Callable[[str], bytes | None]) -> dict[str, bytes | None]:
        seen.append("build")
        return {A: (read(A) or b"") + b"x: 1\n"}

    repo.commit(build, lambda: f"after {seen}")
    assert next(iter(repo.log(limit=1))).subject == "after ['build']"


def test_a_build_that_raises_changes_nothing(repo: GitRepo) -> None:
    def build(_read: object) -> dict[str, bytes | None]:
        raise Misuse("x", same("x"))

    before = picture(repo.top)
    with pytest.raises(Misuse):
        repo.commit(build, "m")
    assert picture(repo.top) == before
    assert_tidy(repo)


def test_many_files_in_one_commit(repo: GitRepo) -> None:
    files: dict[str, bytes | None] = {
        f"customers/2024/{n % 12:02d}/C{n:06d}.yaml": b"id: %d\n" % n for n in range(2000)
    }
    change(repo, files)
    assert repo.status() == []
    assert git(repo.top, "diff-files") == ""
    assert len(repo.list_tree("HEAD", "customers")) == 2001
    change(repo, dict.fromkeys(files, None))
    assert repo.status() == []
    assert not (repo.top / "customers/2024/11").exists()


@posix_only
def test_a_file_keeps_its_permissions(repo: GitRepo) -> None:
    (repo.top / A).chmod(0o600)
    add_line(repo)
    assert (repo.top / A).stat().st_mode & 0o777 == 0o600


def test_other_work_of_the_user_is_untouched(repo: GitRepo) -> None:
    (repo.top / "notes.txt").write_text("staged\n", encoding="utf-8")
    (repo.top / "added.txt").write_text("staged too\n", encoding="utf-8")
    git(repo.top, "add", "notes.txt", "added.txt")
    (repo.top / "notes.txt").write_text("staged\nand not\n", encoding="utf-8")
    (repo.top / B).unlink()
    git(repo.top, "rm", "-q", "--cached", B)
    (repo.top / "loose.txt").write_text("untracked\n", encoding="utf-8")
    before = picture(repo.top)
    add_line(repo)
    after = picture(repo.top)
    assert after[2:5] == before[2:5]
    assert git(repo.top, "show", "--name-only", "--format=").split() == [A]


# -- the user's own edits


def test_an_uncommitted_edit_is_refused(repo: GitRepo) -> None:
    (repo.top / A).write_text("id: 1\nstage: mine\n", encoding="utf-8")
    error = refused(repo, lambda: add_line(repo))
    assert (error.code, error.exit_code, error.data["path"]) == ("uncommitted-edit", 7, A)
    assert "textcrm save" in (error.say_hint("en") or "")


def test_an_edit_of_the_same_size_and_time_is_seen(repo: GitRepo) -> None:
    file = repo.top / A
    stat = file.stat()
    file.write_bytes(b"id: 1\nstage: LEAD\n")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    git(repo.top, "update-index", "--assume-unchanged", A)
    with pytest.raises(Conflict):
        add_line(repo)
    assert file.read_bytes() == b"id: 1\nstage: LEAD\n"


def test_a_file_deleted_by_hand_is_refused(repo: GitRepo) -> None:
    (repo.top / A).unlink()
    assert refused(repo, lambda: add_line(repo)).code == "uncommitted-edit"
    assert refused(repo, lambda: change(repo, {A: None})).code == "uncommitted-edit"


def test_an_untracked_file_in_the_way_is_refused(repo: GitRepo) -> None:
    (repo.top / "new.yaml").write_text("mine\n", encoding="utf-8")
    assert refused(repo, lambda: change(repo, {"new.yaml": b"x\n"})).code == "uncommitted-edit"


def test_a_staged_edit_is_refused(repo: GitRepo) -> None:
    (repo.top / A).write_text("id: 1\nstage: mine\n", encoding="utf-8")
    git(repo.top, "add", A)
    assert refused(repo, lambda: add_line(repo)).code == "staged-edit"
    (repo.top / A).write_text("id: 1\nstage: lead\n", encoding="utf-8", newline="")
    assert refused(repo, lambda: add_line(repo)).code == "staged-edit"


def test_a_stale_index_entry_of_another_git_is_healed(repo: GitRepo) -> None:
    old = git(repo.top, "rev-parse", f"HEAD:{A}").strip()
    add_line(repo)
    git(repo.top, "update-index", "--cacheinfo", f"100644,{old},{A}")
    assert repo.status() == [(A, "M", "M")]
    add_line(repo, line=b"more: 1\n")
    assert repo.status() == []


def test_accept_worktree_commits_just_that_edit(repo: GitRepo) -> None:
    (repo.top / A).write_bytes(b"by hand\n")
    (repo.top / B).unlink()
    (repo.top / "new.yaml").write_bytes(b"new\n")
    made = change(repo, {A: b"by hand\n", B: None, "new.yaml": b"new\n"}, accept_worktree=True)
    assert made
    assert repo.status() == []
    (repo.top / A).write_bytes(b"again\n")
    error = refused(repo, lambda: change(repo, {A: b"other\n"}, accept_worktree=True))
    assert error.code == "uncommitted-edit"


@pytest.mark.parametrize("staging", ["none", "whole", "intent"])
def test_adopted_edits_may_be_completed(repo: GitRepo, staging: str) -> None:
    path = "new.yaml" if staging == "intent" else A
    (repo.top / path).write_bytes(b"by hand\n")
    if staging == "whole":
        git(repo.top, "add", path)
    if staging == "intent":
        git(repo.top, "add", "-N", path)
    change(repo, {path: b"by hand\nuid: 1\n"}, adopt={path: b"by hand\n"})
    assert (repo.top / path).read_bytes() == b"by hand\nuid: 1\n"
    assert repo.status() == []


def test_a_partly_staged_file_is_not_adopted(repo: GitRepo) -> None:
    (repo.top / A).write_bytes(b"staged\n")
    git(repo.top, "add", A)
    (repo.top / A).write_bytes(b"staged\nand more\n")
    error = refused(repo, lambda: change(repo, {A: b"staged\nand more\n"}, accept_worktree=True))
    assert error.code == "staged-edit"


def test_an_adopted_file_edited_since_is_refused(repo: GitRepo) -> None:
    (repo.top / A).write_bytes(b"later\n")
    error = refused(repo, lambda: change(repo, {A: b"x\n"}, adopt={A: b"earlier\n"}))
    assert error.code == "uncommitted-edit"


# -- line ends


@pytest.mark.parametrize(
    "attributes", ["", "*.yaml text eol=lf\n", "*.yaml -text\n", "* text=auto\n"]
)
def test_autocrlf_clone(repo: GitRepo, tmp_path: Path, attributes: str) -> None:
    change(repo, {".gitattributes": attributes.encode(), "crlf.txt": b"a\r\nb\r\n"})
    git(tmp_path, "-c", "core.autocrlf=true", "clone", "-q", str(repo.top), "win")
    clone = GitRepo.open(tmp_path / "win")
    git(clone.top, "config", "core.autocrlf", "true")
    converted = attributes in ("", "* text=auto\n")
    assert (b"\r\n" in (clone.top / A).read_bytes()) == converted
    add_line(clone)
    assert clone.status() == []
    assert clone.read("HEAD", A) == b"id: 1\nstage: lead\nstage: won\n"
    (clone.top / B).write_bytes(b"id: 2\r\nby: hand\r\n")
    change(clone, {B: b"id: 2\r\nby: hand\r\n"}, accept_worktree=True)
    assert clone.status() == []
    git(clone.top, "add", "--renormalize", B)
    assert clone.status() == []


def test_crlf_stays_where_git_leaves_it(repo: GitRepo) -> None:
    change(repo, {A: b"id: 1\r\n"})
    assert repo.read("HEAD", A) == b"id: 1\r\n"
    assert (repo.top / A).read_bytes() == b"id: 1\r\n"
    git(repo.top, "config", "core.autocrlf", "true")
    again = GitRepo.open(repo.top)
    add_line(again, line=b"x: 1\r\n")
    assert again.read("HEAD", A) == b"id: 1\r\nx: 1\r\n"
    assert again.status() == []


# -- paths


@pytest.mark.parametrize(
    "path",
    ["../x", "/x", "a/../b", "a//b", "./a", "a/", "", ".git/config", "a/.GIT/x", ".git./x",
     "git~1/x", "a\nb", "a\0b", ".git::$INDEX_ALLOCATION/x"],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused(repo: GitRepo, path: str) -> None:
    error = refused(repo, lambda: change(repo, {path: b"x\n"}))
    assert (error.code, error.exit_code) == ("path-outside", 2)


@posix_only
def test_links_are_not_followed(repo: GitRepo, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (repo.top / "out").symlink_to(elsewhere)
    (repo.top / "link.yaml").symlink_to(repo.top / A)
    for path in ("out/x.yaml", "out/deep/x.yaml", "link.yaml"):
        assert refused(repo, lambda path=path: change(repo, {path: b"x\n"})).code == "path-outside"  # type: ignore[misc]
    assert not list(elsewhere.iterdir())


def test_a_file_or_folder_in_the_way(repo: GitRepo) -> None:
    assert refused(repo, lambda: change(repo, {"notes.txt/x": b"x\n"})).code == "path-blocked"
    assert refused(repo, lambda: change(repo, {"customers": b"x\n"})).code == "path-blocked"


@pytest.mark.parametrize(
    "path",
    ["-rf.yaml", "--output=x", "$(x).yaml", ":(top)a", "*.yaml", "a?b[c]", "HEAD", "\u0007.yaml"],
)
def test_odd_names_are_only_names(repo: GitRepo, path: str) -> None:
    if sys.platform == "win32" and set(path) & set(':*?"\u0007'):
        pytest.skip("not a file name on Windows")
    change(repo, {path: b"1\n"})
    add_line(repo, path)
    assert repo.read("HEAD", path) == b"1\nstage: won\n"
    assert repo.status() == []
    change(repo, {path: None})
    assert repo.status() == []
    assert (repo.top / A).exists()
