"""seal_contact: true: names of contacts, numbers, addresses and notes are sealed, all commands work."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell

from textcrm.quality import doctor
from textcrm.schema import default_schema_text
from textcrm.vault import Vault, contact_sealing

if TYPE_CHECKING:
    from pathlib import Path

PHONE, LOCAL, NAME, NOTE, WECHAT = (
    "+8613912345678",
    "139 1234 5678",
    "司马相如",
    "爱喝龙井茶",
    "smxr1979",
)
STREET, SUMMARY, MAIL = "文三路477号", "想要二十台报价", "sima@example.com"
SECRETS = (PHONE[3:], NAME, NOTE, WECHAT, STREET, SUMMARY, MAIL, "寄样品册", "1979-03-04")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    shell = Shell(tmp_path / "vault", capsys)
    shell.ok("init", "--no-input", "--lang", "zh", "--seal-contact")
    return shell


def fill(shell: Shell) -> str:
    words = ("--set", f"phone={LOCAL}", "--set", f"contacts/0/name={NAME}")
    one = str(shell.ok("add", "云帆科技", *words, "--json").data["id"])
    shell.ok("set", one, f"notes={NOTE}", f"contacts/0/social/wechat={WECHAT}")
    shell.ok("set", one, f"contacts/0/emails/0/address={MAIL}", f"addresses/0/street={STREET}")
    shell.ok("set", one, "contacts/0/birthday=1979-03-04", f"main_contact={NAME}")
    shell.ok("log", one, SUMMARY, "--channel", "phone", "--next", "寄样品册", "--due", "明天")
    return one


def everywhere(root: Path) -> dict[str, bytes]:
    """Every file below a folder, packed git objects in plain."""
    found = {str(file): file.read_bytes() for file in root.rglob("*") if file.is_file()}
    objects = subprocess.run(
        ["git", "-C", str(root), "cat-file", "--batch", "--batch-all-objects"],
        check=True,
        capture_output=True,
    )
    return {**found, "objects": objects.stdout}


def test_a_run_of_commands_leaves_none_of_it_anywhere(shell: Shell) -> None:
    one = fill(shell)
    said = [
        shell.ok(*words)
        for words in (
            ("list",),
            ("list", "--columns", "name,phone,contacts.name,notes"),
            ("show", one),
            ("show", one, "--json"),
            ("log",),
            ("log", one),
            ("blame", one),
            ("diff", one),
            ("due", "--within", "7"),
            ("check",),
            ("search", "云帆"),
            ("search", "--sealed", NAME),
        )
    ]
    assert shell("search", NAME).code == 1
    assert shell("search", LOCAL).code == 1
    found = everywhere(shell.folder)
    for secret in SECRETS:
        assert not [ran for ran in said if secret in ran.out + ran.err], secret
        for place, data in found.items():
            assert secret.encode() not in data, (secret, place)


def test_its_holder_of_a_key_finds_and_reads_it(shell: Shell) -> None:
    one = fill(shell)
    for text in (
        NAME,
        "xiangru",
        LOCAL,
        "12345678",
        "13912345678",
        WECHAT[2:6],
        NOTE,
        "477",
        MAIL,
    ):
        found = shell.ok("search", "--sealed", text, "--json").data
        assert [hit["id"] for hit in found] == [one], text
    record = shell.ok("show", one, "--reveal", "--json").data
    assert record["contacts"][0]["phones"][0]["number"] == PHONE
    assert record["contacts"][0]["name"] == NAME
    assert record["notes"] == NOTE
    assert record["interactions"][0]["next"]["what"] == "寄样品册"
    assert record["derived"]["main_contact"] == NAME
    assert "139****5678" in shell.ok("list", "--columns", "phone").out
    assert PHONE in shell.ok("list", f"phone:{LOCAL[:3]}*", "--columns", "phone", "--reveal").out


def test_a_wrong_number_is_refused_before_it_is_sealed(shell: Shell) -> None:
    one = fill(shell)
    before = (shell.folder / Vault.open(shell.folder).get(one).path).read_bytes()
    ran = shell("set", one, "contacts/0/emails/0/address=no mail at all")
    assert ran.code in (2, 5)
    assert (shell.folder / Vault.open(shell.folder).get(one).path).read_bytes() == before


def test_an_item_is_added_by_one_who_reads_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = fill(shell)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    shell.ok("append", one, "contacts", "name=卓文君", "phone=13800138000")
    assert shell("show", one, "--reveal").code == 3
    assert "卓文君" not in shell.ok("show", one).out


def test_the_setting_alone_seals_from_then_on_and_the_file_follows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(tmp_path / "vault", capsys)
    shell.ok("init", "--no-input")
    old = str(shell.ok("add", "旧客户", "--set", "notes=旧备注内容", "--json").data["id"])
    settings = shell.folder / "textcrm.yaml"
    settings.write_text(settings.read_text("utf-8") + "seal_contact: true\n", encoding="utf-8")
    new = str(shell.ok("add", "新客户", "--set", "notes=新备注内容", "--json").data["id"])
    vault = Vault.open(shell.folder)
    assert vault.get(new).raw["notes"]["sealed"].startswith("contact@")
    codes = [one["code"] for one in shell("check", "--json").data["problems"]]
    assert codes == ["plain-sealed"]
    assert any(row.code == "seal-contact" for row in doctor.examine(vault))
    ran = shell.ok("seal")
    assert "history" in ran.err
    shell.ok("save")
    shell.ok("doctor", "--fix")
    shell.ok("check")
    assert Vault.open(shell.folder).get(old).raw["notes"]["sealed"].startswith("contact@")
    on_disk = json.loads((shell.folder / "schema/customer.schema.json").read_text("utf-8"))
    assert on_disk["properties"]["notes"]["x-textcrm"]["seal"] == "contact"
    assert not any(row.code == "seal-contact" for row in doctor.examine(Vault.open(shell.folder)))


def test_marking_twice_is_marking_once_and_keeps_what_else_there_is() -> None:
    document = json.loads(default_schema_text())
    assert contact_sealing.seal_contact_fields(document)
    again = json.loads(json.dumps(document))
    assert not contact_sealing.seal_contact_fields(again)
    assert again == document
    amount = document["properties"]["contracts"]["items"]["properties"]["amount"]
    assert amount["x-textcrm"]["seal"] == "finance"
    number = document["properties"]["contacts"]["items"]["properties"]["phones"]["items"]
    assert number["properties"]["number"]["x-textcrm"]["type"] == "phone"
    assert contact_sealing.sealed_schema(b"{") == b"{"
    assert contact_sealing.sealed_schema(b'{"properties": []}') == b'{"properties": []}'


def test_a_search_that_finds_nothing_names_sealed_values(shell: Shell) -> None:
    fill(shell)
    for word in (NAME, LOCAL.replace(" ", "")):
        ran = shell("search", word)
        assert ran.code == 1
        assert "textcrm search --sealed" in ran.err
    assert "--sealed" not in shell("search", "--sealed", "没有这个").err
