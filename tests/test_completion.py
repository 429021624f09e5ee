"""TAB in real shells: what is typed, completed and run arrives at the program as whole words."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_running import Shell
from ready_made import initialized

from textcrm.cli.main import COMMANDS, root

NAME = "Blue River (Shanghai) Ltd."
ARGUMENTS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
AT_TERMINAL = """import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
READY = "ready-to-type"
TYPED = [
    ("textcrm show C2", ["show", "{id}"]),
    ("textcrm show Blue", ["show", NAME]),
    ("textcrm set {id} status=act", ["set", "{id}", "status=active"]),
    ("textcrm set {id} sour", ["set", "{id}", "source="]),
    ("textcrm search status:act", ["search", "status:active"]),
    ("textcrm list @sil", ["list", "@silent"]),
    ("textcrm tag {id} +wich", ["tag", "{id}", "+wichtig"]),
    ("textcrm set {id} 核心", ["set", "{id}", "核心需求="]),
    ("textcrm append {id} purch", ["append", "{id}", "purchases"]),
    ("textcrm append {id} purchases quanti", ["append", "{id}", "purchases", "quantity="]),
    ("textcrm list --columns name,total_sp", ["list", "--columns", "name,total_spent"]),
    ("textcrm tag {id} +重", ["tag", "{id}", "+重点"]),
    ("textcrm tag {id} +甲", ["tag", "{id}", "+甲:乙 $丙 'd' \"e\" (f) `g`"]),
    ("textcrm search 标签:重", ["search", "标签:重点"]),
    ("textcrm search -标签:重", ["search", "-标签:重点"]),
    ("textcrm tag {id} -wi", ["tag", "{id}", "-wichtig"]),
    ("textcrm set {id} tags=甲", ["set", "{id}", "tags=甲:乙 $丙 'd' \"e\" (f) `g`"]),
    ("textcrm show K", ["show", "K-7 'x' $y;z"]),
    ("textcrm show 客", ["show", "客户@7"]),
    ("textcrm show 'K-7 ", ["show", "K-7 'x' $y;z"]),
    ('textcrm show "K-7', ["show", "K-7 'x' $y;z"]),
    ("echo {id} >/dev/null; textcrm show K", ["show", "K-7 'x' $y;z"]),
]
# Files that a hand put there and that no command has seen yet, by names that shells take apart.
BY_HAND = ("K-7 'x' $y;z", "客户@7")


@pytest.fixture
def vault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, str]:
    shell = Shell(initialized(tmp_path / "vault", "--lang", "en"), capsys)
    words = ["add", NAME, "--set", "tags=wichtig", "--set", "phone=13800138000"]
    own: str = shell.ok(*words, "--json").data["id"]
    shell.ok("tag", own, "+重点", "+甲:乙 $丙 'd' \"e\" (f) `g`")
    shell.ok("list")
    for name in BY_HAND:
        (shell.folder / "customers" / f"{name}.yaml").write_text("name: 手写\n", encoding="utf-8")
    return shell.folder, own


def _program(folder: Path, said: Path) -> Path:
    """A textcrm that completes as ours does, and writes down what else it is called with."""
    tools = folder / "tools"
    tools.mkdir()
    program = tools / "textcrm"
    source = os.pathsep.join(path for path in sys.path if path)
    program.write_text(
        f'#!/bin/sh\nif [ -n "$_TEXTCRM_COMPLETE" ]; then\n'
        f'  PYTHONPATH="{source}" exec "{sys.executable}" -m textcrm "$@"\nfi\n'
        f'printf "%s\\n" "$@" > "{said}.new"\nmv "{said}.new" "{said}"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return tools


class Terminal:
    """An interactive shell at a terminal of its own."""

    def __init__(self, words: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._own, far = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", AT_TERMINAL, *words],
            stdin=far,
            stdout=far,
            stderr=far,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        os.close(far)
        self.seen = b""

    def type(self, text: str) -> None:
        os.write(self._own, text.encode())

    def wait(self, until: object, seconds: float = 20) -> bool:
        """Read what is shown until something is true."""
        assert callable(until)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            ready, _, _ = select.select([self._own], [], [], 0.05)
            if ready:
                try:
                    self.seen += os.read(self._own, 65536)
                except OSError:
                    break
            if until():
                return True
        return False

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._own)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="terminals are POSIX's")
@pytest.mark.parametrize("shell", ARGUMENTS)
def test_tab(shell: str, vault: tuple[Path, str], tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    folder, own = vault
    said = tmp_path / "said"
    tools = _program(tmp_path, said)
    script = tmp_path / f"completion.{shell}"
    made = subprocess.run(
        [sys.executable, "-m", "textcrm", "completion", shell], capture_output=True, check=True
    )
    script.write_bytes(made.stdout)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TERM": "dumb", "TEXTCRM_PAGER": "cat"}
    environment |= {"COLUMNS": "200", "LC_ALL": "C.UTF-8"}
    terminal = Terminal(ARGUMENTS[shell], folder, environment)
    try:
        if shell == "zsh":
            terminal.type("autoload -U compinit && compinit -u -D\r")
        terminal.type(f"source {script}; echo {READY[:5]}'{READY[5:]}'\r")
        assert terminal.wait(lambda: READY.encode() in terminal.seen), terminal.seen
        for typed, wanted in TYPED:
            said.unlink(missing_ok=True)
            shown = len(terminal.seen)
            terminal.type(typed.format(id=own) + "\t")
            terminal.wait(lambda: False, 0.6)
            terminal.type("\r")
            assert terminal.wait(said.exists), terminal.seen[shown:]
            words = said.read_text(encoding="utf-8").splitlines()
            assert words == [one.format(id=own) for one in wanted], terminal.seen[shown:]
    finally:
        terminal.close()


def _offered(line: str, kind: str = "bash", **more: str) -> list[str]:
    given = {"_TEXTCRM_COMPLETE": f"{kind}_complete", "COMP_LINE": line, **more}
    done = subprocess.run(
        [sys.executable, "-m", "textcrm"],
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COMP_BREAKS": ":=@ ", **given},
    )
    return [line for line in done.stdout.splitlines() if line]


def test_a_quoted_word_is_not_escaped_again(
    vault: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(vault[0])
    assert _offered('textcrm show "Blue') == [f"plain,{NAME}"]
    assert _offered("textcrm show Blue") == [r"plain,Blue\ River\ \(Shanghai\)\ Ltd."]
    assert _offered(r"textcrm show Blue\ Ri") == [r"plain,Blue\ River\ \(Shanghai\)\ Ltd."]


def test_a_vault_is_pointed_to_and_hand_edits_are_seen(
    vault: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder, own = vault
    there = f"textcrm -C {folder}"
    assert _offered(f"{there} show C2") == [f"plain,{own}"]
    assert _offered("textcrm show C2", TEXTCRM_VAULT=str(folder)) == [f"plain,{own}"]
    file = next(folder.glob("customers/2*/*/*.yaml"))
    edited = file.read_text(encoding="utf-8").replace("wichtig", "neu").replace(NAME, "Green")
    edited = edited.replace(own, "C20200101001")
    file.with_name("C20200101001.yaml").write_text(edited, encoding="utf-8")
    file.unlink()
    assert _offered(f"{there} show C2") == ["plain,C20200101001"]
    assert _offered(f"{there} show Blue") == []
    assert _offered(f"{there} show Gr") == ["plain,Green"]
    assert "plain,+neu" in _offered(f"{there} tag x +")
    assert "plain,+wichtig" not in _offered(f"{there} tag x +")
    assert "plain,status=" in _offered(f"{there} set x stat")
    assert _offered(f"{there} list @sil", COMP_BREAKS="") == ["plain,@silent"]


@pytest.mark.parametrize("line", ["textcrm show C2", "textcrm set x stat"])
def test_what_a_press_of_tab_does_not_load(
    line: str, vault: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = vault
    for file in folder.glob("customers/*.yaml"):
        file.unlink()
    for file in folder.glob("customers/*/*/*.yaml"):
        os.utime(file, ns=(10**18, 10**18))
    time.sleep(2.1)  # until what was just written is of age
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-m", "textcrm", "-C", str(folder), "list"],
            check=True,
            capture_output=True,
        )
    monkeypatch.chdir(folder)
    heavy = {"yaml", "git", "subprocess", "textcrm.vault", "textcrm.query", "textcrm.gitrepo"}
    code = (
        "import sys\nfrom textcrm.cli.main import run\n"
        f"try: run([])\nfinally: print(*sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "_TEXTCRM_COMPLETE": "bash_complete", "COMP_LINE": line},
    )
    assert done.stderr.split() == []
    assert done.stdout.startswith("plain,")


def test_nothing_is_offered_outside_a_vault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in ("textcrm set x stat", "textcrm show C", "textcrm tag x +", "textcrm assign x "):
        assert _offered(line) == []


def test_every_customer_field_and_query_can_be_completed() -> None:
    """A command's parameter that takes one of these is completed, whoever adds the command."""
    import click

    from textcrm.cli.completed import BY_WORD

    whole = root()
    context = click.Context(whole)
    for name in COMMANDS:
        command = whole.get_command(context, name)
        assert command is not None
        for param in command.params:
            if param.name in BY_WORD or param.metavar in BY_WORD:
                assert param._custom_shell_complete is not None, (name, param.name)
