"""One record of two, in memory: nothing of either is lost, and what differs is asked."""

from __future__ import annotations

from typing import Any

import pytest
from dedupe_data import SCHEMA
from hypothesis import given
from hypothesis import strategies as st

from textcrm import yamlfile
from textcrm.matching.joining import Append, Difference, Opened, bare, join, sequence
from textcrm.vault import edits


def joined(one: dict[str, Any], two: dict[str, Any], side: bool | None = False) -> dict[str, Any]:
    """The joined tree, made by the steps as a file is edited."""
    found = join(one, two, SCHEMA, decide=lambda _: side)
    text = yamlfile.dump(one)
    for step in sequence(found.steps):
        if isinstance(step, Append):
            text = edits.append(text, step.path, bare(step.item), SCHEMA)
        else:
            text = edits.put(text, step.path, bare(step.value), SCHEMA)
    return dict(yamlfile.read_mapping(text))


def paths(one: dict[str, Any], two: dict[str, Any]) -> list[tuple[str | int, ...]]:
    return [each.path for each in join(one, two, SCHEMA).differences]


def test_what_only_the_second_has_comes_over() -> None:
    one = {"name": "a", "size": {"employees": {"min": "5"}}, "notes": "x"}
    two = {"name": "a", "size": {"employees": {"max": "9"}}, "website": "a.cn", "notes": ""}
    assert joined(one, two) == {
        "name": "a",
        "size": {"employees": {"min": "5", "max": "9"}},
        "notes": "x",
        "website": "a.cn",
    }


def test_differences_are_named_and_decided() -> None:
    one, two = {"name": "a", "status": "active"}, {"name": "b", "status": "active", "type": "new"}
    assert paths(one, two) == [("name",)]
    assert joined(one, two, True)["name"] == "b"
    assert joined(one, two, False) == {"name": "a", "status": "active", "type": "new"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"credit": {"limit": "1000"}}, {"credit": {"limit": "1000.00"}}),
        ({"registration_number": "9133 0110"}, {"registration_number": "９１３３ ０１１０"}),
        ({"tags": ["VIP", "高意向"]}, {"tags": ["vip", "高意向"]}),
        (
            {"contacts": [{"name": "张三", "phones": [{"number": "13912345679"}]}]},
            {"contacts": [{"name": "张三", "phones": [{"number": "+8613912345679"}]}]},
        ),
        ({"do_not_contact": "true"}, {"do_not_contact": "false"}),
    ],
)
def test_one_value_in_two_spellings_is_no_difference(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    assert join(one, two, SCHEMA) == ((), ())


def test_a_wish_of_the_customer_outweighs_its_absence() -> None:
    assert joined({"name": "a", "do_not_contact": "false"}, {"do_not_contact": "true"}) == {
        "name": "a",
        "do_not_contact": "true",
    }


def test_what_belongs_to_a_record_itself_stays() -> None:
    two = {"id": "2", "uid": "v", "former_ids": ["3"], "archived": {"on": "2026-01-01"}}
    assert joined({"id": "1", "uid": "u", "name": "a"}, two) == {
        "id": "1",
        "uid": "u",
        "name": "a",
    }


def test_items_meet_by_their_key() -> None:
    one = {"contacts": [{"id": "k1", "name": "张三", "title": "经理"}]}
    two = {
        "contacts": [
            {"id": "k2", "name": "张三", "emails": [{"id": "e1", "address": "z@b.cn"}]},
            {"id": "k1", "name": "李四"},
        ]
    }
    found = joined(one, two)["contacts"]
    assert found[0] == {
        "id": "k1",
        "name": "张三",
        "title": "经理",
        "emails": [{"id": "e1", "address": "z@b.cn"}],
    }
    assert found[1]["name"] == "李四"
    assert found[1]["id"] not in ("k1", "k2")


def test_a_contact_without_a_name_is_the_one_with_its_telephone() -> None:
    one = {"contacts": [{"name": "张三", "phones": [{"number": "13912345679"}]}]}
    two = {"contacts": [{"title": "经理", "phones": [{"number": "139 1234 5679"}]}]}
    assert len(joined(one, two)["contacts"]) == 1
    assert joined(one, two)["contacts"][0]["title"] == "经理"


def test_references_follow_the_items() -> None:
    one = {"contacts": [{"id": "k1", "name": "张三"}]}
    two = {
        "main_contact": "k2",
        "contacts": [{"id": "k2", "name": "张三"}],
        "interactions": [{"id": "i1", "at": "2026-01-02", "contact": "k2", "summary": "k2"}],
    }
    found = joined(one, two)
    assert found["main_contact"] == "k1"
    assert found["interactions"][0]["contact"] == "k1"
    assert found["interactions"][0]["summary"] == "k2"


def test_two_equal_purchases_are_two_unless_a_number_says_otherwise() -> None:
    plain = {"date": "2026-01-02", "amount": "10"}
    numbered = {**plain, "number": "SO-1"}
    assert len(joined({"purchases": [plain]}, {"purchases": [plain]})["purchases"]) == 2
    assert len(joined({"purchases": [numbered]}, {"purchases": [numbered]})["purchases"]) == 1


def test_two_offices_are_two() -> None:
    one = {"addresses": [{"id": "a", "kind": "office", "city": "杭州市", "street": "文三路1号"}]}
    two = {"addresses": [{"id": "b", "kind": "office", "city": "上海市", "street": "中山路1号"}]}
    assert joined(one, two)["addresses"] == one["addresses"] + two["addresses"]
    assert joined(one, one) == one


def test_sealed_values_are_compared_open_and_never_told() -> None:
    node = {"sealed": "finance@1", "age": "x"}
    one: dict[str, Any] = {"bank_account": node}
    two: dict[str, Any] = {"bank_account": Opened("6222020200112233445")}
    same = join(one, two, SCHEMA, open_one=lambda _: "6222020200112233445")
    assert same == ((), ())
    other = join(one, two, SCHEMA, open_one=lambda _: "1")
    assert other.differences == (Difference(("bank_account",), None, None, sealed=True),)
    assert join({}, two, SCHEMA).steps[0].value == Opened("6222020200112233445")  # type: ignore[union-attr]


def test_lists_that_are_sealed_as_a_whole_are_joined() -> None:
    node = {"sealed": "contact@1", "age": "x"}
    one: dict[str, Any] = {"contacts": [{"name": "张三", "phones": node, "social": node}]}
    two: dict[str, Any] = {
        "contacts": [
            {"name": "张三", "phones": Opened(["1", "2"]), "social": Opened({"qq": "1", "x": "2"})}
        ]
    }
    values: dict[str, Any] = {"phones": ["2", "3"], "social": {"qq": "1"}}
    found = join(one, two, SCHEMA, open_one=lambda path: values[str(path[-1])])
    assert found.differences == ()
    assert [bare(step.value) for step in found.steps] == [  # type: ignore[union-attr]
        ["2", "3", "1"],
        {"qq": "1", "x": "2"},
    ]
    values["social"] = {"qq": "9"}
    found = join(one, two, SCHEMA, open_one=lambda path: values[str(path[-1])])
    assert [each.sealed for each in found.differences] == [True]


# -- any two records

WORD = st.sampled_from(["a", "b", "张三", "2026-01-02", "13912345679", "x y"])
ITEM_ID = st.sampled_from(["k1", "k2", "k3"])


def items(**fields: Any) -> st.SearchStrategy[Any]:
    item = st.fixed_dictionaries({"id": ITEM_ID}, optional=fields)
    return st.lists(item, min_size=1, max_size=3, unique_by=lambda each: each["id"])


RECORDS = st.fixed_dictionaries(
    {"name": WORD},
    optional={
        "status": st.sampled_from(["active", "none"]),
        "notes": WORD,
        "tags": st.lists(WORD, min_size=1, max_size=3, unique=True),
        "contacts": items(
            name=WORD,
            title=WORD,
            phones=items(number=WORD, kind=st.just("mobile")),
        ),
        "addresses": items(kind=st.sampled_from(["office", "home"]), street=WORD),
        "purchases": items(date=WORD, amount=st.just("1"), number=WORD),
        "interactions": items(at=WORD, by=WORD, channel=st.just("phone"), summary=WORD),
        "custom": st.dictionaries(WORD, WORD, min_size=1, max_size=2),
    },
)


def leaves(tree: Any, at: tuple[str, ...] = ()) -> set[tuple[tuple[str, ...], str]]:
    """Every text of a tree with the names that lead to it; ids of items apart."""
    if isinstance(tree, dict):
        return {
            one
            for name, value in tree.items()
            if name != "id"
            for one in leaves(value, (*at, name))
        }
    if isinstance(tree, list):
        return {one for each in tree for one in leaves(each, at)}
    return {(at, tree)}


@given(RECORDS, RECORDS, st.booleans())
def test_nothing_of_either_is_lost_but_what_was_decided(
    one: dict[str, Any], two: dict[str, Any], side: bool
) -> None:
    made = joined(one, two, side)
    differences = join(one, two, SCHEMA).differences
    lost = (leaves(one) | leaves(two)) - leaves(made)
    refused = {
        (tuple(step for step in each.path if isinstance(step, str)), str(value))
        for each in differences
        for value in (each.one, each.two)
    }
    # A number in another spelling (139 1234 5679) is the same number.
    assert lost <= refused
    for name in ("contacts", "purchases", "interactions"):
        ids = [item["id"] for item in made.get(name, ())]
        assert len(ids) == len(set(ids))
        assert len(ids) >= max(len(one.get(name, ())), len(two.get(name, ())))


@given(RECORDS)
def test_a_record_joined_with_a_copy_is_itself(one: dict[str, Any]) -> None:
    assert join(one, one, SCHEMA) == ((), ())
