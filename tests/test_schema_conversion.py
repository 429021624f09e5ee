"""Conversion of records: typed, as a validator's instance, as written, and for JSON."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.schema import Schema, default_schema_text

SCHEMA = Schema.from_json(default_schema_text())
AGE = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOQ"
SEALED = {"sealed": ["finance@2"], "age": AGE}
RAW: dict[str, Any] = {
    "id": "C20240501001",
    "name": "no",
    "size": {"employees": {"min": "50", "max": "100", "text": "50-100人"}},
    "owner": None,
    "tags": ["007", None, "1.10"],
    "first_cooperation": "2024-05-01",
    "do_not_contact": "true",
    "restricted": "no",
    "credit": {"limit": "50000.00", "days": "30"},
    "contacts": [{"id": "k1", "birthday": "1990-02-30", "phones": [{"number": "13800138000"}]}],
    "interactions": [
        {"at": "2024-05-01"},
        {"at": "2024-05-01T09:30", "next": {"due": "2024-05-08", "done": "false"}},
        {"at": "2024-05-01 09:30:15.5+08:00"},
        {"at": "yesterday"},
    ],
    "purchases": [{"quantity": "1.10", "amount": "5万"}, None],
    "contracts": [
        {"amount": SEALED, "instalments": [{"amount": "10", "due": "2024-06-01"}]},
        {"amount": "1200"},
    ],
    "custom": {"n": "5", "empty": None},
    "unknown": {"list": ["1", None], "empty": None},
}


def test_typed() -> None:
    typed = SCHEMA.typed(RAW)
    assert typed["size"]["employees"] == {"min": 50, "max": 100, "text": "50-100人"}
    assert (typed["name"], typed["owner"]) == ("no", None)
    assert typed["tags"] == ["007", None, "1.10"]
    assert typed["first_cooperation"] == dt.date(2024, 5, 1)
    assert (typed["do_not_contact"], typed["restricted"]) == (True, "no")
    assert typed["credit"] == {"limit": Decimal("50000.00"), "days": 30}
    assert str(typed["credit"]["limit"]) == "50000.00"
    assert typed["contacts"][0]["birthday"] == "1990-02-30"
    assert typed["contacts"][0]["phones"][0]["number"] == "13800138000"
    assert [one["at"] for one in typed["interactions"]] == [
        dt.date(2024, 5, 1),
        dt.datetime(2024, 5, 1, 9, 30),  # noqa: DTZ001 - as it was written
        dt.datetime(2024, 5, 1, 9, 30, 15, 500000, tzinfo=dt.timezone(dt.timedelta(hours=8))),
        "yesterday",
    ]
    assert typed["interactions"][1]["next"] == {"due": dt.date(2024, 5, 8), "done": False}
    assert typed["purchases"] == [{"quantity": Decimal("1.10"), "amount": "5万"}, None]
    assert typed["contracts"][0]["amount"] == SEALED
    assert typed["contracts"][0]["instalments"][0]["amount"] == Decimal(10)
    assert typed["custom"] == RAW["custom"]
    assert list(typed) == list(RAW)


def test_instance_is_what_a_validator_takes() -> None:
    instance = SCHEMA.instance(RAW)
    assert instance["size"]["employees"]["min"] == 50
    assert instance["credit"] == {"limit": 50000, "days": 30}
    assert isinstance(instance["credit"]["limit"], int)
    assert "owner" not in instance
    assert instance["tags"] == ["007", "1.10"]
    assert instance["first_cooperation"] == "2024-05-01"
    assert (instance["do_not_contact"], instance["restricted"]) == (True, "no")
    assert instance["purchases"] == [{"quantity": 1.1, "amount": "5万"}]
    assert instance["contracts"][0]["amount"] == SEALED
    assert instance["custom"] == {"n": "5"}
    assert instance["unknown"] == {"list": ["1"]}


def test_plain_is_what_is_written() -> None:
    plain = SCHEMA.plain(RAW)
    assert plain["credit"] == {"limit": Decimal("50000.00"), "days": 30}
    assert plain["first_cooperation"] == "2024-05-01"
    assert plain["do_not_contact"] is True
    assert plain["interactions"] == [
        *RAW["interactions"][:1],
        {"at": "2024-05-01T09:30", "next": {"due": "2024-05-08", "done": False}},
        *RAW["interactions"][2:],
    ]


def test_the_raw_record_stays_as_it_was() -> None:
    before = json.dumps(RAW)
    assert SCHEMA.typed(RAW) != SCHEMA.instance(RAW) != SCHEMA.plain(RAW)
    assert json.dumps(RAW) == before


def test_jsonable_has_money_and_dates_as_text() -> None:
    told = SCHEMA.jsonable(SCHEMA.typed(RAW))
    assert told["credit"] == {"limit": "50000.00", "days": 30}
    assert told["first_cooperation"] == "2024-05-01"
    assert told["interactions"][1]["at"] == "2024-05-01T09:30:00"
    assert told["do_not_contact"] is True
    json.dumps(told)
    assert SCHEMA.jsonable(Decimal("1E+3")) == "1000"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "5 ",
        "1_000",
        "０",
        "５",
        "NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "1,000",
        "--1",
        "1e",
        "9" * 500,
    ],
)
def test_what_is_no_number_stays_text(text: str) -> None:
    raw = {"credit": {"limit": text, "days": text}}
    assert SCHEMA.typed(raw) == SCHEMA.instance(raw) == SCHEMA.plain(raw) == raw


@pytest.mark.parametrize(
    ("text", "typed", "instance"),
    [
        ("0", Decimal(0), 0),
        ("-0.50", Decimal("-0.50"), -0.5),
        ("007", Decimal(7), 7),
        ("+5", Decimal(5), 5),
        ("1e3", Decimal("1E+3"), 1000),
        ("9007199254740993", Decimal(9007199254740993), 9007199254740993),
        ("1e300", Decimal("1E+300"), 1e300),
        ("1e400", "1e400", "1e400"),
        ("0e400", "0e400", "0e400"),
        ("1e-400", "1e-400", "1e-400"),
        ("1e999999999", "1e999999999", "1e999999999"),
    ],
)
def test_numbers(text: str, typed: object, instance: object) -> None:
    raw = {"credit": {"limit": text}}
    assert SCHEMA.typed(raw)["credit"]["limit"] == typed
    assert SCHEMA.instance(raw)["credit"]["limit"] == instance


@pytest.mark.parametrize(
    "text", ["20240501", "2024-W01-1", "2024-5-1", "2024-13-01", "２０２４-05-01", "2024-05-01\n"]
)
def test_what_is_no_date_stays_text(text: str) -> None:
    raw = {"verified": text, "services": [{"at": text}]}
    assert SCHEMA.typed(raw) == raw


@pytest.mark.parametrize(
    "text", ["20240501T0930", "2024-05-01T9:30", "2024-05-01x09:30", "2024-05-01T25:00"]
)
def test_what_is_no_moment_stays_text(text: str) -> None:
    assert SCHEMA.typed({"services": [{"at": text}]}) == {"services": [{"at": text}]}


def test_choices_that_are_no_text() -> None:
    schema = Schema.from_json(
        '{"properties": {"stars": {"enum": [1, 2, true, "x"]}, "given": {"type": "integer", "enum": [7]}}}'
    )
    raw = {"stars": "2", "given": "7"}
    assert schema.instance(raw) == {"stars": 2, "given": 7}
    assert schema.instance({"stars": "true", "given": "8"}) == {"stars": True, "given": "8"}
    assert schema.typed(raw) == raw


def test_the_json_type_decides_what_a_validator_gets() -> None:
    schema = Schema.from_json(
        json.dumps(
            {
                "properties": {
                    "told": {"type": "string", "x-textcrm": {"type": "money"}},
                    "sums": {
                        "type": "array",
                        "items": {"type": "number", "x-textcrm": {"type": "money"}},
                    },
                    "days": {"type": "array", "items": {"format": "date"}},
                    "loose": {"x-textcrm": {"type": "money"}},
                }
            }
        )
    )
    raw = {"told": "5", "sums": ["1", "2.5"], "days": ["2024-05-01"], "loose": "3"}
    assert schema.instance(raw) == {**raw, "sums": [1, 2.5], "loose": 3}
    assert schema.plain(raw) == {**raw, "sums": [Decimal(1), Decimal("2.5")], "loose": Decimal(3)}
    assert schema.typed(raw) == {
        "told": Decimal(5),
        "sums": [Decimal(1), Decimal("2.5")],
        "days": [dt.date(2024, 5, 1)],
        "loose": Decimal(3),
    }


SCALARS = (
    st.none() | st.text(max_size=12) | st.sampled_from(["5", "1.5", "2024-05-01", "true", "1e5"])
)
NAMES = st.sampled_from([one.name for one in SCHEMA.walk()]) | st.text(max_size=5)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=30,
)


@settings(deadline=None)
@given(st.dictionaries(NAMES, TREES, max_size=6))
def test_no_tree_breaks_a_conversion(raw: dict[str, Any]) -> None:
    typed, instance, plain = SCHEMA.typed(raw), SCHEMA.instance(raw), SCHEMA.plain(raw)
    json.dumps(instance, allow_nan=False)
    json.dumps(SCHEMA.jsonable(typed), allow_nan=False)
    assert list(typed) == list(plain) == list(raw)
    assert None not in instance.values()


@settings(deadline=None)
@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15
    )
)
def test_money_keeps_every_digit(amount: Decimal) -> None:
    text = format(amount, "f")
    raw = {"purchases": [{"amount": text}]}
    assert str(SCHEMA.typed(raw)["purchases"][0]["amount"]) == text
    assert SCHEMA.jsonable(SCHEMA.typed(raw)) == raw
    assert math.isclose(SCHEMA.instance(raw)["purchases"][0]["amount"], float(text), rel_tol=1e-15)
