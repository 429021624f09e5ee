"""Layouts of other programs: told by their headers in any order, each column where it belongs (P10)."""

from __future__ import annotations

import csv
import io
import random
from typing import TYPE_CHECKING, Any

import pytest
from importing import new_vault, reading_of, rows_of

if TYPE_CHECKING:
    from textcrm.vault import Vault

ZOHO_CONTACTS = {
    "Record Id": "zcrm_1",
    "Contact Owner": "Li",
    "Lead Source": "Trade Show",
    "First Name": "Jane",
    "Last Name": "Smith",
    "Account Name": "Blue River Ltd",
    "Vendor Name": "",
    "Email": "jane@example.com",
    "Title": "Buyer",
    "Department": "Purchasing",
    "Phone": "+442079460018",
    "Mobile": "+447700900123",
    "Created Time": "2024-05-01 09:00:00",
    "Mailing Street": "1 High St",
    "Mailing City": "London",
    "Mailing Zip": "N1 1AA",
    "Mailing Country": "UK",
    "Description": "likes tea",
    "Email Opt Out": "false",
    "Tag": "vip",
    "Salutation": "Ms.",
}
ZOHO_LEADS = {
    "Lead Owner": "Li",
    "Is Converted": "false",
    "Company": "Blue River Ltd",
    "First Name": "Jane",
    "Last Name": "Smith",
    "Email": "jane@example.com",
    "Phone": "+442079460018",
    "Lead Source": "Referral",
    "Lead Status": "Contacted",
    "Street": "1 High St",
    "City": "London",
    "Zip Code": "N1 1AA",
    "Country": "UK",
    "Website": "example.com",
    "No. of Employees": "50",
    "Description": "likes tea",
}
ZOHO_ACCOUNTS = {
    "Account Owner": "Li",
    "Account Name": "Blue River Ltd",
    "Account Site": "HQ",
    "Phone": "+442079460018",
    "Website": "example.com",
    "Employees": "50",
    "SIC Code": "7371",
    "Billing Street": "1 High St",
    "Billing City": "London",
    "Billing Code": "N1 1AA",
    "Billing Country": "UK",
    "Description": "likes tea",
}
SALESFORCE_CONTACT = {
    "ID": "003x",
    "ISDELETED": "0",
    "ACCOUNTID": "001x",
    "LASTNAME": "Smith",
    "FIRSTNAME": "Jane",
    "SALUTATION": "Ms.",
    "NAME": "Jane Smith",
    "MAILINGSTREET": "1 High St",
    "MAILINGCITY": "London",
    "MAILINGPOSTALCODE": "N1 1AA",
    "MAILINGCOUNTRY": "UK",
    "PHONE": "+442079460018",
    "MOBILEPHONE": "+447700900123",
    "EMAIL": "jane@example.com",
    "TITLE": "Buyer",
    "BIRTHDATE": "1980-01-31",
    "DESCRIPTION": "likes tea",
    "OWNERID": "005x",
}
SALESFORCE_ACCOUNT = {
    "ID": "001x",
    "NAME": "Blue River Ltd",
    "BILLINGSTREET": "1 High St",
    "BILLINGCITY": "London",
    "BILLINGPOSTALCODE": "N1 1AA",
    "BILLINGCOUNTRY": "UK",
    "PHONE": "+442079460018",
    "WEBSITE": "example.com",
    "NUMBEROFEMPLOYEES": "50",
    "DESCRIPTION": "likes tea",
}
SALESFORCE_REPORT = {
    "First Name": "Jane",
    "Last Name": "Smith",
    "Account Name": "Blue River Ltd",
    "Title": "Buyer",
    "Mailing Street": "1 High St",
    "Mailing City": "London",
    "Mailing Zip/Postal Code": "N1 1AA",
    "Mailing Country": "UK",
    "Phone": "+442079460018",
    "Mobile": "+447700900123",
    "Email": "jane@example.com",
}
THUNDERBIRD = {
    "First Name": "Jane",
    "Last Name": "Smith",
    "Display Name": "Jane Smith",
    "Primary Email": "jane@example.com",
    "Work Phone": "+442079460018",
    "Mobile Number": "+447700900123",
    "Work Address": "1 High St",
    "Work City": "London",
    "Work ZipCode": "N1 1AA",
    "Work Country": "UK",
    "Job Title": "Buyer",
    "Organization": "Blue River Ltd",
    "Birth Year": "1980",
    "Birth Month": "1",
    "Birth Day": "31",
    "Notes": "likes tea",
}
YOUZAN = {
    "手机号（必填）": "13655556666",
    "姓名": "陈伟",
    "性别": "男",
    "生日": "1980-01-31",
    "微信": "chenwei80",
    "备注": "爱喝茶",
    "省": "浙江省",
    "市": "杭州市",
    "区/县": "西湖区",
    "详细地址": "文三路1号",
    "积分": "120",
    "储值余额": "88.5",
    "标签（多个用、隔开）": "老客、会员",
    "会员等级值": "3",
    "成长值": "900",
    "归属店铺": "西湖店",
}
FXIAOKE = {
    "客户名称": "云海有限公司",
    "客户级别": "重要客户",
    "客户来源": "展会",
    "一级行业": "制造业",
    "成交状态": "已成交",
    "负责人": "小王",
    "电话": "021-62345678",
    "省": "浙江省",
    "市": "杭州市",
    "区": "西湖区",
    "详细地址": "文三路1号",
    "生命状态": "正常",
    "归属部门": "销售一部",
    "最后跟进时间": "2024-05-01 10:00",
    "备注": "爱喝茶",
}
DINGTALK = {
    "客户名称": "云海有限公司",
    "联系人姓名": "陈伟",
    "手机号": "13655556666",
    "客户状态": "合作中",
    "负责人（系统）": "小王",
    "协同人": "小李",
    "客户地址": "浙江省杭州市西湖区文三路1号",
    "备注": "爱喝茶",
}
WECOM = {
    "客户名称": "陈伟",
    "备注名": "陈伟-云海",
    "企业": "云海有限公司",
    "职位": "采购",
    "手机": "13655556666",
    "描述": "爱喝茶",
    "标签": "高意向",
    "添加人": "小王",
    "添加时间": "2024-05-01 10:00:00",
    "来源": "扫描名片二维码",
}
_JANE: dict[str, Any] = {
    "name": "Blue River Ltd",
    "contacts.0.name": "Jane Smith",
    "contacts.0.emails.0.address": "jane@example.com",
    "addresses.0.street": "1 High St",
    "addresses.0.postal_code": "N1 1AA",
}
CASES: tuple[tuple[str, dict[str, str], dict[str, Any]], ...] = (
    (
        "zoho-contacts",
        ZOHO_CONTACTS,
        {**_JANE, "contacts.0.title": "Buyer", "contacts.0.notes": "likes tea", "tags.0": "vip"},
    ),
    ("zoho-leads", ZOHO_LEADS, {**_JANE, "source": "referral", "size.employees.min": 50}),
    (
        "zoho-accounts",
        ZOHO_ACCOUNTS,
        {"name": "Blue River Ltd", "addresses.0.kind": "billing", "notes": "likes tea"},
    ),
    (
        "salesforce-contacts",
        {**SALESFORCE_CONTACT, "ACCOUNTNAME": "Blue River Ltd"},
        {**_JANE, "contacts.0.birthday": "1980-01-31", "contacts.0.notes": "likes tea"},
    ),
    (
        "salesforce-accounts",
        SALESFORCE_ACCOUNT,
        {"name": "Blue River Ltd", "addresses.0.city": "London", "notes": "likes tea"},
    ),
    ("salesforce-report", SALESFORCE_REPORT, {**_JANE, "contacts.0.title": "Buyer"}),
    ("thunderbird", THUNDERBIRD, {**_JANE, "contacts.0.birthday": "1980-01-31"}),
    (
        "youzan",
        YOUZAN,
        {
            "name": "陈伟",
            "kind": "person",
            "contacts.0.gender": "male",
            "contacts.0.social.wechat": "chenwei80",
            "addresses.0.district": "西湖区",
            "tags.1": "会员",
            "notes": "爱喝茶",
        },
    ),
    (
        "fxiaoke",
        FXIAOKE,
        {
            "name": "云海有限公司",
            "source": "exhibition",
            "owner": "小王",
            "addresses.0.district": "西湖区",
            "notes": "爱喝茶",
        },
    ),
    (
        "dingtalk",
        DINGTALK,
        {
            "name": "云海有限公司",
            "contacts.0.name": "陈伟",
            "contacts.0.phones.0.number": "+8613655556666",
            "status": "active",
            "owner": "小王",
            "addresses.0.street": "文三路1号",
        },
    ),
    (
        "wecom",
        WECOM,
        {
            "name": "云海有限公司",
            "contacts.0.name": "陈伟",
            "contacts.0.title": "采购",
            "tags.0": "高意向",
            "notes": "爱喝茶",
            "owner": "小王",
        },
    ),
)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return new_vault(tmp_path_factory.mktemp("layouts"))


def _at(tree: Any, path: str) -> Any:
    for step in path.split("."):
        tree = tree[int(step)] if step.isdigit() else tree[step]
    return tree


def _table(row: dict[str, str], seed: int) -> str:
    names = list(row)
    random.Random(seed).shuffle(names)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerow([row[name] for name in names])
    return text.getvalue()


@pytest.mark.parametrize(("layout", "row", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_a_layout_is_told_and_read_in_any_order(
    vault: Vault, layout: str, row: dict[str, str], wanted: dict[str, Any]
) -> None:
    for seed in range(3):
        text = _table(row, seed)
        assert reading_of(vault, text).layout == layout
        (found,) = rows_of(vault, text)
        for path, value in wanted.items():
            assert _at(found.tree, path) == value, path
        # Every cell is somewhere: in the record, or kept under its heading.
        said = repr(found.tree) + repr(found.left)
        for heading, cell in row.items():
            known = cell in said or heading in ("Is Converted", "Email Opt Out", "ISDELETED")
            parts = cell.replace("、", " ").replace("区", "区 ").split()
            assert known or any(part in said for part in parts) or _is_read(found.tree, cell), (
                heading
            )


def _is_read(tree: Any, cell: str) -> bool:
    """Whether a cell was read as another word: a code, a number in its international form."""
    said = repr(tree)
    words = {"展会": "exhibition", "男": "male", "制造业": "'C'", "Trade Show": "exhibition"}
    words |= {"已成交": "won", "合作中": "active", "Referral": "referral"}
    return words.get(cell, "\0") in said or cell.lstrip("0").replace("-", "")[-7:] in said


def test_every_layout_has_targets_that_the_schema_knows(vault: Vault) -> None:
    from textcrm.exchange import layouts, targets

    for layout in layouts.LAYOUTS:
        for heading, target in layout.targets.items():
            targets.parse(target, vault.schema)
            assert layout.target(heading) == target or layout.name.startswith("google")


def test_the_documents_list_every_layout() -> None:
    from conftest import CHECKOUT

    from textcrm.exchange import layouts

    for name, tested, likeness in (
        ("import.md", "tested on a real header", "mapped by likeness"),
        ("import.zh-CN.md", "以真实表头测试", "按相似列名对应"),
    ):
        text = (CHECKOUT / "docs" / name).read_text(encoding="utf-8")
        for layout in layouts.LAYOUTS:
            word = layout.label.zh if "zh" in name else layout.label.en
            program = word.split(" ")[0].split("（")[0].split("(")[0].strip()
            lines = [line for line in text.splitlines() if line.startswith("|")]
            mark = tested if layout.tested else likeness
            assert any(program[:4] in line and mark in line for line in lines), word
