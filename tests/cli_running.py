"""Running the command line inside the test's process, and a vault to run it on."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Ran(NamedTuple):
    """What a command line gave."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON document on standard output."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The JSON error on standard error."""
        error: dict[str, Any] = json.loads(self.err)["error"]
        return error


class Shell:
    """Types commands at a vault."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capture = capture

    def __call__(self, *words: str, at: bool = True) -> Ran:
        """Run one command line; with ``-C FOLDER`` before it unless told otherwise."""
        self._capture.readouterr()
        code = run([*(["-C", str(self.folder)] if at else []), *words])
        caught = self._capture.readouterr()
        return Ran(code, caught.out, caught.err)

    def git(self, *words: str) -> str:
        """What git says in the vault."""
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words],
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        )
        return done.stdout

    def first(self) -> str:
        """The id of the first customer."""
        return str(self.ok("list", "--json").data[0]["id"])

    def ok(self, *words: str) -> Ran:
        """As a call, and it must have gone well."""
        ran = self(*words)
        assert ran.code == 0, f"{words}: {ran}"
        return ran
