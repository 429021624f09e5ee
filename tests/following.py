"""Following up in tests: a customer added, its file read, somebody at a terminal."""

from __future__ import annotations

import pytest
import yaml
from cli_running import Shell

from textcrm.cli.context import Context

ONE = "C20240318001"  # of li-qiang, with sealed instalments and a bank account


def answering(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What somebody on a terminal types; empty takes what is offered."""
    given: list[str] = []

    def ask(_self: Context, question: object, *, option: str, default: str | None = None) -> str:
        return given.pop(0) or (default or "")

    monkeypatch.setattr(Context, "interactive", property(lambda _self: True))
    monkeypatch.setattr(Context, "ask", ask)
    monkeypatch.setattr(Context, "confirm", lambda _self, _question, default: default)
    return given


def add(shell: Shell, *words: str) -> str:
    return str(shell.ok("add", *words, "--json").data["id"])


def tree(shell: Shell, own: str) -> dict[str, object]:
    file = next(shell.folder.glob(f"customers/*/*/{own}.yaml"))
    found: dict[str, object] = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)
    return found
