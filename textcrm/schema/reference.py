"""The field reference: the tables of schema/README.md, written from the schema itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.schema.field import Field
    from textcrm.schema.model import Schema
    from textcrm.text import Language

KIND_LABELS: Final[dict[str, Text]] = {
    "text": Text("text", "文字"),
    "name": Text("name", "名称"),
    "phone": Text("phone", "电话"),
    "email": Text("e-mail", "邮箱"),
    "url": Text("web address", "网址"),
    "date": Text("date", "日期"),
    "moment": Text("date or time", "日期或时间"),
    "enum": Text("one of", "选项"),
    "money": Text("money", "金额"),
    "number": Text("number", "数字"),
    "integer": Text("whole number", "整数"),
    "boolean": Text("true or false", "是否"),
    "person": Text("person", "人员"),
    "code": Text("code", "代码"),
    "reference": Text("reference", "引用"),
    "list": Text("list", "列表"),
    "items": Text("list of items", "多条记录"),
    "mapping": Text("group", "组合"),
    "size": Text("size", "规模"),
    "any": Text("anything", "任意"),
}
_HEAD: Final = (
    Text("Field", "字段"),
    Text("Label", "名称"),
    Text("Kind", "种类"),
    Text("What belongs there", "填写内容"),
    Text("Also called", "别名"),
    Text("Source", "依据"),
)
_REQUIRED: Final = Text("required", "必填")
_SEALED: Final = Text("sealed: {seal}", "加密：{seal}")
_KEY: Final = Text("told apart by {key}", "以 {key} 区分")
_BEGIN: Final = "<!-- fields:{language} -->"
_END: Final = "<!-- /fields:{language} -->"


def tables(schema: Schema, language: Language) -> str:
    """Every field in Markdown: one table for each group, in the schema's order.

    The fields inside a list or group follow it as ``contacts/phones/number``.
    """
    parts = []
    for name, label, fields in schema.groups:
        rows = [_row(field, language) for field in _with_inner(fields)]
        head = _line(*(text.say(language) for text in _HEAD))
        rule = _line(*("---" for _ in _HEAD))
        title = f"### {label.say(language)} (`{name}`)"
        parts.append("\n".join((title, "", head, rule, *rows)))
    return "\n\n".join(parts)


def refreshed(readme: str, schema: Schema) -> str:
    """A README with the tables between its ``<!-- fields:zh -->`` marks written anew."""
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        begin, end = _BEGIN.format(language=language), _END.format(language=language)
        before, mark, rest = readme.partition(begin)
        _, closing, after = rest.partition(end)
        if mark and closing:
            readme = f"{before}{begin}\n\n{tables(schema, language)}\n\n{end}{after}"
    return readme


def _with_inner(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _with_inner(field.fields)


def _row(field: Field, language: Language) -> str:
    return _line(
        f"`{'/'.join(field.path)}`",
        field.label.say(language),
        _kind(field, language),
        field.description.say(language),
        ("、" if language == "zh" else ", ").join(field.aliases),
        field.source,
    )


def _kind(field: Field, language: Language) -> str:
    words = [KIND_LABELS[field.kind].say(language)]
    if field.enum:
        words[0] += " " + _choices(field, language)
    if field.required:
        words.append(_REQUIRED.say(language))
    if field.annotation.get("seal"):
        words.append(_SEALED.say(language, seal=f"`{field.seal}`"))
    if field.key:
        words.append(_KEY.say(language, key="+".join(f"`{name}`" for name in field.key)))
    return ("；" if language == "zh" else "; ").join(words)


def _choices(field: Field, language: Language) -> str:
    choices = (f"`{value.code}` {value.label.say(language)}" for value in field.enum)
    return ("、" if language == "zh" else ", ").join(choices)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
