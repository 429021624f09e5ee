"""Reading a schema file: what of it textcrm cannot follow, and what in it is odd."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textcrm.errors import Invalid
from textcrm.findings import Finding
from textcrm.schema.kinds import ANNOTATION, INDEXES, KINDS, plain_types_of, types_of
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.schema.field import Field
    from textcrm.schema.model import Schema

    Place = tuple[str | int, ...]

_JSON_TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
_DEEPEST = 40
_DEFAULT = "customer.schema.json"


def default_schema_text() -> str:
    """The schema that ``init`` writes: installed with the package, or in the checkout beside it.

    Raises Invalid (schema-missing) where the installation lacks it.
    """
    return (folder_of_defaults() / _DEFAULT).read_text(encoding="utf-8")


def shipped_text() -> str:
    """As :func:`default_schema_text`; nothing where the installation lacks it."""
    try:
        return default_schema_text()
    except (Invalid, OSError):
        return ""


def folder_of_defaults() -> Path:
    """Where the default schema lies. Raises Invalid (schema-missing)."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "data" / "schema", package.parent / "schema"):
        if (folder / _DEFAULT).is_file():
            return folder
    raise Invalid(
        "schema-missing",
        Text("this installation lacks its default schema", "安装包中缺少默认的字段定义"),
        hint=Text("install textcrm again", "请重新安装 textcrm"),
    )


def decoded(text: str | bytes, file: str) -> str:
    """The text of a schema file, which is UTF-8, with or without a BOM."""
    if isinstance(text, bytes):
        return _from_utf8(text, file).removeprefix("\ufeff")
    return text.removeprefix("\ufeff")


def _from_utf8(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        what = Text("this is not UTF-8", "不是 UTF-8 编码")
        raise _invalid(file, line, column, what) from error


def document_of(text: str, file: str) -> dict[str, Any]:
    """The JSON object in a text. Raises Invalid (schema-invalid) with line and column."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        what = Text("this is not JSON: {why}", "不是有效的 JSON：{why}")
        raise _invalid(file, error.lineno, error.colno, what, why=_why(error.msg)) from error
    except (ValueError, RecursionError) as error:
        what = Text("this cannot be read as JSON", "无法按 JSON 读取")
        raise _invalid(file, 1, 1, what) from error
    if not isinstance(document, dict) or not isinstance(document.get("properties"), dict):
        what = Text("a schema is an object with properties", "字段定义应为含有 properties 的对象")
        raise _invalid(file, 1, 1, what)
    return document


# How the reader's messages begin, with what they mean to somebody who edits the file.
_WHY = {
    "Expecting ',' delimiter": Text("a comma is missing", "缺少逗号"),
    "Expecting ':' delimiter": Text("a colon is missing", "缺少冒号"),
    "Expecting property name": Text(
        "a name in double quotes is missing, or a comma is too many",
        "缺少带双引号的键名，或多了逗号",
    ),
    "Illegal trailing comma": Text("a comma is too many", "多了逗号"),
    "Expecting value": Text("a value is missing, or a comma is too many", "缺少值，或多了逗号"),
    "Extra data": Text("something follows the end", "结尾之后还有内容"),
    "Unterminated string": Text("a quote is not closed", "引号没有闭合"),
    "Invalid control character": Text("a line break or tab within quotes", "引号内有换行或制表符"),
    "Invalid": Text("a backslash that means nothing", "反斜杠用法不对"),
}


def _why(message: str) -> Text:
    for start, why in _WHY.items():
        if message.startswith(start):
            return why
    return Text(message, message)


def invalid(schema: Schema, error: Finding) -> Invalid:
    """An error in the schema as an exception, with its place in the file."""
    line, column = schema.place(error.path)
    return _invalid(schema.file, line, column, error.message, **error.data)


def _invalid(file: str, line: int, column: int, what: Text, **data: Any) -> Invalid:
    told = Text(what.say("en", **data), what.say("zh", **data))
    return Invalid(
        "schema-invalid",
        Text("{file}:{line}:{column}: {what}", "{file}:{line}:{column}：{what}"),
        hint=Text(
            "mend it, or take it back: git checkout -- {file}",
            "请修正，或用 git checkout -- {file} 取回原文件",
        ),
        file=file,
        line=line,
        column=column,
        what=told,
        **data,
    )


# -- errors: what no field can be made of


def errors(schema: Schema) -> Iterator[Finding]:
    """What textcrm cannot follow, in the order of the document."""
    document = schema.document
    if not isinstance(document.get(ANNOTATION, {}), dict):
        yield _not_a((ANNOTATION,), Text("an object", "对象"))
    else:
        yield from _root(document.get(ANNOTATION) or {})
    yield from _object(schema, document, ())
    definitions = document.get("$defs")
    for name, node in definitions.items() if isinstance(definitions, dict) else ():
        yield from _property(schema, node, ("$defs", name))


def _root(note: dict[str, Any]) -> Iterator[Finding]:
    for name in ("groups", "purposes"):
        if not isinstance(note.get(name, {}), dict):
            yield _not_a((ANNOTATION, name), Text("an object", "对象"))


def _object(schema: Schema, node: dict[str, Any], path: Place) -> Iterator[Finding]:
    properties = node.get("properties")
    if properties is not None and not isinstance(properties, dict):
        yield _not_a((*path, "properties"), Text("an object", "对象"))
        return
    required = node.get("required")
    if required is not None and not _is_words(required):
        yield _not_a((*path, "required"), Text("a list of names", "名称列表"))
    for name, child in (properties or {}).items():
        yield from _property(schema, child, (*path, "properties", name))


def _property(schema: Schema, node: Any, path: Place) -> Iterator[Finding]:
    if isinstance(node, bool):
        return
    if not isinstance(node, dict):
        yield _not_a(path, Text("an object", "对象"))
        return
    if len(path) > _DEEPEST:
        yield _finding(path, Text("this lies too deep", "嵌套过深"))
        return
    if "$ref" in node:
        yield from _reference(schema, node, path)
    yield from _types(node, path)
    if ANNOTATION in node:
        yield from _annotation(node[ANNOTATION], (*path, ANNOTATION))
    if "properties" in node or "required" in node:
        yield from _object(schema, node, path)
    if "items" in node:
        yield from _property(schema, node["items"], (*path, "items"))


def _reference(schema: Schema, node: dict[str, Any], path: Place) -> Iterator[Finding]:
    place = (*path, "$ref")
    reference = node["$ref"]
    if not isinstance(reference, str) or schema.target(reference) is None:
        what = Text(
            "$ref {ref} leads nowhere in this file (write #/$defs/NAME)",
            "$ref {ref} 在本文件中没有对应内容（应写作 #/$defs/名称）",
        )
        yield _finding(place, what, ref=str(reference))
    elif "$ref" in schema.resolved(node):
        what = Text("$ref {ref} leads back to itself", "$ref {ref} 引用了自身")
        yield _finding(place, what, ref=reference)


def _types(node: dict[str, Any], path: Place) -> Iterator[Finding]:
    given = node.get("type", [])
    listed = [given] if isinstance(given, str) else given
    if not _is_words(listed):
        yield _not_a((*path, "type"), Text("a JSON type", "JSON 类型"))
        return
    for word in listed:
        if word not in _JSON_TYPES:
            yield _unknown((*path, "type"), word, _JSON_TYPES)
    if not isinstance(node.get("enum", []), list):
        yield _not_a((*path, "enum"), Text("a list of values", "取值列表"))


def _annotation(note: Any, path: Place) -> Iterator[Finding]:
    if not isinstance(note, dict):
        yield _not_a(path, Text("an object", "对象"))
        return
    for name, known in (("type", tuple(KINDS)), ("index", INDEXES)):
        word = note.get(name)
        if word is not None and word not in known:
            yield _unknown((*path, name), str(word), known)
    for name in ("group", "purpose", "source", "derived"):
        if not isinstance(note.get(name, ""), str):
            yield _not_a((*path, name), Text("a text", "一段文字"))
    if not _is_wanted(note.get("wanted", False)):
        what = Text("true, or {{field: [values]}}", "true 或 {{字段: [取值]}}")
        yield _not_a((*path, "wanted"), what)
    for name in ("key", "aliases"):
        if not _is_words(note.get(name, [])):
            yield _not_a((*path, name), Text("a list of words", "文字列表"))
    yield from _words(note, path)


def _words(note: dict[str, Any], path: Place) -> Iterator[Finding]:
    if not _is_label(note.get("label", "")):
        yield _not_a((*path, "label"), Text("{{zh, en}}", "{{zh, en}}"))
    if "seal" in note and not _is_class(note["seal"]):
        what = Text(
            "a class is small letters, digits and -, such as finance",
            "密级名称由小写字母、数字和 - 组成，如 finance",
        )
        yield _finding((*path, "seal"), what)
    labels = note.get("enum", {})
    if not isinstance(labels, dict):
        yield _not_a(
            (*path, "enum"), Text("an object: value: {{zh, en}}", "对象：取值: {{zh, en}}")
        )
        return
    for code, label in labels.items():
        aliases = label.get("aliases", []) if isinstance(label, dict) else []
        if not _is_label(label) or not _is_words(aliases):
            what = Text("{{zh, en, aliases}}", "{{zh, en, aliases}}")
            yield _not_a((*path, "enum", code), what)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _is_wanted(value: Any) -> bool:
    return isinstance(value, bool) or (
        isinstance(value, dict) and all(map(_is_words, value.values()))
    )


def _is_label(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(value.get(name, ""), str) for name in ("zh", "en"))
    return isinstance(value, str)


def _is_class(value: Any) -> bool:
    if not isinstance(value, str) or not value.isascii():
        return False
    return value[:1].isalpha() and value.replace("-", "").isalnum() and value == value.lower()


def _finding(path: Place, what: Text, **data: Any) -> Finding:
    message = Text("{where}: " + what.en, "{where}：" + what.zh)
    return Finding("schema-invalid", "error", path, message, None, {"where": _said(path), **data})


def _said(path: Place) -> str:
    return "/".join(str(step) for step in path)


def _not_a(path: Place, wanted: Text) -> Finding:
    return _finding(path, Text("this should be " + wanted.en, "此处应为" + wanted.zh))


def _unknown(path: Place, word: str, known: tuple[str, ...]) -> Finding:
    what = Text("“{word}” is none of: {known}", "“{word}”不在可用值中：{known}")
    return _finding(path, what, word=word, known=list(known))


# -- warnings: what works, though hardly as it is meant


def warnings(schema: Schema) -> Iterator[Finding]:
    """What is odd: doubled keys, kinds that do not suit, labels of no value, ambiguous words."""
    from textcrm.schema.places import doubled

    for path, _ in doubled(schema.text) if schema.text else ():
        what = Text("{where}: this key stands twice", "{where}：此键重复出现")
        yield _odd("schema-doubled-key", path, what)
    for name in ("id", "name"):
        if schema.at((name,)) is None:
            what = Text("a record needs the field {name}", "记录需要字段 {name}")
            yield _odd("schema-lacks-field", ("properties",), what, name=name)
    yield from _ambiguous(schema.fields)
    for field in schema.walk():
        yield from _ambiguous(field.fields)
        yield from _odd_kind(field)
        yield from _odd_annotation(schema, field)


def _ambiguous(fields: tuple[Field, ...]) -> Iterator[Finding]:
    """A label or alias that two fields of one mapping share: the first one wins."""
    from textcrm.schema.words import folded

    owners: dict[str, Field] = {}
    for field in fields:
        for word in dict.fromkeys(
            folded(one) for one in (field.name, field.label.zh, field.label.en, *field.aliases)
        ):
            first = owners.setdefault(word, field)
            if first is not field:
                what = Text(
                    "{where}: “{word}” means {first} as well", "{where}：“{word}”也指 {first}"
                )
                yield _odd("schema-ambiguous", place_in(field), what, word=word, first=first.name)


def _odd_kind(field: Field) -> Iterator[Finding]:
    types = set(plain_types_of(field.node)) - {"null"}
    allowed = KINDS.get(field.kind, frozenset())
    if types and not types & allowed:
        what = Text(
            "{where}: the kind {kind} does not suit the JSON type {types}",
            "{where}：种类 {kind} 与 JSON 类型 {types} 不符",
        )
        yield _odd("schema-kind", place_in(field), what, kind=field.kind, types=sorted(types))
    if field.annotation.get("seal") and "object" not in types_of(field.node):
        what = Text(
            '{where}: a sealed value is an object; allow it: "type": [..., "object"]',
            "{where}：加密值是对象，type 应包含 object",
        )
        yield _odd("schema-seal", place_in(field), what)


def _odd_annotation(schema: Schema, field: Field) -> Iterator[Finding]:
    codes = {value.code for value in field.enum}
    labels = field.annotation.get("enum")
    for code in labels if isinstance(labels, dict) else ():
        if code not in codes:
            what = Text("{where}: {value} is no value of enum", "{where}：{value} 不在 enum 中")
            yield _odd("schema-enum-label", place_in(field), what, value=code)
    for name in field.key:
        if field.child(name) is None:
            what = Text("{where}: key names no field {name}", "{where}：key 中的 {name} 不是字段")
            yield _odd("schema-key", place_in(field), what, name=name)
    if field.group not in schema.group_labels:
        what = Text("{where}: there is no group {group}", "{where}：没有分组 {group}")
        yield _odd("schema-group", place_in(field), what, group=field.group)


def place_in(field: Field) -> Place:
    """The path of a field's property in the document, as far as no ``$ref`` leads away from it."""
    if field.within is None:
        return ("properties", field.name)
    above = place_in(field.within)
    inner = ("items",) if field.within.kind == "items" else ()
    return (*above, *inner, "properties", field.name)


def _odd(code: str, path: Place, what: Text, **data: Any) -> Finding:
    return Finding(code, "warning", path, what, None, {"where": _said(path), **data})
