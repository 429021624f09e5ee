"""Headings that say a unit: no amount is taken in ten thousand times too small (A20, A32, A37)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from importing import new_vault, reading_of, rows_of

from textcrm.exchange import units

if TYPE_CHECKING:
    from textcrm.vault import Vault


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return new_vault(tmp_path_factory.mktemp("units"))


@pytest.mark.parametrize(
    ("heading", "cell", "amount"),
    [
        ("合同金额（万元）", "12.5", "125000"),
        ("合同金额(万)", "12.5", "125000"),
        ("合同金额/万元", "12.5", "125000"),
        ("合同金额【单位：千元】", "12.5", "12500"),
        ("合同额 (亿元)", "1.2", "120000000"),
        ("合同总价（元）", "12,000.50", "12000.50"),
        ("合同金额（万元）", "8万", "80000"),
        ("合同金额（万元）", "800元", "800"),
        ("合同金额（万元）", "￥1,200", "12000000"),
        ("合同金额（含税）", "12.5", "12.5"),
        ("Contract Amount (k)", "12.5", "12500"),
        ("Contract Amount in millions", "1.5", "1500000"),
    ],
)
def test_a_contracts_amount_is_of_its_columns_unit(
    vault: Vault, heading: str, cell: str, amount: str
) -> None:
    (row,) = rows_of(vault, f'公司,合同编号,{heading}\n甲公司,HT-1,"{cell}"\n')
    (contract,) = row.tree["contracts"]
    assert str(contract["amount"]) == amount


def test_a_unit_of_another_currency_is_the_amounts_currency(vault: Vault) -> None:
    (row,) = rows_of(vault, "公司,合同编号,合同金额（万美元）\n甲公司,HT-1,3\n")
    (contract,) = row.tree["contracts"]
    assert (str(contract["amount"]), contract["currency"]) == ("30000", "USD")


def test_sizes_and_limits_are_of_their_columns_unit(vault: Vault) -> None:
    data = "公司,年营收(万元),信用额度（万）,人数\n甲公司,1000-5000,20,50\n乙公司,5000+,5万,50-100人\n"
    one, two = (row.tree for row in rows_of(vault, data))
    assert (one["size"]["annual_revenue"]["min"], one["size"]["annual_revenue"]["max"]) == (
        10_000_000,
        50_000_000,
    )
    assert one["credit"]["limit"] == 200_000
    assert one["size"]["employees"]["min"] == 50
    assert two["size"]["annual_revenue"]["min"] == 50_000_000
    assert two["credit"]["limit"] == 50_000


def test_orders_with_units_in_headings_and_cells(vault: Vault) -> None:
    data = (
        "客户名称,产品,数量(台),单价（元/台）,成交金额（千元）,下单时间\n"
        '甲公司,泵,3,1200,3.6,45415.5\n甲公司,布,"1,000米",12.5,12.5,2024年5月3日 14:30\n'
    )
    one, two = (row.tree["purchases"][0] for row in rows_of(vault, data))
    assert (one["quantity"], one["unit"], one["unit_price"], one["amount"]) == (
        3,
        "台",
        1200,
        3600,
    )
    assert (two["quantity"], two["unit"], two["amount"]) == (1000, "米", 12500)
    assert (one["date"], two["date"]) == ("2024-05-03", "2024-05-03")


def test_a_line_above_the_table_says_the_unit(vault: Vault) -> None:
    data = (
        "2024年台账,,\n,,单位：万元\n公司,合同编号,合同金额\n甲公司,HT-1,12.5\n乙公司,HT-2,300元\n"
    )
    amounts = [row.tree["contracts"][0]["amount"] for row in rows_of(vault, data)]
    assert amounts == [125_000, 300]


@pytest.mark.parametrize("heading", ["数量（含赠品）", "金额(不含税)", "客户名称（全称）", "单价"])
def test_other_brackets_are_no_unit_of_money(vault: Vault, heading: str) -> None:
    field = vault.schema.find("credit.limit") or vault.schema.require("credit").fields[0]
    assert units.of_column(heading, field) is units.NONE


@pytest.mark.parametrize(
    ("headings", "targets"),
    [
        ("公司全称,办公室电话,办公地址", ["name", "contacts/0/phones/work/number", "addresses/office"]),
        ("姓名,家庭住址,出生年月", ["contacts/0/name", "addresses/home", "contacts/0/birthday"]),
        ("公司,合同编号,到期日", ["name", "contracts/0/number", "contracts/0/ends"]),
        ("公司,联系人,下次联系时间", ["name", "contacts/0/name", "interactions/0/next/due"]),
        ("Company,Cell,Next Step", ["name", "contacts/0/phones/mobile/number",
                                    "interactions/0/next/what"]),
        ("Company,IBAN,Contract End", ["name", "bank_account", "contracts/0/ends"]),
        ("公司,合同总价", ["name", "contracts/0/amount"]),
    ],
)  # fmt: skip
def test_headings_as_offices_write_them(vault: Vault, headings: str, targets: list[str]) -> None:
    reading = reading_of(vault, headings + "\n甲,乙,丙\n")
    assert [one.target for one in reading.columns] == targets


@pytest.mark.parametrize(
    ("cell", "target"), [("浙江杭州", "addresses/office"), ("华东", "custom"), ("", "custom")]
)
def test_a_region_is_an_address_where_it_is_a_place(vault: Vault, cell: str, target: str) -> None:
    reading = reading_of(vault, f"公司,地区\n甲公司,{cell}\n")
    assert reading.columns[1].target == target
