"""doctor from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_blue_river import blue_river
from cli_running import Shell

from textcrm.quality import doctor

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return blue_river(tmp_path / "vault", capsys)


def test_doctor_and_its_cure(shell: Shell) -> None:
    (shell.folder / ".gitattributes").unlink()
    rows = {row["check"]: row["state"] for row in shell.ok("doctor", "--json").data}
    assert rows["file"] == "warning"
    shell.ok("doctor", "--fix")
    assert (shell.folder / ".gitattributes").is_file()


def test_doctor_names_a_local_folder_that_git_tracks(shell: Shell) -> None:
    shell.ok("list")
    shell.git("add", "-f", ".textcrm")
    ran = shell("doctor")
    assert ran.code == 1
    assert "git rm -r -q --cached .textcrm" in ran.out


def test_doctor_names_the_engine_for_very_many_customers(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doctor._LARGE == 30_000
    assert "backend: sqlite" not in shell("--lang", "en", "doctor").out
    monkeypatch.setattr(doctor, "_LARGE", 0)
    told = shell("--lang", "en", "doctor").out
    assert "in textcrm.yaml: search: {backend: sqlite}" in told
    assert "search: {backend: sqlite}" in shell("--lang", "zh", "doctor").out
    with (shell.folder / "textcrm.yaml").open("a", encoding="utf-8") as settings:
        settings.write("search: {backend: sqlite}\n")
    assert "backend: sqlite" not in shell("--lang", "en", "doctor").out
