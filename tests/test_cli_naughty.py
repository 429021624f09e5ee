"""Strings that break programs: kept, shown again exactly, found by a quoted search."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_running import Shell
from ready_made import initialized

from textcrm.query import Doc, parse, quote
from textcrm.vault import Draft, Vault


def test_naughty_strings_as_names_and_notes(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strings = list(
        dict.fromkeys(json.loads((shared_data / "text" / "blns.json").read_text(encoding="utf-8")))
    )
    shell = Shell(initialized(tmp_path / "vault"), capsys)
    names = [text for text in strings if text.strip()]
    vault = Vault.open(shell.folder)
    made: dict[str, str] = {}

    def plan(draft: Draft) -> None:
        for name in names:
            made[draft.add({"name": name, "notes": name}, vault.today)] = name

    vault.write("add", plan)
    assert len(names) > 450
    for record in vault.records():
        assert (record.name, record.raw["notes"]) == (made[record.id], made[record.id])
    assert vault.broken == []
    for row in shell.ok("list", "--columns", "notes", "--json").data:
        assert (row["name"], row["notes"]) == (made[row["id"]], made[row["id"]])
    docs = [Doc.of(record, vault.today) for record in vault.records()]
    for record_id, name in made.items():
        wanted = parse(quote(name), vault.schema, today=vault.today)
        assert record_id in {doc.id for doc in docs if wanted.matches(doc)}, name


def test_naughty_strings_through_the_commands(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strings = list(
        dict.fromkeys(json.loads((shared_data / "text" / "blns.json").read_text(encoding="utf-8")))
    )
    shell = Shell(initialized(tmp_path / "vault"), capsys)
    for name in ["", " ", "\t", "\u3000", "\u200b "]:
        if not name.strip():
            assert shell("add", "--", name).code == 5
    for name in [text for text in strings if text.strip()][::25]:
        done = shell("add", "--json", "--", name)
        assert done.code == 0, (name, done)
        shell.ok("set", done.data["id"], f"notes={name}")
        shown = shell.ok("show", done.data["id"], "--json").data
        assert shown["name"] == name
        assert shown["notes"] == (name if name != "-" else shown["notes"])


@pytest.mark.parametrize(
    "sign", [chr(code) for code in (0, 1, 7, 8, 9, 11, 12, 13, 27, 31, 127, 0x85, 0x2028, 0xFEFF)]
)
def test_control_characters_are_kept(
    sign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(initialized(tmp_path / "vault"), capsys)
    shell.ok("add", "A", "--set", f"notes=x{sign}y\n{sign}")
    assert shell.ok("show", "A", "--json").data["notes"] == f"x{sign}y\n{sign}"
    assert sign == "\t" or sign not in shell.ok("show", "A").out.replace("\r\n", "\n")


def test_half_characters_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(initialized(tmp_path / "vault"), capsys)
    ran = shell("add", "a\udcffb")
    assert ran.code == 5
    assert "Traceback" not in ran.err


def test_a_very_long_summary_is_kept_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(initialized(tmp_path / "vault"), capsys)
    shell.ok("add", "A")
    ran = shell.ok("log", "A", "长" * 100_000)
    assert "200" in ran.err
    assert len(shell.ok("show", "A", "--json").data["interactions"][0]["summary"]) == 100_000
    refused = shell("log", "A", "x" * 10_000_000)
    assert refused.code == 5
    assert "5 MB" in refused.err
    assert len(shell.ok("show", "A", "--json").data["interactions"]) == 1
