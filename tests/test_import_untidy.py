"""Tables as people keep them: totals, titles, several numbers in a cell, two encodings in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from importing import new_vault, reading_of, rows_of, take_in

from textcrm.errors import TextcrmError
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
     "总计 1200元,,", "公司名称,联系人,手机", "制表人：王芳,,2024/5/6", "备注：以上金额含税,,",
     "注:仅供内部使用,,", "Note: prices are net,,"],
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


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        ("移动电话", "phones/mobile/number"), ("商务传真", "phones/fax/number"),
        ("商务电话", "phones/work/number"), ("住宅电话", "phones/home/number"),
        ("手机2", "phones/mobile/number"), ("手机号码 1", "phones/mobile/number"),
        ("邮箱2", "emails/0/address"), ("电子邮件 2 地址", "emails/0/address"),
    ],
)  # fmt: skip
def test_headings_of_telephones_and_addresses(vault: Vault, heading: str, place: str) -> None:
    (column,) = [
        one
        for one in reading_of(vault, f"公司名称,{heading}\n甲公司,13811110001\n").columns
        if one.heading == heading
    ]
    assert column.target == f"contacts/0/{place}"


def test_contacts_of_outlook_in_chinese(vault: Vault) -> None:
    head = "名,姓,单位,部门,商务地址 街道,商务地址 市/县,商务地址 邮政编码,移动电话,电子邮件地址,附注,类别"
    line = (
        "建国,欧阳,东方集团,采购部,南京西路100号,上海,200000,13812340081,oy@df.cn,老客户,VIP;重点"
    )
    (row,) = rows_of(vault, f"{head}\n{line}\n")
    assert not row.left
    assert row.tree["tags"] == ["VIP", "重点"]
    assert row.tree["notes"] == "老客户"
    assert row.tree["addresses"][0]["street"] == "南京西路100号"


def test_contacts_of_salesforce_in_chinese(vault: Vault) -> None:
    head = "帐户名,姓氏,名字,移动电话,电子邮件,潜在客户来源,邮寄街道,邮寄城市,帐户所有人"
    line = "海天酱油,林,小雨,13812340082,lin@ht.cn,展會,文沙路16号,佛山,李销售"
    (row,) = rows_of(vault, f"{head}\n{line}\n")
    assert not row.left
    assert (row.tree["name"], row.tree["source"], row.tree["owner"]) == (
        "海天酱油",
        "exhibition",
        "李销售",
    )
    assert row.tree["contacts"][0]["name"] == "林小雨"
    assert row.tree["addresses"] == [{"kind": "office", "city": "佛山", "street": "文沙路16号"}]


def test_marks_of_an_empty_cell_are_no_values(vault: Vault) -> None:
    head = "公司名称,手机,邮箱,客户来源,标签,跟进人,首次合作时间,合作状态,备注"
    (row,) = rows_of(vault, f"{head}\n甲公司,无,-,—,N/A,/,暂无,none,无\n")
    assert row.tree == {"name": "甲公司", "kind": "organization", "status": "none", "notes": "无"}
    assert not row.warnings


def test_items_of_json_that_are_mere_texts_are_kept(vault: Vault) -> None:
    text = """[{"客户名称": "甲乙公司", "合作状态": "合作中",
      "contacts": [{"name": "张三", "phones": ["13811110002", 13811110003], "emails": ["a@b.cn"]}, "李四"],
      "addresses": ["北京市海淀区中关村大街1号"], "interactions": ["来过电话"]}]"""
    (row,) = rows_of(vault, text, "a.json")
    assert row.problem is None
    assert (row.tree["name"], row.tree["status"]) == ("甲乙公司", "active")
    first, second = row.tree["contacts"]
    assert [one["number"] for one in first["phones"]] == ["+8613811110002", "+8613811110003"]
    assert first["emails"] == [{"address": "a@b.cn"}]
    assert second == {"name": "李四"}
    assert row.tree["addresses"][0]["district"] == "海淀区"
    assert [cell.text for cell in row.left] == ["来过电话"]


def test_a_broken_workbook_is_no_table_of_text(vault: Vault) -> None:
    for data in (b"PK\x03\x04garbage", b"\xd0\xcf\x11\xe0garbage"):
        with pytest.raises(TextcrmError):
            rows_of(vault, data, "a.xlsx")


def test_what_follows_a_latin_name_is_no_family_name() -> None:
    from textcrm.exchange.vcard_writer import _name_parts

    assert _name_parts("John Q. Smith Jr.") == ("Smith", "John Q.", "", "", "Jr.")
    assert _name_parts("Mary Ann Poe, PhD") == ("Poe", "Mary Ann", "", "", "PhD")
    assert _name_parts("Li IV") == ("IV", "Li", "", "", "")


@pytest.mark.parametrize("day", ["5月1日", "昨天", "5/1", "下周三"])
def test_a_day_that_is_told_from_today_is_not_guessed(vault: Vault, day: str) -> None:
    (row,) = rows_of(vault, f"公司名称,首次合作时间\n甲公司,{day}\n")
    assert "first_cooperation" not in row.tree
    assert [(cell.heading, cell.text) for cell in row.left] == [("首次合作时间", day)]
    assert len(row.warnings) == 1


@pytest.mark.parametrize("day", ["2024.5.1", "45413", "2024年5月1日", "20240501", "2024/5/1 0:00"])
def test_days_as_spreadsheets_write_them(vault: Vault, day: str) -> None:
    (row,) = rows_of(vault, f"公司名称,首次合作时间\n甲公司,{day}\n")
    assert row.tree["first_cooperation"] == "2024-05-01"


@pytest.mark.parametrize(
    "head",
    ["订单号,客户名称,商品,数量,单价,实付金额,下单时间", "合同,客户名称,产品,数量,单价,金额,日期"],
)
def test_a_table_of_orders_becomes_purchases(vault: Vault, head: str) -> None:
    lines = "S1,己公司,打印机,2,100,200,2024-05-01 10:11:12\nS2,己公司,墨盒,1,50,50,2024/6/1\n"
    rows = rows_of(vault, f"{head}\n{lines}")
    bought = [row.tree["purchases"][0] for row in rows]
    assert [(one["product"], str(one["amount"]), one["date"]) for one in bought] == [
        ("打印机", "200", "2024-05-01"),
        ("墨盒", "50", "2024-06-01"),
    ]


def test_an_amount_alone_is_no_order(vault: Vault) -> None:
    (row,) = rows_of(vault, "公司名称,产品,金额,日期\n甲公司,打印机,100,2024-05-01\n")
    assert "purchases" not in row.tree


def test_numbers_with_what_is_said_of_them(vault: Vault) -> None:
    cell = "13900001111（微信同号）、0571-88886666 前台、138****0000（旧）、13900002222（空号）"
    (row,) = rows_of(vault, f"公司,电话\n甲公司,{cell}\n")
    phones = row.tree["contacts"][0]["phones"]
    assert phones[:2] == [
        {"number": "+8613900001111", "note": "微信同号"},
        {"number": "+8657188886666", "note": "前台"},
    ]
    assert phones[2]["number"] == "138****0000（旧）"
    assert phones[3] == {"number": "+8613900002222", "verification": "dead"}


def test_addresses_in_one_cell_are_all_taken_in(vault: Vault) -> None:
    (row,) = rows_of(vault, "公司,邮箱\n甲公司,a@b.com; c@d.com；e＠f.com\n")
    emails = row.tree["contacts"][0]["emails"]
    assert [one["address"] for one in emails] == ["a@b.com", "c@d.com", "e@f.com"]
    assert not row.left


def test_days_that_leave_no_doubt_are_read_in_a_column_of_several_orders(vault: Vault) -> None:
    data = (
        "公司,首次合作时间\n甲公司,5/13/2024\n乙公司,13.05.2024\n丙公司,05/01/2024\n丁公司,长期\n"
    )
    rows = rows_of(vault, data)
    assert [row.tree.get("first_cooperation") for row in rows] == [
        "2024-05-13",
        "2024-05-13",
        None,
        None,
    ]
    assert [one.code for row in rows for one in row.warnings] == [
        "date-ambiguous",
        "date-unreadable",
    ]


def test_a_landline_in_the_column_of_mobile_numbers_is_no_mobile(vault: Vault) -> None:
    (row,) = rows_of(vault, "公司,手机\n甲公司,13900001111/0571-88886666转8\n")
    phones = row.tree["contacts"][0]["phones"]
    assert [one["kind"] for one in phones] == ["mobile", "work"]


@pytest.mark.parametrize(
    "head", [b"%PDF-1.4\n", b"\xff\xd8\xff\xe0JFIF", b"\x89PNG\r\n", bytes(range(32)) * 9]
)
def test_what_is_no_text_is_no_table(vault: Vault, head: bytes) -> None:
    with pytest.raises(TextcrmError) as caught:
        reading_of(vault, head, "x.bin")
    assert caught.value.code == "unknown-format"


def test_a_note_is_told_from_a_table_without_rows(vault: Vault) -> None:
    (note,) = reading_of(vault, "张三 13955553010 想买泵\n", "-").notes
    assert "add --from" in note.say("zh")


def test_a_map_takes_the_words_that_headings_take(vault: Vault) -> None:
    mapping = {"对方": "电话", "钱": "opportunities/0/amount", "多少": "合同到期日"}
    (row,) = rows_of(
        vault, "公司,对方,钱,多少\n甲公司,13900001111,3,2024-05-03\n", mapping=mapping
    )
    assert row.tree["contacts"][0]["phones"][0]["number"] == "+8613900001111"
    assert row.tree["contracts"] == [{"ends": "2024-05-03"}]


def test_a_plan_is_due_on_the_day_that_it_begins_with(vault: Vault) -> None:
    data = "公司,最近跟进日期,下一步计划\n甲公司,2024-05-20,6月10日提供方案\n乙公司,2024-12-20,1月5日寄样\n丙公司,2024-05-20,提供方案\n"
    rows = rows_of(vault, data)
    steps = [row.tree["interactions"][0]["next"] for row in rows]
    assert [one.get("due") for one in steps] == ["2024-06-10", "2025-01-05", None]
    assert [one["what"] for one in steps] == ["6月10日提供方案", "1月5日寄样", "提供方案"]
    assert [one.code for one in rows[0].warnings] == ["due-from-plan"]


def test_who_is_said_by_a_function_has_that_title_and_no_name(vault: Vault) -> None:
    data = "公司,联系人,电话,决策关键人\n甲公司,李总,13900001111,采购经理\n乙公司,某女士,13900002222,王五\n"
    one, two = rows_of(vault, data)
    assert one.tree["contacts"][1] == {"title": "采购经理", "role": "decision_maker"}
    assert two.tree["contacts"][0]["name"] == "某女士"
    assert two.tree["contacts"][1] == {"name": "王五", "role": "decision_maker"}
