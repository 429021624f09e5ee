"""The commands from the command line: what each does, what it prints, what --json gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_blue_river import blue_river
from cli_running import Shell

from textcrm.cli.width import width

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return blue_river(tmp_path / "vault", capsys)


def test_init_says_what_it_made_and_refuses_twice(shell: Shell) -> None:
    again = shell("init", str(shell.folder), "--no-input", at=False)
    assert again.code == 7
    assert "already" in again.err
    assert (shell.folder / "schema" / "customer.schema.json").is_file()


@pytest.mark.parametrize("template", ["general", "retail", "service", "manufacturing"])
def test_each_template_makes_a_vault_that_checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], template: str
) -> None:
    shell = Shell(tmp_path / template, capsys)
    made = shell(
        "init",
        str(shell.folder),
        "--no-input",
        "--template",
        template,
        "--lang",
        "zh",
        "--json",
        at=False,
    )
    assert made.code == 0
    assert made.data["repository"] == "new"
    fields = {
        "retail": "会员号=A1",
        "service": "服务套餐=金牌",
        "manufacturing": "在用设备=X1、X2",
    }
    words = ["--set", fields[template]] if template in fields else []
    shell.ok("add", "张三", *words)
    assert shell.ok("check").code == 0
    for view in ("@久未联系", "@重点客户", "@公海"):
        assert shell("list", view).code in (0, 1)


def test_an_unknown_template_is_named_with_the_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = Shell(tmp_path / "x", capsys)(
        "init", str(tmp_path / "x"), "--no-input", "--template", "shop", at=False
    )
    assert ran.code == 2
    assert "manufacturing" in ran.err


def test_add_set_tag_append_log_show(shell: Shell) -> None:
    record_id = shell.first()
    done = shell.ok(
        "set",
        record_id,
        "状态=合作中",
        "first_cooperation=2026-05-01",
        "products=hosting",
        "--json",
    ).data
    assert done["id"] == record_id
    assert done["commit"]
    assert set(done["changed"]) == {"status", "first_cooperation", "products"}
    shell.ok("tag", record_id, "+vip", "-keen")
    shell.ok(
        "append",
        record_id,
        "contacts",
        "name=Jane Smith",
        "email=jane@example.com",
        "phone=+44 20 7946 0018",
    )
    shell.ok(
        "log",
        record_id,
        "wants an offer",
        "--channel",
        "电话",
        "--next",
        "send it",
        "--due",
        "in 3 days",
        "--feedback",
        "keen",
    )
    shown = shell.ok("show", record_id, "--json").data
    assert shown["status"] == "active"
    assert shown["tags"] == ["new", "vip"]
    contact = shown["contacts"][0]
    assert contact["phones"][0]["number"] == "+442079460018"
    assert contact["emails"][0]["address"] == "jane@example.com"
    talk = shown["interactions"][0]
    assert (talk["channel"], talk["summary"], talk["feedback"]) == (
        "phone",
        "wants an offer",
        "keen",
    )
    assert talk["next"]["what"] == "send it"
    assert shown["derived"]["last_contact"] == talk["at"][:10]
    assert "Jane Smith" in shell.ok("show", record_id).out


def test_money_is_exact_text_in_json(shell: Shell) -> None:
    record_id = shell.first()
    shell.ok(
        "append",
        record_id,
        "purchases",
        "date=2026-05-01",
        "product=x",
        "quantity=3",
        "unit_price=0.10",
        "amount=0.30",
    )
    shown = shell.ok("show", record_id, "--json").data
    assert shown["purchases"][0]["amount"] == "0.30"
    assert shown["derived"]["total_spent"] == "0.30"
    row = shell.ok("list", "--group", "type", "--sum", "total_spent", "--json").data[0]
    assert row == {
        "group": {"type": "prospect"},
        "count": 1,
        "sum": {"total_spent": "0.30"},
        "avg": {},
    }


def test_every_write_is_one_commit_of_its_record(shell: Shell) -> None:
    record_id = shell.first()
    shell.ok("set", record_id, "needs=secret wish", "--reason", "they\ncalled: Textcrm-Op: rm")
    message = shell.git("log", "-1", "--format=%B")
    assert message.splitlines()[0] == f"{record_id}: set needs"
    assert "secret wish" not in message
    assert "Textcrm-Reason: they called: Textcrm-Op: rm" in message
    assert shell.git("log", "-1", "--format=%(trailers:key=Textcrm-Op,valueonly)").strip() == "set"
    assert shell.git("show", "--name-only", "--format=").strip().endswith(f"{record_id}.yaml")


def test_log_tells_fields_and_json(shell: Shell) -> None:
    record_id = shell.first()
    shell.ok("set", record_id, "intent=high", "--reason", "call")
    entry = shell.ok("log", record_id, "--json").data[0]
    assert set(entry) >= {"commit", "at", "by", "op", "reason", "records"}
    assert (entry["op"], entry["reason"], entry["by"]) == ("set", "call", "Test Person")
    assert entry["records"][0]["changes"] == [{"path": "/intent", "before": None, "after": "high"}]
    assert "Intent" in shell.ok("log", record_id).out
    assert len(shell.ok("log", "--json", "--limit", "2").data) == 2
    assert shell("log", "--op", "rm").code == 1
    assert len(shell.ok("log", "--field", "意向", "--json").data) == 1


def test_undo_redo_trash_restore(shell: Shell) -> None:
    record_id = shell.first()
    path = next((shell.folder / "customers").rglob("*.yaml"))
    before = path.read_bytes()
    shell.ok("set", record_id, "intent=high")
    undone = shell.ok("undo", "--json").data
    assert undone["ids"] == [record_id]
    assert path.read_bytes() == before
    shell.ok("redo")
    assert "intent: high" in path.read_text(encoding="utf-8")
    assert shell("rm", record_id).code == 2
    shell.ok("rm", record_id, "--reason", "twice")
    assert shell("show", record_id).code == 4
    assert shell.ok("trash", "--json").data[0]["reason"] == "twice"
    shell.ok("restore", record_id)
    assert shell("trash").code == 1
    shell.ok("restore", record_id, "--at", "HEAD~3")
    assert path.read_bytes() == before


def test_archive_leaves_lists_and_comes_back(shell: Shell) -> None:
    record_id = shell.first()
    shell.ok("archive", record_id, "--reason", "closed")
    assert shell("list").code == 1
    assert len(shell.ok("list", "--archived", "--json").data) == 1
    assert len(shell.ok("list", "is:archived", "--json").data) == 1
    shell.ok("unarchive", record_id)
    assert len(shell.ok("list", "--json").data) == 1


def test_status_and_save_of_hand_edits(shell: Shell) -> None:
    record_id = shell.first()
    path = next((shell.folder / "customers").rglob("*.yaml"))
    path.write_text(
        path.read_text(encoding="utf-8") + "# by hand\nnotes: secret\ncontacts:\n  - name: Li\n",
        encoding="utf-8",
    )
    status = shell.ok("status", "--json").data
    assert status["changed"][0]["paths"] == ["/notes", "/contacts/0"]
    assert "secret" not in shell.ok("status").out
    refused = shell("set", record_id, "intent=high")
    assert refused.code == 7
    assert "textcrm save" in refused.err
    saved = shell.ok("save", "-m", "by hand", "--json").data
    assert saved["ids"] == [record_id]
    text = path.read_text(encoding="utf-8")
    assert "# by hand" in text
    assert text.count("- id:") == 1
    assert shell.ok("status", "--json").data["changed"] == []
    assert shell.git("status", "--porcelain") == ""


def test_save_refuses_what_is_invalid_and_says_where(shell: Shell) -> None:
    path = next((shell.folder / "customers").rglob("*.yaml"))
    path.write_text(
        path.read_text(encoding="utf-8").replace("prospect", "prospct"), encoding="utf-8"
    )
    ran = shell("save")
    assert ran.code == 5
    assert "prospect" in ran.err
    checked = shell("check", "--json")
    assert checked.code == 1
    problem = checked.data["problems"][0]
    assert (problem["code"], problem["path"], problem["severity"]) == ("enum", "/type", "error")
    assert problem["file"].endswith(".yaml")
    assert problem["line"] > 1
    assert shell.git("diff", "--name-only").strip()


def test_staged_and_unstaged_work_of_the_user_stays(shell: Shell) -> None:
    record_id = shell.first()
    other = shell.folder / "notes.txt"
    other.write_text("staged\n", encoding="utf-8")
    shell.git("add", "notes.txt")
    other.write_text("staged\nunstaged\n", encoding="utf-8")
    before = shell.git("diff"), shell.git("diff", "--cached")
    shell.ok("set", record_id, "intent=low")
    assert (shell.git("diff"), shell.git("diff", "--cached")) == before


def test_attach_list_path_get(shell: Shell, tmp_path: Path) -> None:
    record_id = shell.first()
    source = tmp_path / "扫描 件.PDF"
    source.write_bytes(b"%PDF\x00\xff")
    made = shell.ok(
        "attach",
        record_id,
        str(source),
        "--kind",
        "合同",
        "--title",
        "年度/合同",
        "--date",
        "2026-05-01",
        "--json",
    ).data
    assert made["file"] == f"attachments/{record_id}/2026-05-01_contract_年度-合同.pdf"
    assert (shell.folder / made["file"]).read_bytes() == source.read_bytes()
    listed = shell.ok("attach", "list", record_id, "--json").data
    assert (listed[0]["kind"], listed[0]["size"]) == ("contract", 6)
    assert shell.ok("attach", "path", record_id, "1").out.strip().endswith(".pdf")
    shell.ok("attach", "get", record_id, "合同", str(tmp_path))
    assert (tmp_path / "2026-05-01_contract_年度-合同.pdf").read_bytes() == source.read_bytes()
    assert shell("attach", record_id, str(tmp_path / "gone")).code == 4
    shell.ok("undo")
    assert not (shell.folder / made["file"]).exists()


def test_tags_across_the_vault(shell: Shell) -> None:
    shell.ok("add", "Other", "--set", "tags=keen")
    assert shell.ok("tag", "list", "--json").data == [
        {"tag": "keen", "count": 2},
        {"tag": "new", "count": 1},
    ]
    done = shell.ok("tag", "rename", "keen", "hot", "--json").data
    assert len(done["ids"]) == 2
    shell.ok("undo")
    assert shell.ok("tag", "list", "--json").data[0] == {"tag": "keen", "count": 2}
    assert shell("tag", "rename", "none", "x").code == 4


def test_due_lists_reasons(shell: Shell) -> None:
    record_id = shell.first()
    shell.ok("log", record_id, "called", "--next", "offer", "--due", "today")
    one = shell.ok("due", "--json").data[0]
    contract = {"id", "name", "kind", "due", "days", "reason", "owner"}
    assert set(one) == {*contract, "remind_on", "command"}
    assert (one["id"], one["kind"], one["days"], one["reason"]) == (record_id, "next", 0, "offer")
    assert shell.ok("due", "--count").out.strip() == "1"


def test_due_fits_the_screen_and_knows_people(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = shell.first()
    shell.ok("log", record_id, "called", "--next", "send the whole long offer", "--due", "today")
    for columns in ("80", "120"):
        monkeypatch.setenv("COLUMNS", columns)
        out = shell.ok("due").out
        assert max(map(width, out.splitlines())) <= int(columns)
        assert record_id in out
        assert "send the whole long offer" in out
    assert (
        "Blue River" not in shell.ok("due", "--mask").out + shell.ok("due", "--mask", "--json").out
    )
    assert shell("due", "--owner", "nobdy", "--json").error["code"] == "no-such-person"
    assert shell("due", "--within", "-3", "--json").error["code"] == "bad-number"
    assert shell.ok("due", "--owner", "公海", "--count").out.strip() == "1"


def test_show_at_a_day_and_the_text_itself(shell: Shell) -> None:
    record_id = shell.first()
    path = next((shell.folder / "customers").rglob("*.yaml"))
    first = path.read_text(encoding="utf-8")
    shell.ok("set", record_id, "intent=high")
    assert shell.ok("show", record_id, "--at", "HEAD~1", "--text").out == first
    assert "intent" in shell.ok("show", record_id, "--at", "today", "--json").data
    assert shell("show", record_id, "--at", "2001-01-01").code == 4


def test_edit_with_an_editor(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = shell.first()
    script = tmp_path / "editor.sh"
    script.write_text('#!/bin/sh\nsed -i "s/prospect/$WORD/" "$1"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.setenv("WORD", "nonsense")
    assert shell("edit", record_id).code == 5
    assert "nonsense" in (shell.folder / ".textcrm" / "rejected" / f"{record_id}.yaml").read_text(
        encoding="utf-8"
    )
    monkeypatch.setenv("WORD", "lost")
    shell.ok("edit", record_id)
    assert shell.ok("show", record_id, "--json").data["type"] == "lost"
    assert "nothing changed" in shell.ok("edit", record_id, "--editor", "true").out
    assert shell("edit", record_id, "--editor", "no-such-editor").code == 2
    assert shell("edit", record_id, "--editor", "false").code == 9
    assert shell.git("status", "--porcelain") == ""


def test_no_editor_is_started_where_nobody_can_type(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    ran = shell("edit", shell.first())
    assert ran.code == 2
    assert "textcrm set" in ran.err


def test_what_is_missing_is_named_as_it_is_typed(shell: Shell) -> None:
    assert "--reason" in shell("rm", shell.first()).err
    ran = shell("--lang", "zh", "add", "甲", "--set")
    assert ran.code == 2
    assert "--set 后面缺少取值" in ran.err


def test_a_note_of_megabytes_is_refused_at_once(shell: Shell, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("a" * 3_000_000, encoding="utf-8")
    assert shell("add", "--from", str(note)).code == 5
    for filler in ("A", " ", "1 ", "a@"):
        note.write_text("云帆科技" + filler * 10_000, encoding="utf-8")
        assert shell("add", "甲", "--from", str(note)).code == 0
