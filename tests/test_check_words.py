"""What check says: fields and codes by their labels, suggestions that are sure."""

from __future__ import annotations

import datetime as dt

import pytest

from textcrm.rules import cooperation, dates
from textcrm.rules.base import RuleContext, RuleView
from textcrm.schema import Schema, default_schema_text
from textcrm.validation.wording import near_value

SCHEMA = Schema.from_json(default_schema_text())
CONTEXT = RuleContext(SCHEMA, frozenset(), dt.date(2026, 5, 1))


def test_type_and_status_are_told_in_words() -> None:
    tree = {"type": "lost", "status": "active"}
    (found,) = cooperation.type_and_status(RuleView(tree, tree), CONTEXT)
    assert found.say("zh") == "客户类型“流失客户”与合作状态“合作中”不一致"
    assert found.say("en") == "type Lost and status Active do not go together"


def test_dates_out_of_order_are_named() -> None:
    tree = {"contracts": [{"starts": dt.date(2024, 5, 1), "ends": dt.date(2024, 4, 1)}]}
    (found,) = dates.contract_order(RuleView(tree, tree), CONTEXT)
    assert found.say("zh") == "到期日期 2024-04-01 早于生效日期 2024-05-01"
    assert found.path == ("contracts", 0, "ends")


@pytest.mark.parametrize(
    ("word", "code"), [("合作", "active"), ("暂停", "paused"), ("activ", "active"), ("很好", None)]
)
def test_a_suggestion_begins_as_the_word_does(word: str, code: str | None) -> None:
    field = SCHEMA.find("status")
    assert field is not None
    near = near_value(word, field)
    assert (near.en.split()[0] if near else None) == code
