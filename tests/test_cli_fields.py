"""Fields that are added, renamed, dropped or emptied, through the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_blue_river import blue_river
from cli_running import Shell
from ready_made import copied, initialized

from textcrm.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return blue_river(tmp_path / "vault", capsys)


def test_a_schema_change_is_honoured_by_every_command(shell: Shell) -> None:
    import json

    record_id = shell.first()
    file = shell.folder / "schema" / "customer.schema.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    schema["properties"] |= {
        "colour": {
            "type": "string",
            "enum": ["red", "blue"],
            "x-textcrm": {
                "label": {"zh": "颜色", "en": "Colour"},
                "enum": {"red": {"zh": "红", "en": "Red"}, "blue": {"zh": "蓝", "en": "Blue"}},
            },
        },
        "renewal": {
            "type": "string",
            "format": "date",
            "x-textcrm": {"label": {"zh": "续约日", "en": "Renewal"}},
        },
        "deposit": {
            "type": "number",
            "x-textcrm": {"type": "money", "label": {"zh": "押金", "en": "Deposit"}},
        },
        "machines": {
            "type": "array",
            "items": {"type": "string"},
            "x-textcrm": {"label": {"zh": "设备", "en": "Machines"}},
        },
        "motto": {"type": "string", "x-textcrm": {"label": {"zh": "口号", "en": "Motto"}}},
    }
    schema["properties"]["type"]["enum"].append("partner")
    schema["properties"]["type"]["x-textcrm"]["enum"]["partner"] = {"zh": "伙伴", "en": "Partner"}
    file.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    shell.ok("save")
    shell.ok(
        "set",
        record_id,
        "颜色=红",
        "续约日=2027年1月5日",
        "押金=1.5万",
        "设备=X1、X2",
        "口号=快",
        "type=伙伴",
    )
    shown = shell.ok("show", record_id, "--json").data
    assert (shown["colour"], shown["renewal"], shown["deposit"]) == ("red", "2027-01-05", "15000")
    assert (shown["machines"], shown["motto"], shown["type"]) == (["X1", "X2"], "快", "partner")
    assert "Deposit" in shell.ok("show", record_id).out
    for query in (
        "颜色:红",
        "deposit:>10000",
        "renewal:2027-01",
        "machines:X2",
        "motto:快",
        "type:partner",
    ):
        assert len(shell.ok("list", query, "--json").data) == 1, query
    assert shell("set", record_id, "颜色=绿").code == 5
    row = shell.ok("list", "--group", "颜色", "--sum", "押金", "--json").data[0]
    assert row["group"] == {"colour": "red"}
    schema["required"].append("motto")
    file.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    shell.ok("save")
    refused = shell("add", "No motto")
    assert refused.code == 5
    assert "Motto" in refused.err
    shell.ok("add", "With motto", "--set", "motto=x")


def test_a_renamed_or_dropped_field_loses_nothing_and_migrates(shell: Shell) -> None:
    import json

    record_id = shell.first()
    shell.ok("set", record_id, "needs=a quiet office", "website=https://example.com")
    shell.ok("add", "Other", "--set", "needs=x")
    file = shell.folder / "schema" / "customer.schema.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    schema["properties"]["wish"] = {**schema["properties"].pop("needs"), "title": "愿望 · Wish"}
    schema["properties"]["wish"]["x-textcrm"]["label"] = {"zh": "愿望", "en": "Wish"}
    del schema["properties"]["website"]
    file.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    shell.ok("save")
    shell.ok("set", record_id, "intent=high")
    assert shell.ok("show", record_id, "--json").data["needs"] == "a quiet office"
    assert "a quiet office" in shell.ok("show", record_id).out
    codes = {one["code"] for one in shell.ok("check", "--json").data["problems"]}
    assert codes == {"unknown-key"}
    shell.ok("set", "Other", "wish=another")
    preview = shell.ok("migrate", "needs", "愿望", "--dry-run", "--json").data
    assert preview["commit"] is None
    assert [one["id"] for one in preview["moved"]] == [record_id]
    assert len(preview["blocked"]) == 1
    shell.ok("migrate", "needs", "愿望", "--reason", "renamed")
    shown = shell.ok("show", record_id, "--json").data
    assert shown["wish"] == "a quiet office"
    assert "needs" not in shown
    assert shell.ok("show", "Other", "--json").data["needs"] == "x"
    shell.ok("migrate", "website", "custom/website")
    assert shell.ok("show", record_id, "--json").data["custom"] == {
        "website": "https://example.com"
    }
    assert shell("migrate", "nothing", "wish").code == 1
    shell.ok("undo")
    assert shell.ok("show", record_id, "--json").data["website"] == "https://example.com"


def _commented(folder: Path) -> None:
    """A vault with one customer, into whose file somebody wrote comments."""
    initialized(folder, then=(("add", "云帆科技"),))
    file = next(folder.glob("customers/*/*/*.yaml"))
    text = file.read_text(encoding="utf-8").replace("name:", "# kept\nname:")
    file.write_text(text + "needs: x  # kept too\n", encoding="utf-8")
    assert run(["-C", str(folder), "save"]) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tags", "a、b"),
        ("notes", "text"),
        ("type", "prospect"),
        ("first_cooperation", "2024-05-01"),
        ("credit/limit", "5万"),
        ("size", "50-100人"),
        ("owner", "li-qiang"),
        ("do_not_contact", "yes"),
        ("website", "example.com"),
        ("contacts/0/title", "CEO"),
        ("bank_account", "6222020200112233445"),
        ("custom/colour", "red"),
        ("aliases", "云"),
    ],
)
def test_to_set_nothing_takes_the_field_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str, value: str
) -> None:
    copied("commented", tmp_path / "vault", _commented)
    shell = Shell(tmp_path / "vault", capsys)
    file = next(shell.folder.glob("customers/*/*/*.yaml"))
    own, text = file.stem, file.read_text(encoding="utf-8")
    shell.ok("set", own, f"{field}={value}")
    with_it = file.read_text(encoding="utf-8")
    assert with_it != text
    shell.ok("set", own, f"{field}=")
    if "contacts" not in field:  # its contact has an id of its own, and stays
        assert file.read_text(encoding="utf-8") == text
    emptied = file.read_text(encoding="utf-8")
    shell.ok("undo")
    assert file.read_text(encoding="utf-8") == with_it
    shell.ok("set", own, "--unset", field)
    assert file.read_text(encoding="utf-8") == emptied
    assert "nothing to change" in shell.ok("--lang", "en", "set", own, f"{field}= ").out


def test_what_a_record_needs_is_not_taken_out(shell: Shell) -> None:
    own = shell.ok(
        "--json", "add", "云帆科技", "--set", "电话=13655556666", "--set", "tags="
    ).data["id"]
    file = next(shell.folder.glob(f"customers/*/*/{own}.yaml"))
    before = file.read_text(encoding="utf-8")
    assert "tags" not in before
    for words in (["name="], ["客户名称= "], ["--unset", "name"], ["contacts/0/phones/0/number="]):
        ran = shell("--json", "set", own, *words)
        assert (ran.code, ran.error["code"]) == (5, "field-required"), ran
        assert ran.error["hint"]
    assert shell("--json", "set", own, "uid=").error["code"] == "identity-fixed"
    assert file.read_text(encoding="utf-8") == before
