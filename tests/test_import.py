"""Importing tables: how their rows are read (H1, H2, B14, G1-G4)."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from cli_running import Shell
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from importing import ARTICLE, new_vault, only, reading_of, records, rows_of, take_in

from textcrm.errors import Misuse
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


@pytest.fixture
def shell(vault: Vault, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(vault.root, capsys)


def test_the_articles_own_rows_import_with_warnings(vault: Vault) -> None:
    outcome = take_in(vault, ARTICLE)
    assert outcome.reading.layout == "summary"
    assert (outcome.created, outcome.rejected) == (3, [])
    one, two, three = records(vault)
    assert [record["id"] for record in (one, two, three)] == [
        "C20240501001",
        "C20240501002",
        "C20240501003",
    ]
    assert (one["industry"], one["type"], one["tags"]) == ("I65", "prospect", ["高意向", "技术型"])
    assert one["custom"] == {"客户来源": "展会转介绍"}
    assert (two["source"], two["status"], two["industry"]) == ("online", "active", "F52")
    assert two["contacts"][0]["phones"][0]["number"] == "139****5678"
    assert three["interactions"][0]["summary"] == "预算审批延期"
    assert (three["interactions"][0]["at"], three["owner"]) == ("2024-04-15", "小张")
    codes = {notice.finding.code for notice in outcome.noticed}
    assert {
        "unknown-value",
        "value-of-another-field",
        "unknown-person",
        "salutation-only",
    } <= codes


def test_headings_in_any_order_and_their_further_fields(vault: Vault) -> None:
    text = (
        "合同金额,客户标签,客户名称,下一步计划,联系人姓名,电子邮箱,客户规模,最近跟进日期,首次合作时间,"
        "合作产品/服务名称,决策关键人,客户编号,合作状态,联系方式\n"
        ",VIP,云海有限公司,发合同,陈伟,chen@example.com,50-100人,2024-05-02,2023/1/5,云主机、备份,"
        "吴芳,C20240502001,合作中,13655556666\n"
    )
    outcome = take_in(vault, text)
    assert outcome.reading.layout == "summary"
    record = only(vault)
    assert record["size"]["employees"]["max"] == "100"
    assert record["interactions"][0]["next"]["what"] == "发合同"
    assert record["first_cooperation"] == "2023-01-05"
    assert record["products"] == ["云主机", "备份"]
    roles = {contact["name"]: contact.get("role") for contact in record["contacts"]}
    assert roles == {"陈伟": None, "吴芳": "decision_maker"}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk", "big5"]
)
def test_chinese_in_every_encoding(vault: Vault, encoding: str) -> None:
    word = "雲海貿易" if encoding == "big5" else "云海贸易"
    heads = "客戶名稱,電話" if encoding == "big5" else "客户名称,电话"
    (row,) = rows_of(vault, f"{heads}\n{word},13655556666\n".encode(encoding))
    assert word in json.dumps(row.tree, ensure_ascii=False)


def test_western_text_of_old_windows(vault: Vault) -> None:
    text = "Company,First Name,Last Name,City\nCafé Müller,Zoë,Núñez,Besançon\n"
    (row,) = rows_of(vault, text.encode("cp1252"))
    assert row.tree["name"] == "Café Müller"
    assert row.tree["contacts"][0]["name"] == "Zoë Núñez"
    assert row.tree["addresses"][0]["city"] == "Besançon"


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_cells_may_be_separated_by_any_usual_sign(vault: Vault, separator: str) -> None:
    lines = [
        ["客户名称", "电话", "备注"],
        ["云海", "13655556666", "一"],
        ["云山", "13655557777", "二"],
    ]
    text = "\n".join(separator.join(line) for line in lines)
    assert [row.tree["name"] for row in rows_of(vault, text)] == ["云海", "云山"]


def test_a_table_without_a_header_is_told_by_its_values(vault: Vault) -> None:
    text = "云海贸易有限公司\t陈伟强\t13655556661\n云天软件有限公司\t吴小芳\t13655557772\n"
    reading = reading_of(vault, text)
    assert [(column.heading, column.target) for column in reading.columns] == [
        ("A", "name"),
        ("B", "contacts/0/name"),
        ("C", "contacts/0/phones/0/number"),
    ]
    assert len(list(reading.rows())) == 2


def test_a_quote_that_is_never_closed_swallows_nothing(vault: Vault) -> None:
    text = '客户名称,备注\n云川,"两行\n的备注"\n"云海,a\n云山,b\n'
    rows = rows_of(vault, text)
    assert [(row.place, row.tree["name"]) for row in rows] == [
        ("2", "云川"),
        ("4", '"云海'),
        ("5", "云山"),
    ]
    assert rows[0].tree["notes"] == "两行\n的备注"


def test_titles_above_the_header_and_blank_lines_are_passed_over(vault: Vault) -> None:
    text = "客户资料（2024年）,,\n\n客户名称,联系电话,备注\n云海,13655556666,\n\n云山,13655557777,好\n"
    rows = rows_of(vault, text)
    assert [(row.number, row.place, row.tree["name"]) for row in rows] == [
        (1, "4", "云海"),
        (2, "6", "云山"),
    ]


def _workbook(fill: Any) -> bytes:
    import xlsxwriter

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    fill(book)
    book.close()
    return data.getvalue()


def test_a_workbook_with_title_numbers_serials_and_merged_cells(vault: Vault) -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("说明").write(0, 0, "请填写第二张表")
        sheet = book.add_worksheet("客户信息总表")
        sheet.merge_range(0, 0, 0, 4, "客户信息总表")
        sheet.write_row(1, 0, ["客户名称", "联系人", "联系方式", "最近跟进日期", "沟通内容摘要"])
        sheet.merge_range(2, 0, 3, 0, "云海贸易有限公司")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(2, 1, ["陈伟", 13655556666])
        sheet.write_datetime(2, 3, dt.date(2024, 5, 1), day)
        sheet.write(2, 4, "=谈价格")
        sheet.write_row(3, 1, ["吴芳", 13655557777.0, 45413, "第二次"])

    outcome = take_in(vault, _workbook(fill), "客户.xlsx")
    assert (outcome.rows, outcome.created) == (2, 2)
    record = only(vault)
    numbers = [one["phones"][0]["number"] for one in record["contacts"]]
    assert numbers == ["+8613655556666", "+8613655557777"]
    assert [one["at"] for one in record["interactions"]] == ["2024-05-01", "2024-05-01"]
    assert [note.code for note in outcome.reading.notes] == ["other-sheets"]


def test_a_damaged_workbook_is_refused_in_words(vault: Vault, shell: Shell) -> None:
    file = vault.root.parent / "x.xlsx"
    file.write_bytes(b"PK\x03\x04[Content_Types].xml and nothing else")
    ran = shell("--json", "import", str(file))
    assert ran.code == 5
    assert ran.error["code"] == "workbook-unreadable"


def test_cells_that_look_like_formulas_are_data(vault: Vault) -> None:
    take_in(
        vault, '客户名称,备注,核心需求,电话\n云海,=1+1,@要报价,"=""13655556666"""\n云山,-5,+好,\n'
    )
    one, two = records(vault)
    assert (one["notes"], one["needs"]) == ("=1+1", "@要报价")
    assert one["contacts"][0]["phones"][0]["number"] == "+8613655556666"
    assert (two["notes"], two["needs"]) == ("-5", "+好")


_TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\u2028\u2029"),
    min_size=1,
    max_size=12,
).filter(lambda text: text.strip() == text and not text.startswith(("=", '"')))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(_TEXTS, _TEXTS, _TEXTS, _TEXTS), min_size=1, max_size=4))
def test_no_cell_vanishes(vault: Vault, table: list[tuple[str, str, str, str]]) -> None:
    """Whatever stands in a table stands in the records, or in the rejected rows."""
    import csv

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["客户名称", "合作状态", "奇怪的列", "备注"])
    writer.writerows(table)
    rows = rows_of(vault, text.getvalue().encode())
    from textcrm.exchange.grouping import with_left
    from textcrm.exchange.values import _NOTHING

    for cells, row in zip([one for one in table if any(one)], rows, strict=True):
        said = json.dumps(with_left(row), ensure_ascii=False, default=str)
        for cell in cells:
            plain = json.dumps(cell, ensure_ascii=False)[1:-1]
            known = Vault.schema.func(vault).require("status").enum_value(cell)  # type: ignore[attr-defined]
            empty = cell.casefold() in _NOTHING  # what is written where nothing is to be said
            assert plain in said or known is not None or empty, (cell, said)


def test_a_row_of_one_repeated_heading_is_no_header(vault: Vault) -> None:
    (row,) = rows_of(vault, "客户名称,合作状态,奇怪的列,备注\n电话,电话,电话,电话\n")
    assert row.tree["name"] == "电话"


# -- dates


def test_american_dates_are_told_by_their_column(vault: Vault) -> None:
    heads = "客户名称,首次合作时间\n"
    sure = rows_of(vault, heads + "云海,1/2/2024\n云山,1/20/2024\n")
    assert [row.tree["first_cooperation"] for row in sure] == ["2024-01-02", "2024-01-20"]
    (open_,) = rows_of(vault, heads + "云海,1/2/2024\n")
    assert "first_cooperation" not in open_.tree
    assert open_.left[0].text == "1/2/2024"
    (said,) = rows_of(vault, heads + "云海,1/2/2024\n", date_order="dmy")
    assert said.tree["first_cooperation"] == "2024-02-01"


# -- JSON


def test_json_of_records_and_of_flat_objects(vault: Vault) -> None:
    nested = [
        {"name": "云海", "contacts": [{"name": "陈伟", "phones": [{"number": "136 5555 6666"}]}]}
    ]
    outcome = take_in(vault, json.dumps(nested, ensure_ascii=False), "a.json")
    assert outcome.created == 1
    assert only(vault)["contacts"][0]["phones"][0]["number"] == "+8613655556666"
    lines = (
        '{"客户名称": "云山", "电话": 13655557777}\n{"客户名称": "云川", "电话": "13655558888"}\n'
    )
    assert take_in(vault, lines, "b.jsonl").created == 2
    assert take_in(vault, lines, "b.jsonl").skipped == 2


def test_our_own_json_comes_back_as_it_went(vault: Vault, shell: Shell) -> None:
    take_in(vault, ARTICLE)
    (vault.root.parent / "out.json").write_text(
        json.dumps([shell.ok("--json", "show", one["id"]).data for one in records(vault)]),
        encoding="utf-8",
    )
    told = shell.ok("--json", "import", str(vault.root.parent / "out.json")).data
    assert (told["skipped"], told["commit"]) == (3, None)


def test_bad_json_names_its_place(vault: Vault, shell: Shell) -> None:
    file = vault.root.parent / "a.json"
    file.write_text('[{"name": "云海"},\n{"name": \n', encoding="utf-8")
    ran = shell("--json", "import", str(file))
    assert (ran.code, ran.error["code"]) == (5, "json-unreadable")
    assert f"{file}:3:" in ran.error["message"]


@pytest.mark.parametrize(
    ("good", "bad", "code", "column"),
    [
        ('{"name": "云海", "contacts": [{"name": "云海"}]}', '{"name": ', "json-unreadable", 10),
        ('{"客户名称": "云海", "电话": "13655558888"}', "客户", "json-unreadable", 1),
        ('{"客户名称": "云海"}', '{"客户名称": "一", "客户名称": "二"}', "json-key-twice", 15),
        ('{"客户名称": "云海"}', "[" * 300 + "]" * 300, "json-too-deep", 1),
    ],
)
def test_a_bad_line_is_a_rejected_row(
    vault: Vault, shell: Shell, good: str, bad: str, code: str, column: int
) -> None:
    """One line that cannot be read stops no import: it is told and kept, the rest comes in."""
    file = vault.root.parent / "a.jsonl"
    more = good.replace("云海", "云山").replace("8888", "7777")
    file.write_text(f"{good}\n\n{bad}\n{more}\n", encoding="utf-8")
    ran = shell("--json", "import", str(file))
    (rejected,) = ran.data["rejects"]
    assert (rejected["row"], rejected["place"], rejected["code"]) == (2, "3", code)
    assert f"{file}:3:{column}:" in rejected["reason"]
    assert {one["name"] for one in records(vault)} == {"云海", "云山"}
    assert file.with_name("a.rejected.jsonl").read_text(encoding="utf-8") == bad + "\n"


@pytest.mark.parametrize("levels", [102, 100_000])
def test_json_that_is_too_deep_is_an_error(vault: Vault, shell: Shell, levels: int) -> None:
    file = vault.root.parent / "a.json"
    for text in ("[" * levels + "]" * levels, '{"a":' * levels + "1" + "}" * levels):
        file.write_text(text, encoding="utf-8")
        ran = shell("--json", "import", str(file))
        assert (ran.code, ran.error["code"]) == (5, "json-too-deep")
        assert str(file) in ran.error["message"]


def test_a_key_that_stands_twice_is_an_error(vault: Vault, shell: Shell) -> None:
    file = vault.root.parent / "a.json"
    file.write_text(
        '[{"name": "a: {\\"name\\": 1}", "tags": ["name"]},\n'
        ' {"name": "一", "contacts": [{"name": "二"}], "n\\u0061me": "三"}]',
        encoding="utf-8",
    )
    ran = shell("--lang", "zh", "--json", "import", str(file))
    assert (ran.code, ran.error["code"]) == (5, "json-key-twice")
    assert ran.error["message"] == f"{file}:2:45：字段“name”重复出现"
    assert records(vault) == []
    file.write_text('{"name": "一", "n\\u0061me": "三"}', encoding="utf-8")
    ran = shell("--json", "add", "--from", str(file))
    assert (ran.code, ran.error["code"]) == (5, "yaml-duplicate-key")


def test_reading_is_late(vault: Vault) -> None:
    """A workbook's library is loaded for workbooks alone."""
    code = (
        "import sys; from textcrm.cli.main import run; run(['--help']); "
        "assert not {'python_calamine', 'textcrm.exchange'} & set(sys.modules)"
    )
    import sys

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_an_unknown_format_is_refused(vault: Vault) -> None:
    with pytest.raises(Misuse, match="format"):
        reading_of(vault, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", "logo.png")
