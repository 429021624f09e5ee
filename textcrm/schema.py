"""The schema: what a field is, read from the vault's JSON Schema and its x-textcrm annotations."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.errors import Invalid, Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Converter = Callable[[Any], Any]

GROUPS: dict[str, Text] = {
    "who": Text("Who", "客户是谁"),
    "need": Text("Need", "需求是什么"),
    "follow-up": Text("Follow-up", "跟进情况"),
    "cooperation": Text("Cooperation", "合作状态"),
    "transactions": Text("Transactions", "交易与合同"),
    "custom": Text("Custom", "自定义"),
}


class EnumValue(NamedTuple):
    """One allowed value: the code that is stored, its label and other words for it."""

    code: str
    label: Text
    aliases: tuple[str, ...] = ()


def folded(word: str) -> str:
    """A word as names, labels and aliases are compared: width, case and spaces do not matter."""
    return unicodedata.normalize("NFKC", word).casefold().strip().replace(" ", "").replace("_", "")


class Field:
    """One field: its place, kind, labels and how it is sealed, indexed and matched.

    ``path`` has no indexes: ("contacts", "phones", "number"). ``kind`` is one of text, name, phone,
    email, url, date, moment, enum, money, number, integer, boolean, person, code, reference, list
    (of scalars), items (a list of mappings), mapping, size, any.
    """

    def __init__(
        self, schema: Schema, name: str, path: tuple[str, ...], node: dict[str, Any], *, required: bool
    ) -> None:
        self._schema = schema
        self.name = name
        self.path = path
        self.node = node
        self.required = required
        self.annotation: dict[str, Any] = node.get("x-textcrm") or {}

    def __repr__(self) -> str:
        return f"Field({'/'.join(self.path)}, {self.kind})"

    @cached_property
    def kind(self) -> str:
        """What the values are."""
        given = self.annotation.get("type")
        if isinstance(given, str):
            return given
        types = _types(self.node)
        if "array" in types:
            return "items" if "object" in _types(self._items) or self._items.get("properties") else "list"
        if "enum" in self.node:
            return "enum"
        for kind in ("boolean", "integer", "number"):
            if kind in types:
                return kind
        if "string" in types or self.node.get("format"):
            formats = {"date": "date", "date-time": "moment", "email": "email", "uri": "url"}
            return formats.get(str(self.node.get("format")), "text")
        return "mapping" if "object" in types or self.node.get("properties") else "any"

    @property
    def _items(self) -> dict[str, Any]:
        items = self.node.get("items")
        return self._schema.resolved(items) if isinstance(items, dict) else {}

    @cached_property
    def label(self) -> Text:
        """The field's name for people."""
        return _label(self.annotation.get("label"), _titled(self.node, self.name))

    @cached_property
    def description(self) -> Text:
        """What belongs into the field: the description's first paragraph is Chinese."""
        given = self.node.get("description")
        if not isinstance(given, str):
            return self.label
        parts = given.split("\n\n", 1)
        return Text(parts[-1], parts[0])

    @cached_property
    def group(self) -> str:
        """The question of A4 that the field answers."""
        group = self.annotation.get("group")
        return group if isinstance(group, str) else "custom"

    @cached_property
    def enum(self) -> tuple[EnumValue, ...]:
        """The allowed values, with their labels."""
        node = self._items if self.kind == "list" else self.node
        labels = self.annotation.get("enum") or (node.get("x-textcrm") or {}).get("enum") or {}
        return tuple(_enum_value(code, labels.get(str(code))) for code in node.get("enum") or ())

    @property
    def seal(self) -> str | None:
        """The class that may read the value, None where everybody may."""
        seal = self.annotation.get("seal")
        return seal if isinstance(seal, str) else None

    @property
    def index(self) -> str:
        """How search treats the value."""
        given = self.annotation.get("index")
        if isinstance(given, str):
            return given
        by_kind = {"date": "date", "moment": "date", "money": "number", "number": "number",
                   "integer": "number", "phone": "phone", "name": "name", "enum": "keyword"}
        return by_kind.get(self.kind, "text")

    @property
    def key(self) -> tuple[str, ...]:
        """The fallback merge key of a list of mappings."""
        return tuple(self.annotation.get("key") or ())

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names, as in import headers."""
        return tuple(self.annotation.get("aliases") or ())

    @property
    def purpose(self) -> str:
        """What the value is collected for."""
        return str(self.annotation.get("purpose") or "")

    @property
    def source(self) -> str:
        """The requirement rows that the field answers."""
        return str(self.annotation.get("source") or "")

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields inside a mapping, or inside the items of a list of mappings."""
        node = self._items if self.kind == "items" else self.node
        if self.seal or self.kind not in ("items", "mapping", "size", "any"):
            return ()
        return self._schema.children(node, self.path)

    @cached_property
    def element(self) -> Field:
        """The field of one element of a list of scalars; the field itself for anything else."""
        if self.kind != "list":
            return self
        node = {**self._items}
        node["x-textcrm"] = {**self.annotation, **(node.get("x-textcrm") or {})}
        return Field(self._schema, self.name, self.path, node, required=False)

    def child(self, name: str) -> Field | None:
        """The field of that name inside this one."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    def enum_value(self, word: str) -> EnumValue | None:
        """The allowed value that a code, label or alias means."""
        return self._by_word.get(folded(word))

    @cached_property
    def _by_word(self) -> dict[str, EnumValue]:
        words: dict[str, EnumValue] = {}
        for value in self.enum:
            for word in (value.label.zh, value.label.en, *value.aliases):
                words.setdefault(folded(word), value)
        return {**words, **{folded(value.code): value for value in self.enum}}


class Schema:
    """A vault's schema: the single source of what a field is (DESIGN section 2)."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    @classmethod
    def from_json(cls, text: str | bytes) -> Schema:
        """Read a schema file. Raises Invalid (schema-invalid), with line and column where known."""
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _broken(error) from error
        if not isinstance(document, dict) or not isinstance(document.get("properties"), dict):
            raise _wrong("", Text("it has no properties", "缺少 properties"))
        for name, node in document["properties"].items():
            _checked(name, node)
        return cls(document)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The top-level fields, in the schema's order."""
        return self.children(self.document, ())

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    def children(self, node: Mapping[str, Any], path: tuple[str, ...]) -> tuple[Field, ...]:
        """The fields of an object's node."""
        required = node.get("required") or ()
        properties = node.get("properties")
        if not isinstance(properties, dict):
            return ()
        return tuple(
            Field(self, name, (*path, name), self.resolved(child), required=name in required)
            for name, child in properties.items()
            if isinstance(child, dict)
        )

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """A node with its local ``$ref`` followed; keywords beside it win."""
        seen = 0
        while isinstance(node.get("$ref"), str) and node["$ref"].startswith("#/") and seen < 16:
            target: Any = self.document
            for part in node["$ref"][2:].split("/"):
                target = target.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(target, dict) else None
            if not isinstance(target, dict):
                break
            node = {**target, **{k: v for k, v in node.items() if k != "$ref"}}
            seen += 1
        return node

    @cached_property
    def groups(self) -> tuple[tuple[str, Text, tuple[Field, ...]], ...]:
        """The fields by the questions they answer, in order (A1-A5)."""
        own = (self.document.get("x-textcrm") or {}).get("groups") or {}
        names = dict.fromkeys([*GROUPS, *own, *(field.group for field in self.fields)])
        result = []
        for name in names:
            members = tuple(field for field in self.fields if field.group == name)
            if members:
                result.append((name, _label(own.get(name), GROUPS.get(name, Text(name, name))), members))
        return tuple(result)

    def at(self, path: Sequence[str | int]) -> Field | None:
        """The field at a path with or without indexes and item ids; None where none is known."""
        field: Field | None = None
        in_item = True
        for step in path:
            if field is None:
                field = self._by_name.get(str(step))
                if field is None:
                    return None
                in_item = field.kind not in ("items", "list")
            elif isinstance(step, int):
                in_item = True
            else:
                child = field.child(step)
                if child is None:
                    if in_item or field.kind != "items":
                        return None
                    in_item = True
                    continue
                field = child
                in_item = field.kind not in ("items", "list")
        return field

    def find(self, word: str, within: Field | None = None) -> Field | None:
        """The field that a name, label or alias means, at the top or inside another field."""
        key = folded(word)
        table = self._words if within is None else _words_of(within)
        return table.get(key)

    @cached_property
    def _words(self) -> dict[str, Field]:
        return _table(self.fields)

    def require(self, word: str, within: Field | None = None) -> Field:
        """As :meth:`find`; raises Misuse (unknown-field) with a suggestion."""
        field = self.find(word, within)
        if field is not None:
            return field
        raise self.unknown(word, within)

    def unknown(self, word: str, within: Field | None = None) -> Misuse:
        """The error for a word that no field answers to."""
        import difflib

        fields = within.fields if within is not None else self.fields
        words = {w: f for f in fields for w in (f.name, f.label.zh, f.label.en.casefold(), *f.aliases)}
        near = difflib.get_close_matches(word.casefold(), words, n=2, cutoff=0.6)
        shown = list(dict.fromkeys(f"{words[one].name}（{words[one].label.zh}）" for one in near))
        known = [field.name for field in fields]
        return Misuse(
            "unknown-field",
            Text("there is no field “{word}”", "没有字段“{word}”")
            if within is None
            else Text("{within} has no field “{word}”", "{within}中没有字段“{word}”"),
            hint=Text("did you mean {near}?", "是不是 {near}？") if shown else Text("fields: {known}", "可用字段：{known}"),
            word=word,
            near=shown,
            known=known,
            within=within.label if within is not None else "",
        )

    @cached_property
    def sealed(self) -> tuple[Field, ...]:
        """Every field with a class of readers."""
        return tuple(field for field in _all(self.fields) if field.seal)

    def order(self, path: Sequence[str | int] = ()) -> tuple[str, ...]:
        """The schema's order of the keys at a path."""
        if not path:
            return tuple(self._by_name)
        field = self.at(path)
        return tuple(child.name for child in field.fields) if field is not None else ()

    def typed(self, raw: dict[str, Any]) -> dict[str, Any]:
        """A record with numbers as Decimal or int, booleans, dates; what cannot be read stays text."""
        return _converted(raw, self._typers)

    def instance(self, raw: dict[str, Any]) -> dict[str, Any]:
        """A record as a JSON Schema validator wants it: JSON numbers, booleans, no empty keys."""
        return _instance(raw, self._instancers)

    def plain(self, raw: dict[str, Any]) -> dict[str, Any]:
        """A record as it is written: numbers and booleans plain, all else the text it was."""
        return _converted(raw, self._plainers)

    def jsonable(self, typed: Any) -> Any:
        """A typed tree that JSON can carry: money and dates as strings (DESIGN section 8)."""
        if isinstance(typed, dict):
            return {name: self.jsonable(value) for name, value in typed.items()}
        if isinstance(typed, list):
            return [self.jsonable(value) for value in typed]
        if isinstance(typed, Decimal):
            return format(typed, "f")
        return typed.isoformat() if isinstance(typed, dt.date) else typed

    @cached_property
    def _typers(self) -> dict[str, Any]:
        return _converters(self.fields, {
            "money": _decimal, "number": _decimal, "integer": _integer, "boolean": _boolean,
            "date": _day, "moment": _moment,
        })

    @cached_property
    def _plainers(self) -> dict[str, Any]:
        numeric = {"money": _decimal, "number": _decimal, "integer": _integer}
        return _converters(self.fields, {**numeric, "boolean": _boolean})

    @cached_property
    def _instancers(self) -> dict[str, Any]:
        numeric = {"money": _json_number, "number": _json_number, "integer": _json_number}
        return _converters(self.fields, {**numeric, "boolean": _boolean})


def _types(node: Mapping[str, Any]) -> tuple[str, ...]:
    given = node.get("type")
    return (given,) if isinstance(given, str) else tuple(given or ())


def _titled(node: Mapping[str, Any], name: str) -> Text:
    title = node.get("title")
    if not isinstance(title, str):
        return Text(name, name)
    zh, _, en = title.partition(" · ")
    return Text(en or zh, zh)


def _label(given: Any, default: Text) -> Text:
    if not isinstance(given, dict):
        return default
    return Text(str(given.get("en") or given.get("zh") or default.en), str(given.get("zh") or given.get("en") or default.zh))


def _enum_value(code: Any, given: Any) -> EnumValue:
    text = str(code)
    if not isinstance(given, dict):
        return EnumValue(text, Text(text, text))
    return EnumValue(text, _label(given, Text(text, text)), tuple(given.get("aliases") or ()))


def _table(fields: Iterable[Field]) -> dict[str, Field]:
    table: dict[str, Field] = {}
    members = list(fields)
    for words in (
        lambda field: (field.name,),
        lambda field: (field.label.zh, field.label.en),
        lambda field: field.aliases,
    ):
        for field in members:
            for word in words(field):
                table.setdefault(folded(word), field)
    return table


def _words_of(field: Field) -> dict[str, Field]:
    table = field.__dict__.get("_words_table")
    if table is None:
        table = field.__dict__["_words_table"] = _table(field.fields)
    return table


def _all(fields: Iterable[Field]) -> Iterable[Field]:
    for field in fields:
        yield field
        yield from _all(field.fields)


# -- conversion


def _converters(fields: Iterable[Field], by_kind: Mapping[str, Converter]) -> dict[str, Any]:
    """What to do at each name: a function for a scalar, a nested table for mappings and items."""
    table: dict[str, Any] = {}
    for field in fields:
        if field.fields:
            inner = _converters(field.fields, by_kind)
            if inner:
                table[field.name] = inner
        elif (converter := by_kind.get(field.element.kind)) is not None:
            table[field.name] = converter
    return table


def _converted(tree: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    result = dict(tree)
    for name, converter in table.items():
        value = result.get(name)
        if value is not None:
            result[name] = _one(value, converter)
    return result


def _one(value: Any, converter: Any) -> Any:
    if isinstance(value, list):
        return [_one(item, converter) for item in value]
    if isinstance(converter, dict):
        return _converted(value, converter) if isinstance(value, dict) else value
    return converter(value) if isinstance(value, str) else value


def _instance(value: Any, table: Any) -> Any:
    if isinstance(value, dict):
        inner = table if isinstance(table, dict) else {}
        return {n: _instance(v, inner.get(n)) for n, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_instance(item, table) for item in value if item is not None]
    return table(value) if table is not None and not isinstance(table, dict) else value


def _decimal(text: str) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() and text.isascii() and "_" not in text else text


def _integer(text: str) -> Any:
    digits = text[1:] if text[:1] in "+-" else text
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 4000 else text


_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def _boolean(text: str) -> Any:
    return _BOOLEANS.get(text, text)


def _day(text: str) -> Any:
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else text
    except ValueError:
        return text


def _moment(text: str) -> Any:
    if len(text) == 10:
        return _day(text)
    try:
        return dt.datetime.fromisoformat(text) if text[4:5] == "-" else text
    except ValueError:
        return text


def _json_number(text: str) -> Any:
    number = _decimal(text)
    if not isinstance(number, Decimal):
        return text
    if number == number.to_integral_value() and abs(number) < Decimal(10) ** 30:
        return int(number)
    return float(number)


# -- reading


def _broken(error: Exception) -> Invalid:
    line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
    return Invalid(
        "schema-invalid",
        Text(
            "{file}:{line}:{column}: this is not JSON: {why}",
            "{file}:{line}:{column}：不是有效的 JSON：{why}",
        ),
        hint=Text("mend it, or take it back: git checkout -- {file}", "请修正，或用 git checkout -- {file} 取回原文件"),
        file="schema/customer.schema.json",
        line=line,
        column=column,
        why=getattr(error, "msg", str(error)),
    )


def _wrong(name: str, what: Text) -> Invalid:
    return Invalid(
        "schema-invalid",
        Text("{file}: {name} {what}", "{file}：{name} {what}"),
        hint=Text("see schema/README.md: how to add a field", "见 schema/README.md：如何增加字段"),
        file="schema/customer.schema.json",
        name=name,
        what=what,
    )


_JSON_TYPES = {"string", "number", "integer", "boolean", "array", "object", "null"}


def _checked(name: str, node: Any) -> None:
    """An annotation of the wrong shape is said at once, not when a command meets it."""
    if not isinstance(node, dict):
        raise _wrong(name, Text("should be an object", "应为对象"))
    for word in _types(node):
        if word not in _JSON_TYPES:
            raise _wrong(name, Text(f"has an unknown type {word!r}", f"的 type {word!r} 无效"))
    note = node.get("x-textcrm", {})
    if not isinstance(note, dict):
        raise _wrong(name, Text("x-textcrm should be an object", "的 x-textcrm 应为对象"))
    if not isinstance(note.get("aliases", []), list) or not isinstance(note.get("key", []), list):
        raise _wrong(name, Text("aliases and key should be lists", "的 aliases 和 key 应为列表"))
    for inner, child in (node.get("properties") or {}).items():
        _checked(f"{name}/{inner}", child)
    items = node.get("items")
    if isinstance(items, dict):
        for inner, child in (items.get("properties") or {}).items():
            _checked(f"{name}/{inner}", child)


def default_schema_text() -> str:
    """The schema that ``init`` writes: installed with the package, or in the checkout."""
    package = Path(__file__).resolve().parent
    name = "customer.schema.json"
    for folder in (package / "data" / "schema", package.parent / "schema"):
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8")
    raise _wrong(name, Text("is missing from this installation", "在安装包中缺失"))
