"""The audit log: across renames, merges and deletions; remembered without anything sealed."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from sharing import Hub, fresh, git

from textcrm.history import past
from textcrm.history.log import Entry, log
from textcrm.history.sync import sync
from textcrm.records import editing, lifecycle
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "6222020200112233445"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Hub(tmp_path).clone("anna")


def told(vault: Vault, word: str, **options: object) -> list[tuple[str, list[str]]]:
    return [
        (
            entry.op or entry.subject,
            ["/".join(map(str, c.path)) for one in entry.records for c in one.changes],
        )
        for entry in log(vault, vault.get(word), **options)  # type: ignore[arg-type]
    ]


def test_a_record_moved_by_hand_keeps_its_history(vault: Vault) -> None:
    one = vault.add("云帆", status="none").id
    editing.change(fresh(vault), one, [("status", "active")])
    path = fresh(vault).get(one).path
    place = "customers/2020/01/C20200101001.yaml"
    (vault.root / place).parent.mkdir(parents=True)
    text = (vault.root / path).read_text("utf-8")
    (vault.root / place).write_text(text.replace(one, "C20200101001", 1), encoding="utf-8")
    (vault.root / path).unlink()
    git(vault.root, "add", "-A")
    git(vault.root, "commit", "-q", "-m", "moved", "--no-verify")
    editing.change(fresh(vault), "C20200101001", [("status", "paused")])
    ops = [op for op, _ in told(fresh(vault), "C20200101001")]
    assert ops == ["set", "moved", "set", "add"]


def test_a_renumbered_record_keeps_its_history(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    anna, bob = hub.clone("anna"), hub.clone("bob")
    anna.add("甲")
    one = bob.add("乙").id
    sync(fresh(anna))
    new = sync(fresh(bob)).renumbered[one]
    editing.change(fresh(bob), new, [("status", "active")])
    ops = [op for op, _ in told(fresh(bob), new)]
    assert ops[0] == "set"
    assert ops[-1] == "add"


def test_the_side_that_lost_a_merge_is_told(vault: Vault) -> None:
    one = vault.add("云帆", status="none").id
    git(vault.root, "switch", "-q", "-c", "side")
    editing.change(fresh(vault), one, [("status", "active")])
    git(vault.root, "switch", "-q", "main")
    editing.change(fresh(vault), one, [("status", "paused")])
    git(vault.root, "merge", "-q", "-s", "ours", "--no-edit", "side")
    values = [
        change.after
        for entry in log(fresh(vault), fresh(vault).get(one))
        for each in entry.records
        for change in each.changes
        if change.path == ("status",)
    ]
    assert {"active", "paused"} <= set(values)


def test_several_records_of_one_commit_and_deletions(vault: Vault) -> None:
    one, two = vault.add("甲"), fresh(vault).add("乙")
    for record in (one, two):
        file = vault.root / record.path
        file.write_text(record.text + "notes: by hand\n", encoding="utf-8")
    git(vault.root, "commit", "-q", "-am", "two by hand", "--no-verify")
    entry = next(log(fresh(vault)))
    assert (entry.subject, [each.id for each in entry.records]) == (
        "two by hand",
        [one.id, two.id],
    )
    lifecycle.remove(fresh(vault), one.id, reason="double")
    (gone,) = log(fresh(vault), deleted=True)
    assert (gone.op, gone.reason, gone.records[0].kind) == ("rm", "double", "removed")


def test_a_second_look_says_the_same_and_holds_nothing_sealed(vault: Vault) -> None:
    one = vault.add("云帆", status="none")
    file = vault.root / one.path
    file.write_text(one.text + f"bank_account: '{CANARY}'\n", encoding="utf-8")
    git(vault.root, "commit", "-q", "-am", "a slip", "--no-verify")
    first = list(log(fresh(vault)))
    second = list(log(fresh(vault)))
    assert first == second
    folder = vault.root / ".git" / "textcrm"
    assert (folder / "log.db").exists()
    for kept in folder.rglob("*"):
        if kept.is_file():
            assert CANARY.encode() not in kept.read_bytes()
    assert CANARY not in str(first)
    assert CANARY in str(list(log(fresh(vault), remember=False)))


@pytest.mark.parametrize("wound", [b"", b"garbage" * 500, None])
def test_a_damaged_memory_is_made_anew(vault: Vault, wound: bytes | None) -> None:
    vault.add("云帆")
    first = list(log(fresh(vault)))
    file = vault.root / ".git" / "textcrm" / "log.db"
    data = bytearray(file.read_bytes())
    if wound is None:
        data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    else:
        data = bytearray(wound)
    file.write_bytes(data)
    assert list(log(fresh(vault))) == first
    assert list(log(fresh(vault))) == first
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_changed_schema_is_another_memory(vault: Vault) -> None:
    vault.add("云帆")
    before = list(log(fresh(vault)))
    file = vault.root / "schema" / "customer.schema.json"
    file.write_text(file.read_text("utf-8").replace("客户名称", "名字"), encoding="utf-8")
    after: list[Entry] = list(log(fresh(vault)))
    assert [one.records for one in after] == [one.records for one in before]


def test_from_the_command_line(vault: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(vault.root, capsys)
    one = shell.ok("add", "云帆", "--set", "type=prospect", "--json").data["id"]
    shell.ok("add", "别家", "--set", "type=new")
    shell.ok("rm", one, "--reason", "double")
    assert [e["op"] for e in shell.ok("log", "--deleted", "--json").data] == ["rm"]
    assert [e["op"] for e in shell.ok("log", one, "--json").data] == ["rm", "add"]
    found = shell.ok("log", "type:new", "--json").data
    assert [each["records"][0]["name"] for each in found] == ["别家"]
    assert shell("log", "type:lost").code == 4


def test_a_renumbered_or_moved_record_is_shown_as_it_was(vault: Vault) -> None:
    own = vault.add("云帆", stage="lead").id
    before = git(vault.root, "rev-parse", "HEAD")
    record = fresh(vault).get(own)
    moved = own[:-3] + "555"
    text = record.text.replace(f"id: {own}", f"id: {moved}").replace("lead", "won")
    (vault.root / record.path).with_name(f"{moved}.yaml").write_text(text, encoding="utf-8")
    (vault.root / record.path).unlink()
    git(vault.root, "add", "-A")
    git(vault.root, "commit", "-qm", "moved by hand", "--no-verify")
    assert past.at(fresh(vault), moved, before).raw["stage"] == "lead"
    assert past.at(fresh(vault), moved, "HEAD").raw["stage"] == "won"
