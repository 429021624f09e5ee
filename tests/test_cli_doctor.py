"""doctor from the command line."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from ready_made import initialized

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A vault in English with one customer, C...001 named Blue River."""
    added = ("add", "Blue River", "--set", "type=prospect", "--set", "tags=keen、new")
    return Shell(initialized(tmp_path / "vault", "--name", "test", then=(added,)), capsys)


def _id(shell: Shell) -> str:
    found = shell.ok("list", "--json").data
    return str(found[0]["id"])


def _git(shell: Shell, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(shell.folder), *words],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout


def test_doctor_and_its_cure(shell: Shell) -> None:
    (shell.folder / ".gitattributes").unlink()
    rows = {row["check"]: row["state"] for row in shell.ok("doctor", "--json").data}
    assert rows["file"] == "warning"
    shell.ok("doctor", "--fix")
    assert (shell.folder / ".gitattributes").is_file()


def test_doctor_names_a_local_folder_that_git_tracks(shell: Shell) -> None:
    shell.ok("list")
    _git(shell, "add", "-f", ".textcrm")
    ran = shell("doctor")
    assert ran.code == 1
    assert "git rm -r -q --cached .textcrm" in ran.out
