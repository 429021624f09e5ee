"""A vault in English with one customer, C...001 named Blue River, for tests of the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli_running import Shell
from ready_made import initialized

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_ADDED = ("add", "Blue River", "--set", "type=prospect", "--set", "tags=keen、new")


def blue_river(folder: Path, capture: pytest.CaptureFixture[str]) -> Shell:
    """A copy of the vault, with a shell at it."""
    return Shell(initialized(folder, "--name", "test", then=(_ADDED,)), capture)
