"""Versions known to be unsafe, and what doctor says of them without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_running import Shell
from ready_made import initialized
from sealing_vault import git

from textcrm.quality import advisories, keys
from textcrm.quality.advisories import TABLE, is_safe, unsafe_programs


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ("2.50.1", True), ("2.51.0", True), ("3.0", True), ("2.50.0", False), ("2.43.7", True),
        ("2.43.6", False), ("2.39.5", False), ("2.39.5.windows.1", False), ("2.48.2", True),
        ("2.48.10", True), ("1.8", False),
    ],
)  # fmt: skip
def test_a_series_is_safe_from_its_own_mend_on(version: str, safe: bool) -> None:
    assert is_safe(version, TABLE[0].safe) == safe


def test_the_newest_hole_of_a_program_is_told_once() -> None:
    found = unsafe_programs(
        {"git": "2.30.0", "age": "1.2.1", "pyrage": None, "GitPython": "3.1.0"}
    )
    assert [(one.version, one.advisory.program) for one in found] == [
        ("2.30.0", "git"),
        ("3.1.0", "GitPython"),
    ]
    for message, cure, data in advisories.told(found):
        for lang in ("en", "zh"):
            assert "{" not in message.say(lang, **data) + cure.say(lang, **data)


def test_the_table_is_dated_and_named() -> None:
    for one in TABLE:
        assert one.told <= advisories.LOOKED_UP
        assert one.name.startswith(("CVE-", "GHSA-"))


@pytest.fixture
def shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(initialized(tmp_path / "vault"), capfd)


def _rows(shell: Shell, *words: str) -> dict[str, str]:
    return {row["check"]: row["state"] for row in shell("doctor", "--json", *words).data}


def test_doctor_warns_of_an_old_git(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    safe = {"git": "2.99.0", "age": "1.3.0", "pyrage": "1.4.0", "GitPython": "3.2.1"}
    monkeypatch.setattr(advisories, "versions_here", lambda _git="": safe)
    assert "unsafe-version" not in _rows(shell)
    monkeypatch.setattr(advisories, "versions_here", lambda _git="": {**safe, "git": "2.40.0"})
    assert _rows(shell)["unsafe-version"] == "warning"
    assert shell("doctor").code == 0


def test_versions_here_are_read_from_what_is_installed() -> None:
    found = advisories.versions_here("git version 2.39.5 (Apple Git-154)")
    assert found["git"] == "2.39.5"
    assert found["pyrage"]


def test_the_hook_is_missed_and_put_back(shell: Shell) -> None:
    assert "pre-commit" not in _rows(shell)
    (shell.folder / ".git/hooks/pre-commit").unlink()
    assert _rows(shell)["pre-commit"] == "warning"
    assert "doctor --fix" in shell("status").out
    assert "pre-commit" not in _rows(shell, "--fix")


def test_decrypted_text_that_git_keeps(shell: Shell) -> None:
    git(shell.folder, "config", "diff.textcrm.cachetextconv", "false")
    assert shell("check").code == 0
    git(shell.folder, "config", "diff.textcrm.cachetextconv", "true")
    git(shell.folder, "update-ref", "refs/notes/textconv/x", "HEAD")
    for lang in ("en", "zh"):
        told = shell("--lang", lang, "check")
        assert told.code == 1
        assert "error[textconv-cache]" in told.out or "错误[textconv-cache]" in told.out
        assert "refs/notes/textconv/x" in told.out
    rows = _rows(shell)
    assert (rows["textconv-cache"], rows["textconv-notes"]) == ("error", "error")
    assert shell("doctor").code == 1


def test_a_secret_key_that_is_tracked(shell: Shell) -> None:
    key = "AGE-SECRET-KEY-1" + "Q" * 58
    file = shell.folder / "privacy" / "key.txt"
    file.write_text(f"# mine\n{key}\n", encoding="utf-8")
    assert shell("check").code == 0
    git(shell.folder, "add", "-f", "privacy/key.txt")
    told = shell("check")
    assert told.code == 1
    assert "privacy/key.txt:2:1: " in told.out
    assert key not in told.out + shell("doctor").out
    assert _rows(shell)["secret-key"] == "error"


def test_look_alikes_in_other_texts(shell: Shell) -> None:
    for name in ("privacy/list.txt", "attachments/a.md", "attachments/a.pdf"):
        file = shell.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x\n身份证 11010519491231002X\n", encoding="utf-8")
    git(shell.folder, "add", "-A")
    for words in (["check"], ["check", "--staged"]):
        ran = shell(*words, "--json")
        assert ran.code == 0
        found = [
            (one["file"], one["line"], one["column"], one["code"]) for one in ran.data["problems"]
        ]
        assert found == [
            ("attachments/a.md", 2, 5, "looks-sensitive"),
            ("privacy/list.txt", 2, 5, "looks-sensitive"),
        ]
        assert "11010519491231002X" not in ran.out


def test_only_the_keys_of_the_sample_are_passed_over() -> None:
    assert list(keys.secret_keys("x", b"AGE-SECRET-KEY-1" + b"Q" * 58))
    assert not list(keys.secret_keys("x", b"AGE-SECRET-KEY-1" + b"Q" * 58 + b"x" * (1 << 20)))
