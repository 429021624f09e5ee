"""Queries as people say them: 近30天, ranges with 至, denials with a space, small letters."""

from __future__ import annotations

import pytest
from searching import doc, finds, query

from textcrm.errors import Misuse

# Today is 2024-06-15.
NEW = doc("C20240601001", name="新", type="prospect", status="active", tags=["重点"])
OLD = doc("C20230301001", name="旧", type="existing", status="none", tags=["普通"])


@pytest.mark.parametrize(
    "said",
    ["近30天", "近三十天", "最近两周", "过去20天", '"last 30 days"', '"past 3 weeks"', "30天内", "近半年",
     "近一个月", "2024-05至2024-06", "2024-05~2024-07", "2024-07..2024-05", "2024-05到2024-06"],
)  # fmt: skip
def test_a_span_of_days(said: str) -> None:
    assert finds(f"created:{said}", NEW)
    assert not finds(f"created:{said}", OLD)


@pytest.mark.parametrize("said", ["2024年第二季度", "2024年二季度", "2024年上半年", "2024上半年"])
def test_parts_of_a_year(said: str) -> None:
    assert finds(f"created:{said}", NEW)
    assert not finds(f"created:{said.replace('二', '三').replace('上', '下')}", NEW)


def test_days_ahead() -> None:
    soon = doc("C20230301002", interactions=[_step("2024-06-18")])
    late = doc("C20230301003", interactions=[_step("2024-06-10")])
    for said in ("due:未来7天", "due:7天内", 'due:"next 7 days"'):
        assert finds(said, soon)
        assert not finds(said, late)
    assert finds("due:近7天", late)
    for said in ("due:逾期", "due:overdue", "到期:已逾期"):
        assert finds(said, late)
        assert not finds(said, soon)


def _step(due: str) -> dict[str, object]:
    return {"id": "a1b2c", "at": "2024-05-01", "next": {"what": "x", "due": due}}


@pytest.mark.parametrize(
    "said", ["1000..5000", "5000..1000", "1000-5000", "1000~5000", "1000至5000"]
)
def test_a_range_of_numbers(said: str) -> None:
    rich = doc(purchases=[{"id": "a1b2c", "date": "2024-05-01", "amount": "3000"}])
    poor = doc(purchases=[{"id": "a1b2c", "date": "2024-05-01", "amount": "300"}])
    assert finds(f"total_spent:{said}", rich)
    assert not finds(f"total_spent:{said}", poor)


@pytest.mark.parametrize(
    "said",
    ["- tag:重点", "!tag:重点", "not tag:重点", "非 tag:重点", "tag:普通 且 -tag:重点"],
)
def test_what_is_left_out(said: str) -> None:
    assert finds(said, OLD)
    assert not finds(said, NEW)


def test_small_letters_before_a_clause_are_operators_and_words_elsewhere() -> None:
    assert finds("tag:没有 or tag:重点", NEW)
    assert not finds("tag:重点 and tag:没有", NEW)
    assert finds("rock or roll", doc(name="rock or roll"))
    assert not finds("rock or roll", doc(name="rock"))


@pytest.mark.parametrize(
    "said", ["status:-active", "status:!=active", "tag:-重点", "owner:-li-na"]
)
def test_a_denied_value_is_refused_with_the_right_way(said: str) -> None:
    with pytest.raises(Misuse) as caught:  # it was read as status:active
        query(said)
    name, _, value = said.partition(":")
    assert f"-{name}:{value.lstrip('-!=')}" in str(caught.value.say_hint("en"))


def test_never_contacted() -> None:
    spoken = doc(interactions=[{"id": "a1b2c", "at": "2024-05-01"}])
    for said in ("last_contact:never", "最近联系:从未"):
        assert finds(said, OLD)
        assert not finds(said, spoken)
