"""export: what it writes, what it refuses, and what it leaves out."""

from __future__ import annotations

import csv
import datetime as dt
import json
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from cli_running import Shell
from exporting import DAY, own_git, source_of, vault_of
from team_vault import opened, private_keys, team_vault

from textcrm.errors import KeyMissing, Misuse
from textcrm.exchange import export
from textcrm.exchange.export_file import placed
from textcrm.exchange.export_segment import segment
from textcrm.exchange.ics_writer import Appointment, chunks
from textcrm.vault import access_log
from textcrm.vault.consent import reason_against

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The team's vault, for reading."""
    with own_git(tmp_path_factory.mktemp("team")) as folder:
        return team_vault(folder)


@pytest.fixture
def shell(root: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(root, capsys)


# -- files


def test_a_file_is_never_written_over_unasked(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("mine")
    with pytest.raises(Misuse) as caught, placed(target, force=False, private=False):
        pass
    assert caught.value.code == "file-exists"
    with placed(target, force=True, private=True) as aside:
        aside.write_text("new")
        assert target.read_text() == "mine"
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_came_there_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"

    def write() -> None:
        with placed(target, force=False, private=False) as aside:
            aside.write_text("new")
            target.write_text("somebody's")

    with pytest.raises(Misuse):
        write()
    assert target.read_text() == "somebody's"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


def test_a_failed_export_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("mine")

    def write() -> None:
        with placed(target, force=True, private=False) as aside:
            aside.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert target.read_text() == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


# -- the command


def test_the_command_writes_and_refuses(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    told = shell.ok("export", "xlsx", "-o", str(target), "--json").data
    assert told["format"] == "xlsx"
    assert told["customers"] == 43
    assert told["sealed"] == {"left_out": told["sealed"]["left_out"], "revealed": 0}
    assert told["sealed"]["left_out"] > 0
    assert shell("export", "xlsx", "-o", str(target)).code == 2
    assert shell.ok("export", "xlsx", "-o", str(target), "--force").code == 0
    for words, code in (
        (("export", "xlsx"), "output-needed"),
        (("export", "pdf"), "unknown-format"),
        (("export", "csv", "-o", str(tmp_path)), "not-a-file"),
        (("export", "csv", "--headings", "fr"), "unknown-language"),
        (("export", "vcard", "--version", "2.1"), "unknown-version"),
        (("export", "card"), "id-needed"),
        (("export", "csv", "--for", "marketting"), "unknown-purpose"),
        (("export", "csv", "--reveal", "--mask"), "reveal-or-mask"),
    ):
        ran = shell(*words, "--json")
        assert (ran.code, ran.error["code"]) == (2, code)
    ran = shell("export", "csv", "-o", str(tmp_path / "no" / "such" / "x.csv"))
    assert ran.code == 9
    assert "no/such" in ran.err


def test_a_query_chooses_whom(shell: Shell) -> None:
    rows = list(
        csv.DictReader(
            shell.ok("export", "csv", "类型:流失客户").out.lstrip("\ufeff").splitlines()
        )
    )
    assert rows
    assert {row["客户类型"] for row in rows} == {"流失客户"}
    nobody = shell("--lang", "zh", "export", "json", "云杉杉杉")
    assert (nobody.code, nobody.data) == (1, [])
    assert "没有" in nobody.err


def test_headings_in_english(shell: Shell) -> None:
    head = shell.ok("export", "csv", "--headings", "en").out.lstrip("\ufeff").splitlines()[0]
    assert head.startswith("Customer id,Name,Contact,Contact number,Industry,Source,Needs,")


def test_sealed_values_only_with_reveal_and_a_key(
    shell: Shell, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "open.json"
    ran = shell("export", "json", "-o", str(target), "--reveal", "--json")
    assert (ran.code, ran.error["code"]) == (3, "no-key")
    assert not target.exists()
    assert "YWdl" not in shell.ok("export", "json").out

    key = private_keys(root.parent) / "wang-fang.throw-away-key.txt"
    monkeypatch.setenv("TEXTCRM_IDENTITY", str(key))
    for form in ("json", "csv", "xlsx", "sqlite", "md", "vcard"):
        target = tmp_path / f"open.{form}"
        told = shell.ok(
            "export", form, "-o", str(target), "--reveal", "--json", "--purpose", "audit"
        ).data
        assert told["sealed"]["revealed"] > 0
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    data = json.loads((tmp_path / "open.json").read_text("utf-8"))
    assert any(isinstance(one.get("bank_account"), str) for one in data)
    head = (tmp_path / "open.csv").read_text("utf-8-sig").splitlines()[0]
    assert "银行账户" in head.split(",")
    ran = shell("export", "json", "-o", str(root / "inside.json"), "--reveal", "--json")
    assert (ran.code, ran.error["code"]) == (2, "inside-vault")
    reads = access_log.reads(opened(root))
    assert ("export json --reveal", "audit") in {(one.what, one.purpose) for one in reads}


def test_mask_hides_names_and_numbers(shell: Shell) -> None:
    for form in ("csv", "json", "jsonl", "md", "vcard"):
        text = shell.ok("export", form, "--mask").out.replace("\r\n ", "")
        for word in (
            "李明远",
            "19900000011",
            "limingyuan@example.com",
            "杭州云杉软件有限公司",
            "limy-demo",
        ):
            assert word not in text, form


def test_library_refuses_what_nothing_opens(root: Path, tmp_path: Path) -> None:
    vault = opened(root)
    source = source_of(vault, reveal=True)
    with pytest.raises(KeyMissing):
        export.write(
            export.format_of("json"), source, export.settings_of(vault, "zh"), tmp_path / "x.json"
        )
    assert not (tmp_path / "x.json").exists()


def test_one_call_from_python(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "客户信息总表_20261124.xlsx"
    heard: list[int] = []
    source = export.to_file(opened(root), "xlsx", target, archived=True, told=heard.append)
    sheet = openpyxl.load_workbook(target)["客户信息总表"]
    assert sheet.max_row == len(source) + 1
    assert (
        len(export.to_file(opened(root), "json", tmp_path / "x.json", query="类型:流失客户")) < 10
    )
    with pytest.raises(Misuse):
        export.to_file(opened(root), "xlsx", target)


# -- mailings


def test_a_mailing_goes_to_who_agreed(tmp_path: Path) -> None:
    def consent(**more: Any) -> dict[str, Any]:
        return {"consents": [{"id": "c1", "purpose": "marketing", "given": "2026-01-01", **more}]}

    vault = vault_of(
        tmp_path / "vault",
        consent(),
        {**consent(), "do_not_contact": True},
        {**consent(), "restricted": True},
        consent(withdrawn="2026-11-24"),
        consent(withdrawn="2027-01-01"),
        consent(given="2027-01-01"),
        consent(purpose="newsletter"),
        {},
        {
            "consents": [
                *consent(withdrawn="2026-02-01")["consents"],
                {"id": "c2", "purpose": "营销", "given": "2026-03-01"},
            ]
        },
    )
    found = segment(vault.docs(), "营销", vault.schema, DAY)
    assert [doc.name for doc in found.docs] == ["客户1", "客户5", "客户9"]
    assert found.left_out == {
        "do_not_contact": 1,
        "restricted": 1,
        "withdrawn": 2,
        "no_consent": 2,
    }
    with pytest.raises(Misuse) as caught:
        segment(vault.docs(), "newsletters", vault.schema, DAY)
    assert caught.value.data["suggestion"] == "newsletter"
    assert reason_against({"consents": "x"}, frozenset(("marketing",)), DAY) == "no_consent"


def test_the_command_says_who_was_left_out(shell: Shell, tmp_path: Path) -> None:
    told = shell.ok(
        "export", "csv", "--for", "newsletter", "-o", str(tmp_path / "m.csv"), "--json"
    ).data
    assert told["customers"] == 1
    assert told["left_out"]["withdrawn"] == 1
    assert told["left_out"]["count"] == 43
    assert "已撤回同意 1" in shell.ok("--lang", "zh", "export", "jsonl", "--for", "newsletter").err


# -- cards and calendars


def test_card_is_name_and_contact(shell: Shell) -> None:
    text = shell.ok("export", "card", "C20240501001").out
    assert text.startswith("BEGIN:VCARD\r\nVERSION:3.0\r\n")
    assert "+8619900000014" not in text, "a dead number"
    for word in ("C2024", "仓储系统", "老客户", "X-TEXTCRM", "NOTE", "UID"):
        assert word not in text
    assert shell("export", "card", "没有这个人").code == 4


def test_what_is_due_keeps_its_uid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from icalendar import Calendar

    shell = Shell(team_vault(tmp_path), capsys)
    first = Calendar.from_ical(shell.ok("export", "ics").out)
    uids = [str(event["uid"]) for event in first.walk("VEVENT")]
    assert len(uids) == len(set(uids)) > 10
    shell.ok("set", "C20240501001", "interactions/nxwme/next/due=2026-12-30")
    again = Calendar.from_ical(shell.ok("export", "ics", "--within", "4000").out)
    assert set(uids) <= {str(event["uid"]) for event in again.walk("VEVENT")}
    text = shell.ok("export", "ics").out
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "19900000015" in text
    assert "19900000015" not in shell.ok("export", "ics", "--mask").out


def test_what_is_overdue_stands_on_today(tmp_path: Path) -> None:
    vault = vault_of(tmp_path / "vault")
    late = Appointment("u", DAY - dt.timedelta(days=3), "甲：回电", ("备注，一",), "下一步")
    text = "".join(chunks([late], export.settings_of(vault, "zh"))).replace("\r\n ", "")
    assert f"DTSTART;VALUE=DATE:{DAY:%Y%m%d}" in text
    assert "［逾期3天］甲：回电" in text
    assert "TRIGGER:PT9H" in text


# -- start-up


def test_help_loads_no_writer() -> None:
    code = (
        "import sys; from textcrm.cli.main import run; run(['export', '--help']); "
        "print([one for one in ('xlsxwriter', 'icalendar', 'python_calamine', 'openpyxl', "
        "'textcrm.exchange', 'sqlite3') if one in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert done.stderr.strip() == "[]"
