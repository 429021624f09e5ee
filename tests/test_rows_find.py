"""Rows D1-D13 and E1-E15 of the requirements: each is one command on the sample vault."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
from cli_running import Shell

SAMPLE = Path(__file__).resolve().parent.parent / "sample-vault"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rows") / "vault"
    shutil.copytree(SAMPLE, folder)
    _plant_ages(folder, 30, 40, 50)
    return folder


def _plant_ages(folder: Path, *ages: int) -> None:
    """People who are so old today, whatever today is: bands of age move with the calendar."""
    for number, age in enumerate(ages, 1):
        birthday = dt.date(dt.datetime.now().astimezone().year - age - 1, 12, 31)
        record = folder / f"customers/2026/01/C2026010190{number}.yaml"
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(
            f"id: C2026010190{number}\nname: 年龄样例{number}\n"
            f"contacts:\n- {{name: 周一, birthday: '{birthday}'}}\n",
            encoding="utf-8",
        )


@pytest.fixture
def shell(folder: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(folder, capsys)


# (rows, command, names that must be found)
FINDS: tuple[tuple[str, list[str], list[str]], ...] = (
    ("E1", ["search", "李明远"], ["杭州云杉软件有限公司"]),
    ("E1", ["search", "0011"], ["杭州云杉软件有限公司"]),
    ("E1", ["search", "limingyuan@example.com"], ["杭州云杉软件有限公司"]),
    ("D1 D2 E2", ["list", "地区:浙江"], ["杭州云杉软件有限公司"]),
    ("D1 D2 E2", ["list", "region:330000"], ["杭州云杉软件有限公司"]),
    ("E3", ["list", "购买:云主机"], ["杭州云杉软件有限公司", "雲帆貿易（香港）有限公司"]),
    (
        "E3",
        ["list", "purchases(product:云主机 date:2024-04 amount:>1000)"],
        ["杭州云杉软件有限公司"],
    ),
    (
        "E4",
        ["list", "所属行业:软件", "客户类型:老客户", "跟进人:李强"],
        ["杭州云杉软件有限公司"],
    ),
    ("E5", ["list", "type:prospect last_contact:>30d"], ["西安古城文创有限公司"]),
    ("E5", ["list", "@久未联系"], ["西安古城文创有限公司"]),
    ("E10 D3", ["list", "价值等级:高"], ["杭州云杉软件有限公司"]),
    ("D3", ["list", "核心需求:采购成本"], []),
    ("D5", ["list", "忠诚度:忠实"], []),
    ("D6", ["list", "客户类型:流失客户"], ["義烏華豐小商品批發商行"]),
    ("D7", ["list", "合作状态:终止合作"], []),
    ("D8", ["list", "客户来源:展会"], ["杭州云杉软件有限公司"]),
    ("D9 D10 D11", ["list", "标签:高意向"], ["杭州云杉软件有限公司"]),
    ("D11", ["list", "tag:技术型 tag:续约"], ["杭州云杉软件有限公司"]),
    ("D12", ["list", "value_tier:high loyalty:loyal"], []),
    ("D13", ["list", "@重点客户", "--columns", "name,value_tier,owner"], ["杭州云杉软件有限公司"]),
    ("E12", ["search", "HT-2026-031"], ["杭州云杉软件有限公司"]),
    ("A20", ["list", "size.employees:>=50"], []),
)


@pytest.mark.parametrize(("row", "words", "names"), FINDS, ids=[" ".join(f[1]) for f in FINDS])
def test_finds(shell: Shell, row: str, words: list[str], names: list[str]) -> None:
    found = [one["name"] for one in shell.ok(*words, "--json").data]
    assert found, row
    assert set(names) <= set(found), row


def _values(rows: list[dict[str, Any]]) -> list[Any]:
    return [value for row in rows for value in row["group"].values()]


@pytest.mark.parametrize(
    ("row", "field", "values"),
    [
        ("D1", "region", ["浙江省 杭州市"]),
        ("D1", "industry", ["I65"]),
        ("D1", "购买次数", ["1", "2", "3"]),
        ("D2", "年龄段", ["25-34", "35-44", "45-54"]),
        ("D2", "gender", ["male", "female"]),
        ("D4", "value_tier", ["high", "medium", "low"]),
        ("D5", "loyalty", ["loyal", "potential", "lost"]),
        ("D6", "type", ["new", "existing", "prospect", "lost"]),
        ("D7", "status", ["none", "active", "paused", "ended"]),
        ("D8", "source", ["exhibition", "referral", "online", "cold_visit", "other"]),
        ("D9", "tags", ["高意向", "技术型"]),
    ],
)
def test_groups(shell: Shell, row: str, field: str, values: list[str]) -> None:
    found = [str(value) for value in _values(shell.ok("list", "--group", field, "--json").data)]
    assert set(values) <= set(found), row
    facets = shell.ok("search", "", "--facet", field, "--limit", "0", "--json").data["facets"]
    assert {str(one["value"]) for one in facets[field]} >= set(values), row


def test_sorts_by_pinyin_and_by_amount(shell: Shell) -> None:
    """Rows E6 and E7."""
    names = [one["name"] for one in shell.ok("list", "--sort", "name", "--json").data]
    order = ["北京知行会计师事务所", "杭州云杉软件有限公司", "苏州晨光五金制品厂", "张三"]
    assert [name for name in dict.fromkeys(names) if name in order] == order
    rows = shell.ok(
        "list", "--sort", "-total_spent", "--columns", "name,total_spent", "--json"
    ).data
    spent = [float(one["total_spent"]) for one in rows if one["total_spent"] is not None]
    assert spent == sorted(spent, reverse=True)


def test_sum_and_average(shell: Shell) -> None:
    """Rows E8 and E9."""
    (row,) = shell.ok("list", "id:C20240318001", "--sum", "purchases.amount", "--json").data
    assert row["sum"] == {"purchases.amount": "246000"}
    (row,) = shell.ok("list", "region:浙江", "--avg", "purchases.amount", "--json").data
    assert row["avg"]["purchases.amount"]


def test_history_of_one_customer(shell: Shell) -> None:
    """Rows E11, E14."""
    rows = shell.ok("show", "C20240318001", "--only", "services,interactions", "--json").data
    days = [row["day"] for row in rows]
    assert days == sorted(days, reverse=True)
    assert {row["list"] for row in rows} == {"services", "interactions"}
    some = shell.ok(
        "show", "C20240318001", "--only", "interactions", "--since", "2026-06-01", "--json"
    )
    assert all(row["day"] >= "2026-06-01" for row in some.data)


def test_transactions_as_a_table(shell: Shell) -> None:
    """Row E15."""
    rows = shell.ok(
        "list", "--of", "purchases", "--group", "date:year", "--sum", "amount", "--json"
    ).data
    assert all(set(row) >= {"group", "count", "sum"} for row in rows)
    assert len(rows) >= 2


def test_documents_lie_where_their_name_says(shell: Shell) -> None:
    """Row E13."""
    hits = shell.ok("search", "年度合同", "--json").data
    files = [
        one["snippet"] for hit in hits for one in hit["matches"] if one["field"].endswith("file")
    ]
    assert files
    assert (shell.folder / files[0]).is_file()
