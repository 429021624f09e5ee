"""Reading a schema that an admin has broken, and what is odd in one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcrm.errors import Invalid
from textcrm.schema import FILE_NAME, Schema, default_schema_text
from textcrm.schema.places import place_of

TEXT = default_schema_text()


def refused(text: str | bytes) -> Invalid:
    with pytest.raises(Invalid) as caught:
        Schema.from_json(text)
    error = caught.value
    assert (error.code, error.exit_code, error.data["file"]) == ("schema-invalid", 5, FILE_NAME)
    for language in ("en", "zh"):
        assert error.say(language).startswith(
            f"{FILE_NAME}:{error.data['line']}:{error.data['column']}"
        )
        assert "git checkout" in str(error.say_hint(language))
    return error


def edited(path: tuple[str | int, ...], value: Any) -> str:
    """The shipped schema with a value put somewhere."""
    document = json.loads(TEXT)
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return json.dumps(document, ensure_ascii=False, indent=2)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("{", 1, 2),
        ('{\n  "properties": {\n    "a" {}\n  }\n}', 3, 9),
        ('{\n "properties": {"a": {}} "x": 1}', 2, 26),
        ("[]", 1, 1),
        ("{}", 1, 1),
        ('{"properties": []}', 1, 1),
        (b"{\n \xd6\xd0", 2, 2),
        ("[" * 100_000, 1, 1),
        ("\x00", 1, 1),
    ],
)
def test_what_is_no_schema(text: str | bytes, line: int, column: int) -> None:
    error = refused(text)
    assert (error.data["line"], error.data["column"]) == (line, column)


@pytest.mark.parametrize(
    ("before", "after", "zh"),
    [
        ('"required":', '"required"', "缺少冒号"),
        ('"type": "object",\n', '"type": "object"\n', "缺少逗号"),
        ('["id", "name"]', '["id", "name]', "引号内有换行或制表符"),
        ('["id", "name"]', "[id]", "缺少值，或多了逗号"),
        ('"required":', "required:", "缺少带双引号的键名，或多了逗号"),
        ('"C+年', '"C\\+年', "反斜杠用法不对"),
        ("{", "{}{", "结尾之后还有内容"),
    ],
)
def test_a_slip_is_told_in_plain_words(before: str, after: str, zh: str) -> None:
    assert before in TEXT
    error = refused(TEXT.replace(before, after, 1))
    assert zh in error.say("zh")
    assert "Expecting" not in error.say("en")


def test_a_byte_order_mark_is_no_mistake() -> None:
    for text in ("\ufeff" + TEXT, b"\xef\xbb\xbf" + TEXT.encode(), TEXT.encode()):
        assert Schema.from_json(text).order()[0] == "id"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("properties", "status", "type"), "strnig", "“strnig” is none of"),
        (("properties", "status", "type"), ["string", 5], "should be a JSON type"),
        (("properties", "status", "type"), 5, "should be a JSON type"),
        (("properties", "status", "enum"), "active", "should be a list of values"),
        (("properties", "status"), "text", "should be an object"),
        (("properties", "status", "x-textcrm"), [], "should be an object"),
        (("properties", "status", "x-textcrm", "type"), "choice", "“choice” is none of"),
        (("properties", "status", "x-textcrm", "index"), "full", "“full” is none of"),
        (("properties", "status", "x-textcrm", "index"), ["text"], "is none of"),
        (("properties", "status", "x-textcrm", "aliases"), "状态", "should be a list of words"),
        (("properties", "status", "x-textcrm", "group"), 1, "should be a text"),
        (("properties", "status", "x-textcrm", "label"), {"zh": 1}, "should be {zh, en}"),
        (("properties", "status", "x-textcrm", "enum"), ["active"], "should be an object"),
        (("properties", "status", "x-textcrm", "enum", "active"), 1, "{zh, en, aliases}"),
        (("properties", "contacts", "x-textcrm", "key"), "name", "should be a list of words"),
        (("properties", "contacts", "items", "properties"), [], "should be an object"),
        (("properties", "contacts", "items", "required"), "name", "should be a list of names"),
        (("properties", "contacts", "items"), "object", "should be an object"),
        (("properties", "bank_account", "x-textcrm", "seal"), "Bank Account", "small letters"),
        (("properties", "bank_account", "x-textcrm", "seal"), "", "small letters"),
        (("properties", "bank_account", "x-textcrm", "seal"), True, "small letters"),
        (("properties", "bank_account", "$ref"), "#/$defs/seald", "#/$defs/seald leads nowhere"),
        (("properties", "bank_account", "$ref"), "other.json", "leads nowhere"),
        (("properties", "bank_account", "$ref"), 5, "leads nowhere"),
        (("properties", "new"), {"$ref": "#/properties/new"}, "leads back to itself"),
        (("$defs", "currency", "type"), "money", "“money” is none of"),
        (("x-textcrm",), "groups", "should be an object"),
        (("x-textcrm", "groups"), ["who"], "should be an object"),
        (("required",), {"id": True}, "should be a list of names"),
    ],
)
def test_what_cannot_be_followed(path: tuple[str | int, ...], value: Any, said: str) -> None:
    text = edited(path, value)
    error = refused(text)
    assert said in error.say("en")
    assert "/".join(map(str, path[:3])) in error.say("zh")
    place = (error.data["line"], error.data["column"])
    assert place in (
        place_of(text, path),
        *(place_of(text, (*path, key)) for key in ("$ref", "zh")),
    )
    assert place != (1, 1)


def test_any_json_is_read_or_refused() -> None:
    scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
    words = st.sampled_from(
        [
            "type",
            "enum",
            "properties",
            "items",
            "$ref",
            "x-textcrm",
            "label",
            "seal",
            "key",
            "title",
        ]
    )
    values = st.recursive(
        scalars | st.sampled_from(["string", "array", "object", "#/properties/a", "#/$defs/b"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
        max_leaves=12,
    )

    @settings(deadline=None)
    @given(
        st.dictionaries(st.sampled_from(["a", "b", "name"]), values),
        st.dictionaries(words, values),
    )
    def check(properties: dict[str, Any], more: dict[str, Any]) -> None:
        try:
            schema = Schema.from_json(json.dumps({**more, "properties": properties}))
        except Invalid:
            return
        for field in schema.walk():
            assert field.kind
            assert isinstance(field.label.zh, str)
            assert (
                field.group,
                field.enum,
                field.key,
                field.description,
                field.element,
            ) is not None
        schema.problems()
        raw = {"a": {"a": "5", "b": ["x"]}, "b": [{"a": "1"}, None], "name": "x"}
        assert list(schema.typed(raw)) == list(schema.instance(raw)) == list(schema.plain(raw))

    check()


# -- what is odd


def odd(document: dict[str, Any] | str) -> list[tuple[str, str]]:
    text = document if isinstance(document, str) else json.dumps(document)
    found = Schema.from_json(text).problems()
    for one in found:
        assert one.severity == "warning"
        for language in ("en", "zh"):
            assert one.say(language)
    return [(one.code, "/".join(map(str, one.path))) for one in found]


NEEDED = {"id": {"type": "string"}, "name": {"type": "string"}}


def test_oddities() -> None:
    properties = {
        **NEEDED,
        "a": {"title": "名 · Name", "type": "string"},
        "b": {"type": "string", "x-textcrm": {"type": "money"}},
        "c": {"enum": ["x"], "x-textcrm": {"enum": {"y": {"zh": "乙", "en": "Y"}}}},
        "d": {
            "type": "array",
            "items": {"type": "object", "properties": {"e": {}}},
            "x-textcrm": {"key": ["f"]},
        },
        "g": {"type": "string", "x-textcrm": {"seal": "finance", "group": "nowhere"}},
    }
    assert odd({"properties": properties}) == [
        ("schema-ambiguous", "properties/a"),
        ("schema-kind", "properties/b"),
        ("schema-enum-label", "properties/c"),
        ("schema-key", "properties/d"),
        ("schema-seal", "properties/g"),
        ("schema-group", "properties/g"),
    ]
    assert odd({"properties": {"a": {}}}) == [("schema-lacks-field", "properties")] * 2


def test_a_key_that_stands_twice() -> None:
    text = '{"properties": {\n "id": {}, "name": {},\n "a": {"type": "string"},\n "a": {"type": "number"}}}'
    assert odd(text) == [("schema-doubled-key", "properties/a")]
    schema = Schema.from_json(text)
    assert schema.place(schema.problems()[0].path) == (4, 7)


@settings(deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=6),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
        ),
        max_leaves=15,
    ),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
)
def test_every_value_has_its_place(tree: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
    lines = text.split("\n")

    def check(node: Any, path: tuple[str | int, ...]) -> None:
        line, column = place_of(text, path)
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == node
        for key, inner in (
            node.items()
            if isinstance(node, dict)
            else enumerate(node)
            if isinstance(node, list)
            else ()
        ):
            check(inner, (*path, key))

    check(tree, ())
    assert place_of(text, ("no such key", 99)) == (1, 1)
