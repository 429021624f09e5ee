"""The access log (K3): reads that matter are noted in this clone, by whom, of whom, what for."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest
from cli_running import Shell
from ready_made import created
from team_vault import git, private_keys, team_vault

from textcrm import sealing
from textcrm.vault import Vault, access_log

ACCOUNT = "6222020200112233445"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return created(tmp_path / "vault", name="noted")


def log_file(vault: Vault) -> Path:
    return vault.repo.common_dir / "textcrm" / "reads.jsonl"


def test_all_ids_are_kept_and_only_the_owner_reads_them(vault: Vault) -> None:
    ids = [f"C20260101{number:03}" for number in range(1, 400)]
    assert access_log.note(vault, "export csv", ids, purpose="年报")
    (one,) = access_log.reads(vault)
    assert (list(one.ids), one.number, one.what, one.purpose) == (ids, 399, "export csv", "年报")
    assert one.who == vault.repo.identity().email or one.who
    assert stat.S_IMODE(log_file(vault).stat().st_mode) == 0o600
    assert not vault.repo.status("")


def test_a_cut_line_costs_itself_only(vault: Vault) -> None:
    access_log.note(vault, "export csv", ["C1"])
    with log_file(vault).open("a", encoding="utf-8") as handle:
        handle.write('{"at": "2026-')
    access_log.note(vault, "export csv", ["C2"])
    assert [one.ids for one in access_log.reads(vault)] == [("C1",), ("C2",)]


def test_writers_at_once_do_not_mix(vault: Vault) -> None:
    def write(number: int) -> None:
        for _ in range(20):
            access_log.note(vault, "export csv", [f"C{number}"] * 300)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    found = access_log.reads(vault)
    assert len(found) == 80
    assert all(len(one.ids) == 300 and len(set(one.ids)) == 1 for one in found)


def test_a_log_that_cannot_be_written_stops_nothing(vault: Vault) -> None:
    log_file(vault).mkdir(parents=True)
    assert not access_log.note(vault, "export csv", ["C1"])
    assert access_log.reads(vault) == ()


def test_show_reveal_is_noted_and_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = team_vault(tmp_path)
    shell = Shell(root, capsys)
    keys = private_keys(tmp_path)
    monkeypatch.setenv("TEXTCRM_IDENTITY", str(keys / "wang-fang.throw-away-key.txt"))
    public = (keys / "chen-chen.throw-away-signing-key.pub").read_text("utf-8")
    shell.ok("member", "trust", sealing.fingerprint(public))
    assert shell("audit", "reads").code == 1
    own = shell.ok("add", "甲公司", "--set", f"bank_account={ACCOUNT}", "--json").data["id"]
    shell.ok("show", own)
    assert shell("audit", "reads", "--json").data == []
    assert ACCOUNT in shell.ok("show", own, "--reveal", "--purpose", "核对回款").out
    (one,) = shell.ok("audit", "reads", "--json").data
    assert (one["what"], one["ids"], one["purpose"]) == ("show --reveal", [own], "核对回款")
    listed = shell.ok("--lang", "zh", "audit", "reads", "--since", "2020-01-01").out
    assert own in listed
    assert "核对回款" in listed
    assert ACCOUNT not in log_file(Vault.open(root)).read_text("utf-8")
    log_file(Vault.open(root)).unlink()
    log_file(Vault.open(root)).mkdir()
    ran = shell.ok("show", own, "--reveal")
    assert ACCOUNT in ran.out
    assert "access log" in ran.err or "访问日志" in ran.err


def test_due_reveal_tells_sealed_instalments_on_the_screen_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = team_vault(tmp_path)
    shell = Shell(root, capsys)
    asked = ("--lang", "en", "due", "--within", "3650", "--kind", "instalment", "--json")
    closed = shell.ok(*asked).data
    assert closed
    assert all("sealed amount" in one["reason"] for one in closed)
    ran = shell(*asked, "--reveal")
    assert (ran.code, ran.error["code"], ran.data) == (3, "no-key", closed)
    key = private_keys(tmp_path) / "wang-fang.throw-away-key.txt"
    monkeypatch.setenv("TEXTCRM_IDENTITY", str(key))
    opened = shell.ok(*asked, "--reveal").data
    assert [one["id"] for one in opened] == [one["id"] for one in closed]
    assert any("69,000" in one["reason"] for one in opened)
    assert {one.what for one in access_log.reads(Vault.open(root))} == {"due --reveal"}
    assert shell.ok(*asked).data == closed  # nothing of it is kept
    assert b"69,000" not in (root / ".textcrm/catalog.db").read_bytes()
    for form in (("--digest",), ("--ics", "-"), ("--schedule",)):
        ran = shell("due", "--reveal", *form, "--json")
        assert (ran.code, ran.error["code"]) == (2, "no-reveal")


def test_due_reveal_tells_next_steps_that_the_schema_seals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = team_vault(tmp_path)
    schema = root / "schema/customer.schema.json"
    tree = json.loads(schema.read_text("utf-8"))
    tree["properties"]["interactions"]["items"]["properties"]["next"]["properties"]["what"] = {
        "title": "下一步计划 · What",
        "$ref": "#/$defs/sealed",
        "type": "object",
        "x-textcrm": {"type": "text", "seal": "finance", "index": "none"},
    }
    schema.write_text(json.dumps(tree, ensure_ascii=False, indent=2), encoding="utf-8")
    git(root, "commit", "-qam", "seal next steps")
    shell = Shell(root, capsys)
    keys = private_keys(tmp_path)
    key = keys / "wang-fang.throw-away-key.txt"
    monkeypatch.setenv("TEXTCRM_IDENTITY", str(key))
    public = (keys / "chen-chen.throw-away-signing-key.pub").read_text("utf-8")
    shell.ok("member", "trust", sealing.fingerprint(public))
    own = shell.ok("add", "甲公司", "--json").data["id"]
    for what, day in (("收购报价", "2099-05-02"), ("签保密协议", "2099-05-03")):
        shell.ok("log", own, "来电", "--next", what, "--due", day)
    text = next(root.glob(f"customers/*/*/{own}.yaml")).read_text("utf-8")
    assert "收购报价" not in text
    asked = ("--lang", "en", "due", "--within", "40000", "--kind", "next", "--json")
    closed = [one for one in shell(*asked).data if one["id"] == own]
    assert [one["reason"] for one in closed] == ["(sealed)", "(sealed)"]
    opened = [one for one in shell.ok(*asked, "--reveal").data if one["id"] == own]
    assert [one["reason"] for one in opened] == ["收购报价", "签保密协议"]
    (read,) = access_log.reads(Vault.open(root))
    assert (read.what, own in read.ids) == ("due --reveal", True)
    monkeypatch.delenv("TEXTCRM_IDENTITY")
    ran = shell(*asked, "--reveal")
    assert (ran.code, ran.error["code"]) == (3, "no-key")
    assert [one for one in ran.data if one["id"] == own] == closed
    assert "收购报价".encode() not in (root / ".textcrm/catalog.db").read_bytes()
