"""Validation against the vault's JSON Schema: a fast yes or no, and findings in plain words."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING, Any

from textcrm.findings import Finding
from textcrm.text import Text, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from textcrm.schema import Field, Schema

Path = tuple[str | int, ...]


class Validator:
    """Checks records. jsonschema-rs answers fast, jsonschema (the reference) explains."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    @cached_property
    def _fast(self) -> Callable[[Any], bool]:
        """The fast path, or the reference where jsonschema-rs is not installed."""
        try:
            import jsonschema_rs
        except ImportError:
            return lambda instance: next(self._reference.iter_errors(instance), None) is None
        try:
            validator = jsonschema_rs.validator_for(self.schema.document, validate_formats=False)
        except ValueError as error:
            raise _unusable(str(error)) from error
        return lambda instance: bool(validator.is_valid(instance))

    @cached_property
    def _reference(self) -> Any:
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import SchemaError

        try:
            Draft202012Validator.check_schema(self.schema.document)
        except SchemaError as error:
            raise _unusable(error.message) from error
        return Draft202012Validator(self.schema.document)

    def is_valid(self, raw: dict[str, Any]) -> bool:
        """Whether a record keeps the schema (dates included), warnings aside."""
        return self._fast(self.schema.instance(raw)) and not any(self._dates(raw))

    def is_clean(self, raw: dict[str, Any]) -> bool:
        """Whether :meth:`findings` would find nothing, as far as can be told fast."""
        return (
            self.is_valid(raw)
            and next(self._noticed(raw, self.schema.fields, (), top=True), None) is None
        )

    def findings(self, raw: dict[str, Any]) -> list[Finding]:
        """Everything that the schema says against a record, in the order of the record."""
        instance = self.schema.instance(raw)
        found: list[Finding] = []
        if not self._fast(instance):
            index = _indexes(raw)
            for error in self._reference.iter_errors(instance):
                found += self._explained(error, raw, index)
        found += self._dates(raw)
        found += self._noticed(raw, self.schema.fields, (), top=True)
        unique = {(one.code, one.path, str(one.data.get("name"))): one for one in found}
        return sorted(
            unique.values(),
            key=lambda one: [
                str(step).zfill(6) if isinstance(step, int) else step for step in one.path
            ],
        )

    # -- the schema's errors

    def _explained(self, error: Any, raw: Any, index: Callable[[Path], Path]) -> Iterator[Finding]:
        path = index(tuple(error.absolute_path))
        keyword = error.validator
        field = self.schema.at(path)
        if keyword == "required":
            yield from self._missing(error, path, raw)
            return
        if (
            keyword in ("anyOf", "oneOf", "allOf")
            and error.context
            and field is not None
            and not field.seal
        ):
            yield from self._explained(
                min(error.context, key=lambda one: len(one.path)), raw, index
            )
            return
        own = (
            error.schema.get("errorMessage" if keyword == "enum" else "patternErrorMessage")
            if isinstance(error.schema, dict)
            else None
        )
        data = {
            "field": _named(field, path),
            "found": _shown(error.instance, field),
            "wanted": _wanted(keyword, error, field, own if keyword == "pattern" else None),
        }
        message = Text(
            "{field}: {found} will not do, it should be {wanted}",
            "{field}：{found} 不符合要求，应为{wanted}",
        )
        hint = None
        if keyword == "pattern" and isinstance(own, str):
            message = Text(
                "{field}: {found} will not do: {wanted}", "{field}：{found} 不符合要求：{wanted}"
            )
        if keyword == "enum" and field is not None and isinstance(error.instance, str):
            near = _near(error.instance, field)
            if near:
                hint, data["near"] = Text("did you mean {near}?", "是不是 {near}？"), near
        yield Finding(str(keyword), "error", path, message, hint, data)

    def _missing(self, error: Any, path: Path, raw: Any) -> Iterator[Finding]:
        there = error.instance if isinstance(error.instance, dict) else {}
        for name in error.validator_value:
            if name in there:
                continue
            child = self.schema.at((*path, name))
            where = self.schema.at(path) if path else None
            data = {
                "field": _named(child, (*path, name)),
                "name": name,
                "where": where.label if where else Text("the record", "记录"),
            }
            yield Finding(
                "required",
                "error",
                (*path, name) if _has(raw, (*path, name)) else path,
                Text("{where} lacks {field} ({name})", "{where}缺少{field}（{name}）"),
                Text("add a line: {name}: ...", "请加一行：{name}: …"),
                data,
            )

    # -- dates, which not every validator checks alike

    def _dates(self, raw: dict[str, Any]) -> list[Finding]:
        return list(_impossible(raw, self._dated, (), self.schema))

    @cached_property
    def _dated(self) -> dict[str, Any]:
        return _date_table(self.schema.fields)

    # -- what is odd, not wrong

    def _noticed(
        self, tree: Any, fields: Iterable[Field], path: Path, *, top: bool = False
    ) -> Iterator[Finding]:
        known = {field.name: field for field in fields}
        if not isinstance(tree, dict) or (not known and not top):
            return
        for name, value in tree.items():
            field = known.get(name)
            here = (*path, name)
            if value is None:
                yield Finding(
                    "empty-value",
                    "warning",
                    here,
                    Text("{field} is empty", "{field}没有内容"),
                    Text("fill it in or delete the line", "请填写或删除这一行"),
                    {"field": _named(field, here)},
                    at_key=True,
                )
            elif field is None:
                if not name.startswith("x-"):
                    yield self._unknown(name, here, known)
            elif field.seal and not (isinstance(value, dict) and "sealed" in value):
                yield Finding(
                    "plain-sealed",
                    "warning",
                    here,
                    Text(
                        "{field} is sensitive ({label}) and stands here in plain text",
                        "{field}属敏感信息（{label}），此处为明文",
                    ),
                    Text(
                        "keep this vault's repository private until it can be sealed",
                        "在支持加密之前，请确保仓库仅限授权人员访问",
                    ),
                    {"field": field.label, "label": field.seal},
                )
            elif isinstance(value, dict) and field.fields:
                yield from self._noticed(value, field.fields, here)
            elif isinstance(value, list) and field.kind == "items":
                for place, item in enumerate(value):
                    yield from self._noticed(item, field.fields, (*here, place))

    def _unknown(self, name: str, path: Path, known: dict[str, Field]) -> Finding:
        import difflib

        words = {
            word.casefold(): field
            for field in known.values()
            for word in (field.name, field.label.zh, field.label.en, *field.aliases)
        }
        exact = words.get(name.casefold())
        near = (
            [exact]
            if exact
            else [
                words[one]
                for one in difflib.get_close_matches(name.casefold(), words, n=1, cutoff=0.7)
            ]
        )
        data: dict[str, Any] = {"name": _clip(name)}
        hint = None
        if near:
            data["near"] = Text(
                f"{near[0].name} ({near[0].label.en})", f"{near[0].name}（{near[0].label.zh}）"
            )
            hint = Text(
                "did you mean {near}? Free fields go under custom",
                "是不是 {near}？自定义内容可放在 custom 下",
            )
        return Finding(
            "unknown-key",
            "warning",
            path,
            Text("there is no field “{name}” here", "此处没有字段“{name}”"),
            hint,
            data,
            at_key=True,
        )


def _unusable(why: str) -> Exception:
    from textcrm.errors import Invalid

    return Invalid(
        "schema-invalid",
        Text("{file} is no valid JSON Schema: {why}", "{file} 不是有效的 JSON Schema：{why}"),
        hint=Text(
            "mend it, or take it back: git checkout -- {file}",
            "请修正，或用 git checkout -- {file} 取回",
        ),
        file="schema/customer.schema.json",
        why=_clip(why, 200),
    )


def _named(field: Field | None, path: Path) -> Text:
    if field is None:
        return same(str(path[-1]) if path else "")
    return Text(f"{field.label.en} ({field.name})", f"{field.label.zh}（{field.name}）")


def _has(tree: Any, path: Path) -> bool:
    for step in path:
        if isinstance(tree, dict) and step in tree:
            tree = tree[str(step)]
        elif isinstance(tree, list) and isinstance(step, int) and step < len(tree):
            tree = tree[step]
        else:
            return False
    return True


def _indexes(raw: Any) -> Callable[[Path], Path]:
    """From a path in the instance, which has no empty items, to the path in the record."""

    def translate(path: Path) -> Path:
        result: list[str | int] = []
        node = raw
        for step in path:
            if isinstance(node, list) and isinstance(step, int):
                present = [place for place, item in enumerate(node) if item is not None]
                step = present[step] if step < len(present) else step  # noqa: PLW2901
                node = node[step] if step < len(node) else None
            else:
                node = node.get(step) if isinstance(node, dict) else None
            result.append(step)
        return tuple(result)

    return translate


def _clip(text: str, limit: int = 60) -> str:
    clean = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def _shown(value: Any, field: Field | None) -> Text:
    """What was found; of a sealed field only what kind of thing it is."""
    if isinstance(value, dict):
        return Text("a group of fields", "一组字段")
    if isinstance(value, list):
        return Text("a list", "列表")
    if field is not None and field.seal:
        return Text("the value", "该值")
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return Text(f"“{_clip(text)}”", f"“{_clip(text)}”")


_TYPES = {
    "string": Text("a text", "一段文字"),
    "number": Text("a number", "数字"),
    "integer": Text("a whole number", "整数"),
    "boolean": Text("true or false", "true 或 false"),
    "array": Text("a list", "列表"),
    "object": Text("a group of fields", "一组字段"),
    "null": Text("empty", "空"),
}


def _wanted(keyword: str, error: Any, field: Field | None, own: Any) -> Text:
    limit = error.validator_value
    if isinstance(own, str):
        zh, _, en = own.partition(" · ")
        return Text(en or zh, zh)
    if keyword == "enum":
        labels = (
            [one.label for one in field.enum]
            if field is not None and field.enum
            else [same(str(v)) for v in limit]
        )
        codes = (
            [one.code for one in field.enum]
            if field is not None and field.enum
            else [str(v) for v in limit]
        )
        return Text(
            "one of " + ", ".join(codes),
            " " + "、".join(label.zh for label in labels) + " 之一",
        )
    if keyword == "type":
        types = [limit] if isinstance(limit, str) else list(limit)
        plain = (
            [one for one in types if one != "object"]
            if field is not None and field.seal
            else types
        )
        known = [_TYPES.get(one, same(one)) for one in plain]
        return Text(" or ".join(one.en for one in known), "或".join(one.zh for one in known))
    said = {
        "pattern": Text("written otherwise (pattern {v})", "符合格式 {v}"),
        "minimum": Text("{v} or more", "不小于 {v}"),
        "maximum": Text("{v} or less", "不大于 {v}"),
        "exclusiveMinimum": Text("more than {v}", "大于 {v}"),
        "exclusiveMaximum": Text("less than {v}", "小于 {v}"),
        "minLength": Text("at least {v} characters", "至少 {v} 个字"),
        "maxLength": Text("at most {v} characters", "最多 {v} 个字"),
        "minItems": Text("at least {v} items", "至少 {v} 项"),
        "maxItems": Text("at most {v} items", "最多 {v} 项"),
        "uniqueItems": Text("without repetition", "不重复"),
        "const": Text("“{v}”", "“{v}”"),
        "multipleOf": Text("a multiple of {v}", "{v} 的倍数"),
        "additionalProperties": Text("without other fields", "不含其他字段"),
        "dependentRequired": Text(
            "with the fields that belong to it ({v})", "与相关字段同时填写（{v}）"
        ),
    }.get(keyword, Text("what the schema asks ({k}: {v})", "符合模式要求（{k}: {v}）"))
    data = {"v": _clip(str(limit), 80), "k": keyword}
    return Text(said.say("en", **data), said.say("zh", **data))


def _near(value: str, field: Field) -> Text | None:
    known = field.enum_value(value)
    if known is None:
        import difflib

        words = {
            word.casefold(): one
            for one in field.enum
            for word in (one.code, one.label.zh, one.label.en, *one.aliases)
        }
        close = difflib.get_close_matches(value.casefold(), words, n=1, cutoff=0.5)
        known = words[close[0]] if close else None
    return (
        None
        if known is None
        else Text(f"{known.code} ({known.label.en})", f"{known.code}（{known.label.zh}）")
    )


def _date_table(fields: Iterable[Field]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for field in fields:
        if field.fields:
            inner = _date_table(field.fields)
            if inner:
                table[field.name] = inner
        elif field.element.kind in ("date", "moment"):
            table[field.name] = field.element.kind
    return table


def _impossible(tree: Any, table: dict[str, Any], path: Path, schema: Schema) -> Iterator[Finding]:
    if not isinstance(tree, dict):
        return
    for name, kind in table.items():
        value = tree.get(name)
        for place, one in enumerate(value if isinstance(value, list) else [value]):
            here = (*path, name, place) if isinstance(value, list) else (*path, name)
            if isinstance(kind, dict):
                yield from _impossible(one, kind, here, schema)
            elif isinstance(one, str) and not _is_day(one, moment=kind == "moment"):
                yield Finding(
                    "date",
                    "error",
                    here,
                    Text(
                        "{field}: {found} is no day of the calendar, write 2026-05-01",
                        "{field}：{found} 不是有效日期，应写作 2026-05-01",
                    ),
                    None,
                    {"field": _named(schema.at(here), here), "found": f"“{_clip(one)}”"},
                )


def _is_day(text: str, *, moment: bool) -> bool:
    """A day, or a day and time: what does not even look so is the pattern's business."""
    if not (len(text) >= 10 and text[:4].isdigit() and text[4:5] == "-" and text[7:8] == "-"):
        return True
    try:
        dt.date.fromisoformat(text[:10])
        if moment and len(text) > 10:
            dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
