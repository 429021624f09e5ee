"""Importing tables: what becomes of rows, who is met, what is refused (H1, H2, B14, G1-G4)."""

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
from importing import new_vault, only, reading_of, records, rows_of, take_in

from textcrm.errors import Misuse
from textcrm.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

# The source article's sample rows, with what Q of the requirements says is wrong in them.
ARTICLE = (
    "客户编号,客户名称,联系人,联系方式,所属行业,客户来源,核心需求,最近跟进日期,跟进人,"
    "沟通内容摘要,合作状态,客户标签\n"
    "C20240501001,杭州XX科技有限公司,张经理,13800138000,IT服务,展会转介绍,提升系统稳定性,"
    "2024-05-10,小王,对报价表示满意,潜在客户,高意向、技术型\n"
    "C20240501002,上海YY商贸公司,李总,139****5678,零售,线上广告,降低采购成本,2024-05-15,小李,"
    "要求再给折扣,合作中,价格敏感\n"
    "C20240501003,广州ZZ制造厂,王主任,020-12345678,制造业,陌生拜访,定制化方案,2024-04-15,小张,"
    "预算审批延期,潜在客户,预算不足\n"
)


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


# -- rejected rows


def test_rejected_rows_are_written_untouched_and_can_be_mended(vault: Vault, shell: Shell) -> None:
    file = vault.root.parent / "客户.csv"
    bad = ',"不知道,是谁",\r\n'
    file.write_bytes(("客户名称,备注,电话\r\n云海,好,\r\n" + bad + "云山,,\r\n").encode("gb18030"))
    ran = shell("--json", "import", str(file))
    assert ran.code == 0
    told = ran.data
    assert (told["rows"], told["created"], told["rejected"]) == (3, 2, 1)
    assert told["rows"] == told["created"] + told["updated"] + told["skipped"] + told["rejected"]
    (reject,) = told["rejects"]
    assert (reject["row"], reject["place"], reject["code"]) == (2, "3", "row-nameless")
    place = vault.root.parent / "客户.rejected.csv"
    assert told["rejected_file"] == str(place)
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.read_bytes().decode("gb18030") == "客户名称,备注,电话\r\n" + bad
    mended = place.read_bytes().decode("gb18030").replace(',"不', '云川,"不')
    place.write_bytes(mended.encode("gb18030"))
    again = shell("--json", "import", str(place)).data
    assert (again["created"], again["rejected_file"]) == (1, None)
    # A second file of rejected rows never takes the place of the first one.
    file.write_bytes("客户名称,备注\r\n,谁\r\n云海,好\r\n".encode("gb18030"))
    third = shell("--json", "import", str(file)).data
    assert third["rejected_file"] == str(vault.root.parent / "客户.rejected-2.csv")


def test_nothing_is_imported_where_rejected_rows_cannot_be_written(
    vault: Vault, shell: Shell
) -> None:
    file = vault.root.parent / "a.csv"
    file.write_text("客户名称,备注\n云海,\n,谁\n", encoding="utf-8")
    ran = shell("--json", "import", str(file), "--rejected", "/nowhere/at/all.csv")
    assert (ran.code, ran.error["code"]) == (9, "rejected-unwritten")
    assert records(vault) == []


def test_exit_codes(vault: Vault, shell: Shell) -> None:
    folder = vault.root.parent
    (folder / "empty.csv").write_text("客户名称,备注\n", encoding="utf-8")
    (folder / "bad.csv").write_text("备注,列\n谁,甲\n", encoding="utf-8")
    assert shell("import", str(folder / "empty.csv")).code == 1
    assert shell("import", str(folder / "bad.csv")).code == 5
    assert shell("import", str(folder / "none.csv")).code == 4
    assert shell("import", str(folder / "bad.csv"), "--on-duplicate", "merge").code == 2
    assert shell("import", str(folder / "bad.csv"), "--encoding", "klingon").code == 2


# -- one commit


def test_one_import_is_one_commit_and_one_undo(vault: Vault, shell: Shell) -> None:
    file = vault.root.parent / "a.csv"
    file.write_text(ARTICLE, encoding="utf-8")
    before = vault.repo.head().commit
    told = shell.ok("--json", "import", str(file), "--reason", "旧表").data
    assert (told["commit"], told["records"]) == (vault.repo.head().commit, 3)
    log = vault.repo.git("log", "--format=%P %s%n%b", "-1").decode()
    assert str(before) in log
    assert "Textcrm-Op: import" in log
    assert "杭州" not in log
    shell.ok("undo")
    assert records(vault) == []
    # Who comes back keeps the id and the uid that they had.
    again = shell.ok("--json", "import", str(file)).data
    assert again["ids"] == told["ids"]


def test_a_dry_run_writes_nothing(vault: Vault, shell: Shell) -> None:
    file = vault.root.parent / "a.csv"
    file.write_text(ARTICLE + ",,,,,,谁,,,,,\n", encoding="utf-8")
    head = vault.repo.head().commit
    told = shell.ok("--json", "import", str(file), "--dry-run").data
    assert (told["created"], told["rejected"], told["commit"]) == (3, 1, None)
    assert told["rejected_file"] is None
    assert told["encoding"] == "utf-8"
    assert told["columns"][0] == {
        "heading": "客户编号",
        "field": "id",
        "how": "layout",
        "sample": "C20240501001",
    }
    assert told["first"][0]["name"] == "杭州XX科技有限公司"
    assert vault.repo.head().commit == head
    assert sorted(one.name for one in vault.root.parent.iterdir()) == ["a.csv", "vault"]
    shown = shell.ok("--lang", "zh", "import", str(file), "--dry-run")
    assert "预计：共 4 行，新增 3，更新 0，未变 0，未导入 1" in shown.out


# -- who is there already


def test_a_newer_file_updates_by_key(vault: Vault) -> None:
    take_in(
        vault,
        "客户名称,联系人,电话,邮箱,税号,核心需求\n云海有限公司,陈伟,13655556666,a@example.com,91440300708461136T,甲\n",
    )
    for text in (
        "客户名称,电话,核心需求\n云海贸易,13655556666,乙\n",
        "客户名称,邮箱,核心需求\n云海,A@Example.com,丙\n",
        "客户名称,税号,核心需求\n另名公司,9144 0300 7084 61136T,丁\n",
        "客户名称,核心需求\n云海有限公司,戊\n",
    ):
        outcome = take_in(vault, text)
        assert (outcome.updated, outcome.created) == (1, 0), text
        again = take_in(vault, text)
        assert (again.skipped, again.commit) == (1, None), text
    record = only(vault)
    assert (record["name"], record["needs"]) == ("云海有限公司", "戊")
    assert record["aliases"] == ["云海贸易", "云海", "另名公司"]


def test_an_id_means_its_customer_and_may_rename_it(vault: Vault) -> None:
    take_in(vault, "客户编号,客户名称\nC20240501001,云海\n")
    outcome = take_in(vault, "客户编号,客户名称\nC20240501001,云海集团\n")
    assert outcome.updated == 1
    assert only(vault)["name"] == "云海集团"


def test_a_shared_landline_makes_no_two_customers_one(vault: Vault) -> None:
    take_in(vault, "客户名称,联系人,电话\n云海有限公司,陈伟,021-62345678\n")
    outcome = take_in(vault, "客户名称,联系人,电话\n高山食品厂,吴芳,021-62345678\n")
    assert (outcome.created, outcome.updated) == (1, 0)
    assert "may-be-there" in {notice.finding.code for notice in outcome.noticed}


@pytest.mark.parametrize(
    ("policy", "counts", "customers"),
    [("update", (0, 1, 0), 1), ("skip", (0, 0, 1), 1), ("create", (1, 0, 0), 2)],
)
def test_the_policy_for_those_who_are_there(
    vault: Vault, policy: Any, counts: tuple[int, int, int], customers: int
) -> None:
    take_in(vault, "客户名称,核心需求\n云海有限公司,甲\n")
    outcome = take_in(vault, "客户名称,核心需求\n云海有限公司,乙\n", policy=policy)
    assert (outcome.created, outcome.updated, outcome.skipped) == counts
    assert len(records(vault)) == customers


def test_create_still_groups_people_of_one_company(vault: Vault) -> None:
    text = "公司,姓名\n云海有限公司,陈伟\n云海有限公司,吴芳\n"
    take_in(vault, text)
    outcome = take_in(vault, text, policy="create")
    assert (outcome.created, outcome.records["created"]) == (2, 1)
    assert [len(record["contacts"]) for record in records(vault)] == [2, 2]


def test_two_people_of_one_name_stay_two(vault: Vault) -> None:
    text = "姓名,手机\n张三,13655556666\n张三,13655557777\n"
    assert take_in(vault, text).records["created"] == 2
    assert take_in(vault, text).skipped == 2


def test_people_whom_nobody_can_reach_are_told_apart_again(vault: Vault) -> None:
    text = "姓名,手机,备注\n张三,13655556661,a\n张三,13655556661,b\n张三,,c\n张三,,d\n"
    assert take_in(vault, text).records["created"] == 3
    assert take_in(vault, text).skipped == 4


def test_an_update_takes_nothing_away(vault: Vault, shell: Shell) -> None:
    take_in(vault, "客户名称,联系人,电话,标签,备注\n云海有限公司,陈伟,13655556666,甲、乙,旧的\n")
    (record,) = records(vault)
    file = vault.root / f"customers/{record['id'][1:5]}/{record['id'][5:7]}/{record['id']}.yaml"
    file.write_text(
        file.read_text(encoding="utf-8") + "# 手写的注释\nmine: 自己的\n", encoding="utf-8"
    )
    shell.ok("save")
    outcome = take_in(
        vault,
        "客户名称,联系人,电话,标签,备注\n云海有限公司,陈伟,13655557777,乙、丙,新的\n云海有限公司,吴芳,,,\n",
    )
    assert outcome.updated == 2
    after = only(vault)
    assert after["tags"] == ["甲", "乙", "丙"]
    assert after["notes"] == "旧的\n新的"
    numbers = [one["number"] for one in after["contacts"][0]["phones"]]
    assert numbers == ["+8613655556666", "+8613655557777"]
    assert [one["name"] for one in after["contacts"]] == ["陈伟", "吴芳"]
    assert "# 手写的注释\nmine: 自己的\n" in file.read_text(encoding="utf-8")


def test_uncommitted_hand_edits_are_not_written_over(vault: Vault, shell: Shell) -> None:
    take_in(vault, "客户名称,核心需求\n云海有限公司,甲\n")
    (record,) = records(vault)
    file = vault.root / f"customers/{record['id'][1:5]}/{record['id'][5:7]}/{record['id']}.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    table = vault.root.parent / "a.csv"
    table.write_text("客户名称,核心需求\n云海有限公司,乙\n", encoding="utf-8")
    ran = shell("--json", "import", str(table))
    assert ran.code == 7
    assert file.read_text(encoding="utf-8").endswith("# mine\n")


def test_ids_of_the_file_are_kept_or_said_to_be_taken(vault: Vault) -> None:
    outcome = take_in(vault, "客户编号,客户名称\nC20240501001,云海\nKH-7,云山\n")
    one, two = sorted(records(vault), key=lambda record: str(record["name"]) != "云海")
    assert one["id"] == "C20240501001"
    assert two["custom"] == {"客户编号": "KH-7"}
    assert "value-kept-aside" in {notice.finding.code for notice in outcome.noticed}
    again = take_in(vault, "客户编号,客户名称\nC20240501001,另一家\n", policy="create")
    assert "id-taken" in {notice.finding.code for notice in again.noticed}
    assert len(records(vault)) == 3


# -- maps


def test_a_map_is_saved_edited_and_used(vault: Vault, shell: Shell) -> None:
    folder = vault.root.parent
    (folder / "a.csv").write_text("商号,拍板人,备用\n云海,陈伟,好\n", encoding="utf-8")
    file = folder / "map.yaml"
    shell.ok("import", str(folder / "a.csv"), "--map", str(file), "--dry-run")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("#")
    lines = {"商号": "name", "拍板人": "contacts/0/name", "备用": ""}
    file.write_text(
        "columns:\n" + "".join(f"  {name}: {to}\n" for name, to in lines.items()), encoding="utf-8"
    )
    told = shell.ok("--json", "import", str(folder / "a.csv"), "--map", str(file)).data
    assert told["created"] == 1
    record = only(vault)
    assert (record["name"], record["contacts"][0]["name"]) == ("云海", "陈伟")
    assert "好" not in json.dumps(record, ensure_ascii=False)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("没有这列=name", "map-heading"),
        ("备用=nonsense", "map-target"),
        ("备用=contacts/0/nix", "map-target"),
    ],
)
def test_mistakes_in_a_map_are_told(vault: Vault, shell: Shell, word: str, code: str) -> None:
    file = vault.root.parent / "a.csv"
    file.write_text("客户名称,备用\n云海,好\n", encoding="utf-8")
    ran = shell("--json", "import", str(file), "--map", word)
    assert (ran.code, ran.error["code"]) == (2, code)
    assert ran.error["hint"]


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
    file = vault.root.parent / "a.jsonl"
    file.write_text('{"name": "云海"}\n{"name": \n', encoding="utf-8")
    ran = shell("--json", "import", str(file))
    assert (ran.code, ran.error["code"]) == (5, "json-unreadable")
    assert f"{file}:2:" in ran.error["message"]


# -- what textcrm wrote itself


def test_only_what_was_edited_in_an_exported_row_changes(vault: Vault) -> None:
    """With the row as it was written (``base``) nothing else of it is meant."""
    from dataclasses import replace

    from textcrm.exchange import importing

    take_in(vault, "客户编号,客户名称,核心需求,备注\nC20240501001,云海,甲,好\n")
    base = {"id": "C20240501001", "name": "云海", "needs": "甲", "notes": "好"}
    take_in(vault, "客户编号,客户名称,客户来源\nC20240501001,云海,展会\n")

    def edited(tree: dict[str, Any]) -> importing.Outcome:
        reading = reading_of(vault, "客户名称\n云海\n")
        (row,) = reading.rows()
        fresh = replace(row, tree=tree, base=base)
        return importing.Importer(
            Vault.open(vault.root), replace(reading, rows=lambda: iter([fresh]))
        ).run()

    assert edited({**base, "notes": "很好"}).updated == 1
    take_in(vault, "客户编号,客户名称,核心需求\nC20240501001,云海,别人改的\n")
    outcome = edited({**base, "needs": "我改的"})
    assert [one.why.code for one in outcome.rejected] == ["changed-meanwhile"]
    record = only(vault)
    assert (record["needs"], record["source"]) == ("别人改的", "exhibition")


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


def test_our_own_table_comes_back_as_it_went(vault: Vault, shell: Shell) -> None:
    """客户信息总表 as textcrm writes it: computed columns are left out, nothing else differs."""
    text = (
        "客户编号,客户名称,联系人,联系方式,最近跟进日期,跟进人,沟通内容摘要,合作状态,客户规模,信用额度,备注\n"
        "C20240501001,云海有限公司,陈伟,13655556666,2024-05-02,小王,谈价格,合作中,"
        "50-100人；年营收5000万+,200000,两行\n"
    )
    take_in(vault, text)
    record = only(vault)
    assert record["size"]["annual_revenue"]["min"] == "50000000"
    table = vault.root.parent / "out.csv"
    shell.ok("set", "C20240501001", "credit/days=60", "custom/面积=1200亩")
    shell.ok("export", "csv", "-o", str(table))
    assert "更新提醒" in table.read_text(encoding="utf-8-sig")
    told = shell.ok("--json", "import", str(table)).data
    assert (told["skipped"], told["commit"]) == (1, None)
    fresh = new_vault(vault.root.parent / "other")
    take_in(fresh, table.read_bytes())
    copy = only(fresh)
    assert (copy["credit"]["days"], copy["custom"]) == ("60", {"面积": "1200亩"})


def test_json_with_chinese_keys_and_lists_is_read_as_records(vault: Vault) -> None:
    take_in(
        vault,
        json.dumps(
            [
                {
                    "客户名称": "甲公司",
                    "电话": 13955551001,
                    "标签": ["a", "b"],
                    "地址": "杭州市余杭区文一路1号",
                    "联系人": [{"姓名": "张三", "电话": "13955551009", "职务": "经理"}],
                    "购买记录": [{"日期": "2024/5/3", "产品": "泵", "金额": "1.2万"}],
                },
                {
                    "客户名称": "丙公司",
                    "联系人": "李四",
                    "电话": "13955551010",
                    "自有": {"x": "1"},
                },
            ]
        ),
        "file.json",
    )
    one, two = records(vault)
    assert [each.get("name") for each in one["contacts"]] == ["张三", None]
    assert one["contacts"][0]["phones"][0]["number"] == "+8613955551009"
    assert (one["addresses"][0]["city"], one["tags"]) == ("杭州市", ["a", "b"])
    (bought,) = one["purchases"]
    assert (bought["date"], bought["product"], bought["amount"]) == ("2024-05-03", "泵", "12000")
    (contact,) = two["contacts"]
    assert (contact["name"], contact["phones"][0]["number"]) == ("李四", "+8613955551010")
    assert two["自有"] == {"x": "1"}
