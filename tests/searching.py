"""What the tests of queries and searches share: a small schema, and records of it."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from typing import Any

from textcrm.query import Doc, Query, parse
from textcrm.record import derive
from textcrm.schema import Schema

TODAY = dt.date(2024, 6, 15)


def _field(zh: str, en: str, type_: Any = "string", **annotation: Any) -> dict[str, Any]:
    node = annotation.pop("node", {})
    return {"type": type_, **node, "x-textcrm": {"label": {"zh": zh, "en": en}, **annotation}}


def _choice(zh: str, en: str, **values: tuple[str, str]) -> dict[str, Any]:
    codes = {code: {"zh": label[0], "en": label[1]} for code, label in values.items()}
    return _field(zh, en, node={"enum": list(codes)}, enum=codes)


def _day(zh: str, en: str, **annotation: Any) -> dict[str, Any]:
    return _field(zh, en, node={"format": "date"}, index="date", **annotation)


def _money(zh: str, en: str, **annotation: Any) -> dict[str, Any]:
    return _field(zh, en, "number", type="money", index="number", **annotation)


def _items(zh: str, en: str, fields: dict[str, Any]) -> dict[str, Any]:
    own = {"id": _field("编号", "Id", index="none"), **fields}
    return _field(zh, en, "array", node={"items": {"type": "object", "properties": own}})


def _list(zh: str, en: str, **annotation: Any) -> dict[str, Any]:
    return _field(zh, en, "array", node={"items": {"type": "string"}}, **annotation)


def _mapping(zh: str, en: str, fields: dict[str, Any]) -> dict[str, Any]:
    return _field(zh, en, "object", node={"properties": fields})


PROPERTIES = {
    "id": _field("编号", "Id", index="keyword"),
    "name": _field("名称", "Name", type="name", index="name", aliases=["客户名称"]),
    "aliases": _list("别名", "Aliases", index="name"),
    "industry": _field("行业", "Industry", type="code", index="keyword", aliases=["所属行业"]),
    "size": _mapping(
        "规模",
        "Size",
        {
            "employees": _mapping(
                "人数",
                "Employees",
                {
                    "min": _field("至少", "Min", "integer"),
                    "max": _field("至多", "Max", "integer"),
                    "text": _field("原文", "Text"),
                },
            )
        },
    ),
    "owner": _field("负责人", "Owner", type="person", index="keyword", aliases=["跟进人"]),
    "type": _choice(
        "客户类型",
        "Type",
        new=("新客户", "New"),
        prospect=("潜在客户", "Prospect"),
        lost=("流失客户", "Lost"),
    ),
    "status": _choice(
        "状态",
        "Status",
        none=("未合作", "None"),
        active=("合作中", "Active"),
        paused=("暂停合作", "Paused"),
    ),
    "tags": _list("标签", "Tags", index="keyword"),
    "needs": _field("核心需求", "Needs", index="text"),
    "notes": _field("备注", "Notes", index="text"),
    "products": _list("产品", "Products", index="text"),
    "contacts": _items(
        "联系人",
        "Contacts",
        {
            "name": _field("姓名", "Name", type="name", index="name"),
            "title": _field("职务", "Title"),
            "phones": _items(
                "电话", "Phones", {"number": _field("号码", "Number", type="phone", index="phone")}
            ),
            "emails": _items(
                "邮箱", "E-mails", {"address": _field("地址", "Address", type="email")}
            ),
            "birthday": _day("生日", "Birthday"),
            "gender": _choice("性别", "Gender", male=("男", "Male"), female=("女", "Female")),
            "id_number": _field("身份证号", "Id number", seal="identity"),
        },
    ),
    "addresses": _items(
        "地址",
        "Addresses",
        {
            "province": _field("省份", "Province"),
            "city": _field("城市", "City"),
            "district": _field("区县", "District"),
            "region_code": _field("行政区划代码", "Region code", type="code", index="keyword"),
        },
    ),
    "interactions": _items(
        "互动",
        "Interactions",
        {
            "at": _field("时间", "At", type="moment", index="date"),
            "summary": _field("摘要", "Summary"),
            "next": _mapping(
                "下一步",
                "Next",
                {
                    "what": _field("事项", "What"),
                    "due": _day("到期日", "Due"),
                    "done": _field("完成", "Done", "boolean"),
                },
            ),
        },
    ),
    "purchases": _items(
        "购买记录",
        "Purchases",
        {
            "date": _day("日期", "Date"),
            "product": _field("产品名称", "Product"),
            "amount": _money("金额", "Amount"),
            "currency": _field("币种", "Currency", index="none"),
        },
    ),
    "payments": _items(
        "付款", "Payments", {"date": _day("日期", "Date"), "amount": _money("金额", "Amount")}
    ),
    "contracts": _items(
        "合同",
        "Contracts",
        {
            "number": _field("合同编号", "Contract number", index="keyword"),
            "ends": _day("结束日期", "Ends"),
            "amount": _money("合同金额", "Contract amount", seal="finance"),
        },
    ),
    "archived": _mapping(
        "已归档", "Archived", {"on": _day("日期", "On"), "reason": _field("原因", "Reason")}
    ),
    "do_not_contact": _field("请勿联系", "Do not contact", "boolean"),
    "bank_account": _field("银行账号", "Bank account", seal="finance"),
    "custom": _field("自定义", "Custom", "object"),
}


@cache
def schema() -> Schema:
    """The schema of these tests."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": PROPERTIES,
    }
    return Schema.from_json(json.dumps(document))


def doc(id_: str = "C20240601001", **raw: Any) -> Doc:
    """A record as queries see it."""
    typed = schema().typed({"id": id_, **raw})
    return Doc(id_, typed, lambda: derive(typed, TODAY, id_), schema(), today=TODAY)


def query(text: str, **options: Any) -> Query:
    """A query on the day of these tests."""
    return parse(text, schema(), today=TODAY, **options)


def finds(text: str, record: Doc, **options: Any) -> bool:
    """Whether a query finds a record."""
    return query(text, **options).matches(record)
