"""Tables as people keep them: totals, titles, several numbers in a cell, two encodings in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from importing import new_vault, rows_of, take_in

from textcrm.exchange.decoding import decode

if TYPE_CHECKING:
    from textcrm.vault import Vault

HEAD = "公司名称,联系人,手机\n"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return new_vault(tmp_path_factory.mktemp("untidy"))


@pytest.mark.parametrize(
    "line",
    ["合计,,", "合 计：,,3", "共 3 家,,", "小计：¥3,,", "Grand Total,,12",
     "总计 1200元,,", "公司名称,联系人,手机", "制表人：王芳,,2024/5/6"],
)  # fmt: skip
def test_rows_that_are_no_customers_are_rejected_with_the_reason(vault: Vault, line: str) -> None:
    first, last = rows_of(vault, HEAD + "甲公司,张三,13811110001\n" + line + "\n")
    assert first.problem is None
    assert last.problem is not None
    assert last.problem.code in {"row-no-customer", "row-heading-again"}
    assert last.place == "3"


@pytest.mark.parametrize("name", ["合计科技", "Total", "汇总"])
def test_somebody_who_can_be_reached_is_a_customer_whatever_the_name(
    vault: Vault, name: str
) -> None:
    (row,) = rows_of(vault, HEAD + f"{name},张三,13811110001\n")
    assert row.problem is None


def test_a_customer_with_a_like_name_and_nothing_else_is_one(vault: Vault) -> None:
    (row,) = rows_of(vault, HEAD + "合计科技有限公司,,\n")
    assert row.problem is None


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13900001111 13900002222", ["+8613900001111", "+8613900002222"]),
        ("13900001111 010-62345678", ["+8613900001111", "+861062345678"]),
        ("139 0000 1111", ["+8613900001111"]),
        ("1390000 1111", ["+8613900001111"]),
        ("１３９００００１１１１", ["+8613900001111"]),
    ],
)
def test_numbers_in_one_cell(vault: Vault, cell: str, numbers: list[str]) -> None:
    (row,) = rows_of(vault, HEAD + f"甲公司,张三,{cell}\n")
    assert [one["number"] for one in row.tree["contacts"][0]["phones"]] == numbers


def test_a_name_beside_its_parts_is_kept(vault: Vault) -> None:
    (row,) = rows_of(vault, "公司,名,姓,联系人\n甲公司,建国,欧阳,老欧\n")
    assert row.tree["contacts"][0]["name"] == "欧阳建国"
    assert "老欧" in [cell.text for cell in row.left]


def test_a_column_of_words_is_no_second_name_of_a_person(vault: Vault) -> None:
    (row,) = rows_of(vault, "公司,名,姓,线索来源,批次\n甲公司,建国,欧阳,广告,王芳\n")
    assert row.tree["source"] == "online"
    assert [(cell.heading, cell.text) for cell in row.left] == [("批次", "王芳")]


@pytest.mark.parametrize(
    "values",
    [
        ["2024.5.1", "2024.12.31"], ["2024-05-01", "2024-12-31"], ["2024/5/1 10:00", "2024/5/2"],
        ["1000000", "2500000"], ["20240501001", "20240501002"],
    ],
)  # fmt: skip
def test_days_amounts_and_orders_are_no_telephone_numbers(vault: Vault, values: list[str]) -> None:
    rows = rows_of(vault, "公司名称,登记\n" + "".join(f"公司{one},{one}\n" for one in values))
    assert [cell.text for row in rows for cell in row.left] == values
    assert not any("contacts" in row.tree for row in rows)


def test_numbers_under_a_heading_that_says_nothing(vault: Vault) -> None:
    lines = ["13812345678", "010-62345678", "+44 20 7946 0018"]
    rows = rows_of(vault, "公司名称,热线\n" + "".join(f"公司{one},{one}\n" for one in lines))
    assert all(row.tree["contacts"][0]["phones"] for row in rows)


def test_lines_of_another_encoding_are_read_by_themselves_and_said(vault: Vault) -> None:
    data = f"{HEAD}甲公司,张三,13811110001\n".encode()
    data += "乙公司,李四,13811110002\n".encode("gbk") + "丙公司,王五,13811110003\n".encode()
    outcome = take_in(vault, data)
    assert [one["name"] for one in outcome.first] == ["甲公司", "乙公司", "丙公司"]
    assert [(one.code, one.data["lines"]) for one in outcome.reading.notes] == [
        ("encoding-mixed", "3")
    ]


def test_a_file_cut_within_its_last_character_is_still_utf8() -> None:
    assert decode("公司名称\n甲公司\n乙公司".encode()[:-1]).encoding == "utf-8"


def test_text_that_is_not_utf8_is_not_taken_for_it() -> None:
    text = "公司名称,联系人\n" + "杭州湖滨酒店,孙八\n" * 20
    assert decode(text.encode("gb18030")).encoding == "gb18030"
    assert decode("Café;Müller\nZoë;Olé\n".encode("cp1252")).encoding == "cp1252"


def test_a_warning_says_where_in_the_file(vault: Vault) -> None:
    outcome = take_in(vault, "客户资料\n\n" + HEAD + "\n丁公司,赵六,1.38E+10\n")
    notice = next(one for one in outcome.noticed if one.finding.code == "phone-invalid")
    assert (notice.rows, notice.places) == ((1,), ("5",))


def test_an_empty_file_says_so(vault: Vault) -> None:
    assert [one.code for one in take_in(vault, "").reading.notes] == ["table-empty"]


def test_a_birthday_without_its_year_is_not_in_1604(vault: Vault) -> None:
    card = (
        "BEGIN:VCARD\nVERSION:3.0\nFN:李四\nTEL:13811110009\n"
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-06\nEND:VCARD\n"
    )
    (row,) = rows_of(vault, card, "a.vcf")
    assert "birthday" not in row.tree["contacts"][0]
    assert ("BDAY", "--0506") in row.left
