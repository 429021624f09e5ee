"""Vaults made once in a run and copied for every test that wants one of their kind.

Making a vault is some twenty calls of git; a copy is the same files, and the same keys and pins in
the home of the person.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import own_home
import pytest

from textcrm.cli.main import run
from textcrm.vault import Vault
from textcrm.vault.creation import create

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_MADE: dict[Hashable, Path] = {}


def made(kind: Hashable, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of this name as ``make`` makes it, which is called for the first of its kind only.

    It is given a folder that is not there yet. The home of who made it lies beside it.
    """
    if kind not in _MADE:
        place = Path(tempfile.mkdtemp(dir=own_home.shared()))
        (place / "home").mkdir()
        with pytest.MonkeyPatch.context() as patch:
            own_home.surround(patch, place / "home")
            make(place / name)
            _pack(place / name)
        _MADE[kind] = place / name
    return _MADE[kind]


def copied(
    kind: Hashable, folder: Path, make: Callable[[Path], object], *, home: bool = True
) -> Path:
    """A copy of what is made once; gives the place of the one that was copied.

    What its making left in the home (keys, pins) is put into the home of the test as well, unless
    ``home`` is false.
    """
    one = made(kind, folder.name, make)
    shutil.copytree(one, folder, symlinks=True, dirs_exist_ok=True)
    kept = one.parent / "home" / "textcrm"
    if home and kept.is_dir():
        shutil.copytree(kept, Path(os.environ["HOME"]) / "textcrm", dirs_exist_ok=True)
    return one


def _pack(folder: Path) -> None:
    """Put the objects of every repository into one file: less to copy."""
    for objects in [*folder.glob("**/.git/objects"), *folder.glob("*.git/objects")]:
        subprocess.run(["git", "repack", "-adq"], cwd=objects.parent, check=True)


def initialized(folder: Path, *words: str, then: tuple[tuple[str, ...], ...] = ()) -> Path:
    """A vault as ``textcrm init FOLDER --no-input`` makes it, and some commands after that."""

    def make(place: Path) -> None:
        assert run(["init", str(place), "--no-input", *words]) == 0
        for command in then:
            assert run(["-C", str(place), *command]) == 0

    copied((folder.name, words, then), folder, make)
    return folder


def created(folder: Path, **options: str) -> Vault:
    """A vault as the library makes it, without keys."""

    def make(place: Path) -> None:
        create(place, **options)  # type: ignore[arg-type] # a language is a word of two

    copied((folder.name, tuple(sorted(options.items()))), folder, make)
    return Vault.open(folder)
