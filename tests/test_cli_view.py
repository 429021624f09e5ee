"""textcrm view: saved queries in textcrm.yaml, and wherever a query is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_finding import shop

if TYPE_CHECKING:
    from pathlib import Path

    from cli_running import Shell

SETTINGS = """# the settings, by hand
format: 1
language: en   # mine

views:
  # the quiet ones
  久未联系: type:prospect last_contact:>30d
  loop: '@loop'
  ping: '@pong'
  pong: '@ping'
  lost: '@nowhere'
thresholds: {silent_days: 30}
"""


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    monkeypatch.setenv("COLUMNS", "100")
    shell = shop(tmp_path / "vault", capsys)
    (shell.folder / "textcrm.yaml").write_text(SETTINGS, encoding="utf-8")
    shell.git("add", "-A")
    shell.git("commit", "--no-verify", "-qm", "by hand")
    return shell


def _settings(shell: Shell) -> str:
    return (shell.folder / "textcrm.yaml").read_text(encoding="utf-8")


def test_save_use_remove(shell: Shell) -> None:
    before = shell.git("rev-list", "--count", "HEAD")
    done = shell.ok("view", "save", "大客户", "total_spent:>=1000", "-tag:续约", "--json").data
    assert done["name"] == "大客户"
    assert done["query"] == "total_spent:>=1000 -tag:续约"
    assert done["commit"]
    assert int(shell.git("rev-list", "--count", "HEAD")) == int(before) + 1
    assert shell.git("log", "-1", "--format=%s %an", "--name-only").split("\n")[0] == (
        "vault: save a view Test Person"
    )
    after = _settings(shell)
    assert after.replace("  大客户: total_spent:>=1000 -tag:续约\n", "") == SETTINGS
    assert shell("list", "@大客户").code == 1
    assert shell.ok("list", "@久未联系", "--format", "ids").out.split() == [
        "C20240501002",
        "C20240504001",
    ]
    assert shell.ok("search", "@久未联系", "张", "--json").data[0]["id"] == "C20240501002"
    assert shell.ok("list", "张三 -@久未联系", "--count").out.strip() == "1"
    shell.ok("view", "rm", "@大客户", "--reason", "nobody uses it")
    assert _settings(shell) == SETTINGS
    assert "nobody uses it" in shell.git("log", "-1", "--format=%B")


def test_columns_and_order_go_with_it(shell: Shell) -> None:
    shell.ok(
        "view",
        "save",
        "所有人",
        "archived:no",
        "--columns",
        "id,total_spent",
        "--sort",
        "-total_spent",
    )
    lines = shell.ok("list", "@所有人").out.splitlines()
    assert lines[0].split() == ["Id", "Total", "spent"] or "Total spent" in lines[0]
    assert lines[1].split() == ["C20240501001", "1,200.50"]
    assert shell.ok("search", "@所有人", "--json").data[0]["id"] == "C20240501001"
    assert "name" in shell.ok("list", "@所有人", "--columns", "name", "--json").data[0]
    plain = shell.ok("list", "@所有人", "张三", "--json").data[0]
    assert "type" in plain
    listed = shell.ok("view", "list", "--json").data
    assert listed[-1]["columns"] == ["id", "total_spent"]
    assert listed[-1]["sort"] == ["-total_spent"]
    shown = shell.ok("view", "show", "所有人", "--json").data
    assert shown["count"] == 4


def test_saving_twice_asks_for_replace(shell: Shell) -> None:
    shell.ok("view", "save", "x", "type:new")
    same = shell.ok("view", "save", "x", "type:new", "--json").data
    assert same["commit"] is None
    other = shell("view", "save", "Ｘ", "type:lost", "--json")
    assert (other.code, other.error["code"]) == (2, "view-exists")
    shell.ok("view", "save", "x", "type:lost", "--replace", "--columns", "name")
    shown = shell.ok("view", "show", "@x", "--json").data
    assert (shown["query"], shown["columns"]) == ("type:lost", ["name"])
    shell.ok("view", "save", "x", "type:new", "--replace")
    assert "  x: type:new\n" in _settings(shell)
    shell.ok("undo")
    assert shell.ok("view", "show", "x", "--json").data["query"] == "type:lost"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("statsu:active", "unknown-field"),
        ('"open', "open-quote"),
        ("@nowhere", "unknown-view"),
        ("@own", "view-cycle"),
        ("type:new (", "nothing-there"),
    ],
)
def test_a_broken_query_is_refused_with_a_caret(
    shell: Shell, query: str, problem: str, lang: str
) -> None:
    ran = shell("--lang", lang, "view", "save", "own", query)
    assert ran.code == 2
    assert ran.err.splitlines()[2].strip() == "^"
    assert shell("view", "save", "own", query, "--json").error["problem"] == problem
    assert _settings(shell) == SETTINGS


def test_cycles_of_two_and_broken_views_are_named(shell: Shell) -> None:
    error = shell("list", "@ping", "--json").error
    assert error["problem"] == "view-cycle"
    assert shell("search", "@lost", "--json").error["problem"] == "unknown-view"
    listed = {one["name"]: one for one in shell.ok("view", "--json").data}
    assert listed["久未联系"]["problem"] is None
    assert listed["loop"]["problem"]
    assert listed["lost"]["problem"]
    ran = shell.ok("view", "list", "--count")
    assert "@loop" in ran.err
    assert "@久未联系" in ran.out
    assert shell("view", "show", "loop").code == 2
    assert shell.ok("list", "--count").out.strip() == "4"


def test_names(shell: Shell) -> None:
    for name in ("a b", "a(b", 'a"b', "a:b", "", "@", "x" * 41, "a|b", "a\nb", "a,b"):
        ran = shell("view", "save", name, "type:new", "--json")
        assert (ran.code, ran.error["code"]) == (2, "view-name"), name
    for name in ("no", "2026", "~", "我的客户", "@重点", "é"):
        shell.ok("view", "save", name, "type:new")
        shell.ok("list", "@" + name.lstrip("@"))
        shell.ok("view", "rm", name)
    assert _settings(shell) == SETTINGS


def test_unknown_columns_are_refused(shell: Shell) -> None:
    error = shell("view", "save", "x", "type:new", "--columns", "nmae", "--json").error
    assert error["code"] == "unknown-field"
    error = shell("view", "save", "x", "type:new", "--sort", "-nmae", "--json").error
    assert error["code"] == "unknown-field"


def test_what_others_use_is_not_removed(shell: Shell) -> None:
    shell.ok("view", "save", "quiet", "@久未联系 owner:none")
    error = shell("view", "rm", "久未联系", "--json").error
    assert (error["code"], error["users"]) == ("view-in-use", ["quiet"])
    assert shell("view", "rm", "nosuch", "--json").error["code"] == "no-such-view"
    assert shell("view", "rm", "久未联糸").code == 4


def test_a_hand_edit_of_the_settings_is_not_swept_up(shell: Shell) -> None:
    (shell.folder / "textcrm.yaml").write_text(SETTINGS + "# more\n", encoding="utf-8")
    assert shell("view", "save", "x", "type:new").code == 7


def test_words_that_are_no_action(shell: Shell) -> None:
    for words in (["shwo", "x"], ["rm"], ["show"], ["list", "x"], ["save"], ["rm", "a", "b"]):
        ran = shell("view", *words)
        assert ran.code == 2, words
        assert "hint" in ran.err
    assert shell("view", "save", "x").code == 2
    assert shell.ok("view", "@久未联系").out.startswith("@久未联系")


def test_owner_me_inside_a_view(shell: Shell) -> None:
    shell.ok("view", "save", "mine", "owner:me")
    error = shell("list", "@mine", "--json").error
    assert error["problem"] == "me-unknown"
    shell.git("config", "user.name", "王芳")
    assert shell.ok("list", "@mine", "--count").out.strip() == "1"


def test_without_views(tmp_path: Path, shell: Shell) -> None:
    (shell.folder / "textcrm.yaml").write_text("format: 1\nlanguage: en\n", encoding="utf-8")
    assert shell("view").code == 1
    shell.git("commit", "--no-verify", "-qam", "none")
    shell.ok("view", "save", "x", "type:new")
    assert _settings(shell) == "format: 1\nlanguage: en\nviews:\n  x: type:new\n"
    shell.ok("view", "rm", "x")
    assert _settings(shell) == "format: 1\nlanguage: en\n"


def test_columns_of_a_view_by_hand(shell: Shell) -> None:
    text = "views: {a: {query: 'type:new', columns: name}, b: {query: [x]}}\n"
    (shell.folder / "textcrm.yaml").write_text(text, encoding="utf-8")
    error = shell("list", "@a", "--json").error
    assert (error["code"], error["name"]) == ("config-invalid", "views/b")
