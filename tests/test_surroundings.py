"""Other systems: what differs is in one place each, and its other path is forced here."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import types
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from ready_made import initialized
from team_vault import git

from textcrm.cli import encoding, private, surroundings
from textcrm.gitrepo import system
from textcrm.quality import surroundings as around
from textcrm.quality.surroundings import FileSystem, alike, probe

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(initialized(tmp_path / "v", "--no-keys", then=(("add", "云帆科技"),)), capsys)


def rows(shell: Shell, code: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shell("--lang", "en", "doctor", "--json").data
    return [one for one in found if one["check"] == code]


# -- consoles


def printed(text: str, console: str) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=console)
    encoding.prepare(stream)
    stream.write(text)
    stream.flush()
    return raw.getvalue().decode(console)


def test_a_gbk_console_prints_chinese_and_plain_signs_for_what_it_lacks() -> None:
    assert printed("✓ 客户→张三 🔒…“”", "gbk") == "√ 客户→张三 [加密]…“”"
    assert printed("€5 é", "gb2312") == "EUR5 é"
    assert printed("丂㐀", "gb2312") == "\\u4e02\\u3400"


def test_a_console_without_chinese_says_each_sign_by_its_number() -> None:
    assert printed("✓ a → “客”：🔒", "ascii") == '+ a -> "\\u5ba2": [sealed]'
    assert printed("╳\ud800", "cp437") == "\\u2573\\ud800"


@pytest.mark.parametrize(
    "console", ["gbk", "cp936", "big5", "ascii", "cp437", "latin-1", "cp1252"]
)
def test_no_console_brings_a_traceback(shell: Shell, console: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "textcrm", "-C", str(shell.folder), "--lang", "zh", "doctor"],
        env={**os.environ, "PYTHONIOENCODING": console, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr
    shown = done.stdout.decode(console)
    chinese = console in ("gbk", "cp936")
    assert ("客户库格式" in shown) == chinese
    assert "\\u2713" not in shown


def test_doctor_says_what_the_console_can_show() -> None:
    class Stream(io.StringIO):
        encoding = "cp437"

    (console, _) = surroundings.rows(Stream())
    assert (console.code, console.state) == ("console", "warning")
    assert "cp437" in console.say("zh")
    assert "\\u" in console.say("en")
    assert surroundings.shown(sys.stdout)[1]


def test_without_a_folder_in_memory_it_says_where_plain_text_lies(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(surroundings, "memory_folder", lambda: None)
    monkeypatch.setattr(private, "memory_folder", lambda: None)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    memory = [one for one in surroundings.rows(sys.stdout) if one.code == "memory"]
    assert [one.state for one in memory] == ["warning"]
    with private.private_file("a.yaml", b"secret") as file:
        assert file.parent.parent == tmp_path
        assert file.read_bytes() == b"secret"
    assert list(tmp_path.iterdir()) == []


# -- processes


def test_a_running_process_is_alive_and_an_ended_one_is_not() -> None:
    assert system.is_alive(os.getpid())
    with subprocess.Popen([sys.executable, "-c", ""]) as done:
        done.wait()
    assert not system.is_alive(done.pid)


def test_on_windows_no_signal_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kernel:
        closed: list[int] = []

        def OpenProcess(self, access: int, inherit: bool, number: int) -> int:
            assert (access, inherit) == (0x1000, False)
            return 7 if number == 1 else 0

        def CloseHandle(self, handle: int) -> None:
            self.closed.append(handle)

    module: Any = types.ModuleType("ctypes")
    module.WinDLL = lambda name, use_last_error: Kernel()
    module.get_last_error = lambda: 87
    monkeypatch.setitem(sys.modules, "ctypes", module)
    monkeypatch.setattr(system, "WINDOWS", True)
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("os.kill ends a process on Windows"))
    assert system.is_alive(1)
    assert not system.is_alive(2)
    module.get_last_error = lambda: 5  # somebody else's
    assert system.is_alive(2)
    assert Kernel.closed == [7]


# -- names and line ends


def test_names_alike_are_found_whatever_their_case_or_accents() -> None:
    assert alike(["a/B", "a/b", "c", "e\u0301", "\u00e9", "d"]) == [
        ("a/B", "a/b"),
        ("e\u0301", "\u00e9"),
    ]


def test_doctor_names_files_that_differ_by_case_only(shell: Shell) -> None:
    assert rows(shell, "names-alike") == []
    blob = git(shell.folder, "hash-object", "-w", "textcrm.yaml").strip()
    for name in ("customers/2024/05/C20240501001.yaml", "customers/2024/05/c20240501001.yaml"):
        git(shell.folder, "update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
    git(shell.folder, "commit", "-q", "--no-verify", "-m", "two")
    (row,) = rows(shell, "names-alike")
    assert row["state"] == "warning"
    assert "c20240501001" in row["detail"]


def test_an_attachment_takes_no_name_that_differs_by_case_only(
    shell: Shell, tmp_path: Path
) -> None:
    file = tmp_path / "x.txt"
    file.write_text("1", encoding="utf-8")
    own = shell.ok("list", "--json").data[0]["id"]
    for title in ("Contract", "CONTRACT", "contract"):
        shell.ok("attach", own, str(file), "--title", title, "--date", "2026-01-02")
    names = [path.name for path in (shell.folder / "attachments" / own).iterdir()]
    assert len({name.casefold() for name in names}) == 3


def test_doctor_tells_of_line_ends(shell: Shell) -> None:
    assert rows(shell, "crlf") == []
    (record,) = (shell.folder / "customers").rglob("*.yaml")
    record.write_bytes(record.read_bytes().replace(b"\n", b"\r\n"))
    (row,) = rows(shell, "crlf")
    assert row["state"] == "ok"
    (shell.folder / ".gitattributes").write_text("*.yaml -text\n", encoding="utf-8")
    git(shell.folder, "add", "-A")
    git(shell.folder, "commit", "-q", "--no-verify", "-m", "as Windows has it")
    (row,) = rows(shell, "crlf")
    assert row["state"] == "warning"
    assert shell.ok("set", record.stem, "status=active").code == 0
    assert b"\r\n" in record.read_bytes()


# -- file systems


def test_without_git_doctor_says_so_once_and_goes_on(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    told = shell("doctor", "--json")
    rows = {row["check"]: row["state"] for row in told.data}
    assert told.code == 1
    assert rows["git"] == "error"
    assert rows["schema"] == rows["console"] == "ok"
    assert [row["detail"] for row in told.data if row["state"] == "error"] == [
        "git is not installed, or not on the PATH"
    ]


def test_a_vault_that_cannot_be_written_is_looked_at(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("textcrm.quality.surroundings.probe", refused)
    told = shell("doctor", "--json")
    (row,) = [row for row in told.data if row["check"] == "read-only"]
    assert (told.code, row["state"]) == (0, "warning")
    assert "Permission denied" in row["detail"]


def test_who_cannot_sign_is_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "signing" not in {row["check"] for row in shell("doctor", "--json").data}
    monkeypatch.setattr("textcrm.sealing.signatures._program", lambda: None)
    monkeypatch.setattr("textcrm.sealing.signatures.find_spec", lambda _name: None)
    (row,) = [row for row in shell("doctor", "--json").data if row["check"] == "signing"]
    assert row["state"] == "warning"


def test_a_folder_is_tried_and_left_as_it_was(tmp_path: Path) -> None:
    found = probe(tmp_path)
    assert found.locks
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_locks_is_an_error_and_one_without_case_is_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = rows(shell, "system")
    assert row["state"] == "ok"
    monkeypatch.setattr(around, "probe", lambda _: FileSystem(False, False, False))
    assert "without letter case" in rows(shell, "system")[0]["detail"]
    assert rows(shell, "locks")[0]["state"] == "error"


def test_without_hard_links_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "no links")

    monkeypatch.setattr(os, "link", refuse)
    assert not probe(tmp_path).links


def test_a_file_that_an_editor_has_open_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textcrm.access.private import replace

    file = tmp_path / "key"
    file.write_bytes(b"old")
    tries = []
    real = type(file).replace

    def busy(self: Path, target: Path) -> Path:
        tries.append(target)
        if len(tries) < 3:
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(system, "WINDOWS", True)
    monkeypatch.setattr(type(file), "replace", busy)
    replace(file, b"new")
    assert file.read_bytes() == b"new"
    assert len(tries) == 3
