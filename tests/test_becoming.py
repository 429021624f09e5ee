"""From the command line: a customer in another state, and what that state wants (B15, F3)."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_running import Shell
from following import add, answering, tree
from ready_made import created
from team_vault import git

from textcrm.records.becoming import wanted


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A vault with nobody in it yet."""
    return Shell(created(tmp_path / "vault").root, capsys)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return answering(monkeypatch)


def test_becoming_a_customer_asks_for_status_date_and_product(
    shell: Shell, answers: list[str]
) -> None:
    own = add(shell, "甲公司", "--set", "类型=潜在客户", "--set", "状态=未合作")
    answers += ["", "2026-05-01", "云主机"]
    shell.ok("set", own, "类型=新客户")
    found = tree(shell, own)
    assert found["status"] == "active"
    assert found["first_cooperation"] == "2026-05-01"
    assert found["products"] == ["云主机"]
    assert git(shell.folder, "rev-list", "--count", "HEAD").strip() == "3"  # all in one commit


def test_off_a_terminal_it_warns_and_goes_on(shell: Shell) -> None:
    own = add(shell, "甲公司", "--set", "类型=潜在客户")
    ran = shell.ok("set", own, "阶段=成交", "--lang", "zh")
    assert "合作状态" in ran.err
    assert tree(shell, own)["stage"] == "won"


def test_who_pays_from_the_start_is_asked_alike(shell: Shell, answers: list[str]) -> None:
    answers += ["", "2026-05-01", "云主机"]
    own = add(shell, "甲公司", "--set", "类型=老客户")
    found = tree(shell, own)
    assert found["status"] == "active"
    assert (found["first_cooperation"], found["products"]) == ("2026-05-01", ["云主机"])
    assert not answers
    add(shell, "乙公司", "--set", "类型=潜在客户")  # asks nothing


def test_an_edit_that_changes_the_state_is_asked_alike(
    shell: Shell, answers: list[str], tmp_path: Path
) -> None:
    own = add(shell, "甲公司", "--set", "类型=潜在客户")
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/^type: .*/type: existing  # since May/' \"$1\"\n")
    editor.chmod(0o755)
    answers += ["", "2026-05-01", "-"]
    shell.ok("edit", own, "--editor", str(editor))
    found = tree(shell, own)
    assert (found["status"], found["first_cooperation"]) == ("active", "2026-05-01")
    assert "products" not in found
    assert not answers
    file = next(shell.folder.glob("customers/*/*/*.yaml"))
    assert "type: existing  # since May" in file.read_text(encoding="utf-8")
    assert git(shell.folder, "rev-list", "--count", "HEAD").strip() == "3"


def test_off_a_terminal_add_edit_and_many_say_it(shell: Shell, tmp_path: Path) -> None:
    ran = shell.ok("--lang", "en", "add", "甲公司", "--set", "type=existing")
    assert "also say: Status of cooperation" in ran.err
    assert "textcrm set C" in ran.err
    typed = tmp_path / "typed.yaml"
    typed.write_text("客户名称: 乙公司\n客户类型: 老客户\n", encoding="utf-8")
    assert "also say" in shell.ok("--lang", "en", "add", "--from", str(typed)).err
    own = add(shell, "丙公司", "--set", "type=prospect")
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/^type: .*/type: existing/' \"$1\"\n")
    editor.chmod(0o755)
    ran = shell.ok("--lang", "en", "edit", own, "--editor", str(editor))
    assert f"the state of {own} changed; also say" in ran.err
    for name in ("丁公司", "戊公司"):
        add(shell, name, "--set", "type=prospect")
    ran = shell.ok("--lang", "en", "set", "--query", "type:prospect", "type=existing", "--yes")
    assert ran.err.count("the state of 2 customers changes") == 1
    assert "Date of first cooperation" in ran.err
    ran = shell.ok("--lang", "en", "set", "--query", "type:existing", "source=other", "--yes")
    assert "the state of" not in ran.err


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({"type": "prospect"}, {"type": "new"}, ["status", "first_cooperation", "products"]),
        ({}, {"status": "active", "products": ["x"]}, ["first_cooperation"]),
        ({"stage": "lead"}, {"stage": "lost"}, ["stage_since"]),
        ({"stage": "lead"}, {"stage": "lost", "stage_since": "2026-01-01"}, []),
        ({"stage": "won"}, {"stage": "won"}, []),
        ({"status": "active"}, {"status": "paused"}, []),
        ({"type": "new"}, {"type": "existing"}, []),
    ],
)
def test_what_a_new_state_wants(
    before: dict[str, object], after: dict[str, object], names: list[str]
) -> None:
    assert [one.name for one in wanted(before, after)] == names
