"""The manual page: whole, made the same each time, and read by man."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cli_running import Shell

from textcrm.cli.main import COMMANDS, manual

MACROS = {'.\\"', ".TH", ".SH", ".SS", ".B", ".TP", ".PP", ".RS", ".RE", ".nf", ".fi", ".ad"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_stands_in_it(language: str) -> None:
    page = manual(language)  # type: ignore[arg-type]
    for name in COMMANDS:
        assert f".SS textcrm {name}\n" in page
    assert "\\-\\-on\\-duplicate" in page  # an option
    assert "TEXTCRM_VAULT" in page
    assert "\n130  " in page
    for line in page.splitlines():
        assert not line.startswith("'"), line
        assert line[:1] != "." or line.split()[0] in MACROS, line
    assert page == manual(language)  # type: ignore[arg-type]


def test_the_command_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(tmp_path, capsys)
    ran = shell("--lang", "zh", "help", "--man", at=False)
    assert (ran.code, ran.out) == (0, manual("zh"))
    ran = shell("--lang", "en", "help", "query", "--man", at=False)
    assert ran.code == 2
    assert "textcrm help query" in ran.err


def test_man_reads_it(tmp_path: Path) -> None:
    if shutil.which("man") is None or shutil.which("groff") is None:
        pytest.skip("there is no man here")
    file = tmp_path / "textcrm.1"
    file.write_text(manual("en"), encoding="utf-8")
    done = subprocess.run(
        ["man", "--warnings=mac", "-l", str(file)], capture_output=True, text=True, check=True
    )
    assert "textcrm export" in done.stdout
    assert "append C20240501001 purchases" in done.stdout
    assert done.stderr == ""
