"""A planted value is found nowhere after a run of everything (acceptance check 28).

Every command runs on a vault whose sealed fields hold known values; then the whole disk that the
run could touch is searched: work tree, every git object, catalog and index, home, state, temporary
folders, backups, remote; and all that was printed, and the command lines of all processes.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from cli_running import Ran, Shell
from sealing_vault import git
from searching_disk import Processes, disguises, traces

from textcrm import access
from textcrm.cli.main import COMMANDS

CHECKOUT = Path(__file__).resolve().parent.parent
ACCOUNT = "6217 0044 1937 5528 406"
ID_CARD = "110101199003074389"
AMOUNT = "7351926.48"
TYPED = "9558 8023 7741 6630"
IN_EDITOR = "4391 2277 0158 9946"
MEMORY = Path("/dev/shm")
VALUES = (ACCOUNT, ID_CARD, AMOUNT, TYPED, IN_EDITOR)


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    import base64
    import sqlite3
    import zlib

    repo = tmp_path / "repo"
    git(tmp_path, "init", "-q", str(repo))
    assert traces([ACCOUNT], [tmp_path]) == []
    (tmp_path / "a.txt").write_text(f"x {ACCOUNT} y")
    (tmp_path / "b.txt").write_bytes(base64.b64encode(b"12" + ACCOUNT.encode() + b"345"))
    (tmp_path / "c.bin").write_bytes(zlib.compress(ACCOUNT.replace(" ", "").encode()))
    (tmp_path / ACCOUNT).mkdir()
    base = sqlite3.connect(tmp_path / "d.db")
    base.execute("create table t (x)")
    base.execute("insert into t values (?)", (ACCOUNT,))
    base.commit()
    base.close()
    subprocess.run(
        ["git", "hash-object", "-w", "--stdin"],
        cwd=repo,
        input=f"v: {ACCOUNT}".encode(),
        check=True,
        capture_output=True,
    )
    found = traces([ACCOUNT], [tmp_path])
    for name in ("a.txt", "b.txt", "c.bin", "d.db", "object", f"name {tmp_path / ACCOUNT}"):
        assert any(name in one for one in found), name
    with Processes([ACCOUNT]) as watched:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.2)", ACCOUNT], check=True)
    assert watched.found


class Everything:
    """One vault, its surroundings, and all that is printed while commands run on it."""

    def __init__(
        self, folder: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self.patch = patch
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        patch.setenv("TMPDIR", str(self.temporary))
        patch.setattr(tempfile, "tempdir", str(self.temporary))
        patch.setenv("PYTHONPATH", str(CHECKOUT))
        self.shell = Shell(folder / "vault", capture)
        self.printed: list[tuple[tuple[str, ...], Ran]] = []

    def __call__(self, *words: str, given: str | None = None, reveals: bool = False) -> Ran:
        """Run a command; what it prints is kept, unless it was asked to reveal."""
        if given is not None:
            stdin = io.TextIOWrapper(io.BytesIO(given.encode()))
            self.patch.setattr(sys, "stdin", stdin)
        ran = self.shell(*words)
        assert ran.code != 70, (words, ran)
        if not reveals:
            self.printed.append((words, ran))
        return ran

    def leaks(self) -> list[str]:
        """Where any of the values was printed or stands on disk."""
        wanted = {one for value in VALUES for one in disguises(value)}
        said = [
            f"printed by {words}"
            for words, ran in self.printed
            if any(one in (ran.out + ran.err).encode() for one in wanted)
        ]
        home = Path(os.environ["HOME"])
        return said + traces(VALUES, [self.folder, home])


@pytest.fixture
def everything(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Everything:
    made = Everything(tmp_path, capfd, monkeypatch)
    ran = made.shell("init", str(made.shell.folder), "--no-input", "--lang", "en", at=False)
    assert ran.code == 0, ran
    file = made.shell.folder / access.FILE_NAME
    if not access.read(file.read_bytes()).has_keys or "seal" not in COMMANDS:
        pytest.skip("this textcrm cannot seal yet")
    return made


RECORD = f"""name: Blue River
kind: organization
bank_account: {ACCOUNT}
contacts:
  - name: 李明
    phones: [{{number: '+8619900000011'}}]
    id_number: '{ID_CARD}'
contracts:
  - {{number: HT-1, title: x, signed: '2026-01-01', amount: {AMOUNT}}}
"""


def _editor(folder: Path, body: str) -> str:
    """An editor that is a program of ours; what it types it takes from memory-backed storage."""
    file = folder / "editor.py"
    file.write_text(
        "import os, pathlib, re, sys, time\n"
        "file = pathlib.Path(sys.argv[-1]); text = file.read_text('utf-8')\n" + body,
        encoding="utf-8",
    )
    return f"{sys.executable} {file}"


def _type_in(place: str) -> str:
    return (
        f"typed = pathlib.Path({place!r}).read_text()\n"
        "text = re.sub(r'(?m)^bank_account:.*(\\n  .*)*', 'bank_account: ' + typed, text)\n"
        "file.write_text(text, 'utf-8')\n"
    )


def _hand_edit(everything: Everything, record_id: str, old: str, new: str) -> Path:
    file: Path = next((everything.shell.folder / "customers").rglob(f"{record_id}.yaml"))
    import re

    text = re.sub(old, new, file.read_text(encoding="utf-8"), count=1)
    file.write_text(text, encoding="utf-8")
    return file


def _writing(run: Everything) -> str:
    """Bring every value in, by every way; gives the record's id."""
    added = run("add", "--from", "-", "--json", given=RECORD)
    assert added.code == 0, added
    own: str = added.data["id"]
    assert run("set", own, "bank_account=-", given=TYPED).code == 0
    assert run("set", own, "bank_account=-", "-v", given=ACCOUNT).code == 0
    assert run("append", own, "contracts", "number=HT-2", "amount=-", given=AMOUNT).code == 0
    # mistakes: none of them may repeat what was typed
    run("set", own, "bank_acount=-", given=ACCOUNT)
    run("set", own, "contracts/0/amount=-", given=f"about {AMOUNT} x")
    run("set", own, "contacts/9/id_number=-", "--json", given=ID_CARD)
    run("set", own, "contacts/0/id_number=-", "-v", given=ID_CARD + "5")
    run("add", "--from", "-", given=RECORD.replace("name: Blue River", "status: nonsense"))
    run("add", "--from", "-", given=RECORD + "  broken: [\n")
    return own


def _by_hand(run: Everything, own: str) -> None:
    """Plain text typed into the file: seen by status and check, sealed in place and by save."""
    plain = f"bank_account: {TYPED}"
    for words in (["seal"], ["save", "-m", "x"]):
        file = _hand_edit(run, own, r"(?m)^bank_account:.*(\n  .*)*", plain)
        for look in (
            ["status"],
            ["status", "--json"],
            ["check"],
            ["check", "--json"],
            ["--lang", "zh", "check"],
        ):
            run(*look)
        run("set", own, "notes=x")  # refused: the edit is not saved
        assert run(*words).code == 0
        assert TYPED not in file.read_text(encoding="utf-8")
    run("save", "-m", "all")


def _reading(run: Everything, own: str) -> None:
    """Everything that shows, finds, compares and moves."""
    reads: list[list[str]] = [
        ["show", own], ["show", own, "--json"], ["show", own, "--mask"], ["list"],
        ["list", "--columns", "name,bank_account", "--json"], ["list", "has:bank_account"],
        ["search", "Blue"], ["search", "Blue", "--json"], ["log", own], ["log", own, "--json"],
        ["log"], ["diff", "HEAD~2"], ["diff"], ["blame", own], ["blame", own, "bank_account"],
        ["due"], ["trash"], ["doctor"], ["doctor", "--fix"], ["status"], ["check", "--range", "HEAD"],
        ["member", "list"], ["key", "show"], ["undo"], ["redo"], ["tag", own, "+vip"],
        ["archive", own, "--reason", "x"], ["unarchive", own], ["rm", own, "--reason", "x"],
        ["restore", own], ["backup", str(run.folder / "backup")], ["sync"], ["resolve"],
        ["rekey"], ["view", "list"], ["migrate"], ["report", "receivables"], ["duplicates"], ["fix"],
        ["export", "csv"], ["export", "xlsx", "-o", str(run.folder / "all.xlsx")],
        ["export", "json"], ["export", "jsonl"], ["export", "vcard"], ["export", "ics"],
        ["export", "markdown"], ["export", "html", "-o", str(run.folder / "all.html")],
        ["show", "nobody"], ["list", "bank_account:x"], ["show", own, "bank_account"],
        ["show", own, "bank_account", "--json"], ["search", "--sealed", "Blue"],
        ["list", "--columns", "name,contracts.amount", "--format", "csv"],
        ["list", "--group", "status", "--sum", "contracts.amount"], ["audit", "verify"],
        ["audit", "report"], ["audit", "reads"], ["check", "--format", "sarif"],
        ["check", "--format", "junit"], ["check", "--format", "github"], ["check", "--staged"],
        ["chart", "funnel"], ["report", "overview"], ["member", "list", own], ["member", "trust"],
        ["attach", "list", own], ["assign", own, "none"], ["verify", own], ["pool"], ["segment"],
        ["merge", own, own], ["import", str(run.folder / "nothing.csv"), "--dry-run"],
        ["backup", "verify", str(run.folder / "backup")],
        ["backup", "restore", str(run.folder / "backup"), str(run.folder / "restored")],
        ["textconv", str(_file_of(run, own))], ["hook", "pre-commit"], ["privacy", "notice"],
    ]  # fmt: skip
    for words in reads:
        if words[0] in COMMANDS:
            run(*words)
            run(*words, "-v")
    named = {words[0] for words in reads} | {
        "init",
        "demo",
        "edit",
        "add",
        "set",
        "append",
        "seal",
        "save",
    }
    for name in COMMANDS.keys() - named:
        for words in ([name], [name, own], [name, "--json"]):
            run(*words)
    _by_git(run)
    for words in (
        ["show", own, "--reveal"],
        ["show", own, "bank_account", "--reveal"],
        ["list", "--columns", "name,bank_account,contracts.amount", "--reveal"],
        ["list", "--reveal", "--sum", "contracts.amount"],
        ["search", "Blue", "--reveal"],
        ["log", own, "--reveal"],
        ["diff", "HEAD~3", "--reveal"],
        ["blame", own, "--reveal"],
        ["report", "receivables", "--reveal"],
        ["export", "json", "--reveal"],
    ):  # what is asked for is printed; still nothing of it may stay on disk
        run(*words, reveals=True)
    revealed = run("show", own, "--reveal", "--json", reveals=True)
    assert revealed.code == 0, revealed
    bare = [value.replace(" ", "") for value in (TYPED, ACCOUNT)]
    assert any(value in revealed.out for value in bare)


def _file_of(run: Everything, own: str) -> Path:
    return next((run.shell.folder / "customers").rglob(f"{own}.yaml"))


def _by_git(run: Everything) -> None:
    """What git itself shows through our textconv and merge driver."""
    for words in (["diff", "HEAD~3"], ["log", "-p", "-3"], ["show", "HEAD~1"], ["stash"]):
        out = git(run.shell.folder, *words, check=False)
        run.printed.append((("git", *words), Ran(0, out, "")))
    git(run.shell.folder, "stash", "drop", check=False)


def test_a_run_of_everything_leaves_no_trace(everything: Everything, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", str(remote))
    git(everything.shell.folder, "remote", "add", "origin", str(remote))
    git(everything.shell.folder, "push", "-q", "-u", "origin", "main")
    with Processes(VALUES) as watched:
        own = _writing(everything)
        _by_hand(everything, own)
        _reading(everything, own)
    assert watched.looks > 20
    assert watched.found == set()
    assert everything.leaks() == []


needs_memory = pytest.mark.skipif(not MEMORY.is_dir(), reason="no memory-backed storage here")


def _in_memory() -> set[str]:
    return {file.name for file in MEMORY.iterdir() if "textcrm" in file.name}


@needs_memory
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_edit_that_is_stopped_leaves_no_trace(
    everything: Everything, blow: signal.Signals, tmp_path: Path
) -> None:
    own: str = everything("add", "--from", "-", "--json", given=RECORD).data["id"]
    before = _in_memory()
    with tempfile.NamedTemporaryFile("w", dir=MEMORY, delete=True) as typed:
        typed.write(IN_EDITOR)
        typed.flush()
        ready = tmp_path / "ready"
        body = (
            _type_in(typed.name)
            + f"pathlib.Path({str(ready)!r}).write_text('x')\ntime.sleep(60)\n"
        )
        environment = {**os.environ, "EDITOR": _editor(tmp_path, body), "VISUAL": ""}
        with Processes(VALUES) as watched:
            process = subprocess.Popen(
                [sys.executable, "-m", "textcrm", "-C", str(everything.shell.folder), "edit", own],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            try:
                _wait_for(ready, process)
                os.kill(process.pid, blow)
                time.sleep(0.3)
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                out, err = process.communicate()
        assert watched.found == set()
        for text in (out, err):
            assert IN_EDITOR.encode() not in text
        assert everything.leaks() == []
    quiet = {**os.environ, "EDITOR": "true", "VISUAL": ""}
    for name, value in quiet.items():
        everything.patch.setenv(name, value)
    everything("edit", own)
    assert _in_memory() <= before
    assert everything.leaks() == []


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while not file.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)
    time.sleep(0.1)


@needs_memory
def test_an_edit_seals_and_leaves_no_trace(everything: Everything, tmp_path: Path) -> None:
    own: str = everything("add", "--from", "-", "--json", given=RECORD).data["id"]
    with tempfile.NamedTemporaryFile("w", dir=MEMORY, delete=True) as typed:
        typed.write(IN_EDITOR)
        typed.flush()
        everything.patch.setenv("EDITOR", _editor(tmp_path, _type_in(typed.name)))
        everything.patch.setenv("VISUAL", "")
        with Processes(VALUES) as watched:
            assert everything("edit", own).code == 0
        assert watched.found == set()
    shown = everything("show", own, "--reveal", "--json", reveals=True)
    assert IN_EDITOR.replace(" ", "") in shown.out
    assert everything.leaks() == []
