"""Committing under every circumstance that a user's repository may be in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from textcrm.errors import Conflict, Misuse, StorageFailure, TextcrmError
from textcrm.gitrepo import GitRepo, steps
from textcrm.text import same

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


@pytest.fixture
def repo(git_repo: Path) -> GitRepo:
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


# -- states of the repository


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


# -- hooks and signing


def hook(repo: GitRepo, name: str, script: str) -> None:
    file = repo.hooks_dir / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    file.chmod(0o755)


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


# -- failures on the way


class At:
    """Does something when a step is reached, once."""

    def __init__(self, step: str, action: Callable[[], None]) -> None:
        self.step, self.action, self.left = step, action, 1

    def __call__(self, step: str) -> None:
        if step == self.step and self.left:
            self.left -= 1
            self.action()


def full_disk() -> None:
    import errno

    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", steps.STEPS[: steps.STEPS.index("ref")])
@pytest.mark.parametrize("adopting", [False, True])
def test_a_failure_at_any_step_is_undone(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, step: str, adopting: bool
) -> None:
    own = None
    if adopting:
        (repo.top / A).write_bytes(b"by hand\n")
        git(repo.top, "add", A)
        own = {A: b"by hand\n"}
    files = {A: b"by hand\nuid: 1\n", B: None, "new/x.yaml": b"x\n"}
    monkeypatch.setattr(steps, "listener", At(step, full_disk))
    error = refused(repo, lambda: change(repo, files, adopt=own))
    assert error.code == "disk-full"
    change(repo, {"other.yaml": b"1\n"})
    assert (repo.top / B).exists()
    assert not (repo.top / "new").exists()


def test_interrupted_by_the_user(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    before = picture(repo.top)
    monkeypatch.setattr(steps, "listener", At("index", interrupt))
    with pytest.raises(KeyboardInterrupt):
        add_line(repo)
    assert picture(repo.top) == before
    assert_tidy(repo)


def test_an_editor_that_saves_in_between_wins(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save() -> None:
        (repo.top / B).write_bytes(b"saved just now\n")

    monkeypatch.setattr(steps, "listener", At("worktree1", save))
    with pytest.raises(Conflict) as caught:
        change(repo, {A: b"1\n", B: b"2\n"})
    assert caught.value.data["path"] == B
    assert (repo.top / B).read_bytes() == b"saved just now\n"
    assert repo.status() == [(B, " ", "M")]


def test_a_commit_of_another_git_in_between_is_built_upon(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit() -> None:
        (repo.top / A).write_bytes(b"theirs\n")
        git(repo.top, "commit", "-qm", "theirs", "--", A)

    monkeypatch.setattr(steps, "listener", At("objects", commit))
    add_line(repo)
    assert repo.read("HEAD", A) == b"theirs\nstage: won\n"
    assert repo.status() == []
    assert len(list(repo.log())) == 3


def test_a_branch_moved_at_the_last_moment(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    def move() -> None:
        tree = git(repo.top, "rev-parse", "HEAD^{tree}").strip()
        theirs = git(repo.top, "commit-tree", tree, "-p", "HEAD", "-m", "theirs").strip()
        git(repo.top, "update-ref", "refs/heads/main", theirs)

    monkeypatch.setattr(steps, "listener", At("index", move))
    add_line(repo)
    assert [one.subject for one in repo.log()] == ["C1: set stage", "theirs", "base"]
    assert repo.status() == []
    assert_tidy(repo)


def test_a_locked_branch(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    from textcrm.gitrepo import process

    monkeypatch.setattr(process, "_WRITING", ("-c", "core.fsync=all"))
    lock = repo.git_dir / "refs/heads/main.lock"

    def hold() -> None:
        lock.write_bytes(b"")

    before = picture(repo.top)
    monkeypatch.setattr(steps, "listener", At("index", hold))
    with pytest.raises(StorageFailure) as caught:
        add_line(repo)
    assert caught.value.code == "git-locked"
    lock.unlink()
    assert picture(repo.top) == before


def test_a_hook_on_references_that_refuses(repo: GitRepo) -> None:
    if sys.platform == "win32":
        pytest.skip("a shell script")
    hook(repo, "reference-transaction", '[ "$1" = prepared ] && exit 1; exit 0\n')
    assert refused(repo, lambda: add_line(repo)).code == "git-failed"


SMALL_FILES = """
import resource, sys
from textcrm.gitrepo import GitRepo
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
GitRepo.open(sys.argv[1]).commit(lambda read: {sys.argv[2]: b"x" * 60_000, "n.yaml": b"1"}, "m")
"""


@posix_only
def test_a_full_disk(repo: GitRepo) -> None:
    """A limit on file sizes fails as a full disk does, also inside git."""
    before = picture(repo.top)
    done = subprocess.run(
        [sys.executable, "-B", "-c", SMALL_FILES, str(repo.top), A],  # or half a module is kept
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "StorageFailure" in done.stderr
    assert picture(repo.top) == before
    add_line(repo)
    assert_tidy(repo)


def fill(repo: GitRepo, noise: bytes) -> tuple[str | None, TextcrmError]:
    """Commit until it fails; gives the last commit told, and the error."""
    told = change(repo, {"a.yaml": b"0\n"})
    for number in range(400):
        try:
            told = change(repo, {"a.yaml": noise + b"%d\n" % number})
        except TextcrmError as error:
            return told, error
    pytest.fail("the disk did not fill")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small file system")
@pytest.mark.parametrize("kilobytes", [1, 90, 150, 220])
def test_a_tiny_file_system(tmp_path: Path, kilobytes: int) -> None:
    """Fill a real disk until a commit fails: HEAD is the last one told, files are as in HEAD."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        git(disk, "init", "-q", "--template=", "-b", "main", "r")
        repo = GitRepo.open(disk / "r")
        told, error = fill(repo, os.urandom(kilobytes * 1024))
        assert error.code == "disk-full"
        assert repo.head().commit == told
        assert (disk / "r/a.yaml").read_bytes() == repo.read("HEAD", "a.yaml")
        git(disk / "r", "gc", "-q", "--prune=now", check=False)
        subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
        assert repo.status() == []
        assert change(repo, {"a.yaml": b"after\n"})
        assert_tidy(repo)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


@posix_only
def test_a_git_directory_that_cannot_be_written(repo: GitRepo) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    repo.git_dir.chmod(0o500)
    try:
        with pytest.raises(StorageFailure) as caught:
            add_line(repo)
    finally:
        repo.git_dir.chmod(0o700)
    assert caught.value.code == "disk-failed"


UPDATE_REF_DIES = """#!/bin/sh
for word in "$@"; do
  if [ "$word" = update-ref ] && [ -e "$DIES" ]; then
    rm "$DIES"; : > .git/refs/heads/main.lock; : > .git/HEAD.lock; kill -9 $$
  fi
done
exec "$REAL" "$@"
"""


@posix_only
def test_a_git_process_of_ours_that_is_killed(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system kills when memory is short; the locks of the dead must not block the next."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(UPDATE_REF_DIES, encoding="ascii")
    (folder / "git").chmod(0o755)
    (tmp_path / "dies").touch()
    monkeypatch.setenv("REAL", shutil.which("git") or "git")
    monkeypatch.setenv("DIES", str(tmp_path / "dies"))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    fragile = GitRepo.open(repo.top)
    assert refused(fragile, lambda: add_line(fragile)).code == "git-failed"
    assert add_line(fragile)
    assert_tidy(fragile)
