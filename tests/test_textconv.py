"""git diff of a record: names and “changed (sealed)” for all, plain for who holds a key and asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from team_vault import Team, git, team_at

from textcrm.quality import doctor
from textcrm.vault import Vault, wiring

if TYPE_CHECKING:
    from pathlib import Path

BEFORE, AFTER = "6222020200112233445", "6222020200112233446"


@pytest.fixture
def team(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    program: Path,
) -> Team:
    assert program.exists()
    return team_at(tmp_path, Shell(tmp_path / "vault", capsys), monkeypatch)


def changed(team: Team) -> str:
    """A customer whose bank account is set and then another."""
    shell = team.by("wang-fang")
    one = str(shell.ok("add", "甲公司", "--set", f"bank_account={BEFORE}", "--json").data["id"])
    shell.ok("set", one, f"bank_account={AFTER}")
    return one


def test_all_see_that_a_sealed_field_changed_and_not_to_what(team: Team) -> None:
    changed(team)
    told = git(team.root, "diff", "HEAD~1")
    assert "-bank_account: " in told
    assert "+bank_account: " in told
    assert "YWdl" not in told
    assert BEFORE not in told
    assert AFTER not in told
    assert told.count("上次变更（加密）") == 2
    lines = [line[1:] for line in told.splitlines() if line[1:].startswith("bank_account")]
    assert lines[0] != lines[1]


def test_who_holds_a_key_reads_both_on_request(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(team)
    monkeypatch.setenv("TEXTCRM_LANG", "en")
    monkeypatch.setenv("TEXTCRM_REVEAL", "1")
    told = git(team.root, "diff", "HEAD~1")
    assert f"-bank_account: '{BEFORE}'" in told
    assert f"+bank_account: '{AFTER}'" in told
    team.by("li-qiang")
    told = git(team.root, "log", "-p", "-1")
    assert AFTER not in told
    assert told.count("last changed (sealed)") == 2


def test_nothing_decrypted_is_kept_nor_goes_into_a_patch(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(team)
    monkeypatch.setenv("TEXTCRM_REVEAL", "1")
    assert git(team.root, "config", "diff.textcrm.cachetextconv").strip() == "false"
    git(team.root, "log", "-p", "-2")
    assert git(team.root, "for-each-ref", "refs/notes/textconv/") == ""
    patch = git(team.root, "format-patch", "--stdout", "-1")
    assert "YWdl" in patch
    assert AFTER not in patch


def test_what_stands_in_plain_is_named_and_not_repeated(team: Team) -> None:
    one = changed(team)
    file = team.root / Vault.open(team.root).get(one).path
    text = file.read_text("utf-8")
    file.write_text(text + "contracts:\n  - number: H1\n    amount: 4711\n", encoding="utf-8")
    told = git(team.root, "diff")
    assert "4711" not in told
    assert "amount: " in told


def test_whatever_is_no_record_comes_out_as_it_is(team: Team, tmp_path: Path) -> None:
    for data in ("", "<<<<<<< ours\na: 1\n=======\n", "- age: 1\n", "a: {\n"):
        file = tmp_path / "x.yaml"
        file.write_text(data, encoding="utf-8")
        assert team.shell.ok("textconv", str(file)).out == data


def test_doctor_completes_the_attributes_and_finds_a_cache(team: Team) -> None:
    file = team.root / ".gitattributes"
    old = b"# ours\ncustomers/**/*.yaml text eol=lf\n*.md text\n"
    file.write_bytes(old)
    git(team.root, "commit", "-q", "--no-verify", "-am", "old")
    assert "attributes" in {row.code for row in doctor.examine(Vault.open(team.root))}
    doctor.examine(Vault.open(team.root), fix=True)
    assert file.read_bytes() == wiring.attributed(old)
    assert file.read_bytes().count(b"diff=textcrm") == 1
    assert b"# ours\n" in file.read_bytes()
    assert git(team.root, "status", "--porcelain") == ""
    assert "attributes" not in {row.code for row in doctor.examine(Vault.open(team.root))}
    git(team.root, "update-ref", "refs/notes/textconv/textcrm", "HEAD")
    git(team.root, "config", "diff.textcrm.cachetextconv", "true")
    found = {row.code for row in doctor.examine(Vault.open(team.root))}
    assert {"textconv-notes", "textconv-cache"} <= found
    doctor.examine(Vault.open(team.root), fix=True)
    assert git(team.root, "config", "diff.textcrm.cachetextconv").strip() == "false"


def test_attributes_that_somebody_turned_off_stay_so() -> None:
    own = b"customers/**/*.yaml text -diff merge=ours\n*.age -text\n"
    assert wiring.attributed(own) == own
