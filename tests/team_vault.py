"""The sample vault as a repository of its own, with the keys that are published with it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from ready_made import copied, made

from textcrm import sealing
from textcrm.access.keyring import Keyring, Source
from textcrm.access.pins import Pins
from textcrm.cli.main import run
from textcrm.text import same
from textcrm.vault import Vault, trusting

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest
    from cli_running import Shell

SAMPLE = Path(__file__).resolve().parent.parent / "sample-vault"
KEYS = SAMPLE / "demo-keys"
ADMIN = "chen-chen"
_SIGNED = ("access/access.yaml", "access/access.yaml.sig")
PEOPLE = {
    "chen-chen": ("陈晨", "chen@example.com"),
    "wang-fang": ("王芳", "wang@example.com"),
    "li-qiang": ("李强", "li@example.com"),
    "zhao-min": ("赵敏", "zhao@example.com"),
}


def git(folder: Path, *words: str, check: bool = True) -> str:
    """Run git in a folder and give what it prints."""
    done = subprocess.run(
        ["git", "-C", str(folder), *words], check=check, capture_output=True, text=True
    )
    return done.stdout


def private_keys(folder: Path) -> Path:
    """The published keys as a person would hold them: readable by nobody else."""
    target = folder / "keys"
    if not target.exists():
        shutil.copytree(KEYS, target)
        for file in target.iterdir():
            file.chmod(0o600)
    return target


def team_vault(folder: Path) -> Path:
    """A copy of the sample vault, committed."""
    copied("team", folder / "vault", _make, home=False)
    return folder / "vault"


def trust_as_made(home: Path, root: Path) -> bool:
    """Trust the admin of a vault whose people are still those of the sample; whether they are.

    As ``textcrm member trust`` did when the vault was made.
    """
    one = made("team", "vault", _make)
    if any((root / path).read_bytes() != (one / path).read_bytes() for path in _SIGNED):
        return False
    shutil.copytree(one.parent / "home/textcrm/trust", home / "textcrm/trust", dirs_exist_ok=True)
    return True


def _make(root: Path) -> None:
    shutil.copytree(SAMPLE, root, ignore=shutil.ignore_patterns("demo-keys", ".textcrm"))
    (root / ".gitignore").write_text(".textcrm/\n", encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--no-verify", "-m", "start")
    public = (KEYS / f"{ADMIN}.throw-away-signing-key.pub").read_text("utf-8")
    assert run(["-C", str(root), "member", "trust", sealing.fingerprint(public)]) == 0


def opened(root: Path, *who: str, trusted: bool = True) -> Vault:
    """The vault as people with these keys see it; nobody for one without any."""
    vault = Vault.open(root)
    keys = private_keys(root.parent)
    files = [keys / f"{one}.throw-away-key.txt" for one in who]
    vault.keyring = Keyring([Source(same(f"the key of {file.name}"), file) for file in files])
    vault.pins = Pins(root.parent / "state" / "trust")
    if trusted:
        public = (keys / f"{ADMIN}.throw-away-signing-key.pub").read_text("utf-8")
        trusting.pin(vault, sealing.fingerprint(public))
    return vault


def ids_with(vault: Vault, field: str) -> Sequence[str]:
    """The ids of records that have a field."""
    return [record.id for record in vault.records() if record.raw.get(field)]


class Team:
    """The sample team at one vault: each call is somebody's, with that person's key."""

    def __init__(self, root: Path, shell: Shell, environment: pytest.MonkeyPatch) -> None:
        self.root = root
        self.shell = shell
        self._environment = environment
        self.keys = private_keys(root.parent)

    def by(self, who: str | None) -> Shell:
        """Go on as somebody; None for one without a key."""
        key = self.keys / f"{who}.throw-away-key.txt"
        if who is None:
            self._environment.delenv("TEXTCRM_IDENTITY", raising=False)
        else:
            self._environment.setenv("TEXTCRM_IDENTITY", str(key))
        return self.shell


def team_at(folder: Path, shell: Shell, environment: pytest.MonkeyPatch) -> Team:
    """The team at a fresh copy of the vault, which trusts its admin."""
    copied("team", folder / "vault", _make)
    return Team(folder / "vault", shell, environment)
