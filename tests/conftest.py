"""What every test stands on: no home folder, no global git configuration, no network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.append(
    str(CHECKOUT)
)  # for `benchmarks`; last, so that an installed textcrm is what is tested
_GIT = {
    "GIT_CONFIG_GLOBAL": "",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}


@pytest.fixture(scope="session", autouse=True)
def _no_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give what is made once for several tests the same surroundings, never the machine's."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # Begun in the background: the programs that tests start would never hear of ^C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        _surround(patch, tmp_path_factory.mktemp("home"))
        yield


@pytest.fixture(autouse=True)
def _own_surroundings(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Give each test a home of its own and an identity there; drop what the caller's shell set."""
    _surround(monkeypatch, tmp_path_factory.mktemp("home"))


def _surround(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    config = home / "gitconfig"
    config.write_text(
        "[user]\n\tname = Test Person\n\temail = test@example.com\n"
        "[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n",
        encoding="utf-8",
    )
    for name in list(os.environ):
        if name.startswith(("GIT_", "TEXTCRM_", "LC_")) or name in (
            "LANG",
            "LANGUAGE",
            "NO_COLOR",
        ):
            monkeypatch.delenv(name)
    for name, value in _GIT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))


@pytest.fixture
def shared_data() -> Path:
    """The reference data beside the project, where there is one."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the reference data is not beside this checkout")
    return folder


@pytest.fixture
def git_repo(tmp_path: Path) -> Path:
    """An empty repository on branch main."""
    folder = tmp_path / "repo"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    return folder


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A textcrm on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    file = folder / "textcrm"
    source = os.pathsep.join(path for path in sys.path if path)
    file.write_text(
        f'#!/bin/sh\nPYTHONPATH="{source}" exec "{sys.executable}" -m textcrm "$@"\n',
        encoding="utf-8",
    )
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return file
