"""The shipped schema file: valid JSON Schema, titled throughout, true to the requirements."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from textcrm.schema import Schema, default_schema_text
from textcrm.schema.kinds import INDEXES, editable

TEXT = default_schema_text()
DOCUMENT: dict[str, Any] = json.loads(TEXT)
SCHEMA = Schema.from_json(TEXT)
FIELDS = {"/".join(one.path): one for one in SCHEMA.walk()}
REFERENCE = jsonschema.Draft202012Validator(DOCUMENT)
FAST = jsonschema_rs.validator_for(DOCUMENT, validate_formats=False)

SEALED = {
    "sealed": ["finance@2", "wang-fang"],
    "age": "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOQ==",
}
ARMORED = {
    "sealed": ["identity@1"],
    "age": "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n",
}
RECORD: dict[str, Any] = {
    "id": "C20240501001",
    "uid": "01HWQ6Z0V5K3M8N2P4R6T8V0XA",
    "name": "云帆科技有限公司",
    "kind": "organization",
    "industry": "做IT的",
    "size": {"employees": {"min": 50, "max": 100, "text": "50-100人"}},
    "status": "active",
    "tags": ["高意向", "高意向"],
    "contacts": [
        {
            "id": "k3f9",
            "name": "张经理",
            "phones": [{"number": "138****5678", "verification": "unverified"}],
            "emails": [{"address": "zhang@example.com"}],
            "social": {"wechat": "zhang", "mastodon": "@zhang@example.com"},
            "birthday": "1990-05-01",
            "id_number": ARMORED,
        }
    ],
    "interactions": [
        {"at": "2024-05-01"},
        {"at": "2024-05-01T09:30:00+08:00", "next": {"done": False}},
    ],
    "opportunities": [{"probability": 100}],
    "purchases": [{"date": "2024-05-01", "quantity": -1, "amount": -50.5, "currency": "USD"}],
    "contracts": [
        {
            "number": "HT-1",
            "amount": SEALED,
            "status": "active",
            "instalments": [{"due": "2024-06-01", "amount": SEALED}],
        }
    ],
    "bank_account": SEALED,
    "custom": {"anything": ["goes", {"here": 1}]},
    "another": {"key": 1},
}
BROKEN: list[tuple[tuple[str | int, ...], Any]] = [
    (("id",), "C2024"),
    (("id",), "C２０２４０５０１００１"),
    (("uid",), "x"),
    (("name",), ""),
    (("name",), " \t　\u200a"),
    (("status",), "合作中"),
    (("tags",), "高意向"),
    (("tags",), ["x", 5]),
    (("contacts",), {}),
    (("contacts", 0, "id"), "has space"),
    (("contacts", 0, "name"), "  "),
    (("contacts", 0, "birthday"), "1990/05/01"),
    (("contacts", 0, "phones", 0), {"kind": "mobile"}),
    (("contacts", 0, "emails", 0, "address"), "zhang at example.com"),
    (("contacts", 0, "id_number"), {"sealed": ["x@1"], "age": "110101199003070000"}),
    (("contacts", 0, "id_number"), {"age": SEALED["age"]}),
    (("contacts", 0, "id_number"), {"sealed": [], "age": SEALED["age"]}),
    (("contacts", 0, "id_number"), {**SEALED, "plain": "110"}),
    (("contacts", 0, "id_number"), ["110"]),
    (("interactions", 0), {"summary": "no time"}),
    (("interactions", 0, "at"), "2024-05-01T9:30"),
    (("interactions", 1, "next", "done"), "yes"),
    (("opportunities", 0, "probability"), 101),
    (("purchases", 0, "amount"), "5万"),
    (("purchases", 0, "currency"), "usd"),
    (("contracts", 0, "status"), "running"),
    (("contracts", 0, "amount"), "100"),
    (("bank_account",), 62220200),
    (("do_not_contact",), "true"),
]


def put(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    record = copy.deepcopy(RECORD)
    node: Any = record
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return record


def test_it_is_json_schema() -> None:
    assert DOCUMENT["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(DOCUMENT)
    assert len(TEXT.encode()) < 130_000
    assert TEXT.endswith("}\n")
    assert SCHEMA.problems() == []


def test_validators_accept_a_record() -> None:
    assert list(REFERENCE.iter_errors(RECORD)) == []
    assert FAST.is_valid(RECORD)
    smallest = {"id": "C20240501001", "name": "\ufeff"}
    assert REFERENCE.is_valid(smallest)
    assert FAST.is_valid(smallest)


@pytest.mark.parametrize(("path", "value"), BROKEN, ids=lambda one: repr(one)[:40])
def test_validators_refuse_alike(path: tuple[str | int, ...], value: Any) -> None:
    record = put(path, value)
    assert not REFERENCE.is_valid(record)
    assert not FAST.is_valid(record)


@pytest.mark.parametrize("name", ["id", "name"])
def test_only_id_and_name_are_required(name: str) -> None:
    record = {key: value for key, value in RECORD.items() if key != name}
    assert not REFERENCE.is_valid(record)
    assert DOCUMENT["required"] == ["id", "name"]


def test_every_sealed_field_takes_the_sealed_form_alone() -> None:
    for field in SCHEMA.sealed:
        node = {**DOCUMENT["$defs"]["sealed"], **field.node}
        validator = jsonschema.Draft202012Validator(node)
        plain = 5 if field.kind == "money" else "text"
        assert not validator.is_valid(plain), field
        editing = jsonschema.Draft202012Validator(editable(node))
        assert editing.is_valid(plain), field
        assert editing.is_valid(SEALED), field
        assert validator.is_valid(SEALED), field
        assert validator.is_valid(ARMORED), field
        assert not validator.is_valid({"sealed": ["x"], "age": "plain"}), field


def test_another_validator_says_the_same(tmp_path: Path) -> None:
    schema, good, bad = tmp_path / "schema.json", tmp_path / "good.json", tmp_path / "bad.json"
    schema.write_text(TEXT, encoding="utf-8")
    good.write_text(json.dumps(RECORD), encoding="utf-8")
    bad.write_text(json.dumps(put(("status",), "x")), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema"]
    for words, code in (
        (["--check-metaschema", str(schema)], 0),
        (["--schemafile", str(schema), str(good)], 0),
        (["--schemafile", str(schema), str(bad)], 1),
    ):
        done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr


# -- what editors show


def nodes() -> list[tuple[str, dict[str, Any]]]:
    found = [(path, field.node) for path, field in FIELDS.items()]
    sealed = DOCUMENT["$defs"]["sealed"]
    return [*found, ("sealed", sealed), *sealed["properties"].items()]


@pytest.mark.parametrize(
    ("path", "node"), nodes(), ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_property_is_titled_and_described_in_both_languages(
    path: str, node: dict[str, Any]
) -> None:
    zh, separator, en = node["title"].partition(" · ")
    assert separator
    assert zh
    assert re.search("[A-Za-z]", en)
    first, blank, second = node["description"].partition("\n\n")
    assert blank
    assert re.search("[一-鿿]", first)
    assert not re.search("[，。；]", second)
    assert "anyOf" not in node
    assert "oneOf" not in node
    if "pattern" in node:
        assert " · " in node["patternErrorMessage"]
    if "enum" in node:
        assert len(node["enumDescriptions"]) == len(node["enum"])
        assert " · " in node["errorMessage"]


def test_labels_are_those_of_the_titles() -> None:
    for path, field in FIELDS.items():
        assert field.node["title"] == f"{field.label.zh} · {field.label.en}", path
        for value in field.enum:
            assert f"{value.label.zh} · {value.label.en}" in field.node["enumDescriptions"]
            assert re.search("[一-鿿]", value.label.zh), (path, value)


def test_every_field_says_how_it_is_searched() -> None:
    for path, field in FIELDS.items():
        assert field.index in INDEXES
        if not field.fields and field.name != "custom":
            assert "index" in field.annotation, path
        if field.seal:
            assert field.index == "none"


def test_snippets_hold_fields_only() -> None:
    for path, node in (
        ("", DOCUMENT),
        *((one, FIELDS[one].node.get("items", {})) for one in FIELDS),
    ):
        for snippet in node.get("defaultSnippets", ()):
            for name in snippet["body"]:
                assert SCHEMA.at((*path.split("/"), name) if path else (name,)), (path, name)


# -- what the requirements ask for

TOP = (
    "id uid name kind aliases salutation former_ids registration_number industry size website source "
    "provenance owner collaborators type status stage intent value_tier loyalty credit tags needs notes "
    "first_cooperation last_cooperation_stated products main_contact contacts addresses interactions "
    "opportunities purchases payments contracts services feedback preferences consents documents "
    "bank_account follow_up_every stage_since verified archived do_not_contact restricted custom"
)
INNER = {
    "size": "employees annual_revenue",
    "size/employees": "min max text",
    "size/annual_revenue": "min max text",
    "provenance": "kind source date",
    "credit": "limit days rating",
    "contacts": "id name salutation title role phones emails social preferred_channel birthday gender "
    "occupation interests id_number verification",
    "contacts/social": "wechat dingtalk qq",
    "contacts/phones": "id number verification",
    "contacts/emails": "id address verification",
    "addresses": "id kind country province city district street postal_code region_code",
    "interactions": "id at by channel summary feedback next",
    "interactions/next": "what due done",
    "opportunities": "id title stage amount currency probability expected_close",
    "purchases": "id date number product quantity unit unit_price amount currency due description note",
    "payments": "id date amount currency method",
    "contracts": "id number title content signed starts ends amount currency file warranty_until status progress instalments",
    "contracts/instalments": "id due amount",
    "services": "id at summary problem result",
    "feedback": "id at kind topic channel score text resolved",
    "preferences": "brands colours styles products service communication notes",
    "consents": "id purpose given withdrawn",
    "documents": "id kind title file valid_until",
    "archived": "on reason",
}
CHOICES = {
    "kind": {"organization": "单位", "person": "个人"},
    "type": {"new": "新客户", "existing": "老客户", "prospect": "潜在客户", "lost": "流失客户"},
    "status": {"none": "未合作", "active": "合作中", "paused": "暂停合作", "ended": "终止合作"},
    "stage": {
        "lead": "线索",
        "qualified": "需求确认",
        "proposal": "方案报价",
        "negotiation": "商务谈判",
        "won": "成交",
        "lost": "输单",
    },
    "source": {
        "exhibition": "展会",
        "referral": "转介绍",
        "online": "线上推广",
        "cold_visit": "陌生拜访",
        "other": "其他",
    },
    "value_tier": {"high": "高价值", "medium": "中等价值", "low": "低价值"},
    "loyalty": {"loyal": "忠实", "potential": "潜在", "lost": "流失"},
    "contacts/role": {
        "decision_maker": "决策人",
        "purchasing": "采购",
        "technical": "技术",
        "finance": "财务",
        "user": "使用人",
        "other": "其他",
    },
    "contacts/phones/verification": {"ok": "有效", "unverified": "待核实", "dead": "失效"},
}
CODES = {
    "intent": "high medium low",
    "provenance/kind": "self sales service online partner research",
    "interactions/channel": "phone email visit chat social web questionnaire other",
    "contracts/status": "draft active fulfilled expired terminated",
    "feedback/channel": "questionnaire review call_back other",
    "documents/kind": "contract agreement warranty other",
    "addresses/kind": "office warehouse billing delivery home other",
}


def test_the_fields_of_the_design_stand_in_its_order() -> None:
    assert " ".join(DOCUMENT["properties"]) == TOP


@pytest.mark.parametrize("path", INNER)
def test_the_fields_inside(path: str) -> None:
    names = [one.name for one in FIELDS[path].fields]
    wanted = INNER[path].split()
    assert [name for name in wanted if name not in names] == []
    if FIELDS[path].kind == "items":
        assert names[0] == "id"
        assert "id" not in FIELDS[path].node["items"].get("required", ())


@pytest.mark.parametrize("path", CHOICES)
def test_the_words_of_choices(path: str) -> None:
    assert {value.code: value.label.zh for value in FIELDS[path].enum} == CHOICES[path]


@pytest.mark.parametrize("path", CODES)
def test_the_codes_of_choices(path: str) -> None:
    assert " ".join(value.code for value in FIELDS[path].enum) == CODES[path]


@pytest.mark.parametrize(
    ("path", "word", "code"),
    [
        ("source", "线上广告", "online"),
        ("interactions/channel", "面谈", "visit"),
        ("contacts/phones/verification", "空号", "dead"),
    ],
)
def test_other_words_of_choices(path: str, word: str, code: str) -> None:
    value = FIELDS[path].enum_value(word)
    assert value is not None
    assert value.code == code


ROWS = [*range(6, 20), *range(20, 23), 23, 24, 25, 26, *range(27, 55), *(55, 56, 57, 58, 59, 63)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"A{row}")
def test_every_row_of_the_data_model_is_cited(row: int) -> None:
    cited = {word for field in FIELDS.values() for word in field.source.split()}
    assert f"A{row}" in cited


def test_sources_cite_rows() -> None:
    rows = re.compile(r"[A-P]\d{1,2}")
    assert all(rows.fullmatch(word) for field in FIELDS.values() for word in field.source.split())


def test_purposes_are_known_and_personal_data_has_one() -> None:
    assert {one.purpose for one in FIELDS.values()} - {""} <= set(SCHEMA.purposes)
    for path in (
        "contacts/phones/number",
        "contacts/birthday",
        "contacts/id_number",
        "bank_account",
        "addresses/street",
    ):
        assert FIELDS[path].purpose, path
