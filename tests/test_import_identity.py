"""Whom a row means: numbers used twice, names of contacts, numbers that two customers share (B6, G2, G4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from importing import balanced, new_vault, only, records, take_in

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.exchange.importing import Outcome
    from textcrm.vault import Vault

FIRST = "编号,客户名称,联系人,手机\nC20240501001,深圳远大科技有限公司,张三,13855550001\n"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


def _codes(outcome: Outcome) -> set[str]:
    return {one.finding.code for one in outcome.noticed}


def test_a_number_that_stands_twice_for_other_names_rejects_the_second_row(vault: Vault) -> None:
    outcome = take_in(
        vault,
        FIRST
        + "C20240501001,广州白云机械厂,李四,13855550002\n"
        + "C20240501001,远大科技,王五,13855550003\nC20240501001,,赵六,13855550004\n",
    )
    assert balanced(outcome)
    (rejected,) = outcome.rejected
    assert (rejected.place, rejected.why.code) == ("3", "id-twice")
    assert "第 2 行" in rejected.why.say("zh")
    assert "广州白云机械厂" in rejected.raw
    one = only(vault)
    assert (one["name"], one["aliases"]) == ("深圳远大科技有限公司", ["远大科技"])
    assert [each["name"] for each in one["contacts"]] == ["张三", "王五", "赵六"]
    assert "custom" not in one
    assert "rows-differ" not in _codes(outcome)


@pytest.mark.parametrize("row", ["编号,联系人,手机\nC20240501001,钱七,13855550078\n",
                                 "编号,手机\nC20240501001,13855550079\n"])  # fmt: skip
def test_a_contact_or_a_number_with_an_id_does_not_become_the_customers_name(
    vault: Vault, row: str
) -> None:
    take_in(vault, FIRST)
    outcome = take_in(vault, row)
    assert outcome.records["updated"] == 1
    assert only(vault)["name"] == "深圳远大科技有限公司"
    assert len(only(vault)["contacts"]) == 2
    assert "row-named-by-contact" not in _codes(outcome)


def test_another_offices_customer_of_the_same_number_is_another_one(vault: Vault) -> None:
    take_in(vault, FIRST)
    theirs = "编号,客户名称,手机\nC20240501001,甲乙贸易有限公司,13855550177\n"
    outcome = take_in(vault, theirs)
    assert "id-taken" in _codes(outcome)
    one, two = records(vault)
    assert (one["name"], two["name"]) == ("深圳远大科技有限公司", "甲乙贸易有限公司")
    assert two["custom"] == {"客户编号": "C20240501001"}
    assert take_in(vault, theirs).skipped == 1


@pytest.mark.parametrize("row", ["深圳市远大科技集团有限公司,周八,13900007777", "宏图实业,张三,"])
def test_a_new_name_of_the_same_customer_is_told(vault: Vault, row: str) -> None:
    take_in(vault, FIRST)
    outcome = take_in(vault, f"编号,客户名称,联系人,手机\nC20240501001,{row}\n")
    assert "renamed" in _codes(outcome)
    assert only(vault)["name"] == row.partition(",")[0]


def test_a_landline_of_beijing_is_no_mobile_number(vault: Vault) -> None:
    take_in(vault, "公司,电话\n华信贸易有限公司,010-65551234转88\n")
    outcome = take_in(vault, "姓名,电话\n王五,010-65551234转88\n")
    assert outcome.records["created"] == 1


@pytest.mark.parametrize(
    ("one", "two", "met"),
    [
        ("公司,手机\n甲乙贸易有限公司,13855550001\n", "公司,手机\n晨光五金厂,13855550001\n", False),
        ("姓名,手机\n李雷,13855550001\n", "姓名,手机\n韩梅梅,13855550001\n", False),
        ("姓名,手机\n张伟,13855550001\n", "姓名,手机\n张经理,13855550001\n", True),
        ("公司,手机\n远大物流,13855550001\n", "公司,手机\n深圳市远大物流有限公司,13855550001\n", True),
    ],
)  # fmt: skip
def test_a_shared_number_makes_no_two_names_one(
    vault: Vault, one: str, two: str, met: bool
) -> None:
    take_in(vault, one)
    outcome = take_in(vault, two)
    assert outcome.records == {"created": int(not met), "updated": int(met)}


def test_who_is_met_under_another_name_is_told(vault: Vault) -> None:
    take_in(vault, "公司,手机\n甲乙贸易有限公司,13855550001\n")
    outcome = take_in(vault, "姓名,手机\n李雷,13855550001\n")
    (one,) = [each for each in outcome.noticed if each.finding.code == "met-other-name"]
    assert "李雷" in one.finding.say("zh")
    assert "甲乙贸易有限公司" in one.finding.say("en")


@pytest.mark.parametrize(
    "name", ["=1+1", "-减号科技", "@云", "'=引号", "''@二", "'90后工作室", "''双引号"]
)
def test_our_own_csv_comes_in_again_as_it_was(vault: Vault, name: str) -> None:
    from textcrm.exchange.csv_writer import inert

    tree = {"客户名称": name, "备注": "+好"}
    rows = [",".join(map(inert, one)) for one in (tree, tree.values())]
    take_in(vault, "\n".join(rows) + "\n")
    assert (only(vault)["name"], only(vault)["notes"]) == (name, "+好")


def test_a_row_with_an_id_alone_changes_that_customer(vault: Vault) -> None:
    take_in(vault, FIRST)
    outcome = take_in(
        vault, "编号,合作状态,标签\nC20240501001,合作中,高意向\nC20249999001,合作中,\n"
    )
    assert balanced(outcome)
    assert [one.why.code for one in outcome.rejected] == ["row-nameless"]
    one = only(vault)
    assert (one["name"], one["status"], one["tags"]) == (
        "深圳远大科技有限公司",
        "active",
        ["高意向"],
    )


def test_names_are_asked_for_once_whatever_many_rows_lack_them(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textcrm.catalog import Catalog

    ids = [f"C202405010{number:02}" for number in range(1, 31)]
    take_in(vault, "编号,客户名称\n" + "".join(f"{one},公司{one}\n" for one in ids))
    asked, names = list[int](), Catalog.names

    def counting(own: Catalog) -> dict[str, str]:
        asked.append(1)
        return names(own)

    monkeypatch.setattr(Catalog, "names", counting)
    outcome = take_in(vault, "编号,合作状态\n" + "".join(f"{one},合作中\n" for one in ids))
    assert outcome.updated == 30
    assert len(asked) <= 3  # for what the rows are called, and for whom they meet
