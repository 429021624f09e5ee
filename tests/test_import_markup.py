"""Tables in markup: what web systems save as .xls, SpreadsheetML, pages (H1, H5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from importing import new_vault, reading_of, rows_of

from textcrm.errors import Invalid

if TYPE_CHECKING:
    from textcrm.vault import Vault

HTML = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><style>td{a:b}</style></head><body>
<table><tr><td>首页<td>帮助</table>
<table border=1><tr><th colspan=3>客户台账</th></tr><tr><td>客户名称<td>联系人<td>手机</tr>
<tr><td rowspan=2>远大&nbsp;物流<td>张三<td>13955552021</tr>
<tr><td>李四<td>13955552022<br>0571-88886666</tr></table></body></html>"""
XML = """<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="客户"><Table><Row><Cell ss:MergeAcross="2"><Data ss:Type="String">台账</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">客户名称</Data></Cell><Cell><Data>电话</Data></Cell><Cell><Data>备注</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">丙&amp;丁公司</Data></Cell><Cell ss:Index="3"><Data>好</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return new_vault(tmp_path_factory.mktemp("markup"))


def test_a_page_that_is_called_xls_is_read_as_its_table(vault: Vault) -> None:
    reading = reading_of(vault, HTML.encode("gb18030"), "客户.xls")
    assert (reading.format, reading.encoding) == ("html", "gb18030")
    one, two = reading.rows()
    assert one.tree["name"] == two.tree["name"] == "远大 物流"
    numbers = [each["number"] for each in two.tree["contacts"][0]["phones"]]
    assert numbers == ["+8613955552022", "+8657188886666"]


def test_spreadsheet_xml_keeps_its_columns(vault: Vault) -> None:
    (row,) = rows_of(vault, XML, "客户.xls")
    assert (row.tree["name"], row.tree["notes"]) == ("丙&丁公司", "好")
    assert "contacts" not in row.tree


@pytest.mark.parametrize("text", ["<html><body>无</body></html>", "<?xml version='1.0'?><a/>"])
def test_markup_without_a_table_is_told(vault: Vault, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        reading_of(vault, text, "x.xls")
    assert caught.value.code == "no-table"


def test_a_name_in_angle_brackets_is_still_a_table_of_text(vault: Vault) -> None:
    (row,) = rows_of(vault, "客户名称,电话\n<b>公司,13955552017\n")
    assert row.tree["name"] == "<b>公司"


def test_formulas_without_results_are_told(vault: Vault) -> None:
    import io

    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["客户名称", "消费金额", "消费日期"])
    book.active.append(["甲公司", "=1+1", "2024-05-03"])
    data = io.BytesIO()
    book.save(data)
    reading = reading_of(vault, data.getvalue(), "x.xlsx")
    (note,) = [one for one in reading.notes if one.code == "formulas-unreckoned"]
    assert "B2" in note.say("zh")


def test_money_spent_on_a_day_is_a_purchase(vault: Vault) -> None:
    (row,) = rows_of(vault, '客户名称,消费金额,消费日期\n甲公司,"￥2,000",2024/5/4\n')
    (bought,) = row.tree["purchases"]
    assert (bought["date"], bought["amount"]) == ("2024-05-04", 2000)
    assert "purchases" not in rows_of(vault, "客户名称,金额,日期\n甲公司,2000,2024/5/4\n")[0].tree
