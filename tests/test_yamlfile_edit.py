"""Careful edits: styles, lists, keys, comments, aliases, and texts of every kind."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm import yamlfile
from textcrm.errors import Invalid

if TYPE_CHECKING:
    from pathlib import Path

KINDS = [
    "x",
    "13800138000",
    "报价: 好 # 吗",
    "",
    "it's",
    'say "no"',
    "a\nb",
    "a\n\n  b\n\n",
    "\n\nx",
    " lead\nx",
    "tail ",
    "\tt",
    "\0\x07\x1b\x85\u2028\u2029\ufeff\r",
    "[x], {y}",
    "#x",
    "-",
]


@pytest.mark.parametrize("value", KINDS)
def test_every_edit_of_the_suite(shared_data: Path, value: str) -> None:
    """Outside the scalar no byte changes; it reads as asked, also where the reader refuses all."""
    yaml = pytest.importorskip("yaml")
    folder = shared_data / "yaml"
    suite = {
        case["id"]: case["yaml"]
        for case in json.loads((folder / "yaml_suite.json").read_text(encoding="utf-8"))
    }
    done = 0
    for edit in json.loads((folder / "yaml_edits.json").read_text(encoding="utf-8")):
        path = tuple(step for _, step in edit["path"])
        # In these two the value is an alias of a key; the key of answers names that key's place.
        if edit["root"] != "map" or (edit["id"], path[0]) in {("E76Z", "b"), ("HMQ5", "baz")}:
            continue
        before = suite[edit["id"]]
        after = yamlfile.set_scalar(before, path, value)
        assert after.startswith(before[: edit["start"]]), edit
        assert after.endswith(before[edit["end"] :]), edit
        node = next(iter(yaml.compose_all(after, Loader=yaml.SafeLoader)))
        for step in path:
            if isinstance(step, int):
                node = node.value[step]
            else:
                node = next(inner for key, inner in node.value if key.value == step)
        assert node.value == value, edit
        done += 1
    assert done == 261


def test_naughty_strings(shared_data: Path) -> None:
    texts = json.loads((shared_data / "text" / "blns.json").read_text(encoding="utf-8"))
    before = "name: 'x'  # c\nnote: |\n  y\nflow: {a: b}\n"
    for text in texts:
        assert yamlfile.read(yamlfile.dump({"name": text})) == {"name": text}
        for path in (("name",), ("note",), ("flow", "a"), ("new",)):
            tree: Any = yamlfile.read(yamlfile.set_scalar(before, path, text))
            for step in path:
                tree = tree[step]
            assert tree == text


@pytest.mark.parametrize("text", ["\ud800", "x\udfff"])
def test_half_a_character_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as dumped:
        yamlfile.dump({"a": text})
    with pytest.raises(Invalid) as changed:
        yamlfile.set_scalar("a: x\n", ("a",), text)
    with pytest.raises(Invalid) as appended:
        yamlfile.append_item("a: []\n", ("a",), {"b": text})
    codes = {caught.value.code for caught in (dumped, changed, appended)}
    assert codes == {"text-not-storable"}


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: 2024-05-01\n", ("a",), "2024-05-02", "a: 2024-05-02\n"),
        ("a: '27'\n", ("a",), 28, "a: '28'\n"),
        ('a: "x" # c\n', ("a",), "it's", 'a: "it\'s" # c\n'),
        ("a: x\n", ("a",), Decimal("1.10"), "a: 1.10\n"),
        ("a: x\n", ("a",), True, "a: true\n"),
        ("a: x # c\n", ("a",), None, "a: # c\n"),
        ("a: |  # c\n    x\n\nb: 1\n", ("a",), "y\nz\n", "a: |  # c\n    y\n    z\n\nb: 1\n"),
        ("a: >\n  x\n", ("a",), "y\nz\n", "a: >\n  y\n\n  z\n"),
        ("a: |\n  x\n", ("a",), " y\nz\n", "a: |2\n   y\n  z\n"),
        ("a: |\n  x\n", ("a",), "y\x07", 'a: "y\\x07"\n'),
        ("a: |\r\n  x\r\nb: 1\r\n", ("a",), "y\nz", "a: |-\r\n  y\r\n  z\r\nb: 1\r\n"),
        ("a: x\nb: 1\n", ("a",), "y\nz", "a: |-\n  y\n  z\nb: 1\n"),
        ("a: x # c\n", ("a",), "y\nz", 'a: "y\\nz" # c\n'),
        ("a: x", ("a",), "y\n", 'a: "y\\n"'),
        ("a: &k x\nb: *k\n", ("a",), "y", "a: &k y\nb: *k\n"),
        ("a: &k x\nb: *k\n", ("b",), "w", "a: &k x\nb: w\n"),
        ("a: &k {x: 1}\nb: *k\n", ("b", "x"), "2", "a: &k {x: 1}\nb:\n  x: '2'\n"),
        ("a: !!int 3\n", ("a",), "x", "a: x\n"),
        ("a: !!str 3\n", ("a",), "4", "a: !!str 4\n"),
        ("a: !own 3\n", ("a",), "4", "a: !own 4\n"),
        ("名称: 甲\n", ("名称",), "乙", "名称: 乙\n"),
        ("\ufeffa: 1\n", ("a",), "2", "\ufeffa: 2\n"),
        ("{a: 1, b}\n", ("b",), "2", "{a: 1, b: 2}\n"),
        ("a: {b: http://x}\n", ("a", "b"), "http://y", "a: {b: http://y}\n"),
        ("a:   # c\n", ("a",), "x", "a: x   # c\n"),
        ("? a\n? b\n", ("a",), "x", "? a\n: x\n? b\n"),
        ("a: [x, y]\n", ("a", 0), None, "a: [!!null , y]\n"),
        ("a: x\na2: y\n", ("a",), "x", "a: x\na2: y\n"),
    ],
)
def test_set_scalar(before: str, path: tuple[Any, ...], value: Any, after: str) -> None:
    got = yamlfile.set_scalar(before, path, value)
    if "{x: 1}" in before:  # the copy of an alias: what matters is where it went
        assert got.startswith("a: &k {x: 1}\nb:")
        assert yamlfile.read(got) == {"a": {"x": "1"}, "b": {"x": "2"}}
        return
    assert got == after


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: 1\n", ("b", "c"), "x", "a: 1\nb:\n  c: x\n"),
        ("a:\n    b: 1\n", ("c", "d"), "x", "a:\n    b: 1\nc:\n    d: x\n"),
        ("l:\n- a\n", ("m", 0), "x", "l:\n- a\nm:\n- x\n"),
        ("a:\n  b: 1\nc: 2\n", ("a", "d"), "x", "a:\n  b: 1\n  d: x\nc: 2\n"),
        ("l:\n  - a: 1\nc: 2\n", ("l", 0, "b"), "x", "l:\n  - a: 1\n    b: x\nc: 2\n"),
        ("a: |\n  x\n\nb: 1\n", ("c",), "w", "a: |\n  x\n\nb: 1\nc: w\n"),
        ("a: {}\n", ("a", "b"), "x", "a:\n  b: x\n"),
        ("a: 1\nb:\n", ("b", "c"), "x", "a: 1\nb:\n  c: x\n"),
        ("# only\n", ("a",), "x", "# only\na: x\n"),
        ("", ("a", 0), "x", "a:\n  - x\n"),
        ("{}\n", ("a",), "x", "a: x\n"),
        ("a: 1", ("b",), "x", "a: 1\nb: x"),
        ("a: |\n  x", ("b",), "w", "a: |-\n  x\nb: w"),
        ("a: 1\n...\n", ("b",), "w", "a: 1\nb: w\n...\n"),
    ],
)
def test_what_is_missing_is_made(
    before: str, path: tuple[Any, ...], value: Any, after: str
) -> None:
    assert yamlfile.set_scalar(before, path, value) == after


def test_a_first_key_goes_before_the_comment_of_the_next() -> None:
    order = ("id", "name")
    top = yamlfile.set_value("# the record\nname: x\n", ("id",), "k", key_order=order)
    assert top == "# the record\nid: k\nname: x\n"
    inner = "a:\n  # of name\n  name: x\n"
    after = yamlfile.set_value(inner, ("a", "id"), "k", key_order=order)
    assert after == "a:\n  id: k\n  # of name\n  name: x\n"
    item = yamlfile.set_value("l:\n  - name: x\n", ("l", 0, "id"), "k", key_order=order)
    assert item == "l:\n  - id: k\n    name: x\n"


def test_a_tree_over_a_tree_changes_only_what_differs() -> None:
    before = "l:  # people\n  # one\n  - id: a  # own\n    n: 1\n  # two\n  - id: b\nk: 1\n"
    value = [{"id": "a", "n": 2}, {"id": "b"}, {"id": "c"}]
    after = before.replace("n: 1", "n: 2").replace("  - id: b\n", "  - id: b\n  - id: c\n")
    assert yamlfile.set_value(before, ("l",), value) == after
    assert yamlfile.set_value(before, ("l",), []) == "l: []  # people\nk: 1\n"
    assert yamlfile.set_value(before, ("l",), "x") == "l: x  # people\nk: 1\n"


@pytest.mark.parametrize(
    ("before", "index", "value", "after"),
    [
        ("l:\n  # of a\n  - a\n", 0, "b", "l:\n  - b\n  # of a\n  - a\n"),
        ("l:\n  - a\n  # after\nk: 1\n", 1, "b", "l:\n  - a\n  - b\n  # after\nk: 1\n"),
        ("l:\r\n- a", 1, "b", "l:\r\n- a\r\n- b"),
        ("l: [\n  a,  # c\n  b   # d\n]\n", 2, "x", "l: [\n  a,  # c\n  b,   # d\n  x\n]\n"),
        ("l: [a,]\n", 1, "b", "l: [a, b,]\n"),
        ("l: [] # c\n", 0, {"a": "1"}, "l: # c\n  - a: '1'\n"),
        ("l: {a: [x]}\n", 0, "y", None),
    ],
)
def test_insert_item(before: str, index: int, value: Any, after: str | None) -> None:
    if after is None:
        with pytest.raises(Invalid, match="nothing was changed"):
            yamlfile.insert_item(before, ("l",), index, value)
        return
    assert yamlfile.insert_item(before, ("l",), index, value) == after


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("l:\n  - # of b\n    a: 1\n    b: 2\n", ("l", 0, "a"), None),
        ("l:\n  - a: 1\n\n    # of b\n    b: 2\n", ("l", 0, "a"), "l:\n  - # of b\n    b: 2\n"),
        ("l:\n  - a: 1  # own\n    b: 2\n", ("l", 0, "a"), "l:\n  - b: 2\n"),
        ("a: |\n  x\n\nb: 1\n", ("a",), "\nb: 1\n"),
        ("a: 1\n", ("a",), "{}\n"),
        ("a: [\n  x, # of x\n  y\n]\n", ("a", 1), "a: [\n  x, # of x\n]\n"),
        ("a: &k {x: 1}\nb: *k\n", ("b", "x"), "a: &k {x: 1}\nb: {}\n"),
        ("a: 1\n", ("gone",), "a: 1\n"),
        ("a: |+\n  x\n\nb: 1\n\nc: 2\n", ("b",), "a: |+\n  x\n\nc: 2\n"),
    ],
)
def test_delete(before: str, path: tuple[Any, ...], after: str | None) -> None:
    got = yamlfile.delete(before, path)
    assert after is None or got == after
    assert after is not None or yamlfile.read(got) == {"l": [{"b": "2"}]}


@pytest.mark.parametrize("path", [("a",), ("c", 0)])
def test_what_an_alias_needs_is_not_taken_away(path: tuple[Any, ...]) -> None:
    text = "a: &k x\nb: *k\nc:\n  - &m y\n  - *m\n"
    with pytest.raises(Invalid) as caught:
        yamlfile.delete(text, path)
    assert caught.value.code == "edit-refused"
    assert "refers to" in caught.value.say()
    assert yamlfile.delete(text, ("b",)) == text.replace("b: *k\n", "")


# -- open input

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LEAVES = TEXTS | st.none()
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(TEXTS, TREES, min_size=1, max_size=5)


@settings(deadline=None, max_examples=100)
@given(DOCUMENTS, st.booleans())
def test_dump_reads_back_as_written(tree: dict[str, Any], crlf: bool) -> None:
    text = yamlfile.dump(tree)
    if crlf:
        text = text.replace("\n", "\r\n")
    assert yamlfile.read(text) == tree


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=5))
def test_other_readers_agree(tree: dict[str, str]) -> None:
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load(yamlfile.dump(tree)) == tree


@settings(deadline=None, max_examples=100)
@given(DOCUMENTS, TEXTS, st.data())
def test_a_set_keeps_every_other_line(tree: dict[str, Any], value: str, data: Any) -> None:
    text = "# head\n" + yamlfile.dump(tree)
    name = data.draw(st.sampled_from(list(tree)))
    if isinstance(tree[name], dict | list):
        return
    after = yamlfile.set_scalar(text, (name,), value)
    assert yamlfile.read(after) == {**tree, name: value}
    others = yamlfile.delete(text, (name,)) if len(tree) > 1 else "# head\n"
    kept = after.splitlines()
    for line in others.splitlines():
        assert line in kept


@settings(deadline=None, max_examples=100)
@given(st.lists(TREES, min_size=1, max_size=4), TREES, st.data())
def test_insert_then_delete_is_nothing(items: list[Any], item: Any, data: Any) -> None:
    text = yamlfile.dump({"a": "1", "l": items, "z": "2"})
    at = data.draw(st.integers(0, len(items)))
    after = yamlfile.insert_item(text, ("l",), at, item)
    assert yamlfile.read(after)["l"] == [*items[:at], item, *items[at:]]
    assert yamlfile.delete(after, ("l", at)) == text
    assert yamlfile.delete(yamlfile.append_item(text, ("l",), item), ("l", len(items))) == text
