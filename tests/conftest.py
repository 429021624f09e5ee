"""What every test stands on: no home folder, no global git configuration, no network."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import own_home
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.append(
    str(CHECKOUT)
)  # for `benchmarks`; last, so that an installed textcrm is what is tested


def pytest_collection_finish() -> None:
    """Leave what stays for the whole run out of every search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give what is made once for several tests the same surroundings, never the machine's."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # Begun in the background: the programs that tests start would never hear of ^C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    own_home.begin(tmp_path_factory.mktemp("shared"))
    with pytest.MonkeyPatch.context() as patch:
        own_home.surround(patch, tmp_path_factory.mktemp("home"))
        if os.environ.get("PYTHONDONTWRITEBYTECODE"):
            # The programs that tests start compile a module once in a run, not at every start.
            patch.delenv("PYTHONDONTWRITEBYTECODE")
            patch.setenv("PYTHONPYCACHEPREFIX", str(own_home.shared() / "bytecode"))
        yield


@pytest.fixture(autouse=True)
def _own_surroundings(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Give each test a home of its own and an identity there; drop what the caller's shell set."""
    own_home.surround(monkeypatch, tmp_path_factory.mktemp("home"))


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
