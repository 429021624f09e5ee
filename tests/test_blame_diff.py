"""Blame and diff: who set a field last; what differs between two moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_running import Shell
from sharing import Hub, fresh, git

from textcrm.history.blame import blame
from textcrm.history.diff import diff
from textcrm.history.sync import sync
from textcrm.history.trash import restore
from textcrm.records import editing, interactions, lifecycle

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path)


def test_each_field_belongs_to_whoever_set_it_last(hub: Hub) -> None:
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("云帆", status="none", contacts=[{"name": "张三", "title": "经理"}]).id
    sync(fresh(anna))
    sync(fresh(bob))
    editing.change(fresh(bob), one, [("status", "active"), ("contacts/0/title", "总监")])
    interactions.log(fresh(bob), one, "call", channel="phone")
    sync(fresh(bob))
    sync(fresh(anna))
    editing.change(fresh(anna), one, [("status", "paused")])
    editing.change(fresh(anna), one, [("status", "active")])
    record = fresh(anna).get(one)
    (anna.root / record.path).write_text(record.text + "notes: by hand\n", encoding="utf-8")
    record = fresh(anna).get(one)
    by = {
        "/".join(map(str, found.path)): found.entry.by if found.entry else None
        for found in blame(fresh(anna), record)
    }
    contact = record.raw["contacts"][0]["id"]
    call = record.raw["interactions"][0]["id"]
    assert by["name"] == "Anna"
    assert by["status"] == "Anna"
    assert by[f"contacts/{contact}/name"] == "Anna"
    assert by[f"contacts/{contact}/title"] == "Bob"
    assert by[f"interactions/{call}/summary"] == "Bob"
    assert by["notes"] is None
    assert len(blame(fresh(anna), record, ("contacts", contact))) == 2


def test_who_restores_a_customer_did_not_set_its_fields(hub: Hub) -> None:
    anna, bob = hub.clone("anna"), hub.clone("bob")
    one = anna.add("云帆", status="none", contacts=[{"name": "张三", "title": "经理"}]).id
    editing.change(fresh(anna), one, [("bank_account", "中行 1"), ("status", "active")])
    sync(fresh(anna))
    for way in ("restored", "by hand"):
        sync(fresh(bob))
        path = fresh(bob).get(one).path
        lifecycle.remove(fresh(bob), one, reason="误删")
        if way == "restored":
            restore(fresh(bob), one)
        else:
            git(bob.root, "checkout", "-q", "HEAD^", "--", path)
            text = (bob.root / path).read_text("utf-8")
            assert "status: active" in text
            (bob.root / path).write_text(text.replace("status: active", "status: paused"), "utf-8")
            git(bob.root, "add", "-A")
            git(bob.root, "commit", "-qm", "back")
        vault = fresh(bob)
        by = {
            "/".join(map(str, found.path)): found.entry.by if found.entry else None
            for found in blame(vault, vault.get(one))
        }
        changed = {name for name, who in by.items() if who != "Anna"}
        assert changed == (set() if way == "restored" else {"status"})
        assert by.get("status") == ("Anna" if way == "restored" else "Bob")
        sync(fresh(bob))


def test_diff_of_spans_and_of_the_work_tree(hub: Hub) -> None:
    anna = hub.clone("anna")
    one = anna.add("云帆", status="none").id
    start = git(anna.root, "rev-parse", "HEAD")
    editing.change(fresh(anna), one, [("status", "active")])
    two = fresh(anna).add("第二家").id
    vault = fresh(anna)
    kinds = {each.id: each.kind for each in diff(vault, span=f"{start}..")}
    assert kinds == {one: "changed", two: "added"}
    (change,) = diff(vault, vault.get(one), f"{start}..HEAD")[0].changes
    assert (change.before, change.after) == ("none", "active")
    assert diff(vault) == []
    path = vault.get(two).path
    (anna.root / path).unlink()
    assert [each.kind for each in diff(fresh(anna))] == ["removed"]
    (anna.root / vault.get(one).path).write_text("id: [\n", encoding="utf-8")
    assert {each.kind for each in diff(fresh(anna))} == {"removed", "unreadable"}


def test_from_the_command_line(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    anna = hub.clone("anna")
    shell = Shell(anna.root, capsys)
    one = shell.ok("add", "云帆", "--set", "状态=未合作", "--json").data["id"]
    shell.ok("set", one, "status=active")
    assert "Anna" in shell.ok("blame", one).out
    (found,) = shell.ok("blame", one, "状态", "--json").data
    assert (found["path"], found["value"], found["by"]) == ("/status", "active", "Anna")
    assert shell("blame", one, "notes").code == 1
    out = shell.ok("--lang", "zh", "diff", one, "HEAD~1..").out
    assert "状态: 未合作 → 合作中" in out
    assert shell.ok("diff", "--json").data == []
    assert shell("diff", "a..b").code == 4
    assert shell("diff", one, one).code == 2
