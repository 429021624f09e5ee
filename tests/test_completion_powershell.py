"""TAB in PowerShell, as far as it can be told without one: the script's grammar, and its words."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from hypothesis import given
from hypothesis import strategies as st
from ready_made import initialized

from textcrm.cli.powershell import Asked, quoted, split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "Blue River (Shanghai) Ltd."


@pytest.fixture(scope="module")
def script() -> str:
    words = [sys.executable, "-m", "textcrm", "completion", "powershell"]
    return subprocess.run(words, capture_output=True, check=True).stdout.decode("utf-8")


@pytest.fixture(scope="module")
def tree(script: str) -> Any:
    """The script as a grammar of PowerShell reads it."""
    reason = "the grammar is not installed"
    sitter = pytest.importorskip("tree_sitter", reason=reason)
    grammar = pytest.importorskip("tree_sitter_powershell", reason=reason)
    parser = sitter.Parser(sitter.Language(grammar.language()))
    return parser.parse(script.encode()).root_node


def _below(node: Any, kind: str) -> Iterator[Any]:
    for child in node.children:
        if child.type == kind:
            yield child
        yield from _below(child, kind)


def _set(node: Any) -> set[str]:
    """What is assigned to below a node."""
    found = _below(node, "left_assignment_expression")
    return {one.text.decode() for one in found}


def test_the_script_is_powershell(tree: Any) -> None:
    assert not tree.has_error
    (command, *_) = _below(tree, "command_name")
    assert command.text == b"Register-ArgumentCompleter"
    (parameters,) = _below(tree, "parameter_list")
    assert [one.text for one in _below(parameters, "variable")] == [
        b"$wordToComplete",
        b"$commandAst",
        b"$cursorPosition",
    ]


def test_nothing_of_the_session_stays_changed(tree: Any) -> None:
    outer = next(_below(tree, "try_statement"))
    (ending,) = (one for one in outer.children if one.type == "finally_clause")
    held = _set(ending)
    lasting = {name for name in _set(tree) if re.match(r"\$(env|global):|\[", name)}
    assert lasting == held
    assert {"$env:_TEXTCRM_COMPLETE", "[Console]::OutputEncoding", "$global:LASTEXITCODE"} <= held


def test_the_script_is_read_the_same_in_any_code_page(script: str) -> None:
    assert script.isascii()
    assert "%(" not in script
    # What Windows PowerShell 5.1 does not have.
    assert not re.search(r"\?\?|&&|\|\||\?\.|-AsHashtable|\bclean\b", script)


@pytest.mark.parametrize(
    ("line", "words", "begun"),
    [
        ("textcrm", (), "textcrm"),
        ("textcrm show ", ("textcrm", "show"), ""),
        ("textcrm show C2", ("textcrm", "show"), "C2"),
        ("textcrm show 'Blue R", ("textcrm", "show"), "Blue R"),
        ('textcrm show "Blue R', ("textcrm", "show"), "Blue R"),
        ("textcrm show Blue` R", ("textcrm", "show"), "Blue R"),
        ("textcrm show 'it''s", ("textcrm", "show"), "it's"),
        ("textcrm show \u2018a\u2019\u2019b\u2019 ", ("textcrm", "show", "a\u2019b"), ""),
        ('textcrm x "a`"b""c" d`"e ', ("textcrm", "x", 'a"b"c', 'd"e'), ""),
        ("textcrm tag x tags='重 点", ("textcrm", "tag", "x"), "tags=重 点"),
        ("textcrm x '' ", ("textcrm", "x", ""), ""),
        (r"C:\tools\textcrm.exe show C", (r"C:\tools\textcrm.exe", "show"), "C"),
        ("textcrm\u3000show x`", ("textcrm", "show"), "x"),
    ],
)
def test_a_line_is_taken_apart(line: str, words: tuple[str, ...], begun: str) -> None:
    assert split(line)[:2] == (words, begun)


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("C20240501001", "C20240501001"),
        ("status=active", "status=active"),
        ("+重点", "+重点"),
        ("--columns", "--columns"),
        ("-重点", "-重点"),
        ("-标签:重点", "'-标签:重点'"),
        ("name,total_spent", "'name,total_spent'"),
        ("@silent", "'@silent'"),
        ("~", "'~'"),
        (NAME, f"'{NAME}'"),
        ("it's", "'it''s'"),
        ("\u201c老\u201d客户", "'\u201c老\u201d客户'"),
        ("O\u2019Neill", "'O\u2019\u2019Neill'"),
        ("全\u3000角", "'全\u3000角'"),
        ("$env:HOME", "'$env:HOME'"),
        ("", "''"),
    ],
)
def test_a_word_is_written_so_that_it_stays_one(word: str, written: str) -> None:
    assert quoted(word) == written


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"])), min_size=1))
def test_what_is_written_is_read_again(words: list[str]) -> None:
    line = " ".join(quoted(word) for word in words)
    assert split(line + " ").words == tuple(words)
    assert split(line).begun == words[-1]


@given(st.text())
def test_any_line_is_taken_apart(line: str) -> None:
    found = split(line)
    assert line.endswith(found.typed)


@pytest.mark.parametrize(
    ("line", "word", "head"),
    [
        ("t list --columns name,tot", "tot", "name,"),
        ("t list --columns name,tot", "name,tot", ""),
        ("t search -标签:重", "重", "-标签:"),
        ("t show 'Blue", "Blue", ""),  # what is put in takes the place of the mark too
        ("t show Blue", "other", ""),
        ("t show ", "", ""),
    ],
)
def test_what_stays_in_front(line: str, word: str, head: str) -> None:
    assert split(line).head(word) == head
    assert isinstance(split(line), Asked)


def _offered(line: str, word: str = "", **more: str) -> list[str]:
    given = {"_TEXTCRM_COMPLETE": "powershell_complete", "COMP_LINE": line, "COMP_WORD": word}
    done = subprocess.run(
        [sys.executable, "-m", "textcrm"],
        capture_output=True,
        check=True,
        env={**os.environ, **given, **more},
    )
    return done.stdout.decode("utf-8").splitlines()


def test_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(initialized(tmp_path / "vault", "--lang", "en"), capsys)
    own = shell.ok("add", NAME, "--json").data["id"]
    shell.ok("tag", own, "+重点", "+老 客户")
    monkeypatch.chdir(shell.folder)
    assert _offered("textcrm show 'Blue", "'Blue") == [f"'{NAME}'", NAME, own]
    assert _offered(f"textcrm show {own[:4]}", own[:4]) == [own, own, NAME]
    there = _offered(f"textcrm tag {own} +老", "+老")
    assert there == ["'+老 客户'", "+老 客户", "+老 客户"]
    there = _offered("textcrm list --columns name,total_sp", "total_sp")
    assert there[:2] == ["total_spent", "name,total_spent"]
    assert _offered("textcrm search -标签:重", "重")[0] == "重点"
    # Whatever the console's code page is.
    assert _offered(f"textcrm tag {own} +重", "+重", PYTHONIOENCODING="gbk")[0] == "+重点"
