"""The files of a new vault, beside its records: settings, people, schema, editor and git files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.config import FORMAT
from textcrm.schema import shipped
from textcrm.text import Text
from textcrm.vault import host_files

if TYPE_CHECKING:
    from textcrm.access import Person
    from textcrm.text import Language


class Template(NamedTuple):
    """What a kind of business starts with (P7): extra fields, views and thresholds."""

    label: Text
    fields: dict[str, Any]
    views: dict[Language, dict[str, str]]
    thresholds: dict[str, int]


def _field(
    kind: dict[str, Any], group: str, zh: str, en: str, description: tuple[str, str], **more: Any
) -> dict[str, Any]:
    return {
        "title": f"{zh} · {en}",
        "description": f"{description[0]}\n\n{description[1]}",
        **kind,
        "x-textcrm": {"label": {"zh": zh, "en": en}, "group": group, **more},
    }


_VIEWS: Final[dict[Language, dict[str, str]]] = {
    "zh": {
        "久未联系": "type:prospect last_contact:>30d",
        "重点客户": "value_tier:high",
        "公海": "no:owner",
    },
    "en": {
        "silent": "type:prospect last_contact:>30d",
        "key": "value_tier:high",
        "pool": "no:owner",
    },
}
_TEXT = {"type": "string"}
_DATE = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_LIST = {"type": "array", "items": {"type": "string"}}

TEMPLATES: Final[dict[str, Template]] = {
    "general": Template(Text("General", "通用"), {}, _VIEWS, {}),
    "retail": Template(
        Text("Retail", "零售"),
        {
            "member_number": _field(
                _TEXT,
                "who",
                "会员号",
                "Member number",
                ("门店会员卡号。", "The number of the shop's member card."),
                index="keyword",
            ),
            "store": _field(
                _TEXT,
                "who",
                "所属门店",
                "Store",
                ("客户常去的门店。", "The shop that the customer visits."),
                index="keyword",
            ),
            "points": _field(
                {"type": "integer", "minimum": 0},
                "transactions",
                "积分",
                "Points",
                ("当前会员积分。", "Member points at hand."),
                index="number",
            ),
        },
        {
            "zh": {**_VIEWS["zh"], "忠实会员": "loyalty:loyal has:member_number"},
            "en": {**_VIEWS["en"], "members": "loyalty:loyal has:member_number"},
        },
        {"silent_days": 60, "stale_days": 90, "value_high": 10000, "value_medium": 1000},
    ),
    "service": Template(
        Text("Services", "服务"),
        {
            "service_plan": _field(
                _TEXT,
                "cooperation",
                "服务套餐",
                "Service plan",
                ("客户购买的服务级别。", "The level of service that was bought."),
                index="keyword",
            ),
            "renewal": _field(
                _DATE,
                "cooperation",
                "续约日",
                "Renewal",
                ("下次续约的日期。", "The day of the next renewal."),
                index="date",
            ),
        },
        {
            "zh": {**_VIEWS["zh"], "待续约": "renewal:<30d"},
            "en": {**_VIEWS["en"], "renewals": "renewal:<30d"},
        },
        {"verify_days": 90},
    ),
    "manufacturing": Template(
        Text("Manufacturing", "制造业"),
        {
            "equipment": _field(
                _LIST,
                "cooperation",
                "在用设备",
                "Equipment in use",
                ("客户现场的设备型号。", "Models that stand at the customer's site."),
                index="text",
            ),
            "annual_demand": _field(
                {"type": "number", "minimum": 0},
                "need",
                "年需求量",
                "Annual demand",
                ("预计一年的采购量。", "The quantity expected to be bought in a year."),
                index="number",
            ),
        },
        {
            "zh": {**_VIEWS["zh"], "质保中": "has:equipment status:active"},
            "en": {**_VIEWS["en"], "installed": "has:equipment status:active"},
        },
        {"silent_days": 45, "value_high": 500000, "value_medium": 50000},
    ),
}


def schema_text(template: str, default: str, *, seal_contact: bool = False) -> str:
    """The schema of a new vault: the default one with the template's own fields."""
    fields = TEMPLATES[template].fields
    if not fields and not seal_contact:
        return default
    document = json.loads(default)
    if seal_contact:
        from textcrm.vault.contact_sealing import seal_contact_fields

        seal_contact_fields(document)
    properties: dict[str, Any] = document["properties"]
    custom = properties.pop("custom", None)
    properties.update(fields)
    if custom is not None:
        properties["custom"] = custom
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


_SEAL_CONTACT: Final[dict[Language, str]] = {
    "zh": "# 联系方式、联系人姓名和备注已设为加密（字段定义中的类别 contact）；搜索需 --sealed",
    "en": "# contacts' names, their numbers and notes are sealed (class contact in the schema); "
    "searching them takes --sealed",
}


SETTINGS: Final = (
    "format",
    "schema_base",
    "name",
    "language",
    "time_zone",
    "currency",
    "seal_contact",
    "thresholds",
    "rates",
    "views",
)
"""The settings in the order of the file that init makes."""


def settings_text(
    name: str,
    language: Language,
    template: str,
    time_zone: str,
    currency: str,
    *,
    seal_contact: bool = False,
) -> str:
    """The textcrm.yaml of a new vault, with every setting explained."""
    zh = language == "zh"
    chosen = TEMPLATES[template]
    limits = {
        "silent_days": (
            30,
            "潜在客户多少天未跟进就提醒"
            if zh
            else "remind of a prospect after so many days of silence",
        ),
        "stale_days": (
            30,
            "记录多少天未更新就标红" if zh else "a record not updated for so long shows red",
        ),
        "lost_days": (
            90,
            "潜在客户多少天未跟进需特别处理"
            if zh
            else "a prospect silent for so long needs a decision",
        ),
        "verify_days": (
            180,
            "多少天核对一次客户信息" if zh else "verify a customer's data every so many days",
        ),
        "summary_limit": (
            200,
            "沟通摘要建议的最多字数" if zh else "characters that a summary should not exceed",
        ),
        "value_high": (
            100000,
            "累计消费达到此数为高价值"
            if zh
            else "total spent from which a customer is of high value",
        ),
        "value_medium": (10000, "累计消费达到此数为中等价值" if zh else "... and of medium value"),
    }
    base = shipped.current()[0]
    lines = [
        "# 本客户库的设置；修改后用 textcrm save 提交"
        if zh
        else "# Settings of this vault; commit changes with: textcrm save",
        f"format: {FORMAT}",
        f"schema_base: {base}  # "
        + (
            "字段定义出自哪一版默认定义，升级时合并用"
            if zh
            else "the default schema this one began as, for migrate"
        ),
        f"name: {json.dumps(name, ensure_ascii=False)}",
        f"language: {language}",
        f"time_zone: {json.dumps(time_zone)}",
        f"currency: {currency}",
        *([_SEAL_CONTACT[language], "seal_contact: true"] if seal_contact else []),
        "",
        "thresholds:",
        *(
            f"  {key}: {chosen.thresholds.get(key, default)}  # {comment}"
            for key, (default, comment) in limits.items()
        ),
        "  contract_days: [60, 30, 7]  # "
        + ("合同到期前多少天提醒" if zh else "days before a contract's end to remind"),
        "",
        "# 常用查询：textcrm list @名称" if zh else "# saved queries: textcrm list @NAME",
        "views:",
        *(
            f"  {json.dumps(view, ensure_ascii=False) if not view.isalnum() else view}: "
            f"{json.dumps(query, ensure_ascii=False)}"
            for view, query in chosen.views[language].items()
        ),
    ]
    return "\n".join(lines) + "\n"


def people_text(people: list[Person], language: Language) -> str:
    """The access.yaml of a new vault."""
    head = (
        "# 使用本客户库的人。role：admin 管理员、manager 销售经理、sales 销售人员、service 客服人员"
        if language == "zh"
        else "# The people of this vault. role: admin, manager, sales, service"
    )
    lines = [head, "people:"] if people else [head, "people: []"]
    for person in people:
        lines += [
            f"  - id: {person.id}",
            f"    name: {json.dumps(person.name, ensure_ascii=False)}",
            f"    role: {person.role}",
            f"    email: {json.dumps(person.email, ensure_ascii=False)}",
        ]
    return "\n".join(lines) + "\n"


GITATTRIBUTES: Final = (
    "customers/**/*.yaml text eol=lf merge=textcrm diff=textcrm\n"
    "*.yaml text eol=lf\n*.sig text eol=lf\nschema/*.json text eol=lf\n*.age binary\n"
)
GITIGNORE: Final = ".textcrm/\n"

NOTICE: Final = """# 隐私说明 · Privacy notice

> 模板：请按实际情况修改后向客户公开。 A template: adapt it, then make it public.

- 我们是谁、如何联系我们 · Who we are and how to reach us:
- 收集哪些信息、用于什么目的 · What we collect and why:
- 谁可以看到、保存多久 · Who sees it and how long we keep it:
- 您的权利：查询、更正、删除、撤回同意 · Your rights: access, correction, erasure, withdrawal:
"""


def files(
    *,
    name: str,
    language: Language,
    template: str,
    time_zone: str,
    currency: str,
    people: list[Person],
    schema: str,
    seal_contact: bool = False,
    at_root: bool = True,
) -> dict[str, bytes]:
    """All files of a new vault by path relative to it.

    Those for CI hosts only where the vault is the root of its repository: elsewhere no host looks.
    """
    texts = {
        "textcrm.yaml": settings_text(
            name, language, template, time_zone, currency, seal_contact=seal_contact
        ),
        "schema/customer.schema.json": schema_text(template, schema, seal_contact=seal_contact),
        "access/access.yaml": people_text(people, language),
        "privacy/notice.md": NOTICE,
        ".gitattributes": GITATTRIBUTES,
        ".gitignore": GITIGNORE,
        **host_files.EDITORS,
        **(host_files.HOSTS if at_root else {}),
    }
    return {path: text.encode() for path, text in texts.items()}
