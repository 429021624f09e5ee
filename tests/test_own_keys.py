"""Keys behind a passphrase and SSH keys, from making them to reading a value, at a real terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from cli_running import Shell
from protected import protected
from team_vault import Team, git, team_at

from textcrm import sealing

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "6222020200112233445"
WORD = "correct horse 电池"


class Typed(NamedTuple):
    """What a program at a terminal gave: its code, its standard output, and what the screen said."""

    code: int
    out: str
    screen: str


def at_a_terminal(folder: Path, answers: list[str], *words: str) -> Typed:
    """Run a command with a terminal for input and errors; each question gets the next answer."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "textcrm", "--lang", "en", *words]
    with (folder / "out").open("w+b") as out:
        process = subprocess.Popen(
            command, stdin=theirs, stdout=out, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        screen = _talk(ours, answers, process)
        out.seek(0)
        return Typed(process.returncode, out.read().decode(), screen)


def _talk(ours: int, answers: list[str], process: subprocess.Popen[bytes]) -> str:
    screen, left, seen = b"", list(answers), 0
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        screen += piece
        if left and screen[seen:].rstrip().endswith(b":"):
            seen = len(screen)
            os.write(ours, left.pop(0).encode() + b"\n")
    process.wait(30)
    os.close(ours)
    return screen.decode("utf-8", "replace")


@pytest.fixture
def team(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Team:
    team = team_at(tmp_path, Shell(tmp_path / "vault", capsys), monkeypatch)
    monkeypatch.setenv("TEXTCRM_SIGNING_KEY", str(team.keys / "chen-chen.throw-away-signing-key"))
    return team


def customer(team: Team) -> str:
    shell = team.by(None)
    words = ("add", "测试公司甲", "--set", f"bank_account={ACCOUNT}", "--json")
    return str(shell.ok(*words).data["id"])


@pytest.mark.slow  # such a key is made to take its time
def test_a_key_behind_a_passphrase_from_end_to_end(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "protected.txt"
    made = at_a_terminal(tmp_path, [WORD, WORD], "key", "new", "--passphrase", "-o", str(file))
    assert made.code == 0, made
    assert WORD not in made.out + made.screen
    assert b"AGE-SECRET-KEY" not in file.read_bytes()
    public = made.out.split("public key: ")[1].split()[0]
    team.by("chen-chen").ok("member", "add", "新人", "--role", "销售经理", "--key", public)
    one = customer(team)
    monkeypatch.setenv("TEXTCRM_IDENTITY", str(file))
    show = ("-C", str(team.root), "show", one, "--reveal", "--json")
    read = at_a_terminal(tmp_path, [WORD], *show)
    assert (read.code, ACCOUNT in read.out) == (0, True)
    assert read.screen.count("passphrase of") == 1
    light = tmp_path / "light.txt"
    light.write_bytes(protected(sealing.generate()[0].encode(), WORD))
    light.chmod(0o600)
    monkeypatch.setenv("TEXTCRM_IDENTITY", str(light))
    wrong = at_a_terminal(tmp_path, ["no"], *show)
    assert (wrong.code, ACCOUNT in wrong.out, "passphrase is wrong" in wrong.screen) == (
        3,
        False,
        True,
    )
    monkeypatch.setenv("TEXTCRM_IDENTITY", str(file))
    unasked = team.shell("show", one, "--reveal")
    assert unasked.code == 3
    assert "口令" in unasked.err


def test_masks_in_a_list_ask_nobody_for_a_passphrase(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _ = sealing.generate()
    file = tmp_path / "protected.txt"
    file.write_bytes(protected(secret.encode(), WORD))
    file.chmod(0o600)
    customer(team)
    monkeypatch.setenv("TEXTCRM_IDENTITY", str(file))
    words = ("-C", str(team.root), "list", "测试公司甲", "--columns", "name,bank_account")
    ran = at_a_terminal(tmp_path, [], *words)
    assert (ran.code, "passphrase" in ran.screen) == (0, False)
    assert "🔒" in ran.out


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")
def test_an_ssh_key_reads_where_it_is_asked_for(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, locked = tmp_path / "id_ed25519", tmp_path / "locked"
    for file, word in ((key, ""), (locked, "word")):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", word, "-C", "me@host", "-f", str(file)]
        subprocess.run(words, check=True)
    public = key.with_suffix(".pub").read_text("utf-8").strip()
    shell = team.by("chen-chen")
    shell.ok("member", "add", "新人", "--role", "manager", "--key", public)
    one = customer(team)
    assert team.by(None)("show", one, "--reveal").code == 3
    monkeypatch.setenv("TEXTCRM_SSH_IDENTITY", str(key))
    record = shell.ok("show", one, "--reveal", "--json").data
    assert record["bank_account"] == ACCOUNT
    shown = shell.ok("key", "show").out
    assert public.split()[1] in shown
    assert "finance@1" in shown
    monkeypatch.setenv("TEXTCRM_SSH_IDENTITY", str(locked))
    refused = shell("show", one, "--reveal", "--lang", "en")
    assert (refused.code, "passphrase" in refused.err) == (3, True)
    rsa = shell("member", "add", "又一人", "--role", "sales", "--key", "ssh-rsa AAAAB3NzaC1yc2E=")
    assert rsa.code == 2


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")
def test_join_tells_of_an_ssh_key_that_was_not_tried(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    monkeypatch.setenv("TEXTCRM_SIGNING_KEY", str(team.keys / "chen-chen.throw-away-signing-key"))
    admin = team.by("chen-chen")
    public = key.with_suffix(".pub").read_text("utf-8").strip()
    admin.ok("member", "replace-key", "王芳", public)
    git(team.root, "config", "user.name", "王芳")
    git(team.root, "config", "user.email", "wang@example.com")
    told = team.by("wang-fang")("--lang", "en", "join").out
    assert "TEXTCRM_SSH_IDENTITY=1 textcrm join" in told
    assert told.index("SSH") < told.index("replace-key")
