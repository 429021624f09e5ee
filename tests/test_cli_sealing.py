"""Sealed fields from the command line: shown to whom they are for, sealed for all who write."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_running import Shell
from team_vault import Team, git, team_at

from textcrm.records.plain_copy import plain_copy, taken_back
from textcrm.vault import Vault

ACCOUNT = "6222020200112233445"


@pytest.fixture
def team(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Team:
    return team_at(tmp_path, Shell(tmp_path / "vault", capsys), monkeypatch)


def add(team: Team, *words: str) -> str:
    return str(team.by(None).ok("add", "测试公司甲", *words, "--json").data["id"])


def test_check_01_show_as_one_who_reads_some(team: Team) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}")
    for who, words, code in ((None, (), 0), ("li-qiang", ("--reveal",), 3), ("wang-fang", (), 0)):
        ran = team.by(who)("show", one, *words)
        assert ran.code == code
        assert ACCOUNT not in ran.out + ran.err
        assert "🔒 finance@1" in ran.out
    ran = team.by("wang-fang").ok("show", one, "--reveal")
    assert ACCOUNT in ran.out
    data = team.by("wang-fang").ok("show", one, "--reveal", "--json").data
    assert data["bank_account"] == ACCOUNT
    data = team.by("li-qiang")("show", one, "--reveal", "--json").data
    assert data["bank_account"] == {"sealed": "finance@1", "locked": True}
    assert "finance" in team.by("li-qiang")("show", one, "--reveal").err


def test_a_value_on_the_command_line_is_warned_of(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = team.by(None).ok("add", "某公司", "--set", f"bank_account={ACCOUNT}")
    assert "bank_account=-" in ran.err
    assert ACCOUNT not in ran.out + ran.err
    import io

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ACCOUNT.encode())))
    one = team.by(None).ok("list", "某公司", "--json").data[0]["id"]
    ran = team.by(None).ok("set", one, "bank_account=-")
    assert ran.err == ""
    assert (
        team.by("wang-fang").ok("show", one, "--reveal", "--json").data["bank_account"] == ACCOUNT
    )


def test_plain_text_typed_in_place_is_sealed_by_seal_and_by_save(team: Team) -> None:
    one = add(team)
    file = team.root / Vault.open(team.root).get(one).path
    text = file.read_text("utf-8")
    file.write_text(text + f"bank_account: '{ACCOUNT}' # theirs\n", encoding="utf-8")
    ran = team.by(None).ok("seal", "--json")
    assert [(each["id"], each["values"]) for each in ran.data] == [(one, 1)]
    assert ACCOUNT not in file.read_text("utf-8")
    assert git(team.root, "log", "-1", "--format=%s").strip() != "seal"
    assert team.by(None).ok("seal").out
    team.by(None).ok("save")
    assert (
        team.by("wang-fang").ok("show", one, "--reveal", "--json").data["bank_account"] == ACCOUNT
    )


def test_assign_gives_the_owner_what_owners_read(team: Team) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}", "--set", "owner=li-qiang")
    ran = team.by("chen-chen").ok("assign", one, "赵敏")
    assert "finance" in ran.out
    assert (
        team.by("zhao-min").ok("show", one, "--reveal", "--json").data["bank_account"] == ACCOUNT
    )
    assert team.by(None)("assign", one, "李强").code == 3
    refused = team.by("chen-chen")("set", one, "owner=li-qiang")
    assert (refused.code, "--grant" in refused.err) == (2, True)
    team.by("chen-chen").ok("set", one, "owner=li-qiang", "--grant")
    team.by("chen-chen").ok("assign", one, "none")
    assert "owner" not in team.by(None).ok("show", one, "--json").data


def test_rekey_lists_what_it_lacks_and_changes_no_value(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}")
    admin = team.by("chen-chen")
    monkeypatch.setenv("TEXTCRM_SIGNING_KEY", str(team.keys / "chen-chen.throw-away-signing-key"))
    before = {each["id"]: admin.ok("show", each["id"], "--reveal", "--json").data
              for each in admin.ok("list", "--json", "--limit", "500").data}  # fmt: skip
    assert admin.ok("member", "remove", "wang-fang").out
    stale = [p["code"] for p in admin("check", "--json").data["problems"]]
    assert "sealed-stale" in stale
    ran = team.by("li-qiang")("rekey", "--json")
    assert ran.code == 1
    assert ran.data["missing"]
    done = team.by("chen-chen").ok("rekey", "--grant", "--json").data
    assert done["values"]
    assert one in done["ids"]
    stale = [p["code"] for p in admin("check", "--json").data["problems"]]
    assert "sealed-stale" not in stale
    for own, record in before.items():
        after = admin.ok("show", own, "--reveal", "--json").data
        assert _but_labels(after) == _but_labels(record)
    locked = team.by("wang-fang")("show", one, "--reveal", "--json")
    assert locked.data["bank_account"]["locked"]
    assert team.by("chen-chen").ok("rekey", "--json").data["values"] == 0


def _but_labels(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what follows from it, and without whom its sealed files are for."""
    kept = [
        {name: value for name, value in item.items() if name not in ("sealed_for", "sha256")}
        for item in record.get("documents", ())
    ]
    return {**record, "derived": None, "documents": kept}


# -- edit


def editor(folder: Path, name: str, body: str) -> str:
    """A program that edits as told."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def test_check_11_an_edit_that_changes_nothing_changes_no_byte(team: Team) -> None:
    for record in list(Vault.open(team.root).records()):
        before = (team.root / record.path).read_bytes()
        ran = team.by("chen-chen").ok("edit", record.id, "--editor", "true")
        assert "nothing changed" in ran.out or "没有改动" in ran.out
        assert (team.root / record.path).read_bytes() == before


def test_an_edit_keeps_the_bytes_of_other_values(team: Team, tmp_path: Path) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}", "--set", "notes=old")
    vault = Vault.open(team.root)
    before = vault.get(one).raw["bank_account"]
    program = editor(tmp_path, "ed1", 'sed -i \'s/old/new/\' "$1"; grep -q 6222 "$1" || exit 9')
    team.by("wang-fang").ok("edit", one, "--editor", program)
    after = Vault.open(team.root).get(one)
    assert (after.raw["notes"], after.raw["bank_account"]) == ("new", before)
    program = editor(tmp_path, "ed2", "sed -i 's/6222/6223/' \"$1\"")
    team.by("wang-fang").ok("edit", one, "--editor", program)
    data = team.by("wang-fang").ok("show", one, "--reveal", "--json").data
    assert data["bank_account"] == ACCOUNT.replace("6222", "6223")


def test_check_32_a_placeholder_has_to_come_back(team: Team, tmp_path: Path) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}", "--set", "notes=old")
    path = team.root / Vault.open(team.root).get(one).path
    before = path.read_bytes()
    program = editor(tmp_path, "ed1", "sed -i 's/<locked finance@1>/<locked none>/' \"$1\"")
    ran = team.by("li-qiang")("edit", one, "--editor", program)
    assert ran.code == 5
    assert path.read_bytes() == before
    program = editor(
        tmp_path, "ed2", "sed -i 's/old/new/' \"$1\"; grep -q '<locked finance@1>' \"$1\""
    )
    team.by("li-qiang").ok("edit", one, "--editor", program)
    assert Vault.open(team.root).get(one).raw["notes"] == "new"


def test_check_30_the_private_copy_is_private_and_goes(team: Team, tmp_path: Path) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}")
    seen = tmp_path / "seen"
    body = (
        f'stat -c %a "$1" > {seen}; dirname "$1" >> {seen}; stat -c %a "$(dirname "$1")" >> {seen}'
    )
    team.by("wang-fang").ok("edit", one, "--editor", editor(tmp_path, "ed", body))
    mode, folder, outer = seen.read_text("utf-8").split()
    assert (mode, outer) == ("600", "700")
    assert not Path(folder).exists()
    failing = editor(tmp_path, "ed2", "exit 3")
    assert team.by("wang-fang")("edit", one, "--editor", failing).code == 9
    from textcrm.cli.private import sweep

    dead = Path(folder).with_name("textcrm-edit-4000000-x")
    dead.mkdir()
    sweep()
    assert not dead.exists()


def test_check_31_what_is_rejected_is_kept_sealed_for_its_writer(
    team: Team, tmp_path: Path
) -> None:
    one = add(team, "--set", f"bank_account={ACCOUNT}", "--set", "status=none")
    bad = editor(tmp_path, "ed", "sed -i 's/status: none/status: [broken/; s/6222/7777/' \"$1\"")
    ran = team.by("wang-fang")("edit", one, "--editor", bad)
    assert ran.code == 5
    kept = list((team.root / ".textcrm" / "rejected").iterdir())
    assert [file.suffix for file in kept] == [".age"]
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600
    assert b"7777" not in kept[0].read_bytes()
    mend = editor(tmp_path, "ed2", 'grep -q 7777 "$1" && sed -i \'s/\\[broken/active/\' "$1"')
    team.by("wang-fang").ok("edit", one, "--rejected", "--editor", mend)
    assert not list((team.root / ".textcrm" / "rejected").iterdir())
    data = team.by("wang-fang").ok("show", one, "--reveal", "--json").data
    assert (data["status"], data["bank_account"][:4]) == ("active", "7777")


def test_taking_a_copy_back_is_exact_for_every_record(team: Team) -> None:
    from team_vault import opened

    vault = opened(team.root, "chen-chen")
    for record in vault.records():
        copy = plain_copy(vault, record)
        assert taken_back(vault, record, copy, copy.text) == record.text
        edited = copy.text.rstrip("\n") + "\nx-note: added\n"
        back = taken_back(vault, record, copy, edited)
        assert back == record.text.rstrip("\n") + "\nx-note: added\n", record.path


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_nothing_is_left_after_a_kill(team: Team, tmp_path: Path) -> None:
    import signal
    import subprocess
    import time

    one = add(team, "--set", f"bank_account={ACCOUNT}")
    ready = tmp_path / "ready"
    program = editor(tmp_path, "ed", f'echo "$1" > {ready}; exec sleep 30')
    environment = {
        **os.environ,
        "TEXTCRM_IDENTITY": str(team.keys / "wang-fang.throw-away-key.txt"),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    words = [
        sys.executable,
        "-m",
        "textcrm",
        "-C",
        str(team.root),
        "edit",
        one,
        "--editor",
        program,
    ]
    for number in (signal.SIGTERM, signal.SIGKILL):
        ready.unlink(missing_ok=True)
        child = subprocess.Popen(words, env=environment, start_new_session=True)
        for _ in range(200):
            if ready.exists() and ready.read_text("utf-8").strip():
                break
            time.sleep(0.05)
        copy = Path(ready.read_text("utf-8").strip())
        os.killpg(child.pid, number)
        child.wait(20)
        if number == signal.SIGKILL:
            team.by("wang-fang").ok("edit", one, "--editor", "true")  # the next start cleans up
        assert not copy.exists()
