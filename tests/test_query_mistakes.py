"""The query language: what it says about mistakes, and that no text is too much for it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from query_records import ARCHIVED, MULLER, YUNFAN
from searching import TODAY, doc, finds, query, schema

from textcrm.errors import Misuse
from textcrm.query import Doc, Query, quote
from textcrm.query.fold import fold
from textcrm.search import ScanBackend, group

if TYPE_CHECKING:
    from pathlib import Path


def mistake_of(text: str, **options: Any) -> Misuse:
    with pytest.raises(Misuse) as caught:
        query(text, **options)
    assert caught.value.code == "query-syntax"
    return caught.value


def shown(error: Misuse) -> tuple[str, str]:
    return str(error.data["excerpt"]), str(error.data["caret"])


def test_view_cycles_are_refused() -> None:
    views = {"a": "x @b", "b": "-@a", "c": "@c"}
    assert mistake_of("@a", views=views).data["problem"] == "view-cycle"
    assert mistake_of("@c", views=views).data["problem"] == "view-cycle"


def test_views_cannot_multiply() -> None:
    views = {"v0": "x y"} | {f"v{n}": f"@v{n - 1} @v{n - 1}" for n in range(1, 40)}
    assert mistake_of("@v39", views=views).data["problem"] == "too-many-terms"


@pytest.mark.parametrize(
    ("text", "problem", "position"),
    [
        ('云帆 "科技', "open-quote", 3),
        ("“科技", "open-quote", 0),
        ('name:"x', "open-quote", 5),
        ("(a b", "unclosed-parenthesis", 0),
        ("a) b", "unopened-parenthesis", 1),
        ("a OR", "nothing-there", 4),
        ("OR a", "nothing-there", 0),
        ("a AND OR b", "nothing-there", 6),
        ("()", "nothing-there", 1),
        ("status:", "no-value", 7),
        ("status:>", "no-value", 8),
        ("云帆 stauts:active", "unknown-field", 3),
        ("has:emial", "unknown-field", 4),
        ("purchases(prodct:x)", "unknown-field", 10),
        ("状态:合作", "unknown-value", 3),
        ("status:(active OR pausd)", "unknown-value", 18),
        ("created:2024-13", "bad-date", 8),
        ("created:2024-05..x", "bad-date", 8),
        ("due:>zz", "bad-date", 5),
        ("amount:>abc", "bad-number", 8),
        ("custom.x:>abc", "bad-number", 10),
        ("name:>5", "no-order", 6),
        ("is:name", "no-state", 3),
        ("do_not_contact:perhaps", "bad-boolean", 15),
        ("owner:me", "me-unknown", 6),
        ("@nosuch", "unknown-view", 0),
        ("(" * 60 + "a" + ")" * 60, "too-deep", 50),
        ("a " * 300, "too-many-terms", 400),
        ("a" * 20_000, "too-long", 10_240),
    ],
)
def test_mistakes_point_and_suggest(text: str, problem: str, position: int) -> None:
    error = mistake_of(text)
    assert (error.data["problem"], error.data["position"]) == (problem, position)
    assert error.data["query"] == text
    for language in ("en", "zh"):
        assert error.say(language)
        assert "{" not in error.say(language)
        assert "{" not in (error.say_hint(language) or "")
    excerpt, caret = shown(error)
    assert caret.endswith("^")
    assert "\n" not in excerpt


def test_suggestions() -> None:
    assert mistake_of("stauts:active").data["suggestion"] == "status"
    assert mistake_of("状态:合作").data["suggestion"] == "合作中"
    assert mistake_of("last_conact:>3d").data["suggestion"] == "last_contact"
    assert mistake_of("@久未", views={"久未联系": "x"}).data["suggestion"] == "久未联系"
    assert "合作中" in (mistake_of("状态:xyz").say_hint("zh") or "")


def test_caret_stands_under_wide_text() -> None:
    error = mistake_of("云帆科技 stauts:active")
    assert shown(error)[1] == " " * 9 + "^"
    excerpt, _ = shown(mistake_of("云" * 200 + " stauts:x " + "帆" * 200))
    assert excerpt.startswith("…")
    assert excerpt[41:].startswith("stauts")


@pytest.mark.parametrize(
    "text", ["http://x.y", "12:30", "a=b", "<b>", "::", ":)x"[:2], "C++", "-", "@", "*", "a\\b"]
)
def test_odd_words_are_words(text: str) -> None:
    if text == ":)":
        assert mistake_of(text).data["problem"] == "unopened-parenthesis"
    else:
        assert finds(text, doc(name=f"x {text} y"))


def test_every_naughty_string_is_found_by_its_quoted_search(shared_data: Path) -> None:
    strings = json.loads((shared_data / "text" / "blns.json").read_text(encoding="utf-8"))
    others = [doc(name="云帆"), doc(name="")]
    for text in strings:
        if text.strip():
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            assert finds(f'"{escaped}"', doc(name=text)), text
            assert finds(quote(text), doc(name="x", notes=text)), text
            if len(fold(text)) > 1:
                assert not any(finds(quote(text), other) for other in others), text


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
PIECES = st.sampled_from(
    ["(", ")", "（", '"', "“", "”", "\\", ":", "：", "-", "OR", "或", "NOT", "|", "@", "*", ">", "<=", "..", " ",
     "status", "状态", "合作中", "last_contact", "30d", "amount", "purchases", "has", "is", "no", "archived",
     "any", "2024-05", "云帆", "zs", "138", "0013", "a", "custom.x", "owner", "me", "size", "age", "tag", ","]
)  # fmt: skip


@settings(deadline=None)
@given(ANY_TEXT.filter(lambda text: text.strip()))
@example("\u0345")
@example("\u200b")
@example("ﷺ")
@example("\u1e9e\u0130")
def test_quoted_text_is_found(text: str) -> None:
    assert finds(quote(text), doc(name=text))


@settings(deadline=None, max_examples=100)
@given(st.one_of(ANY_TEXT, st.lists(PIECES, max_size=25).map("".join)))
def test_every_string_parses_or_explains_itself(text: str) -> None:
    found = read_or_explained(text, views={"a": "云帆"})
    for record in (YUNFAN, MULLER, ARCHIVED):
        if found:
            found.matches(record)


def read_or_explained(text: str, **options: Any) -> Query | None:
    try:
        return query(text, **options)
    except Misuse as mistake:
        error = mistake
    data: dict[str, Any] = error.data
    assert error.code == "query-syntax"
    assert 0 <= data["position"] <= len(data["query"])
    assert error.say("zh")
    assert error.say("en")
    return None


@settings(deadline=None)
@given(ANY_TEXT)
@example("\u0344")
@example("ΐ")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "text",
    ["a" * 10_000, "*" * 10_000, "(" * 10_000, '"' * 10_000, "-" * 10_000, "1" * 10_000, "a:" * 5_000,
     "a|" * 5_000, "\\" * 10_000, "@" * 10_000, "created:" + "9" * 10_000, "amount:>" + "9" * 10_000,
     "amount:" + "9," * 5_000, "phone:" + "+-" * 4_000, "s" * 10_000, "状态:" + "a," * 4_000,
     "created:" + "1d" * 4_000, "1 " * 199, "1" * 9_000 + "x", "phone:" + "(1" * 4_000 + "x", "ａ" * 10_000, "\u0301" * 10_000],
)  # fmt: skip
def test_no_query_takes_long(text: str) -> None:
    record = doc(
        name="a" * 20_000,
        notes=("a" * 50 + "s ") * 400,
        contacts=[{"phones": [{"number": "1" * 5000}]}],
    )
    begun = time.process_time()
    if found := read_or_explained(text):
        found.matches(record)
    assert time.process_time() - begun < 1


ODD = st.recursive(
    st.one_of(st.none(), st.sampled_from(["", "云帆", "2024-05-01", "12", "yes", "x y"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["name", "phones", "number", "amount", "min", "at", "sealed", "age", "x"]), inner, max_size=3),
    ),
    max_leaves=8,
)  # fmt: skip
TOP = st.sampled_from([field.name for field in schema().fields])
ASKED = ["云帆", "1234", "zs", "contacts:云", "amount:>1", "size.employees:>1", "tag:x", "status:active", "has:contacts",
         "purchases(amount:>1 date:2024)", "archived:any", "phone:12", "name:zs", "custom.x:>1", "owner:x", "age:>3",
         "region:44", "do_not_contact:no", '"x y"', "interactions.at:2024", "industry:软件"]  # fmt: skip


@settings(deadline=None)
@given(st.dictionaries(TOP, ODD, max_size=4), st.sampled_from(ASKED))
def test_records_of_any_shape_are_asked(raw: dict[str, Any], text: str) -> None:
    odd = Doc("C20240101001", schema().typed(raw), dict, schema(), today=TODAY)
    ScanBackend().search(query(text), [odd], archived=True, sort=["name", "-amount", "contacts"])
    ScanBackend().facets(query(""), [odd], ["contacts", "tags", "age_band"], archived=True)
    group([odd], ["contacts.name", "size"], sums=["purchases.amount"])
