"""The sample team at work: each with a home, keys, pins and a name in git of their own."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli_running import Ran, Shell
from team_vault import ADMIN, PEOPLE, git, private_keys, team_vault, trust_as_made

from textcrm import sealing

if TYPE_CHECKING:
    import pytest

ANNA, MARA, BOB, CAI = "chen-chen", "wang-fang", "li-qiang", "zhao-min"
"""Admin, manager, sales, service: the names that the encryption reference uses for them."""
BOT, EVE = "bot", "eve"
"""Two who are nobody in access.yaml: one without any key, one with a key of her own."""
ACCOUNT = "6222020200112233445"
ID_CARD = "11010519491231002X"


class Office:
    """Several people at several clones of one vault; every command is somebody's."""

    def __init__(
        self, folder: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self.root = team_vault(folder)
        self.keys = private_keys(folder)
        self.capture = capture
        self.patch = patch
        self.admins_fingerprint = sealing.fingerprint(
            (self.keys / f"{ADMIN}.throw-away-signing-key.pub").read_text("utf-8")
        )

    def home(self, who: str) -> Path:
        """Somebody's home, made when first asked for."""
        home = self.folder / "homes" / who
        if not home.is_dir():
            config = home / "textcrm"
            config.mkdir(parents=True)
            key = self.keys / f"{who}.throw-away-key.txt"
            if key.exists():
                shutil.copy(key, config / "identity.txt")
            elif who == EVE:
                secret, _ = sealing.generate()
                write_private(config / "identity.txt", secret + "\n")
            if who == ADMIN:
                for end in ("", ".pub"):
                    shutil.copy(
                        self.keys / f"{ADMIN}.throw-away-signing-key{end}",
                        config / f"signing_ed25519{end}",
                    )
            elif who == EVE:
                sealing.generate_signing_key(config / "signing_ed25519")
            name, email = PEOPLE.get(who, (who, f"{who}@example.com"))
            (home / "gitconfig").write_text(
                f"[user]\n\tname = {name}\n\temail = {email}\n[init]\n\tdefaultBranch = main\n"
                "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n",
                encoding="utf-8",
            )
        return home

    def by(self, who: str, root: Path | None = None, *, trusting: bool = True) -> Worker:
        """Somebody sits down at a clone, trusting the admin's key unless told otherwise."""
        worker = Worker(self, who, root or self.root)
        if trusting and not (self.home(who) / "trusted").exists():
            if root is not None or not trust_as_made(self.home(who), self.root):
                worker.ok("member", "trust", self.admins_fingerprint)
            (self.home(who) / "trusted").touch()
        return worker

    def clone(self, name: str, of: Path | None = None) -> Path:
        """Another clone of the vault."""
        target = self.folder / name
        git(self.folder, "clone", "-q", str(of or self.root), str(target))
        return target


class Worker:
    """One person at one clone: each call is a command line of theirs."""

    def __init__(self, office: Office, who: str, root: Path) -> None:
        self.office = office
        self.who = who
        self.root = root
        self._shell = Shell(root, office.capture)

    @property
    def environment(self) -> dict[str, str]:
        """What sets this person's surroundings apart from others'."""
        home = str(self.office.home(self.who))
        return {
            **dict.fromkeys(("HOME", "USERPROFILE", "XDG_CONFIG_HOME"), home),
            **dict.fromkeys(("XDG_STATE_HOME", "XDG_CACHE_HOME"), home),
            "GIT_CONFIG_GLOBAL": f"{home}/gitconfig",
        }

    @property
    def process_environment(self) -> dict[str, str]:
        """The whole environment for a process of its own."""
        return {
            **os.environ,
            **self.environment,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }

    def words(self, *words: str) -> list[str]:
        """A command line for a process of its own."""
        return [sys.executable, "-m", "textcrm", "-C", str(self.root), *words]

    def __call__(self, *words: str, given: str | None = None) -> Ran:
        """Run one command line; ``given`` comes on standard input."""
        for name, value in self.environment.items():
            self.office.patch.setenv(name, value)
        if given is not None:
            stdin = io.TextIOWrapper(io.BytesIO(given.encode("utf-8", "surrogatepass")))
            self.office.patch.setattr(sys, "stdin", stdin)
        ran = self._shell(*words)
        assert ran.code != 70, (words, ran)
        assert "Traceback" not in ran.out + ran.err, (words, ran)
        return ran

    def ok(self, *words: str, given: str | None = None) -> Ran:
        """As a call, and it must have gone well."""
        ran = self(*words, given=given)
        assert ran.code == 0, (words, ran)
        return ran

    def add(self, *pairs: str, name: str = "测试公司甲") -> str:
        """Add a customer and give its id."""
        words = [word for pair in pairs for word in ("--set", pair)]
        return str(self.ok("add", name, *words, "--json").data["id"])

    def file(self, own: str) -> Path:
        """The file of a customer."""
        (found,) = (self.root / "customers").rglob(f"{own}.yaml")
        return found

    def shown(self, own: str, path: str) -> Any:
        """A sealed value as this person reads it."""
        return self.ok("show", own, path, "--reveal", "--json").data["value"]


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner reads."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)


def seal_field(root: Path, name: str, class_name: str, **more: Any) -> None:
    """Add a sealed field to a vault's schema and commit it."""
    file = root / "schema" / "customer.schema.json"
    schema = json.loads(file.read_text("utf-8"))
    schema["properties"][name] = {
        "title": name,
        "$ref": "#/$defs/sealed",
        "type": "object",
        "x-textcrm": {"seal": class_name, "index": "none", **more},
    }
    file.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    commit(root)


def commit(root: Path, message: str = "by hand") -> str:
    """Commit all that is in a work tree, past every hook; gives the commit."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "--no-verify", "-m", message)
    return git(root, "rev-parse", "HEAD").strip()


def script(folder: Path, name: str, body: str) -> str:
    """A shell program, as an editor to be named with ``--editor``."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)
