"""Every field that queries, columns and sorts know, as ``textcrm help fields`` prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.cli.context import Context
    from textcrm.schema import Field, Schema

_KINDS: Final[dict[str, Text]] = {
    "boolean": Text("yes or no", "是否"),
    "code": Text("code", "代码"),
    "date": Text("day", "日期"),
    "email": Text("e-mail", "邮箱"),
    "enum": Text("choice", "选项"),
    "integer": Text("number", "数字"),
    "items": Text("items", "条目"),
    "list": Text("words", "多个词"),
    "mapping": Text("group", "分组"),
    "moment": Text("day, time", "日期时间"),
    "money": Text("amount", "金额"),
    "name": Text("name", "姓名"),
    "number": Text("number", "数字"),
    "person": Text("person", "人员"),
    "phone": Text("phone", "电话"),
    "region": Text("place", "地区"),
    "size": Text("range", "范围"),
}
_TEXT: Final = Text("text", "文字")


class Row(NamedTuple):
    """One field: how it is called, what it holds, the codes it takes, and whether it is sealed."""

    name: str
    label: Text
    kind: str
    choices: tuple[tuple[str, Text], ...] = ()
    sealed: bool = False


def rows(schema: Schema) -> list[Row]:
    """All fields of a schema, then short names for several of them, then derived values."""
    from textcrm.query.names import DERIVED, DERIVED_ONLY, short_cuts

    found = list(_below(schema.fields))
    found += [
        Row(name, label, "region" if name == "region" else "text") for name, label in short_cuts()
    ]
    found += [Row(each.name, each.label, each.kind) for each in DERIVED]
    found += [Row(f"derived.{each.name}", each.label, each.kind) for each in DERIVED_ONLY]
    return found


def _below(fields: tuple[Field, ...]) -> Iterator[Row]:
    for field in fields:
        choices = tuple((value.code, value.label) for value in field.enum)
        yield Row(".".join(field.path), field.label, field.kind, choices, bool(field.seal))
        yield from _below(field.fields)


def print_fields(context: Context) -> None:
    """Print the fields of the vault at hand. Raises NotFound (no-vault)."""
    found = rows(context.vault().schema)
    if context.json:
        context.emit([_json(context, row) for row in found])
        return
    cells = [
        [row.name, row.label.say(context.language), _kind(context, row), _choices(context, row)]
        for row in found
    ]
    heads = [
        Text("Name", "字段"),
        Text("Label", "中文名"),
        Text("Holds", "内容"),
        Text("Values", "取值"),
    ]
    with context.out.paged():
        context.out.table(heads, cells)


def _kind(context: Context, row: Row) -> str:
    said = _KINDS.get(row.kind, _TEXT).say(context.language)
    return f"{said} 🔒" if row.sealed else said


def _choices(context: Context, row: Row) -> str:
    if context.language == "zh":
        return "、".join(label.zh for _, label in row.choices)
    return ", ".join(code for code, _ in row.choices)


def _json(context: Context, row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "label": row.label.say(context.language),
        "kind": row.kind,
        "sealed": row.sealed,
        "values": [code for code, _ in row.choices],
    }
