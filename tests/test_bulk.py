"""One edit of many customers: shown, asked, one commit, one undo."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from ready_made import initialized

if TYPE_CHECKING:
    from pathlib import Path

PROSPECTS = 7


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    shell = Shell(initialized(tmp_path / "vault", "--name", "test"), capsys)
    folder = shell.folder / "customers/2024/05"
    folder.mkdir(parents=True)
    for number in range(PROSPECTS + 1):
        kind = "type: prospect\ntags: [new]" if number < PROSPECTS else "type: existing"
        text = f"id: C2024050100{number}\nname: Customer {number}\n{kind}\n"
        (folder / f"C2024050100{number}.yaml").write_text(text, encoding="utf-8")
    shell.ok("save")
    return shell


def commits(shell: Shell) -> int:
    done = subprocess.run(
        ["git", "-C", str(shell.folder), "rev-list", "--count", "HEAD"],
        check=True,
        capture_output=True,
    )
    return int(done.stdout)


def texts(shell: Shell) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in shell.folder.glob("customers/*/*/*.yaml")}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("set", "--query", "type:prospect", "intent=high", "stage=proposal"), "intent:high"),
        (("tag", "--query", "type:prospect", "+campaign", "-new"), "tag:campaign -tag:new"),
        (
            ("append", "--query", "type:prospect", "interactions", "channel=email", "at=today", "summary=greetings"),
            "greetings",
        ),
        (("archive", "--query", "type:prospect", "--reason", "gone"), "is:archived"),
    ],
    ids=lambda one: one[0] if isinstance(one, tuple) else None,
)  # fmt: skip
def test_one_commit_and_one_undo(shell: Shell, words: tuple[str, ...], found: str) -> None:
    before, count = texts(shell), commits(shell)
    told = shell.ok(*words, "--yes", "--json").data
    assert (told["count"], len(told["ids"])) == (PROSPECTS, PROSPECTS)
    assert told["commit"]
    assert commits(shell) == count + 1
    assert len(shell.ok("list", found, "--json").data) == PROSPECTS
    shell.ok("undo")
    assert texts(shell) == before


def test_shows_the_first_five_and_writes_nothing_unasked(shell: Shell) -> None:
    before = texts(shell)
    shown = shell.ok("set", "--query", "type:prospect", "intent=high", "--dry-run")
    assert "7 of 7 customers change" in shown.out
    assert shown.out.count("+ High") == 5
    assert "and 2 more" in shown.out
    asked = shell("set", "--query", "type:prospect", "intent=high")
    assert asked.code == 2
    assert "--yes" in asked.err
    assert texts(shell) == before


def test_what_is_so_already_is_left_alone(shell: Shell) -> None:
    shell.ok("set", "Customer 3", "intent=high")
    told = shell.ok("set", "--query", "type:prospect", "intent=high", "--yes", "--json").data
    assert told["count"] == PROSPECTS - 1
    again = shell.ok("set", "--query", "type:prospect", "intent=high", "--yes", "--json").data
    assert (again["count"], again["commit"]) == (0, None)


def test_all_or_nothing(shell: Shell) -> None:
    before = texts(shell)
    for words, code in [
        (("set", "--query", "type:prospect", "intent=enormous", "--yes"), 5),
        (("set", "--query", "type:prospect", "nosuchfield/x=1", "--yes"), 2),
        (("set", "--query", "type:", "intent=high", "--yes"), 2),
        (("set", "--query", "nobody-at-all", "intent=high", "--yes"), 1),
        (("archive", "Customer 1", "--query", "type:prospect", "--yes"), 2),
        (("set",), 2),
        (("append", "--query", "type:prospect"), 2),
        (("tag", "--query", "type:prospect"), 2),
    ]:
        assert shell(*words).code == code, words
    assert texts(shell) == before


def test_a_hand_edit_is_neither_committed_nor_lost(shell: Shell) -> None:
    file = next(
        one
        for one in shell.folder.glob("customers/*/*/*.yaml")
        if b"Customer 2" in one.read_bytes()
    )
    file.write_text(file.read_text(encoding="utf-8") + "notes: by hand\n", encoding="utf-8")
    before = texts(shell)
    done = shell("set", "--query", "type:prospect", "intent=high", "--yes")
    assert done.code == 7
    assert "save" in done.err
    assert texts(shell) == before


def test_sealed_values_are_not_shown(shell: Shell) -> None:
    ran = shell.ok("set", "--query", "type:prospect", "bank_account=6222 0202 0011 2233", "--yes")
    assert "6222" not in ran.out
    assert "shell's history" in ran.err  # as for one customer
    assert all(b"6222" not in data for name, data in texts(shell).items())


def test_what_a_change_makes_odd_is_told(shell: Shell) -> None:
    told = shell.ok("set", "--query", "type:prospect", "notes=x", "owner=nobody-here", "--yes")
    assert told.err.count("nobody-here") >= PROSPECTS
    more = shell.ok("set", "--query", "type:prospect", "owner=no-one", "--yes", "--json").data
    assert len(more["warnings"]) >= PROSPECTS
