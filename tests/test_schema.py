"""Fields of the schema: what they are, and found by their paths."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.schema import Field, Schema, default_schema_text

SCHEMA = Schema.from_json(default_schema_text())
FIELDS = list(SCHEMA.walk())


def small(properties: dict[str, Any], **root: object) -> Schema:
    """A schema of some properties."""
    return Schema.from_json(json.dumps({"properties": properties, **root}))


def field(*path: str) -> Field:
    found = SCHEMA.at(path)
    assert found is not None, path
    return found


# -- what a field is


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("name", "name"),
        ("status", "enum"),
        ("website", "url"),
        ("industry", "code"),
        ("size", "size"),
        ("size/employees", "mapping"),
        ("size/employees/min", "integer"),
        ("size/annual_revenue/min", "money"),
        ("owner", "person"),
        ("collaborators", "list"),
        ("tags", "list"),
        ("contacts", "items"),
        ("contacts/phones", "items"),
        ("contacts/phones/number", "phone"),
        ("contacts/phones/verification", "enum"),
        ("contacts/emails/address", "email"),
        ("contacts/birthday", "date"),
        ("contacts/id_number", "code"),
        ("main_contact", "reference"),
        ("interactions/at", "moment"),
        ("interactions/next", "mapping"),
        ("interactions/next/done", "boolean"),
        ("opportunities/probability", "integer"),
        ("purchases/quantity", "number"),
        ("contracts/amount", "money"),
        ("custom", "mapping"),
    ],
)
def test_kinds(path: str, kind: str) -> None:
    assert field(*path.split("/")).kind == kind


def test_a_field_says_what_it_is() -> None:
    status = field("status")
    assert (status.name, status.path, status.group, status.index) == (
        "status",
        ("status",),
        "cooperation",
        "keyword",
    )
    assert (status.label.zh, status.label.en) == ("合作状态", "Status")
    assert status.description.zh == "现在是否合作。"
    assert status.description.en == "Whether there is a cooperation now."
    assert [value.code for value in status.enum] == ["none", "active", "paused", "ended"]
    assert status.node["enum"] == ["none", "active", "paused", "ended"]
    assert "A28" in status.source
    assert not status.required
    assert field("name").required
    assert field("interactions", "at").required


def test_inner_fields_take_after_the_field_they_belong_to() -> None:
    number = field("contacts", "phones", "number")
    assert number.path == ("contacts", "phones", "number")
    assert (number.group, number.purpose) == ("who", "contact")
    assert number.within is field("contacts", "phones")
    assert field("interactions", "channel").group == "follow-up"
    assert field("purchases").purpose == field("purchases", "amount").purpose == "contract"


def test_keys_tell_items_apart() -> None:
    keys = {one.name: one.key for one in FIELDS if one.key}
    assert keys["contacts"] == ("name",)
    assert keys["phones"] == ("number",)
    assert keys["emails"] == ("address",)
    assert keys["addresses"] == ("kind",)
    assert keys["interactions"] == ("at", "by", "channel")
    assert keys["contracts"] == ("number",)
    assert keys["feedback"] == ("at", "kind")
    assert keys["consents"] == ("purpose", "given")


def test_the_sealed_fields() -> None:
    sealed = {"/".join(one.path): one.seal for one in SCHEMA.sealed}
    assert sealed == {
        "contacts/id_number": "identity",
        "contracts/amount": "finance",
        "contracts/instalments/amount": "finance",
        "bank_account": "finance",
    }
    assert all(one.kind in ("code", "money") for one in SCHEMA.sealed)


def test_what_belongs_to_a_sealed_list_is_sealed() -> None:
    schema = small(
        {
            "loans": {
                "$ref": "#/$defs/sealed",
                "type": ["array", "object"],
                "items": {"type": "object", "properties": {"sum": {"type": "number"}}},
                "x-textcrm": {"seal": "finance"},
            }
        },
        **{"$defs": {"sealed": SCHEMA.document["$defs"]["sealed"]}},
    )
    loans = schema.fields[0]
    assert (loans.kind, loans.seal) == ("items", "finance")
    assert [(one.name, one.seal) for one in loans.fields] == [("sum", "finance")]
    assert schema.sealed == (loans,)


def test_derived_values_stand_beside_what_is_stored() -> None:
    beside = {one.name: one.derived for one in FIELDS if one.derived}
    assert beside == {
        "main_contact": "main_contact",
        "birthday": "age",
        "value_tier": "value_tier",
        "loyalty": "loyalty",
        "last_cooperation_stated": "last_cooperation",
    }


def test_groups_order_the_fields() -> None:
    names = [name for name, _, _ in SCHEMA.groups]
    assert names == ["who", "need", "follow-up", "cooperation", "transactions", "custom"]
    assert next(label.zh for _, label, _ in SCHEMA.groups) == "客户是谁"
    grouped = [one.name for _, _, fields in SCHEMA.groups for one in fields]
    assert sorted(grouped) == sorted(one.name for one in SCHEMA.fields)


def test_a_vault_may_order_and_name_its_groups() -> None:
    schema = small(
        {
            "a": {"x-textcrm": {"group": "who"}},
            "b": {"x-textcrm": {"group": "logistics"}},
            "c": {},
        },
        **{"x-textcrm": {"groups": {"logistics": {"zh": "物流", "en": "Logistics"}}}},
    )
    assert [(name, label.zh) for name, label, _ in schema.groups] == [
        ("logistics", "物流"),
        ("who", "客户是谁"),
        ("custom", "自定义"),
    ]


def test_annotations_are_optional() -> None:
    schema = small(
        {
            "plain": {},
            "either": True,
            "day": {"format": "date"},
            "choice": {"enum": ["a", 2, True]},
            "listed": {"items": {"enum": ["x"]}, "type": "array"},
            "people": {
                "type": "array",
                "items": {"type": "string"},
                "x-textcrm": {"type": "person"},
            },
            "inner": {"properties": {"x": {"type": "boolean"}}},
            "titled": {"title": "重量 · Weight", "type": "integer", "description": "公斤"},
        }
    )
    kinds = {one.name: one.kind for one in schema.fields}
    assert kinds == {
        "plain": "any",
        "either": "any",
        "day": "date",
        "choice": "enum",
        "listed": "list",
        "people": "list",
        "inner": "mapping",
        "titled": "integer",
    }
    weight = schema.require("weight")
    assert (weight.label.zh, weight.label.en, weight.group, weight.index) == (
        "重量",
        "Weight",
        "custom",
        "number",
    )
    assert (weight.description.zh, weight.description.en) == ("公斤", "公斤")
    assert [value.code for value in schema.require("choice").enum] == ["a", "2", "true"]
    assert [value.code for value in schema.require("listed").enum] == ["x"]
    assert schema.require("people").element.kind == "person"
    assert schema.require("plain").label.en == "plain"


# -- by path


@pytest.mark.parametrize(
    "path",
    [
        ("contacts", "phones", "number"),
        ("contacts", 0, "phones", 3, "number"),
        ("contacts", "k3f9", "phones", "p1", "number"),
        ("contacts", "name", "phones", "note", "number"),  # ids that look like names of fields
        ("contacts", "0", "phones", 1, "number"),
    ],
)
def test_at_skips_indexes_and_item_ids(path: tuple[str | int, ...]) -> None:
    assert SCHEMA.at(path) is field("contacts", "phones", "number")


def test_at_gives_lists_for_their_items() -> None:
    assert SCHEMA.at(("contacts", 0)) is field("contacts")
    assert SCHEMA.at(("contacts", "k3f9")) is field("contacts")
    assert SCHEMA.at(("tags", 2)) is field("tags")


@pytest.mark.parametrize(
    "path",
    [
        (),
        (0,),
        ("nothing",),
        ("contacts", "k3f9", "nothing"),
        ("contacts", "a", "b", "name"),
        ("name", "x"),
        ("credit", "x", "limit"),
        ("custom", "x"),
        ("tags", "x"),
    ],
)
def test_at_gives_none_where_nothing_is_known(path: tuple[str | int, ...]) -> None:
    assert SCHEMA.at(path) is None


@settings(deadline=None)
@given(st.sampled_from(FIELDS), st.lists(st.integers(0, 9), max_size=6))
def test_every_field_is_found_by_its_path(one: Field, indexes: list[int]) -> None:
    path: list[str | int] = []
    for name in one.path:
        path += [name, *indexes[:1]]
    assert SCHEMA.at(path) is one
    assert SCHEMA.at(one.path) is one


@settings(deadline=None)
@given(st.lists(st.text() | st.integers() | st.sampled_from(["contacts", "phones", "id"])))
def test_at_takes_any_path(path: list[str | int]) -> None:
    SCHEMA.at(path)
    SCHEMA.order(path)


# -- references


def test_a_reference_is_followed_and_what_stands_beside_it_wins() -> None:
    schema = small(
        {
            "a": {
                "$ref": "#/$defs/x/properties/y~1z",
                "title": "甲 · A",
                "x-textcrm": {"index": "none"},
            },
            "b": {"type": "array", "items": {"$ref": "#/$defs/x"}},
        },
        **{
            "$defs": {
                "x": {
                    "type": "object",
                    "required": ["y/z"],
                    "properties": {"y/z": {"type": "integer", "x-textcrm": {"aliases": ["why"]}}},
                }
            }
        },
    )
    a, b = schema.fields
    assert (a.kind, a.label.zh, a.index, a.aliases) == ("integer", "甲", "none", ("why",))
    assert (b.kind, b.fields[0].kind, b.fields[0].required) == ("items", "integer", True)
    assert schema.typed({"a": "5", "b": [{"y/z": "6"}]}) == {"a": 5, "b": [{"y/z": 6}]}


def test_a_structure_that_contains_itself_ends() -> None:
    tree: dict[str, Any] = {"type": "object", "properties": {"n": {"type": "integer"}}}
    tree["properties"]["kids"] = {"type": "array", "items": {"$ref": "#/$defs/tree"}}
    tree["properties"]["best"] = {"$ref": "#/$defs/tree"}
    schema = small({"root": {"$ref": "#/$defs/tree"}}, **{"$defs": {"tree": tree}})
    assert {"/".join(one.path) for one in schema.walk()} == {
        "root",
        "root/n",
        "root/kids",
        "root/best",
    }
    raw = {"root": {"n": "1", "kids": [{"n": "2", "best": {"n": "3"}}]}}
    assert schema.typed(raw) == {"root": {"n": 1, "kids": [{"n": 2, "best": {"n": 3}}]}}
