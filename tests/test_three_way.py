"""Merging by field: nothing of either side is lost, nobody is asked without need."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm import line_merge, yamlfile
from textcrm.schema import Schema, default_schema_text
from textcrm.three_way import merge
from textcrm.vault.merging import merge_texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = Schema.from_json(default_schema_text())
SEALED = {"sealed": "finance@1", "age": "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IA"}


def sealed(age: str, label: str = "finance@1") -> dict[str, str]:
    return {"sealed": label, "age": age}


def merged(base: Any, ours: Any, theirs: Any, **options: Any) -> dict[str, Any]:
    result = merge(base, ours, theirs, SCHEMA, **options)
    assert not result.questions
    return result.tree


def test_different_fields_are_both_taken() -> None:
    assert merged(
        {"name": "a", "status": "none", "stage": "lead"},
        {"name": "a", "status": "active", "stage": "lead"},
        {"name": "a", "status": "none", "stage": "won"},
    ) == {"name": "a", "status": "active", "stage": "won"}


def test_the_same_change_is_one() -> None:
    assert merged({"name": "a"}, {"name": "b"}, {"name": "b"}) == {"name": "b"}


def test_a_field_that_both_changed_is_a_question() -> None:
    result = merge({"name": "a"}, {"name": "b"}, {"name": "c"}, SCHEMA)
    assert result.tree == {"name": "b"}
    assert result.questions == ((("name",), "a", "b", "c"),)


def test_a_deletion_against_an_edit_is_a_question_either_way() -> None:
    base, edited, gone = {"name": "a", "notes": "x"}, {"name": "a", "notes": "y"}, {"name": "a"}
    assert merge(base, edited, gone, SCHEMA).questions == ((("notes",), "x", "y", None),)
    assert merge(base, gone, edited, SCHEMA).questions == ((("notes",), "x", None, "y"),)


def test_a_deletion_against_nothing_is_one() -> None:
    assert merged({"name": "a", "notes": "x"}, {"name": "a"}, {"name": "a", "notes": "x"}) == {
        "name": "a"
    }


def test_interactions_of_both_sides_come_once_each() -> None:
    first = {"id": "a1", "at": "2024-05-01", "summary": "first"}
    mine = {"id": "b1", "at": "2024-05-02", "summary": "mine"}
    other = {"id": "c1", "at": "2024-05-02", "summary": "theirs"}
    tree = merged(
        {"interactions": [first]},
        {"interactions": [first, mine]},
        {"interactions": [first, other]},
    )
    assert tree["interactions"] == [first, mine, other]


def test_two_equal_new_items_with_ids_of_their_own_are_two() -> None:
    one = {"id": "b1", "date": "2024-05-02", "amount": "5"}
    two = {"id": "c1", "date": "2024-05-02", "amount": "5"}
    tree = merged({}, {"purchases": [one]}, {"purchases": [two]})
    assert tree["purchases"] == [one, two]


def test_one_new_item_that_both_sides_have_is_one() -> None:
    item = {"id": "b1", "date": "2024-05-02"}
    assert merged({}, {"purchases": [item]}, {"purchases": [item]}) == {"purchases": [item]}


def test_two_new_items_that_took_one_id_are_two() -> None:
    one = {"id": "b1", "at": "2024-05-02", "by": "li", "channel": "phone", "summary": "x"}
    two = {"id": "b1", "at": "2024-05-03", "by": "wang", "channel": "visit", "summary": "y"}
    tree = merged({}, {"interactions": [one]}, {"interactions": [two]})
    assert [item["summary"] for item in tree["interactions"]] == ["x", "y"]
    assert len({item["id"] for item in tree["interactions"]}) == 2


def test_an_item_edited_in_two_fields_takes_both() -> None:
    base = {"contacts": [{"id": "k1", "name": "张三", "title": "经理"}]}
    ours = {"contacts": [{"id": "k1", "name": "张三", "title": "总监"}]}
    theirs = {"contacts": [{"id": "k1", "name": "张三丰", "title": "经理"}]}
    assert merged(base, ours, theirs) == {
        "contacts": [{"id": "k1", "name": "张三丰", "title": "总监"}]
    }


def test_an_item_deleted_against_edited_is_a_question_naming_it() -> None:
    base = {"contacts": [{"id": "k1", "name": "张三"}, {"id": "k2", "name": "李四"}]}
    ours = {"contacts": [{"id": "k2", "name": "李四"}]}
    theirs = {"contacts": [{"id": "k1", "name": "张三丰"}, {"id": "k2", "name": "李四"}]}
    result = merge(base, ours, theirs, SCHEMA)
    assert [question.path for question in result.questions] == [("contacts", "k1")]
    assert result.tree == ours


def test_items_without_ids_are_followed_by_key_and_by_likeness() -> None:
    base = {"addresses": [{"kind": "office", "city": "杭州", "street": "文一路 1 号"}]}
    ours = {"addresses": [{"kind": "office", "city": "杭州", "street": "文一路 2 号"}]}
    theirs = {"addresses": [{"kind": "office", "city": "宁波", "street": "文一路 1 号"}]}
    assert merged(base, ours, theirs) == {
        "addresses": [{"kind": "office", "city": "宁波", "street": "文一路 2 号"}]
    }


def test_a_list_taken_out_against_a_new_item_keeps_the_new_one() -> None:
    one = {"id": "a", "name": "one"}
    two = {"id": "b", "name": "two"}
    for ours, theirs in (({"contacts": [one, two]}, {}), ({}, {"contacts": [one, two]})):
        assert merge({"contacts": [one]}, ours, theirs, SCHEMA) == ({"contacts": [two]}, ())
    assert merge({"tags": ["a"]}, {"tags": ["a", "b"]}, {}, SCHEMA) == (
        {"tags": ["b"]}, (),
    )  # fmt: skip


def test_a_group_of_fields_is_its_fields() -> None:
    base = {"size": {"employees": "10"}}
    ours = {"size": {"employees": "10", "annual_revenue": "5"}}
    assert merge(base, ours, {}, SCHEMA) == ({"size": {"annual_revenue": "5"}}, ())
    (one,) = merge(base, {"size": {"employees": "20"}}, {}, SCHEMA).questions
    assert one.path == ("size", "employees")
    untouched = {"size": {}, "name": "x"}
    assert merge(untouched, untouched, {"size": {}, "name": "y"}, SCHEMA).tree == {
        "size": {}, "name": "y",
    }  # fmt: skip


def test_tags_merge_as_sets() -> None:
    assert merged(
        {"tags": ["a", "b"]}, {"tags": ["b", "c"]}, {"tags": ["a", "b", "d"]}
    ) == {"tags": ["b", "c", "d"]}  # fmt: skip


def test_text_of_several_lines_merges_by_lines() -> None:
    base = {"notes": "one\ntwo\nthree\nfour\nfive\n"}
    ours = {"notes": "ONE\ntwo\nthree\nfour\nfive\n"}
    theirs = {"notes": "one\ntwo\nthree\nfour\nFIVE\n"}
    assert merged(base, ours, theirs) == {"notes": "ONE\ntwo\nthree\nfour\nFIVE\n"}
    clash = merge(base, ours, {"notes": "Uno\ntwo\nthree\nfour\nfive\n"}, SCHEMA)
    assert len(clash.questions) == 1


def test_a_sealed_value_is_opaque_and_a_rekey_yields_to_an_edit() -> None:
    base, rekeyed, edit = sealed("AAA"), sealed("BBB", "finance@2"), sealed("CCC")
    trees = {"bank_account": base}, {"bank_account": rekeyed}, {"bank_account": edit}
    assert len(merge(*trees, SCHEMA).questions) == 1
    assert merged(*trees, yields=lambda _path: "ours") == {"bank_account": edit}
    assert merged(trees[0], trees[2], trees[1], yields=lambda _path: "theirs") == {
        "bank_account": edit
    }
    assert merged(*trees, same=lambda *_: True) == {"bank_account": rekeyed}


def test_a_record_made_on_both_sides_is_compared_item_by_item() -> None:
    result = merge(
        None,
        {"name": "a", "roles": [{"type": "lower", "place": "x", "end": "1"}]},
        {"name": "a", "roles": [{"type": "lower", "place": "x", "end": "2"}]},
        SCHEMA,
    )
    assert [question.path for question in result.questions] == [("roles", 0, "end")]


# -- in general

_scalar = st.sampled_from(["a", "b", "c", None])
_item = st.fixed_dictionaries(
    {"id": st.sampled_from(["i1", "i2", "i3", "i4"])},
    optional={"x": _scalar, "y": _scalar, "at": _scalar},
)
_tree = st.fixed_dictionaries(
    {},
    optional={
        "name": _scalar,
        "notes": _scalar,
        "tags": st.lists(st.sampled_from(["t1", "t2", "t3"]), unique=True),
        "custom": st.dictionaries(st.sampled_from(["p", "q"]), _scalar),
        "interactions": st.lists(_item, unique_by=lambda item: item["id"], max_size=4),
        "bank_account": st.sampled_from([sealed("A"), sealed("B"), sealed("C")]),
    },
)


def _level(tree: Any) -> Any:
    """A tree without what is nothing, items in the order of their ids."""
    if isinstance(tree, dict):
        cleaned = {key: _level(value) for key, value in tree.items()}
        return {key: cleaned[key] for key in sorted(cleaned) if cleaned[key] not in (None, {}, [])}
    if isinstance(tree, list):
        return sorted(map(_level, tree), key=repr)
    return tree.partition("-")[0] if isinstance(tree, str) else tree  # a new id is "i1-..."


@settings(deadline=None, max_examples=100)
@given(_tree, _tree, _tree)
def test_either_side_first_gives_the_same(base: Any, ours: Any, theirs: Any) -> None:
    one, two = merge(base, ours, theirs, SCHEMA), merge(base, theirs, ours, SCHEMA)
    assert {(q.path, repr(_level(q.ours)), repr(_level(q.theirs))) for q in one.questions} == {
        (q.path, repr(_level(q.theirs)), repr(_level(q.ours))) for q in two.questions
    }
    if not one.questions:
        assert _level(one.tree) == _level(two.tree)


@settings(deadline=None, max_examples=100)
@given(_tree, _tree)
def test_a_side_that_did_nothing_changes_nothing(base: Any, other: Any) -> None:
    assert _level(merged(base, other, base)) == _level(other)
    assert _level(merged(base, base, other)) == _level(other)
    assert _level(merged(base, other, other)) == _level(other)


@settings(deadline=None, max_examples=100)
@given(_tree, _tree, _tree)
def test_no_change_of_either_side_is_lost(base: Any, ours: Any, theirs: Any) -> None:
    result = merge(base, ours, theirs, SCHEMA)
    _nothing_lost(base, ours, theirs, result.tree, [q.path for q in result.questions])


def _leaves(tree: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, dict) and "sealed" not in tree:
        for key, value in tree.items():
            yield from _leaves(value, (*at, key))
    elif isinstance(tree, list):
        for value in tree:
            own = value.get("id") if isinstance(value, dict) else None
            yield from _leaves(value, (*at, own.partition("-")[0]) if own else at)
    elif tree is not None:
        yield at, repr(tree)


def _nothing_lost(base: Any, ours: Any, theirs: Any, result: Any, asked: list[Any]) -> None:
    """Every value that a side added is there as often, every one that it took out is gone."""
    tops = {path[0] for path in asked}
    count = [Counter(_leaves(tree)) for tree in (base or {}, ours, theirs, result)]
    for leaf in set().union(*count):
        if leaf[0][0] in tops or leaf[0][-1] == "id":  # a new item may get an id of its own
            continue
        was, one, two, now = (counter[leaf] for counter in count)
        changes = one - was, two - was
        least, most = min(changes), max(changes)
        low = least + most if least < 0 else most
        high = least + most if most > 0 else least
        assert low <= now - was <= high, (leaf, was, one, two, now)


# -- texts


def test_comments_of_both_sides_stay() -> None:
    base = "name: a\nstatus: none\n\n\nstage: lead\ntags: [x]\n"
    ours = "name: a  # ours\nstatus: none\n\n\nstage: lead\ntags: [x]\n"
    theirs = "name: a\nstatus: none\n\n\nstage: won # theirs\ntags: [x]\n"
    assert merge_texts(base, ours, theirs, SCHEMA).text == (
        "name: a  # ours\nstatus: none\n\n\nstage: won # theirs\ntags: [x]\n"
    )


def test_comments_of_lines_that_stand_side_by_side_stay() -> None:
    base = "name: a\nstatus: none\nstage: lead\n"
    ours = "name: a\nstatus: active  # ours\nstage: lead\n"
    theirs = "name: a\nstatus: none\nstage: won  # theirs\n"
    want = "name: a\nstatus: active  # ours\nstage: won  # theirs\n"
    assert merge_texts(base, ours, theirs, SCHEMA).text == want
    ours = ours + "interactions:\n  - id: a\n    at: 2024-01-01\n"
    want = want + "interactions:\n  - id: a\n    at: 2024-01-01\n"
    assert merge_texts(base, ours, theirs, SCHEMA).text == want
    assert merge_texts(base, theirs, ours, SCHEMA).text == want
    both = merge_texts(base, ours, theirs.replace("none", "ended"), SCHEMA)
    assert [one.path for one in both.questions] == [("status",)]
    tree = yamlfile.read_mapping(both.text)
    assert (tree["status"], tree["stage"]) == ("active", "won")


def test_comments_of_new_items_on_both_sides_stay() -> None:
    base = "name: a\ninteractions:\n  - id: a1\n    at: 2024-05-01\n"
    ours = base + "  - id: b1 # ours\n    at: 2024-05-02\n"
    theirs = base + "  - id: c1 # theirs\n    at: 2024-05-03\n"
    text = merge_texts(base, ours, theirs, SCHEMA).text
    assert text == ours + "  - id: c1 # theirs\n    at: 2024-05-03\n"


def test_neighbouring_fields_keep_the_bytes_of_ours() -> None:
    base = "name: a\nstatus: none\nstage: lead\n"
    ours = "name: a\nstatus:   'active'\nstage: lead\n"
    theirs = "name: a\nstatus: none\nstage: won\n"
    assert merge_texts(base, ours, theirs, SCHEMA).text == (
        "name: a\nstatus:   'active'\nstage: won\n"
    )


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
        ("a\nb\n", "a\nb\n", "a\nx\nb\n", "a\nx\nb\n"),
        ("a\n", "b\n", "b\n", "b\n"),
        ("a\n", "b\n", "c\n", None),
        ("a\n", "a\nb\n", "a\nc\n", None),
        ("", "a\n", "", "a\n"),
    ],
)
def test_lines(base: str, ours: str, theirs: str, expected: str | None) -> None:
    assert line_merge.merge(base, ours, theirs) == expected


def test_real_merges(shared_data: Path) -> None:
    """100 merges of records in which git's own merge conflicts or differs from the people's."""
    cases = json.loads((shared_data / "merge" / "openstates-half.json").read_text("utf-8"))
    asked = equal = 0
    for case in cases:
        if not case["ours"] or not case["theirs"]:
            continue  # deleted on one side: not a merge of two texts
        result = merge_texts(case["base"] or None, case["ours"], case["theirs"], SCHEMA)
        base, ours, theirs, made = (
            yamlfile.read_mapping(text) if text else None
            for text in (case["base"], case["ours"], case["theirs"], result.text)
        )
        _nothing_lost(base, ours, theirs, made, [question.path for question in result.questions])
        found = line_merge.hunks(case["base"], case["ours"], case["theirs"])
        untouched = [
            line for one in found if one.base == one.ours == one.theirs for line in one.base
        ]
        lines = iter(result.text.splitlines(keepends=True))
        assert all(line in lines for line in untouched)  # all of them, in their order
        for question in result.questions:
            assert question.ours != question.theirs
            assert question.base not in (question.ours, question.theirs)
        asked += bool(result.questions)
        equal += not result.questions
    assert equal >= 55
    assert asked <= 35
