"""A colleague joins from nothing, following what the program prints; loses a key, gets a new one."""

from __future__ import annotations

import base64
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pyrage
import pytest
from cli_running import Ran, Shell

if TYPE_CHECKING:
    from pathlib import Path


class Desk:
    """One person's machine: a home folder of their own, and the vault where they work."""

    def __init__(
        self, folder: Path, name: str, env: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.home = folder / name
        self.home.mkdir()
        self.vault = folder / f"{name}-vault"
        self.shell = Shell(self.vault, capture)
        self._env = env
        self.sit()

    def sit(self) -> None:
        for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            self._env.setenv(name, str(self.home))
        self._env.setenv("GIT_CONFIG_GLOBAL", str(self.home / "gitconfig"))

    def named(self, name: str, email: str) -> None:
        self.sit()
        for key, value in (("user.name", name), ("user.email", email)):
            subprocess.run(["git", "config", "--global", key, value], check=True)

    def __call__(self, *words: str) -> Ran:
        self.sit()
        return self.shell("--lang", "zh", *words)

    def typed(self, line: str) -> Ran:
        """A line as it was printed, typed as it stands."""
        words = shlex.split(line)
        assert words[0] == "textcrm"
        return self(*words[1:])


def lines(ran: Ran, start: str) -> list[str]:
    """The command lines that were printed."""
    return [line.strip() for line in ran.out.splitlines() if line.strip().startswith(start)]


@pytest.fixture
def desks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[Desk, Desk]:
    remote = tmp_path / "shared.git"
    subprocess.run(["git", "init", "-q", "-b", "main", "--bare", str(remote)], check=True)
    admin = Desk(tmp_path, "admin", monkeypatch, capsys)
    admin.named("张伟", "zhang@example.com")
    assert admin.shell("init", str(admin.vault), "--no-input", at=False).code == 0
    assert admin("add", "云帆科技", "--set", "bank_account=6222021234567894").code == 0
    subprocess.run(
        ["git", "-C", str(admin.vault), "remote", "add", "origin", str(remote)], check=True
    )
    assert admin("sync").code == 0
    new = Desk(tmp_path, "new", monkeypatch, capsys)
    subprocess.run(["git", "clone", "-q", str(remote), str(new.vault)], check=True)
    return admin, new


def joined(admin: Desk, new: Desk) -> Ran:
    """Follow what is printed until all is ticked off."""
    asked = new("join")
    assert asked.code == 1
    (line,) = lines(asked, "textcrm member add")
    assert admin.typed(line).code == 0
    assert admin("sync").code == 0
    (line,) = lines(asked, "textcrm sync &&")
    for part in line.split(" && ")[:1]:
        assert new.typed(part).code == 0
    shown = new("join")
    assert shown.code == 1
    (line,) = lines(shown, "textcrm join --trust")
    assert line.split()[-1] in admin("key", "show").out  # what the two compare
    return new.typed(line)


def test_from_nothing_to_a_search(desks: tuple[Desk, Desk]) -> None:
    admin, new = desks
    first = new("join")
    assert first.code == 1
    assert "git config --global user.name" in first.out
    assert "member add" not in first.out
    new.named("王芳", "wang@example.com")
    done = joined(admin, new)
    assert done.code == 0, done
    assert "王芳已登记（销售人员）" in done.out
    assert "云帆" in new("search", "云帆").out
    told = new("join", "--json").data
    assert (told["member"], told["trusted"], told["reads"]) == (True, True, ["contact"])
    assert told["admin_runs"] is None
    assert new("add", "晨光", "--set", "bank_account=6222021234567894").code == 0


def test_a_key_is_made_once(desks: tuple[Desk, Desk]) -> None:
    _, new = desks
    new.named("王芳", "wang@example.com")
    first = new("join", "--json").data
    again = new("join", "--json").data
    assert (first["made"], again["made"]) == (True, False)
    assert first["public"] == again["public"]


def test_a_broken_key_is_never_replaced(desks: tuple[Desk, Desk]) -> None:
    _, new = desks
    new.named("王芳", "wang@example.com")
    new("join")
    (file,) = new.home.rglob("identity.txt")
    file.write_text("spoilt")
    told = new("join", "--json")
    assert told.code == 1
    assert told.data["public"] is None
    assert file.read_text() == "spoilt"


def test_a_wrong_fingerprint_is_refused(desks: tuple[Desk, Desk]) -> None:
    admin, new = desks
    new.named("王芳", "wang@example.com")
    (line,) = lines(new("join"), "textcrm member add")
    admin.typed(line)
    admin("sync")
    new("sync")
    assert new("join", "--trust", "SHA256:" + "x" * 43).code == 8
    assert new("join", "--json").data["trusted"] is False


def test_a_lost_key_of_an_owner_who_reads_a_class(desks: tuple[Desk, Desk]) -> None:
    """The class gets a new key, and what is sealed again for the owner bears its label."""
    admin, new = desks
    new.named("王芳", "wang@example.com")
    assert joined(admin, new).code == 0
    assert admin("member", "role", "王芳", "manager").code == 0
    assert admin("assign", "云帆科技", "王芳").code == 0
    admin("sync")
    new("sync")
    (file,) = new.home.rglob("identity.txt")
    file.unlink()
    public = new("join", "--json").data["public"]
    ran = admin("member", "replace-key", "王芳", public, "--json")
    assert ran.code == 0, ran
    admin("sync")
    new("sync")
    assert "6222021234567894" in new("show", "云帆科技", "--reveal").out
    assert admin("check").code == 0


def test_a_lost_key_is_replaced(desks: tuple[Desk, Desk]) -> None:
    admin, new = desks
    new.named("王芳", "wang@example.com")
    assert joined(admin, new).code == 0
    assert admin("assign", "云帆科技", "王芳").code == 0
    admin("sync")
    new("sync")
    assert "6222021234567894" in new("show", "云帆科技", "--reveal").out
    (file,) = new.home.rglob("identity.txt")
    old = file.rename(new.home / "lost")
    assert new("show", "云帆科技", "--reveal").code == 3
    asked = new("join")
    (line,) = lines(asked, "textcrm member replace-key")
    replaced = admin.typed(line)
    assert replaced.code == 0
    assert "旧密钥" in replaced.out
    admin("sync")
    new("sync")
    assert new("join").code == 0
    assert "6222021234567894" in new("show", "云帆科技", "--reveal").out
    made_anew = file.rename(new.home / "kept")
    assert new("--identity", str(old), "show", "云帆科技", "--reveal").code in (3, 8)
    (name,) = [one["id"] for one in admin("list", "--json").data]
    (path,) = admin.vault.glob(f"customers/**/{name}.yaml")
    sealed = re.search(r"age: (\S+)", path.read_text(encoding="utf-8"))
    assert sealed
    with pytest.raises(pyrage.DecryptError):  # the old key opens nothing any more
        pyrage.decrypt(base64.b64decode(sealed[1]), [_key(old)])
    assert pyrage.decrypt(base64.b64decode(sealed[1]), [_key(made_anew)])


def _key(identity: Path) -> object:
    lines = identity.read_text(encoding="utf-8").splitlines()
    return pyrage.x25519.Identity.from_str(next(one for one in lines if one.startswith("AGE-")))


def test_outside_a_vault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Shell(tmp_path, capsys)("join").code == 4
