"""The surroundings of a test: a home of its own, git's configuration in it, nothing of the machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_GIT: Final = {
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}
_HOMES: Final = ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


_shared: list[Path] = []


def begin(folder: Path) -> None:
    """Take a folder for what is shared by all tests of a run."""
    _shared[:] = [folder]
    for name in ("hooks", "info"):  # as git's own template, without a dozen samples
        (folder / "template" / name).mkdir(parents=True)


def shared() -> Path:
    """The folder for what is shared by all tests of a run."""
    return _shared[0]


def surround(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Move to a home, with an identity for git; drop what the caller's shell set."""
    config, template = home / "gitconfig", shared() / "template"
    config.write_text(
        "[user]\n\tname = Test Person\n\temail = test@example.com\n"
        "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
        f"[init]\n\tdefaultBranch = main\n\ttemplateDir = {template.as_posix()}\n",
        encoding="utf-8",
    )
    for name in list(os.environ):
        if name.startswith(("GIT_", "TEXTCRM_", "LC_")) or name in (
            "LANG",
            "LANGUAGE",
            "NO_COLOR",
        ):
            patch.delenv(name)
    for name, value in _GIT.items():
        patch.setenv(name, value)
    patch.setenv("GIT_CONFIG_GLOBAL", str(config))
    patch.setenv("LC_ALL", "C.UTF-8")
    for name in _HOMES:
        patch.setenv(name, str(home))
