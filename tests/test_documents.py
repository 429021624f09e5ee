"""The documentation is true: every console block in README and docs is run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    [
        *CHECKOUT.glob("README*.md"),
        *(CHECKOUT / "docs").rglob("*.md"),
        CHECKOUT / "schema" / "README.md",
    ]
)
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _steps(text: str) -> list[tuple[str, list[str]]]:
    """Commands with the output that the document promises for each."""
    steps: list[tuple[str, list[str]]] = []
    for block in _BLOCK.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            elif steps:
                steps[-1][1].append(line)
    return steps


def _fits(promised: list[str], output: list[str]) -> bool:
    """Whether output has the promised lines; ``...`` stands for any text or any lines."""
    pattern = ""
    for line in promised:
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(map(re.escape, line.rstrip().split("..."))) + r"[ ]*\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in output)) is not None


def _run(command: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    at = shlex.quote(environment["AT"])
    kept = f"{at}.env"  # what a step exports, the next one has
    script = f"[ -f {kept} ] && . {kept}\n{command}\ncode=$?; pwd > {at}; export -p > {kept}; exit $code"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the blocks are for a POSIX shell")
def _marked(document: Path) -> Any:
    """Every page by the slow suite; by the default one the READMEs."""
    first = document.parent == CHECKOUT
    name = document.relative_to(CHECKOUT).as_posix()
    return pytest.param(document, id=name, marks=() if first else pytest.mark.slow)


@pytest.mark.parametrize("document", [_marked(one) for one in DOCUMENTS])
def test_console_blocks_run(document: Path, tmp_path: Path) -> None:
    steps = _steps(document.read_text(encoding="utf-8"))
    if not steps:
        pytest.skip("no console blocks")
    tools = tmp_path / "tools"
    tools.mkdir()
    script = tools / "textcrm"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m textcrm "$@"\n')
    script.chmod(0o755)
    at = tmp_path / "at"
    folder = tmp_path / "desk"
    folder.mkdir()
    environment = dict(os.environ, AT=str(at), PATH=f"{tools}:{os.environ['PATH']}", COLUMNS="100")
    environment["LC_ALL"] = "C.UTF-8"
    for command, promised in steps:
        code, output = _run(command, folder, environment)
        folder = Path(at.read_text(encoding="utf-8").strip())
        expected = 0
        if promised and re.fullmatch(r"\? \d+", promised[0]):
            expected = int(promised[0][2:])
        lines = promised[1:] if promised and promised[0].startswith("? ") else promised
        assert code in {0, expected}, f"$ {command}\n{output}"
        assert _fits(lines, output.splitlines()), (
            f"$ {command}\n{output}\npromised:\n" + "\n".join(lines)
        )
