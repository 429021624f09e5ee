"""textcrm list from the command line: columns, order, groups, items as rows, CSV, what is sealed."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from cli_finding import shop

from textcrm.cli.output import fitted
from textcrm.cli.width import width
from textcrm.exchange.csv_writer import inert

if TYPE_CHECKING:
    from pathlib import Path

    from cli_running import Shell

CLOUD, ZHANG, OTHER, ODD = "C20240501001", "C20240501002", "C20240502001", "C20240504001"


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    monkeypatch.setenv("COLUMNS", "80")
    return shop(tmp_path / "vault", capsys)


def _ids(shell: Shell, *words: str) -> list[str]:
    return shell.ok("list", *words, "--format", "ids").out.split()


def test_order(shell: Shell) -> None:
    assert _ids(shell) == [CLOUD, ZHANG, OTHER, ODD]
    assert _ids(shell, "--sort", "name", "type:existing OR 张三") == [CLOUD, ZHANG, OTHER]
    assert _ids(shell, "--sort", "-total_spent") == [CLOUD, OTHER, ZHANG, ODD]
    assert _ids(shell, "--sort", "-last_contact", "--limit", "1") == [CLOUD]
    assert _ids(shell, "--sort", "tags,-id")[-1] == ODD


def test_columns_by_any_name(shell: Shell) -> None:
    row = shell.ok(
        "list", "云杉", "--columns", "名称,phone,城市,年龄段,gender,industry", "--json"
    ).data[0]
    assert row == {
        "id": CLOUD,
        "name": "杭州云杉软件有限公司",
        "名称": "杭州云杉软件有限公司",
        "phone": "+8613800138000",
        "城市": "杭州市",
        "年龄段": "35-44",
        "gender": "male",
        "industry": "I65",
    }
    out = shell.ok("--lang", "zh", "list", "云杉", "--columns", "industry,gender,owner").out
    assert "软件和信息技术服务业  男    王芳" in out
    more = shell.ok("list", "云杉", "--columns", "+city", "--json").data[0]
    assert {"type", "owner", "city"} <= set(more)
    wrong = shell("list", "没有这个", "--columns", "nmae", "--json")
    assert (wrong.code, wrong.error["code"]) == (2, "unknown-field")
    assert "textcrm help fields" in wrong.error["hint"]


def test_groups_with_exact_sums(shell: Shell) -> None:
    rows = shell.ok(
        "list", "--group", "type", "--sum", "total_spent", "--avg", "purchases.amount", "--json"
    ).data
    by = {row["group"]["type"]: row for row in rows}
    assert by["existing"]["sum"] == {"total_spent": "1200.50"}
    assert by["existing"]["avg"] == {"purchases.amount": "600.25"}
    assert by["existing"]["other_currencies"]["HKD"]["sum"] == {"total_spent": "99"}
    assert by["prospect"]["count"] == 2
    out = shell.ok("--lang", "zh", "list", "--group", "type", "--sum", "total_spent").out
    assert "全部 3 组" in out
    assert "1,500.50" in out
    assert "老客户  HKD 合计 99" in out


def test_a_missing_sum_does_not_move_the_others(shell: Shell) -> None:
    out = shell.ok(
        "list",
        "--group",
        "id",
        "--sum",
        "receivable",
        "--sum",
        "purchases.quantity",
        "--format",
        "csv",
    ).out
    rows = list(csv.reader(io.StringIO(out)))
    assert [row[0] for row in rows[1:]] == [CLOUD, ZHANG, OTHER, ODD]
    assert rows[1][-1] == "3"
    assert rows[3][-1] == ""


def test_groups_sort_and_are_cut(shell: Shell) -> None:
    def first(*sort: str) -> list[object]:
        words = ["list", "--group", "type", "--sum", "total_spent", "--avg", "total_spent"]
        rows = shell.ok(*words, *sort, "--json").data
        return [row["group"]["type"] for row in rows]

    assert first("--sort", "-total_spent")[0] == "existing"
    assert first("--sort", "-count")[0] == "prospect"
    assert first("--sort", "avg:total_spent")[-1] == "prospect"
    assert first("--sort", "-avg") == first("--sort", "-avg:total_spent")
    assert first("--sort", "合计") == first("--sort", "sum:total_spent")
    assert first("--sort", "type") == ["new", "existing", "prospect"]
    two = ("list", "--group", "type", "--avg", "total_spent", "--avg", "receivable")
    assert "avg:receivable" in shell(*two, "--sort", "-avg").err
    assert first("--sort", "-客户类型", "--limit", "1") == ["prospect"]
    assert shell("list", "--group", "type", "--sort", "nmae").code == 2


def test_days_group_by_period(shell: Shell) -> None:
    rows = shell.ok(
        "list", "--group", "purchases.date:year", "--sum", "purchases.amount", "--json"
    ).data
    sums = {row["group"]["purchases.date:year"]: row["sum"] for row in rows}
    assert sums["2024"] == {"purchases.amount": "1300.50"}
    assert sums["2025"] == {"purchases.amount": "200"}
    rows = shell.ok("list", "--group", "创建日期:月", "--json").data
    assert [list(row["group"].values()) for row in rows] == [["2024-05"]]


def test_everything_adds_up_in_one_row(shell: Shell) -> None:
    out = shell.ok("--lang", "zh", "list", "--sum", "total_spent", "--avg", "purchases.amount").out
    assert out.splitlines()[1].split() == ["4", "1,500.50", "500.17"]
    wrong = shell("list", "--sum", "amount", "--json").error
    assert wrong["code"] == "ambiguous-field"
    assert "purchases.amount" in wrong["candidates"]
    assert shell("list", "没有", "--sum", "name", "--json").error["code"] == "not-a-number"


def test_items_as_rows(shell: Shell) -> None:
    rows = shell.ok("list", "--of", "purchases", "--sort", "-amount", "--json").data
    assert [(row["id"], row["item"], row["amount"]) for row in rows] == [
        (CLOUD, "ffff2", "1000.50"),
        (OTHER, "ffff5", "300"),
        (CLOUD, "ffff3", "200"),
        (CLOUD, "ffff4", "99"),
    ]
    rows = shell.ok(
        "list", "购买:云主机", "purchases.date:2024", "--of", "购买记录", "--json"
    ).data
    assert [row["item"] for row in rows] == ["ffff2", "ffff5"]
    rows = shell.ok("list", "bought:云主机 bought:数据备份", "--of", "purchases", "--json").data
    assert len(rows) == 3
    rows = shell.ok(
        "list", "--of", "purchases", "--group", "product", "--sum", "amount", "--json"
    ).data
    assert [(list(row["group"].values()), row["count"]) for row in rows] == [
        (["数据备份"], 1),
        (["云主机"], 3),
    ]
    assert rows[1]["sum"] == {"purchases.amount": "1300.50"}
    assert shell.ok("list", "--of", "purchases", "--count").out.strip() == "4"
    people = shell.ok(
        "list", "云杉", "--of", "contacts", "--columns", "name,title,客户名称", "--json"
    ).data
    assert people[0]["contacts.name"] == "李明远"
    assert people[0]["name"] == people[0]["客户名称"] == "杭州云杉软件有限公司"
    assert len(shell.ok("list", "--of", "tags", "--json").data) == 4
    assert len(shell.ok("list", "--of", "contacts.phones", "--json").data) == 2
    out = shell.ok("--lang", "zh", "list", "--of", "purchases").out
    assert "币种" in out
    assert "说明" not in out
    assert out.splitlines()[-1].strip() == "2 位客户，共 4 条"
    wrong = shell("list", "--of", "puchases", "--json").error
    assert (wrong["code"], wrong["suggestion"]) == ("not-a-list", "purchases")
    assert shell("list", "--of", "name", "--json").error["code"] == "not-a-list"


def test_regions_are_places_and_phones_name_their_list(shell: Shell) -> None:
    rows = shell.ok("list", "--group", "region", "--json").data
    assert [row["group"]["region"] for row in rows] == ["浙江省 杭州市", None]
    assert "地区" in shell.ok("--lang", "zh", "list", "--group", "region").out
    assert len(shell.ok("list", "--of", "电话", "--json").data) == 2
    assert len(shell.ok("list", "--of", "购买", "--json").data) == 4


def test_chinese_commas_part_conditions(shell: Shell) -> None:
    assert _ids(shell, "类型：潜在客户，跟进人：李强") == [ZHANG]
    assert _ids(shell, "状态:合作中，未合作；类型:潜在客户") == [ZHANG]
    ran = shell("list", "owner:nobody-such")
    assert (ran.code, ran.out) == (1, "")


def test_sealed_values_are_locked(shell: Shell) -> None:
    assert "🔒" in shell.ok("list", "云杉", "--columns", "name,contracts.amount").out
    row = shell.ok("list", "云杉", "--columns", "contracts.amount", "--json").data[0]
    assert row["contracts.amount"] == {"sealed": "finance@1", "locked": True}
    file = shell.folder / "customers" / "2024" / "05" / f"{CLOUD}.yaml"
    text = file.read_text(encoding="utf-8")
    plain = "contracts:\n  - {signed: '2025-02-02', amount: 987654}\nbank_account: '6222'\n"
    file.write_text(text.partition("contracts:")[0] + plain, encoding="utf-8")
    for words in (["--columns", "contracts,bank_account"], ["--of", "contracts"]):
        for form in ([], ["--json"], ["--format", "csv"]):
            out = shell.ok("list", "云杉", *words, *form).out
            assert "987654" not in out
            assert "987,654" not in out
            assert "6222" not in out
    assert "YWdl" not in shell.ok("list", "--of", "contracts", "--json").out


def test_masks(shell: Shell) -> None:
    out = shell.ok(
        "list", "--mask", "--columns", "name,phone,main_contact,contacts.name", "--json"
    ).out
    for secret in ("李明远", "13800138000", "云杉", "张小三"):
        assert secret not in out
    out = shell.ok("list", "--mask", "--group", "main_contact", "--json").out
    assert "李明远" not in out


def test_csv_is_right_and_inert(shell: Shell) -> None:
    out = shell.ok(
        "--lang",
        "zh",
        "list",
        "--columns",
        "name,aliases,phone,total_spent,type,created",
        "--format",
        "csv",
    ).out
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[0] == ["客户名称", "别名", "电话", "累计消费", "客户类型", "创建日期"]
    assert rows[1] == [
        "杭州云杉软件有限公司",
        "",
        "+8613800138000",
        "1200.50",
        "老客户",
        "2024-05-01",
    ]
    assert rows[4][0] == '\'=HYPERLINK("x")'
    assert rows[4][1].startswith("'+1-2*cmd")
    assert "共" not in out
    tabbed = shell.ok("list", "--columns", "id,type", "--format", "tsv").out
    assert tabbed.splitlines()[1].split("\t") == [CLOUD, "Existing"]


@pytest.mark.parametrize(
    "text", ["=1", "+1+cmd", "-1-cmd|x", "@x", "\t=1", "＝1", "＋1", "\r=1", "-a"]
)
def test_formulas_are_inert(text: str) -> None:
    assert inert(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["+8613800138000", "-12.50", "+86138、+86139", "a=b", "", "张三", "1,2"]
)
def test_numbers_and_phones_stay(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize("columns", ["60", "80", "120"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_fit_the_screen(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, columns: str, lang: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for words in (
        ["list"],
        [
            "list",
            "--columns",
            "name,phone,tags,city,owner,website,industry,last_contact,total_spent",
        ],
        ["list", "--of", "interactions"],
        ["list", "--group", "website,type", "--sum", "total_spent"],
    ):
        out = shell.ok("--lang", lang, *words).out
        assert max(map(width, out.splitlines())) <= int(columns), out


def test_many_columns_become_blocks(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    out = shell.ok(
        "--lang",
        "zh",
        "list",
        "云杉",
        "--columns",
        "name,phone,website,tags,city,owner,industry,created",
    ).out
    assert out.startswith("杭州云杉软件有限公司\n")
    assert "  城市           杭州市" in out
    assert "官网" not in out


def test_nothing_is_cut_off_where_a_program_reads(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS")
    out = shell.ok(
        "list", "网址", "--columns", "id,name,website,type,status,owner,tags,source"
    ).out
    assert "https://example.com/很长的网址/很长的网址/很长的网址/很长的网址/很长的网址" in out


def test_numbers_and_days_are_the_last_to_be_cut() -> None:
    rows = [["2026-01-01", "long " * 20, "123,456,789.00"]]
    assert fitted(rows, 50, {0, 2}) == [10, 22, 14]
    assert sum(fitted(rows, 20, {0, 2})) <= 20


def test_counts(shell: Shell) -> None:
    assert shell.ok("list", "--count").out.strip() == "4"
    assert shell.ok("list", "张三", "--count", "--json").data == {"count": 2}
    assert shell("list", "量子", "--count").out.strip() == "0"
    assert shell("list", "量子").code == 1
    assert "2 of 4" in shell.ok("list", "--limit", "2").out
    assert "formats" in shell("list", "--format", "xlsx").err


def test_counts_and_groups_are_told_without_the_records(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [
        ("list", "--count"),
        ("list", "--group", "city", "--group", "type", "-type:lost"),
        ("list", "--of", "purchases", "--group", "product", "--avg", "amount"),
    ]
    before = [shell.ok(*words).out for words in asked]

    def loaded(*_: object) -> None:
        raise AssertionError("a record was loaded")

    monkeypatch.setattr("textcrm.catalog.catalog.Catalog._doc", loaded)
    assert [shell.ok(*words).out for words in asked] == before
    assert shell("list").code == 70


def test_help_fields_lists_every_name(shell: Shell) -> None:
    rows = {row["name"]: row for row in shell.ok("help", "fields", "--json").data}
    assert rows["status"]["values"][:2] == ["none", "active"]
    assert rows["contracts.amount"]["sealed"]
    assert {"age_band", "region", "derived.purchases", "phone"} <= set(rows)
    out = shell.ok("--lang", "zh", "help", "fields").out
    assert "合作状态" in out
    shown = [name for name in rows if rows[name]["kind"] not in ("items", "mapping", "size")]
    assert len(shown) > 100
    shell.ok("list", "--columns", ",".join(shown), "--json")
