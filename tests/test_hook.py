"""The pre-commit hook: refuses plain text, chains what is there, never overwrites, stays fast."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from pathlib import Path

import pytest
from cli_running import Shell
from sealing_vault import git, keyed_vault, make_keyed, record, sealed

from textcrm.gitrepo import GitRepo, own_hooks

SECRET = "6222021234567890128"


@pytest.fixture
def shell(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    checkout = Path(__file__).resolve().parent.parent
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    return Shell(keyed_vault(tmp_path / "vault"), capfd)


def _script(file: Path, body: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def _refused(folder: Path, *words: str, **env: str) -> str:
    head = git(folder, "rev-parse", "HEAD")
    out = git(folder, "commit", *(words or ("-m", "x")), check=False, **env)
    assert git(folder, "rev-parse", "HEAD") == head, out
    return out


def _committed(folder: Path, *words: str) -> str:
    head = git(folder, "rev-parse", "HEAD")
    out = git(folder, "commit", *(words or ("-m", "x")))
    assert git(folder, "rev-parse", "HEAD") != head
    return out


def test_init_installs_it_and_plain_text_is_refused(shell: Shell) -> None:
    file = shell.folder / ".git/hooks/pre-commit"
    assert file.stat().st_mode & stat.S_IXUSR
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    out = _refused(shell.folder)
    assert "customers/2026/01/C20260101001.yaml:4:15: " in out
    assert "Bank account" in out
    assert SECRET not in out
    record(shell.folder, bank_account=sealed("finance@1"))
    assert SECRET not in _refused(shell.folder)
    git(shell.folder, "add", "-A")
    _committed(shell.folder)


def test_it_reads_what_is_committed_not_what_is_staged_elsewhere(shell: Shell) -> None:
    record(shell.folder, 1, notes="a")
    git(shell.folder, "add", "-A")
    _committed(shell.folder)
    record(shell.folder, 1, bank_account=SECRET)
    _refused(shell.folder, "-a", "-m", "x")
    _refused(shell.folder, "-m", "x", "--", "customers/2026/01/C20260101001.yaml")
    (shell.folder / "note.txt").write_text("x")
    git(shell.folder, "add", "note.txt")
    _committed(shell.folder)
    _committed(shell.folder, "-a", "--no-verify", "-m", "x")


def test_a_secret_key_and_a_newly_invalid_record_are_refused(shell: Shell) -> None:
    (shell.folder / "key.txt").write_text("AGE-SECRET-KEY-1" + "Q" * 58)
    git(shell.folder, "add", "-A")
    out = _refused(shell.folder)
    assert "QQQQ" not in out
    git(shell.folder, "rm", "-qf", "key.txt")
    record(shell.folder, status="nonsense")
    git(shell.folder, "add", "-A")
    assert "nonsense" in _refused(shell.folder)


def test_warnings_do_not_stop_a_commit(shell: Shell) -> None:
    record(shell.folder, notes="身份证 11010519491231002X")
    git(shell.folder, "add", "-A")
    out = _committed(shell.folder)
    assert "looks-sensitive" in out
    assert "11010519491231002X" not in out


def test_other_branches_hold_no_vault(shell: Shell) -> None:
    git(shell.folder, "switch", "-q", "--orphan", "pages")
    (shell.folder / "index.html").write_text("x")
    git(shell.folder, "add", "index.html")
    git(shell.folder, "commit", "-q", "-m", "x")


def test_a_hook_that_was_there_runs_first_and_is_kept(shell: Shell) -> None:
    hooks = shell.folder / ".git/hooks"
    (hooks / "pre-commit").unlink()
    own = _script(hooks / "pre-commit", 'echo "mine $#" >> .git/ran; [ ! -e refuse ]')
    text = own.read_bytes()
    repo = GitRepo.open(shell.folder)
    assert own_hooks.state(repo) == "other"
    made = own_hooks.install(repo, sys.executable)
    assert made.written
    assert made.before is not None
    assert made.before.read_bytes() == text
    assert own_hooks.state(repo) == "ours"
    assert not own_hooks.install(repo, sys.executable).written
    (shell.folder / "a.txt").write_text("x")
    git(shell.folder, "add", "a.txt")
    _committed(shell.folder)
    assert (shell.folder / ".git/ran").read_text() == "mine 0\n"
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    _refused(shell.folder)
    git(shell.folder, "rm", "-qf", "customers/2026/01/C20260101001.yaml")
    (shell.folder / "refuse").write_text("")
    (shell.folder / "b.txt").write_text("x")
    git(shell.folder, "add", "b.txt")
    _refused(shell.folder)


def test_our_own_commits_run_the_users_hook_and_not_ours(shell: Shell) -> None:
    hooks = shell.folder / ".git/hooks"
    (hooks / "pre-commit").unlink()
    _script(
        hooks / "pre-commit", "echo ran >> .git/ran; git diff --cached --name-only >> .git/ran"
    )
    own_hooks.install(GitRepo.open(shell.folder), sys.executable)
    shell.ok("add", "Li")
    ran = (shell.folder / ".git/ran").read_text()
    assert ran.startswith("ran\ncustomers/")
    _script(hooks / "pre-commit.before-textcrm", "echo no >&2; exit 1")
    refused = shell("add", "Wang")
    assert refused.code == 9
    assert "no" in refused.err


def test_our_own_commits_are_not_slowed(shell: Shell) -> None:
    from textcrm.gitrepo import hooks

    shell.ok("add", "Li")
    repo = GitRepo.open(shell.folder)
    commit = repo.head().commit or ""
    assert hooks.run_hooks(repo, commit, b"message", "x") == b"message"
    assert not (repo.folder / "x.hook.idx").exists()
    start = time.perf_counter()
    for _ in range(100):
        hooks.run_hooks(repo, commit, b"message", "x")
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize("where", ["relative", "absolute", "missing"])
def test_a_hooks_path_is_chained_and_nothing_is_written_there(
    shell: Shell, where: str, tmp_path: Path
) -> None:
    (shell.folder / ".git/hooks/pre-commit").unlink()
    folder = shell.folder / ".husky/_" if where == "relative" else tmp_path / "company hooks"
    if where != "missing":
        _script(folder / "pre-commit", "echo pre >> .git/ran; [ ! -e refuse ]")
        _script(folder / "commit-msg", 'echo "msg $(basename "$0")" >> .git/ran; [ -n "$1" ]')
    git(
        shell.folder,
        "config",
        "core.hooksPath",
        ".husky/_" if where == "relative" else str(folder),
    )
    before = sorted(folder.rglob("*")) if folder.exists() else []
    repo = GitRepo.open(shell.folder)
    made = own_hooks.install(repo, sys.executable)
    assert (made.before is not None) == (where != "missing")
    assert (sorted(folder.rglob("*")) if folder.exists() else []) == before
    assert own_hooks.state(GitRepo.open(shell.folder)) == "ours"
    (shell.folder / "a.txt").write_text("x")
    git(shell.folder, "add", "a.txt")
    _committed(shell.folder)
    if where != "missing":
        assert (shell.folder / ".git/ran").read_text() == "pre\nmsg commit-msg\n"
        shell.ok("add", "Li")
        assert (shell.folder / ".git/ran").read_text() == "pre\nmsg commit-msg\n" * 2
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    assert SECRET not in _refused(shell.folder)
    assert (
        git(shell.folder, "config", "textcrm.hookspath")
        .strip()
        .endswith(".husky/_" if where == "relative" else "company hooks")
    )


def test_the_pre_commit_framework_may_come_later(shell: Shell) -> None:
    hooks = shell.folder / ".git/hooks"
    (hooks / "pre-commit").rename(hooks / "pre-commit.legacy")
    _script(hooks / "pre-commit", '[ ! -x "$0.legacy" ] || "$0.legacy" "$@"')
    repo = GitRepo.open(shell.folder)
    assert own_hooks.state(repo) == "ours"
    assert not own_hooks.install(repo, sys.executable).written
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    _refused(shell.folder)
    shell.ok("add", "Li")


def test_hooks_that_call_each_other_end(shell: Shell) -> None:
    hooks = shell.folder / ".git/hooks"
    _script(hooks / "pre-commit.before-textcrm", 'exec "$(dirname "$0")/pre-commit"')
    (shell.folder / "a.txt").write_text("x")
    git(shell.folder, "add", "a.txt")
    _committed(shell.folder)


def test_a_link_that_was_there_still_leads_to_its_script(shell: Shell) -> None:
    hooks = shell.folder / ".git/hooks"
    (hooks / "pre-commit").unlink()
    _script(shell.folder / "tools/check.sh", "echo linked >> .git/ran")
    (hooks / "pre-commit").symlink_to("../../tools/check.sh")
    own_hooks.install(GitRepo.open(shell.folder), sys.executable)
    (shell.folder / "a.txt").write_text("x")
    git(shell.folder, "add", "a.txt")
    _committed(shell.folder)
    assert (shell.folder / ".git/ran").read_text() == "linked\n"


def test_a_hook_kept_before_is_not_overwritten(shell: Shell) -> None:
    hooks = shell.folder / ".git/hooks"
    first = _script(hooks / "pre-commit.before-textcrm", "echo one")
    (hooks / "pre-commit").unlink()
    _script(hooks / "pre-commit", "echo two >> .git/ran")
    made = own_hooks.install(GitRepo.open(shell.folder), sys.executable)
    assert first.read_text() == "#!/bin/sh\necho one\n"
    assert made.before == hooks / "pre-commit.before-textcrm-2"
    (shell.folder / "a.txt").write_text("x")
    git(shell.folder, "add", "a.txt")
    _committed(shell.folder)
    assert (shell.folder / ".git/ran").read_text() == "two\n"


def test_without_textcrm_it_refuses_and_says_why(shell: Shell, tmp_path: Path) -> None:
    hook = shell.folder / ".git/hooks/pre-commit"
    text = hook.read_text(encoding="utf-8")
    hook.write_text(text.replace(sys.executable, "/nowhere/python"), encoding="utf-8")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("git", "sh", "cat", "dirname"):
        (tools / name).symlink_to(shutil.which(name) or "")
    (shell.folder / "a.txt").write_text("x")
    git(shell.folder, "add", "a.txt")
    out = _refused(shell.folder, PATH=str(tools))
    assert "textcrm is not found" in out
    assert "找不到 textcrm" in out


def test_textcrm_off_the_path_is_found_by_its_python(shell: Shell, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("git", "sh", "cat", "dirname"):
        (tools / name).symlink_to(shutil.which(name) or "")
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    assert "plain-sealed" in _refused(shell.folder, PATH=str(tools))


def test_a_textcrm_on_the_path_goes_first(shell: Shell, tmp_path: Path) -> None:
    _script(tmp_path / "bin" / "textcrm", 'echo "called $*" >&2; exit 3')
    (shell.folder / "a.txt").write_text("x")
    git(shell.folder, "add", "a.txt")
    out = _refused(shell.folder, PATH=f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert "called hook pre-commit" in out


def test_a_vault_in_a_sub_folder_changes_nothing_of_its_repository(
    git_repo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = (git_repo / ".git/config").read_bytes()
    shell = Shell(git_repo / "crm", capfd)
    make_keyed(git_repo / "crm")
    shell.ok("add", "Li")
    assert not (git_repo / ".git/hooks/pre-commit").exists()
    assert (git_repo / ".git/config").read_bytes() == config
    record(git_repo / "crm", 2, bank_account=SECRET)
    git(git_repo, "add", "-A")
    assert shell("check", "--staged").code == 1


def test_a_writing_command_in_a_clone_brings_it(
    shell: Shell, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    git(tmp_path, "clone", "-q", str(shell.folder), "clone")
    clone = Shell(tmp_path / "clone", capfd)
    assert own_hooks.state(GitRepo.open(clone.folder)) == "none"
    clone("list")
    assert own_hooks.state(GitRepo.open(clone.folder)) == "none"
    clone.ok("add", "Li")
    assert own_hooks.state(GitRepo.open(clone.folder)) == "ours"


def test_a_linked_work_tree_has_it_too(shell: Shell, tmp_path: Path) -> None:
    git(shell.folder, "worktree", "add", "-q", str(tmp_path / "other"))
    record(tmp_path / "other", bank_account=SECRET)
    git(tmp_path / "other", "add", "-A")
    assert "plain-sealed" in _refused(tmp_path / "other")


def test_no_such_hook(shell: Shell) -> None:
    assert shell("hook", "post-commit", "--json").error["code"] == "unknown-hook"


def test_for_programs(shell: Shell) -> None:
    record(shell.folder, bank_account=SECRET)
    git(shell.folder, "add", "-A")
    ran = shell("hook", "pre-commit", "--json")
    assert ran.code == 1
    assert [one["code"] for one in ran.data["problems"]] == ["plain-sealed"]
