"""The workbook out, edited, and in again: what was edited changes, nothing else (issue 6)."""

from __future__ import annotations

import datetime as dt
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from cli_running import Shell
from exporting import DAY, source_of, vault_of
from ready_made import copied
from team_vault import opened, team_vault

from textcrm.exchange import export, sheet_again
from textcrm.exchange.incoming import Setting
from textcrm.exchange.sheet_edits import Edits, edits_of
from textcrm.exchange.sheet_writing import Outcome, Writing
from textcrm.vault.creation import create
from textcrm.vault.revealing import reveal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textcrm.vault import Vault

MAIN = "客户信息总表"
ONE = "C20240318001"


def _make(folder: Path) -> None:
    folder.mkdir()
    _export(_vault_at(team_vault(folder)), folder / "customers.xlsx")


def _vault_at(root: Path) -> Vault:
    vault = opened(root, "chen-chen")
    vault.__dict__["today"] = DAY
    return vault


def _export(vault: Vault, file: Path, *, reveal: bool = False) -> None:
    chosen = export.format_of("xlsx")
    source = source_of(vault, versions=True, updates=True, reveal=reveal)
    export.write(chosen, source, export.settings_of(vault, "zh"), file, force=True)


class Desk:
    """A vault, the workbook that was written from it, and somebody at Excel."""

    def __init__(self, folder: Path) -> None:
        copied("desk", folder, _make)
        self.vault = _vault_at(folder / "vault")
        self.file = folder / "customers.xlsx"
        self.before = self.texts()

    def export(self, *, reveal: bool = False) -> None:
        _export(self.vault, self.file, reveal=reveal)

    def edit(self, change: Callable[[Any], None]) -> None:
        book = openpyxl.load_workbook(self.file)
        change(book)
        book.save(self.file)

    def texts(self) -> dict[str, str]:
        return {record.path: record.text for record in self.vault.records()}

    def edits(self) -> Edits:
        book = sheet_again.read(self.file.read_bytes())
        assert book is not None
        return edits_of(self.vault, book, export.settings_of(self.vault, book.language))

    def imported(self, **options: Any) -> Outcome:
        vault = self.vault

        def person(word: str) -> str | None:
            found = vault.access.find(word)
            return found.id if found else None

        setting = Setting(vault.schema, vault.today, vault.now, "CNY", person)
        return Writing(vault, self.edits(), setting, **options).run()

    def changes(self) -> list[str]:
        """Every line that the last commit changed."""
        done = subprocess.run(
            ["git", "-C", str(self.vault.root), "diff", "-U0", "--no-color", "HEAD~1"],
            capture_output=True, text=True, check=True, encoding="utf-8",
        )  # fmt: skip
        heads = ("+++", "---")
        return [
            line for line in done.stdout.splitlines() if line[:1] in "+-" and line[:3] not in heads
        ]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def cell(book: Any, sheet: str, heading: str, key: str, by: str = "客户编号") -> Any:
    """The cell under a heading in the row that has ``key``."""
    table = book[sheet]
    heads = {one.value: one.column for one in table[1]}
    for row in table.iter_rows(min_row=2):
        if row[heads[by] - 1].value == key:
            return row[heads[heading] - 1]
    raise AssertionError(key)


def test_nothing_edited_nothing_changes(desk: Desk) -> None:
    desk.edit(lambda _book: None)
    found = desk.edits()
    assert not found.edits
    assert not found.added
    assert not found.refused
    assert desk.imported().commit is None


def test_two_cells_two_fields(desk: Desk) -> None:
    def change(book: Any) -> None:
        cell(book, MAIN, "合作状态", ONE).value = "暂停合作"
        cell(book, MAIN, "联系方式", "C20240402001").value = "139 1234 5678"

    desk.edit(change)
    outcome = desk.imported()
    assert [(one.id, one.path) for one in outcome.changed] == [
        (ONE, "status"),
        ("C20240402001", "contacts/0/phones/0/number"),
    ]
    assert (outcome.updated, outcome.created, outcome.rejected) == (2, 0, [])
    after = desk.texts()
    changed = {path for path, text in after.items() if text != desk.before[path]}
    assert {path[-17:-5] for path in changed} == {ONE, "C20240402001"}
    assert len(desk.changes()) == 4, "two lines before, two after"
    assert "status: paused" in after[f"customers/2024/03/{ONE}.yaml"]
    assert "+8613912345678" in after["customers/2024/04/C20240402001.yaml"]


def test_cells_of_lists_days_money_and_tags(desk: Desk) -> None:
    def change(book: Any) -> None:
        cell(
            book, "跟进记录", "沟通内容", "电话沟通续约，年付价格按去年不变。", "沟通内容"
        ).value = "改过的摘要"
        cell(book, "购买记录", "金额", "SO-2504-020", "订单号").value = 99000.5
        cell(book, MAIN, "首次合作时间", ONE).value = dt.date(2024, 5, 1)
        cell(book, MAIN, "客户标签", ONE).value = "技术型、续约、重点"
        cell(book, MAIN, "跟进人", "C20240402001").value = "王芳"
        cell(book, MAIN, "所属行业", ONE).value = "批发业"
        note = cell(book, MAIN, "备注", ONE)
        note.value, note.data_type = "=1+1 不是公式", "s"
        cell(book, MAIN, "成交意向", ONE).value = None

    desk.edit(change)
    outcome = desk.imported()
    assert outcome.rejected == []
    typed = desk.vault.get(ONE).typed
    assert [one["summary"] for one in typed["interactions"]][1] == "改过的摘要"
    assert str(typed["purchases"][1]["amount"]) == "99000.5"
    assert typed["first_cooperation"] == dt.date(2024, 5, 1)
    assert typed["tags"] == ["技术型", "续约", "重点"]
    assert desk.vault.get("C20240402001").typed["owner"] == "wang-fang"
    assert typed["industry"] == "F51"
    assert typed["notes"] == "=1+1 不是公式"
    assert "intent" not in typed
    assert len(outcome.changed) == 8


def test_in_once_more_changes_nothing(desk: Desk) -> None:
    desk.edit(lambda book: setattr(cell(book, MAIN, "核心需求", ONE), "value", "新需求"))
    assert desk.imported().updated == 1
    again = desk.imported()
    assert (again.updated, again.rejected, again.commit) == (0, [], None)


def test_sorted_rows_and_moved_columns(desk: Desk) -> None:
    def change(book: Any) -> None:
        table = book[MAIN]
        rows = [[one.value for one in row] for row in table.iter_rows()]
        heads, rest = rows[0], sorted(rows[1:], key=lambda row: str(row[1]))
        order = [3, 0, *(place for place in range(len(heads)) if place not in (0, 3))]
        for number, row in enumerate([heads, *rest], 1):
            for column, place in enumerate(order, 1):
                table.cell(number, column).value = row[place]
        cell(book, MAIN, "核心需求", ONE).value = "新需求"

    desk.edit(change)
    assert [(one.id, one.path) for one in desk.imported().changed] == [(ONE, "needs")]


def test_changed_meanwhile_is_a_question(desk: Desk) -> None:
    desk.edit(lambda book: setattr(cell(book, MAIN, "核心需求", ONE), "value", "文件里的需求"))
    with desk.vault.transaction() as change:
        change.set(ONE, {"needs": "同事改的需求"})
    outcome = desk.imported()
    assert outcome.commit is None
    question = outcome.questions[0]
    assert (question.id, question.path) == (ONE, "needs")
    assert question.base == "提升系统稳定性，统一各分公司的客户资料"
    assert (question.mine, question.theirs) == ("文件里的需求", "同事改的需求")
    assert [finding.code for _, finding in outcome.rejected] == ["changed-meanwhile"]
    assert desk.vault.get(ONE).typed["needs"] == "同事改的需求"

    assert desk.imported(decide=lambda _asked: "theirs").commit is None
    assert desk.imported(decide=lambda _asked: "mine").updated == 1
    assert desk.vault.get(ONE).typed["needs"] == "文件里的需求"


def test_changed_meanwhile_elsewhere_in_the_row_is_a_question_too(desk: Desk) -> None:
    desk.edit(lambda book: setattr(cell(book, MAIN, "核心需求", ONE), "value", "文件里的需求"))
    with desk.vault.transaction() as change:
        change.set(ONE, {"status": "paused"})
    outcome = desk.imported()
    assert [one.path for one in outcome.questions] == ["needs"]


def test_a_row_that_was_not_edited_is_no_question(desk: Desk) -> None:
    with desk.vault.transaction() as change:
        change.set(ONE, {"status": "paused"})
    outcome = desk.imported()
    assert (outcome.questions, outcome.rejected, outcome.updated) == ([], [], 0)


def test_new_rows_are_customers_and_items(desk: Desk) -> None:
    def change(book: Any) -> None:
        book[MAIN].append([None, "新客户有限公司", "钱七", "13812345678", None, "展会"])
        book["跟进记录"].append([ONE, None, "2026-11-20", "李强", "电话", None, "新的跟进"])
        book["联系人-电话"].append([ONE, None, "何佳", "13900001111"])

    desk.edit(change)
    outcome = desk.imported()
    assert outcome.rejected == []
    assert (outcome.created, outcome.updated) == (1, 2)
    made = desk.vault.get("新客户有限公司").typed
    assert made["source"] == "exhibition"
    assert made["contacts"][0]["phones"][0]["number"] == "+8613812345678"
    one = desk.vault.get(ONE).typed
    assert one["interactions"][-1]["summary"] == "新的跟进"
    assert one["interactions"][-1]["by"] == "li-qiang"
    assert one["contacts"][1]["phones"][1]["number"] == "+8613900001111"


def test_what_cannot_be_taken_in_is_said_and_the_rest_is_written(desk: Desk) -> None:
    def change(book: Any) -> None:
        cell(book, MAIN, "合作状态", ONE).value = "随便"
        cell(book, MAIN, "客户编号", "C20240402001").value = "C20990101001"
        cell(book, MAIN, "客户名称", "C20240501001").value = None
        cell(book, MAIN, "核心需求", "C20240612001").value = "好的"
        book[MAIN].append([ONE, "冒名"])

    desk.edit(change)
    outcome = desk.imported()
    assert outcome.updated == 1
    assert desk.vault.get("C20240612001").typed["needs"] == "好的"
    assert {finding.code for _, finding in outcome.rejected} >= {
        "unknown-value",
        "identity-fixed",
        "id-taken",
    }
    assert len(outcome.rejected) == 4
    assert outcome.rows == outcome.created + outcome.updated + outcome.skipped + 4


def test_sealed_cells_in_clear_are_sealed_again_where_they_were_edited(desk: Desk) -> None:
    desk.vault = opened(desk.vault.root, "wang-fang")
    desk.vault.__dict__["today"] = DAY
    desk.export(reveal=True)
    assert not desk.edits().edits
    account = "6222020200112233445"
    desk.edit(lambda book: setattr(cell(book, MAIN, "银行账户", ONE), "value", account))
    outcome = desk.imported()
    assert [(one.id, one.path) for one in outcome.changed] == [(ONE, "bank_account")]
    text = desk.vault.get(ONE).text
    assert account not in text
    assert reveal(desk.vault, desk.vault.get(ONE)).tree["bank_account"] == account

    desk.vault = opened(desk.vault.root)
    desk.edit(lambda book: setattr(cell(book, MAIN, "银行账户", ONE), "value", account[::-1]))
    found = desk.edits()
    assert found.unread > 0
    assert not found.edits


def test_a_formula_without_its_result_empties_nothing(desk: Desk) -> None:
    desk.edit(lambda book: setattr(cell(book, MAIN, "核心需求", ONE), "value", '="a"&"b"'))
    outcome = desk.imported()
    assert [finding.code for _, finding in outcome.rejected] == ["formula-unreckoned"]
    assert outcome.commit is None
    assert desk.vault.get(ONE).typed["needs"]


@pytest.mark.parametrize("damaged", ["sheet1", "sheet2", "sheet13"])
def test_a_damaged_sheet_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], desk: Desk, damaged: str
) -> None:
    """The file opens, a sheet in it does not: nothing is taken in, and it is said which."""
    torn = tmp_path / "torn.xlsx"
    data = bytearray(desk.file.read_bytes())
    with zipfile.ZipFile(desk.file) as book:
        part = book.getinfo(f"xl/worksheets/{damaged}.xml")
    middle = part.header_offset + 30 + len(part.filename) + part.compress_size // 2
    data[middle : middle + 40] = b"\xff" * 40
    torn.write_bytes(data)
    ran = Shell(desk.vault.root, capsys)("--lang", "en", "import", str(torn))
    assert (ran.code, ran.out) == (5, "")
    assert "torn.xlsx: the sheet “" in ran.err


def test_a_workbook_of_another_program_is_none(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "x.xlsx")
    assert sheet_again.read((tmp_path / "x.xlsx").read_bytes()) is None
    assert sheet_again.read(b"no workbook") is None


def test_a_workbook_of_another_vault_is_a_table(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Shell(create(tmp_path / "other").vault.root, capsys)
    told = other.ok("import", str(desk.file), "--json").data
    assert (told["rejected"], told["created"]) == (0, len(desk.before))
    uid = next(one for one in told["columns"] if one["heading"] == "textcrm:uid")
    assert uid["field"] == ""
    assert other.ok("show", ONE, "--json").data["name"] == "杭州云杉软件有限公司"
    assert other.ok("import", str(desk.file), "--json").data["skipped"] == told["rows"]


def test_the_command_takes_it_in_and_asks(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(desk.vault.root, capsys)
    file = str(desk.file)
    desk.edit(lambda book: setattr(cell(book, MAIN, "核心需求", ONE), "value", "文件里的需求"))
    told = shell.ok("import", file, "--dry-run", "--json").data
    assert (told["updated"], told["changed"]) == (1, [{"id": ONE, "path": "needs"}])
    shell.ok("set", ONE, "needs=同事改的需求")
    asked = shell("import", file, "--json")
    assert asked.code == 7
    assert asked.data["questions"][0] == {
        "id": ONE,
        "name": "杭州云杉软件有限公司",
        "path": "needs",
        "label": "核心需求",
        "place": f"{MAIN}!2",
        "base": "提升系统稳定性，统一各分公司的客户资料",
        "mine": "文件里的需求",
        "theirs": "同事改的需求",
    }
    assert shell.ok("import", file, "--on-conflict", "theirs", "--json").data["updated"] == 0
    assert shell.ok("import", file, "--on-conflict", "mine", "--json").data["updated"] == 1
    assert shell("import", file, "--on-conflict", "both", "--json").code == 2
    shell.ok("undo")
    assert shell.ok("show", ONE, "--json").data["needs"] == "同事改的需求"


def test_the_command_reads_every_card(
    tmp_path: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(vault_of(tmp_path / "vault").root, capsys)
    file = str(shared_data / "import" / "zh_companies.vcf")
    told = shell.ok("import", file, "--json").data
    assert (told["rows"], told["created"], told["rejected"]) == (314, 314, 0)
    assert shell.ok("import", file, "--json").data["skipped"] == 314
