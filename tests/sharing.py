"""A hub and clones of one vault, for tests of sharing: real git, several people."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from ready_made import copied

from textcrm.vault import Vault
from textcrm.vault.creation import create

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PEOPLE = {
    "anna": ("Anna", "anna@example.com"),
    "bob": ("Bob", "bob@example.com"),
    "chen": ("陈晨", "chen@example.com"),
}


def git(folder: Path, *args: str, check: bool = True) -> str:
    """Run git in a folder and give what it prints."""
    done = subprocess.run(
        ["git", "-C", str(folder), *args], check=check, capture_output=True, text=True
    )
    return done.stdout.strip()


def _make(folder: Path, name: str) -> None:
    folder.mkdir()
    git(folder, "init", "-q", "--bare", "-b", "main", "hub.git")
    create(folder / "first", name=name)
    git(folder / "first", "remote", "add", "origin", str(folder / "hub.git"))
    git(folder / "first", "push", "-q", "-u", "origin", "main")


class Hub:
    """A bare repository that a vault is shared through, and the clones of it.

    ``prepare``, a function of a module, is called once in a run, and what it leaves is copied.
    """

    def __init__(
        self, folder: Path, name: str = "shared", *, prepare: Callable[[Hub], object] | None = None
    ) -> None:
        self.folder = folder
        self.path = folder / "hub.git"

        def make(place: Path) -> None:
            if prepare is None:
                _make(place, name)
            else:
                prepare(Hub(place, name))

        made = copied(("hub", name, prepare), folder, make)
        for config in folder.glob("*/.git/config"):  # the hub's place stands in there
            text = config.read_text("utf-8").replace(str(made / "hub.git"), str(self.path))
            config.write_text(text, encoding="utf-8")

    def member(self, who: str) -> Vault:
        """The clone that somebody has already."""
        return Vault.open(self.folder / who)

    def clone(self, who: str) -> Vault:
        """A clone that belongs to one of the people."""
        place = self.folder / who
        subprocess.run(["git", "clone", "-q", str(self.path), str(place)], check=True)
        name, email = PEOPLE.get(who, (who.title(), f"{who}@example.com"))
        git(place, "config", "user.name", name)
        git(place, "config", "user.email", email)
        return Vault.open(place)

    def push_by_hand(self, vault: Vault, path: str, text: str, message: str = "by hand") -> None:
        """Change a file with plain git and push it."""
        file = vault.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        git(vault.root, "add", path)
        git(vault.root, "commit", "-q", "--no-verify", "-m", message)
        git(vault.root, "push", "-q")


def fresh(vault: Vault) -> Vault:
    """The vault as a new command sees it."""
    return Vault.open(vault.root)
