"""Likeness: what known duplicates score, what look-alikes do not, groups that hold together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dedupe_data import SCHEMA, chinese, compared, f1, febrl, pairs
from hypothesis import given
from hypothesis import strategies as st

from textcrm.matching import evidence
from textcrm.matching.blocking import candidates, limited_pairs, words_of
from textcrm.matching.groups import Pair, clusters
from textcrm.matching.likeness import Likeness, compare
from textcrm.matching.profile import profile_of


def score(one: dict[str, Any], two: dict[str, Any]) -> float:
    return compare(profile_of(one, SCHEMA), profile_of(two, SCHEMA)).score


def codes(one: dict[str, Any], two: dict[str, Any]) -> list[str]:
    likeness = compare(profile_of(one, SCHEMA), profile_of(two, SCHEMA))
    return [finding.code for finding in likeness.reasons]


def phone(number: str, **more: Any) -> dict[str, Any]:
    return {"contacts": [{"phones": [{"number": number}]}], **more}


# -- measured on known duplicates


@pytest.mark.parametrize(("name", "least"), [("febrl1", 0.98), ("febrl2", 0.95)])
def test_known_persons(shared_data: Path, name: str, least: float) -> None:
    folder = shared_data / "dedupe"
    found = compared(febrl(folder / f"{name}.csv"))
    truth = pairs(folder / f"{name}_pairs.csv")
    assert f1(found.grouped, truth) >= least
    listed = {ids for ids, like in found.likeness.items() if like.score >= evidence.POSSIBLE}
    assert f1(listed, truth) >= least


def test_known_companies(shared_data: Path) -> None:
    folder = shared_data / "dedupe"
    found = compared(chinese(folder / "zh_duplicates.csv"))
    assert f1(found.grouped, pairs(folder / "zh_duplicates_pairs.csv")) >= 0.9
    negatives = pairs(folder / "zh_duplicates_hard_negatives.csv")
    assert len(negatives) == 99
    sure = {ids for ids, like in found.likeness.items() if like.score >= evidence.LIKELY}
    assert not negatives & sure
    assert not negatives & found.grouped


# -- single findings


@pytest.mark.parametrize(
    ("one", "two", "code"),
    [
        ({"name": "杭州云栖科技有限公司"}, {"name": "雲棲科技（杭州）"}, "same-core"),
        ({"name": "云栖科技有限公司"}, {"name": "云期科技有限公司"}, "same-sound"),
        ({"name": "云栖科技"}, {"name": "云栖"}, "short-name"),
        ({"name": "Acme Software Ltd"}, {"name": "ACME Software Inc."}, "same-name"),
        ({"name": "张三"}, {"name": "張三"}, "same-person"),
        (phone("13912345679", name="张三"), phone("+86 139-1234-5679", name="李四"), "same-phone"),
        (
            {"name": "甲", "registration_number": "91330110MA2B0K3X0A"},
            {"name": "乙", "registration_number": "91330110ma2b0k3x-0a"},
            "same-registration",
        ),
        (
            {"name": "甲", "addresses": [{"street": "陕西省西安市高陵区人民路36号"}]},
            {"name": "乙", "addresses": [{"street": "陕西西安高陵区人民路36号"}]},
            "same-address",
        ),
        (
            {"name": "云帆科技有限公司", "contacts": [{"name": "张三"}]},
            {"name": "张三", "kind": "person"},
            "same-contact",
        ),
        (
            {"name": "a b", "custom": {"erp": {"number": "K3-00817"}}},
            {"name": "c d", "custom": {"erp": {"number": "k3-00817"}}},
            "same-code",
        ),
        ({"name": "云", "website": "https://www.yun.cn/"}, {"name": "帆", "website": "yun.cn"}, "same-website"),
    ],
)  # fmt: skip
def test_a_reason_is_given(one: dict[str, Any], two: dict[str, Any], code: str) -> None:
    assert code in codes(one, two)
    assert code in codes(two, one)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"name": "中科创新科技有限公司"}, {"name": "中科创达科技有限公司"}),
        ({"name": "伊春关坝机械有限公司"}, {"name": "韶关关坝机械有限公司"}),
        ({"name": "云栖科技有限公司北京分公司"}, {"name": "云栖科技有限公司上海分公司"}),
        ({"name": "海尔电器有限公司"}, {"name": "海尔物流有限公司"}),
        ({"name": "John Smith"}, {"name": "John Brown"}),
        (
            {"name": "云栖科技", "registration_number": "91110108551385082Q"},
            {"name": "云栖科技", "registration_number": "91440300708461136T"},
        ),
    ],
)
def test_look_alikes_are_not_listed(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert score(one, two) < evidence.POSSIBLE


def test_a_shared_key_alone_is_listed_and_never_more() -> None:
    one, two = phone("13912345679", name="张三"), phone("13912345679", name="云帆科技有限公司")
    assert evidence.POSSIBLE <= score(one, two) < evidence.LIKELY


def test_what_many_share_says_little() -> None:
    one = profile_of(phone("13912345679", name="云帆科技有限公司"), SCHEMA)
    two = profile_of(phone("13912345679", name="海博商贸有限公司"), SCHEMA)
    assert compare(one, two, lambda _: 40).score < evidence.POSSIBLE


def test_sealed_values_have_no_part() -> None:
    sealed = {"sealed": "contact@1", "age": "YWdl"}
    tree = {"name": "张三", "contacts": [{"phones": sealed, "name": sealed, "social": sealed}]}
    profile = profile_of(tree, SCHEMA)
    assert not profile.keys
    assert not profile.people
    assert not profile.accounts


def test_all_words_of_the_table_are_said_in_both_languages() -> None:
    for weight in evidence.TABLE.values():
        assert weight.said is None or (weight.said.en and weight.said.zh)
        assert weight.bits < 0 or weight.bits >= 1


# -- any record

TEXT = st.one_of(st.text(max_size=12), st.sampled_from(["张三", "杭州云栖科技有限公司", "Jo Li"]))
TREES = st.fixed_dictionaries(
    {"name": TEXT},
    optional={
        "kind": st.sampled_from(["person", "organization", "?"]),
        "aliases": st.lists(TEXT, max_size=2),
        "registration_number": TEXT,
        "website": TEXT,
        "custom": st.dictionaries(TEXT, TEXT, max_size=2),
        "contacts": st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "name": TEXT,
                    "birthday": TEXT,
                    "phones": st.lists(st.fixed_dictionaries({"number": TEXT}), max_size=2),
                    "social": st.dictionaries(st.sampled_from(["qq", "x"]), TEXT, max_size=2),
                },
            ),
            max_size=2,
        ),
        "addresses": st.lists(
            st.fixed_dictionaries(
                {}, optional={"city": TEXT, "street": TEXT, "postal_code": TEXT}
            ),
            max_size=2,
        ),
    },
)


@given(TREES, TREES)
def test_likeness_is_the_same_from_both_sides(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert score(one, two) == score(two, one)
    assert 0 <= score(one, two) <= 1


@given(TREES)
def test_a_copy_shares_every_word(tree: dict[str, Any]) -> None:
    words = words_of(profile_of(tree, SCHEMA))
    assert candidates([words, words]) == ([(0, 1)] if any(w[0] != "=" for w in words) else [])


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 8), st.floats(0.5, 1)).filter(
            lambda each: each[0] < each[1]
        ),
        max_size=20,
        unique_by=lambda each: each[:2],
    )
)
def test_every_pair_is_in_a_group(found: list[tuple[int, int, float]]) -> None:
    scores = {(a, b): s for a, b, s in found}
    groups = clusters(
        [Pair(a, b, Likeness(s, ())) for a, b, s in found],
        lambda a, b: scores.get((min(a, b), max(a, b)), 0.0),
    )
    members = [set(group.members) for group in groups]
    for one, two, _ in found:
        assert any({one, two} <= group for group in members)
    assert [group.score for group in groups] == sorted((g.score for g in groups), reverse=True)


def test_a_shared_telephone_does_not_join_two_families() -> None:
    sure, weak = Likeness(0.99, ()), Likeness(0.5, ())
    groups = clusters(
        [Pair(1, 2, sure), Pair(3, 4, sure), Pair(2, 3, weak)],
        lambda a, b: 0.5 if {a, b} == {2, 3} else 0.0,
    )
    assert sorted(group.members for group in groups) == [(1, 2), (2, 3), (3, 4)]


def test_where_too_many_are_alike_what_few_share_is_compared() -> None:
    blocks = [range(50), (1, 2), range(20, 70), (60, 3, 1)]
    few, left = limited_pairs(blocks, 4)
    assert few == [(1, 2), (1, 3), (1, 60), (3, 60)]
    assert left == 2
    assert limited_pairs(blocks, None)[1] == 0
    assert limited_pairs(blocks, 0) == ([], 4)
    few, none = limited_pairs(blocks, 1000, {3})
    assert none == 0
    assert len(few) == 50
    assert all(3 in pair for pair in few)
