"""A vault changes its schema by editing JSON, and everything follows with no code change."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from cli_running import Shell
from ready_made import initialized

from textcrm.schema import Schema, default_schema_text
from textcrm.schema.reference import refreshed, tables

CHECKOUT = Path(__file__).resolve().parent.parent
README = (CHECKOUT / "schema" / "README.md").read_text(encoding="utf-8")
EXAMPLES = [
    json.loads(block)
    for block in re.findall(r"^```json\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
]
FIELDS, RULE = EXAMPLES
SMALLEST = {"id": "C20240501001", "name": "云帆"}


def changed(properties: dict[str, Any] | None = None, **rest: Any) -> dict[str, Any]:
    """The shipped schema with more properties, and more beside them."""
    document = json.loads(default_schema_text())
    document["properties"].update(properties or {})
    return {**document, **rest}


def read(document: dict[str, Any]) -> Schema:
    schema = Schema.from_json(json.dumps(document, ensure_ascii=False))
    assert schema.problems() == []
    return schema


def accepts(schema: Schema, **raw: Any) -> bool:
    """Whether both validators take a record; they must agree."""
    instance = schema.instance({**SMALLEST, **raw})
    answer = jsonschema.Draft202012Validator(schema.document).is_valid(instance)
    assert jsonschema_rs.validator_for(schema.document).is_valid(instance) == answer
    return answer


EXTENDED = read(changed(FIELDS))


@pytest.mark.parametrize(
    ("name", "words", "kind", "group", "index"),
    [
        ("territory", ("销售区域", "Territory", "大区"), "text", "follow-up", "keyword"),
        ("grade", ("会员等级", "Grade"), "enum", "cooperation", "keyword"),
        ("renewal", ("续约日", "Renewal"), "date", "custom", "date"),
        ("deposit", ("押金", "deposit"), "money", "custom", "number"),
        ("languages", ("语言", "LANGUAGES"), "list", "custom", "text"),
        ("machines", ("设备",), "items", "custom", "text"),
    ],
)
def test_a_new_field_is_known(
    name: str, words: tuple[str, ...], kind: str, group: str, index: str
) -> None:
    field = EXTENDED.require(name)
    assert (field.kind, field.group, field.index) == (kind, group, index)
    assert all(EXTENDED.find(word) is field for word in words)
    assert EXTENDED.at((name,)) is field
    assert name in EXTENDED.order()
    assert field in next(fields for one, _, fields in EXTENDED.groups if one == group)
    assert f"`{name}`" in tables(EXTENDED, "zh")


def test_a_new_choice_has_its_words() -> None:
    grade = EXTENDED.require("grade")
    assert [(one.code, one.label.zh, one.label.en) for one in grade.enum] == [
        ("gold", "金卡", "Gold"),
        ("silver", "银卡", "Silver"),
    ]
    assert grade.enum_value("银卡") is grade.enum[1]


def test_new_fields_are_converted() -> None:
    raw = {
        "territory": "007",
        "grade": "gold",
        "renewal": "2027-01-31",
        "deposit": "5000.50",
        "languages": ["中文", "no"],
        "machines": [{"id": "m1", "model": "X-1", "installed": "2024-05-01"}],
    }
    assert EXTENDED.typed(raw) == {
        "territory": "007",
        "grade": "gold",
        "renewal": dt.date(2027, 1, 31),
        "deposit": Decimal("5000.50"),
        "languages": ["中文", "no"],
        "machines": [{"id": "m1", "model": "X-1", "installed": dt.date(2024, 5, 1)}],
    }
    assert EXTENDED.instance(raw) == {**raw, "deposit": 5000.5}
    assert EXTENDED.jsonable(EXTENDED.typed(raw)) == raw
    assert accepts(EXTENDED, **raw)
    for name, value in (
        ("grade", "bronze"),
        ("deposit", "5万"),
        ("languages", "中文"),
        ("machines", [{"id": "a b"}]),
    ):
        assert not accepts(EXTENDED, **{name: value})


def test_a_new_value_of_a_choice() -> None:
    document = changed()
    status = document["properties"]["status"]
    assert Schema.from_json(json.dumps(document)).require("status").enum_value("试用") is None
    status["enum"].append("trial")
    status["x-textcrm"]["enum"]["trial"] = {"zh": "试用", "en": "Trial", "aliases": ["试用中"]}
    schema = read(document)
    value = schema.require("status").enum_value("试用中")
    assert value is not None
    assert value.code == "trial"
    assert accepts(schema, status="trial")
    assert not accepts(Schema.from_json(default_schema_text()), status="trial")


def test_a_value_taken_away_and_a_field_taken_away() -> None:
    document = changed()
    document["properties"]["status"]["enum"].remove("ended")
    del document["properties"]["status"]["x-textcrm"]["enum"]["ended"]
    del document["properties"]["loyalty"]
    schema = read(document)
    assert not accepts(schema, status="ended")
    assert schema.find("忠诚度") is None
    assert schema.typed({"loyalty": "loyal"}) == {"loyalty": "loyal"}
    assert accepts(schema, loyalty="anything")


def test_a_new_required_rule() -> None:
    schema = read(changed(required=["id", "name", "owner"]))
    assert [field.name for field in schema.fields if field.required] == ["id", "name", "owner"]
    assert accepts(schema, owner="wang-fang")
    assert not accepts(schema)
    assert not accepts(schema, owner=None)


def test_a_rule_that_depends_on_a_value() -> None:
    schema = read(changed(**RULE))
    assert accepts(schema, status="paused")
    assert accepts(schema, status="active", first_cooperation="2024-05-01")
    assert not accepts(schema, status="active")


def test_another_pattern_of_ids() -> None:
    document = changed()
    document["properties"]["id"]["pattern"] = "^K[0-9]{4,}$"
    schema = read(document)
    assert accepts(schema, id="K0001")
    assert not accepts(schema)


def test_a_field_is_sealed_by_three_words() -> None:
    document = changed()
    website = document["properties"]["website"]
    website["$ref"] = "#/$defs/sealed"
    website["type"] = ["string", "object"]
    website["x-textcrm"]["seal"] = "contact"
    schema = read(document)
    assert schema.require("website").seal == "contact"
    assert schema.require("website").kind == "url"
    assert accepts(schema, website="example.com")
    assert accepts(
        schema, website={"sealed": ["contact@1"], "age": "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFg"}
    )
    assert not accepts(schema, website={"sealed": ["contact@1"], "age": "example.com"})


# -- the specification


def test_the_field_reference_is_true() -> None:
    assert refreshed(README, Schema.from_json(default_schema_text())) == README, (
        "write it anew: python -m textcrm.schema"
    )
    assert README.count("| `contacts/phones/number` |") == 2


def test_the_reference_of_a_vault_has_its_fields() -> None:
    marked = "# A\n<!-- fields:zh -->\n@@@\n<!-- /fields:zh -->\nend\n"
    fresh = refreshed(marked, EXTENDED)
    assert "| `machines/model` | 型号 | 文字 |" in fresh
    assert "@@@" not in fresh
    assert fresh.endswith("<!-- /fields:zh -->\nend\n")
    assert refreshed(fresh, EXTENDED) == fresh
    assert refreshed("no marks", EXTENDED) == "no marks"


def test_the_specification_names_all_kinds_and_annotations() -> None:
    from textcrm.schema.kinds import INDEXES, KINDS
    from textcrm.schema.reference import KIND_LABELS

    assert KIND_LABELS.keys() == KINDS.keys()
    for word in (
        "label",
        "group",
        "type",
        "enum",
        "seal",
        "index",
        "key",
        "aliases",
        "purpose",
        "source",
        "derived",
    ):
        assert README.count(f"| `{word}` | ") >= 2
    for kind in KINDS.keys() - {"any"}:
        assert README.count(kind) >= 2
    assert all(index in README for index in INDEXES)


@pytest.mark.parametrize("template", ["general", "retail", "service", "manufacturing"])
def test_the_templates_of_init_are_sound(template: str) -> None:
    from textcrm.vault.layout import schema_text

    text = schema_text(template, default_schema_text())
    read(json.loads(text))


# -- every command


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A vault whose schema has been extended as the specification shows, and committed."""
    shell = Shell(initialized(tmp_path / "vault"), capsys)
    path = shell.folder / "schema" / "customer.schema.json"
    document = changed(FIELDS)
    document["properties"]["status"]["enum"].append("trial")
    document["properties"]["status"]["x-textcrm"]["enum"]["trial"] = {"zh": "试用", "en": "Trial"}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8")
    shell.ok("save", "-m", "fields")
    return shell


def test_commands_know_the_new_fields(shell: Shell) -> None:
    words = (
        "销售区域=华东",
        "会员等级=金卡",
        "续约日=2027年1月31日",
        "押金=5万",
        "语言=中文、英文",
        "状态=试用",
    )
    added = shell.ok(
        "--json", "add", "云帆", *(one for word in words for one in ("--set", word))
    ).data
    shell.ok("append", added["id"], "设备", "型号=X-1", "安装日期=2024-05-01")
    shown = shell.ok("--json", "show", added["id"]).data
    assert {name: shown[name] for name in (*list(FIELDS)[:5], "status")} == {
        "territory": "华东",
        "grade": "gold",
        "renewal": "2027-01-31",
        "deposit": "50000",
        "languages": ["中文", "英文"],
        "status": "trial",
    }
    assert shown["machines"][0]["model"] == "X-1"
    assert shown["machines"][0]["installed"] == "2024-05-01"
    for query in (
        "会员等级:金卡",
        "grade:gold",
        "deposit:>=5万",
        "renewal:2027-01",
        "语言:英文",
        "machines(型号:X-1)",
        "状态:试用",
    ):
        assert [one["id"] for one in shell.ok("--json", "list", query).data] == [added["id"]], (
            query
        )
    assert "金卡" in shell.ok("--lang", "zh", "show", added["id"]).out
    assert shell.ok("--json", "check").data["problems"] == []


def test_commands_refuse_what_the_new_fields_forbid(shell: Shell) -> None:
    shell.ok("add", "云帆")
    for word in ("grade=bronze", "renewal=2027-02-30", "deposit=many"):
        assert shell("set", "云帆", word).code in (2, 5), word


def test_commands_keep_a_new_required_rule(shell: Shell) -> None:
    path = shell.folder / "schema" / "customer.schema.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["required"].append("territory")
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    shell.ok("save", "-m", "rule")
    assert shell("add", "云帆").code == 5
    shell.ok("add", "云帆", "--set", "territory=华东")


def test_a_broken_schema_is_told_by_every_command(shell: Shell) -> None:
    path = shell.folder / "schema" / "customer.schema.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"type": "array",', '"type": "array"', 1),
        encoding="utf-8",
    )
    for words in (("list",), ("show", "云帆"), ("add", "云帆"), ("search", "x")):
        ran = shell("--json", *words)
        assert (ran.code, ran.error["code"]) == (5, "schema-invalid"), words
        assert ran.error["line"] > 1
