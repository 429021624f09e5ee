"""The validator: a fast yes or no, and the schema's errors in plain words."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from textcrm.findings import Finding
from textcrm.schema.kinds import editable
from textcrm.text import Text
from textcrm.validation.days import are_days, date_table, impossible_days
from textcrm.validation.noticing import noticed
from textcrm.validation.quiet import is_quiet, quiet_table
from textcrm.validation.wording import clipped, named, near_value, shown, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.schema import Field, Schema
    from textcrm.validation.quiet import Quiet

Path = tuple[str | int, ...]


_APART = Text(
    "write it as {list}, or let it be mended: textcrm fix",
    "请写成 {list}，或由程序改好：textcrm fix",
)
# The two validators read a pattern's end differently before a last newline.
_UNEXPLAINED = Finding(
    "schema",
    "error",
    (),
    Text("a value does not fit the schema", "有内容不符合模式要求"),
    Text("look for line breaks at the end of values", "请检查值末尾是否有换行"),
)


class Validator:
    """Checks records. jsonschema-rs answers fast, jsonschema (the reference) explains."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    @cached_property
    def _document(self) -> Any:
        """The schema with the plain form of sealed fields, which the rules on sealing tell of."""
        return editable(self.schema.document)

    @cached_property
    def _fast(self) -> Callable[[Any], bool]:
        """The fast path, or the reference where jsonschema-rs is not installed."""
        try:
            import jsonschema_rs
        except ImportError:
            return lambda instance: next(self._reference.iter_errors(instance), None) is None
        try:
            validator = jsonschema_rs.validator_for(self._document, validate_formats=False)
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
        return Draft202012Validator(self._document)

    def is_valid(self, raw: dict[str, Any]) -> bool:
        """Whether a record keeps the schema (dates included), warnings aside."""
        return self._fast(self.schema.instance(raw)) and are_days(raw, self._dated)

    def is_clean(self, raw: dict[str, Any]) -> bool:
        """Whether :meth:`findings` would find nothing, as far as can be told fast."""
        return is_quiet(raw, self._quiet) and self._fast(self.schema.full_instance(raw))

    @cached_property
    def _quiet(self) -> Quiet:
        return quiet_table(self.schema.fields)

    def findings(self, raw: dict[str, Any]) -> list[Finding]:
        """Everything that the schema says against a record, in the order of the record."""
        instance = self.schema.instance(raw)
        found: list[Finding] = []
        if not self._fast(instance):
            index = _indexes(raw)
            for error in self._reference.iter_errors(instance):
                found += self._explained(error, raw, index)
            if not found:
                found.append(_UNEXPLAINED)
        found += self._dates(raw)
        found += noticed(raw, self.schema.by_name, (), top=True)
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
        field = self._sealed_above(path) or self.schema.at(path)
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
        data: dict[str, Any] = {
            "field": named(field, path),
            "found": shown(error.instance, field),
            "wanted": wanted(keyword, error, field, own if keyword == "pattern" else None),
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
            near = near_value(error.instance, field)
            if near:
                hint, data["near"] = Text("did you mean {near}?", "是不是 {near}？"), near
        if keyword == "type" and field is not None and isinstance(error.instance, str):
            from textcrm.normalize.tags import listed, words_for

            words = [] if self._sealed_above(path) else words_for(field, error.instance)
            if words:
                hint, data["list"] = _APART, clipped(listed(words))
        yield Finding(str(keyword), "error", path, message, hint, data)

    def _sealed_above(self, path: Path) -> Field | None:
        """The sealed field that a path lies in: nothing inside it is ever said."""
        for depth in range(1, len(path) + 1):
            field = self.schema.at(path[:depth])
            if field is not None and field.seal:
                return field
        return None

    def _missing(self, error: Any, path: Path, raw: Any) -> Iterator[Finding]:
        there = error.instance if isinstance(error.instance, dict) else {}
        for name in error.validator_value:
            if name in there:
                continue
            child = self.schema.at((*path, name))
            where = self.schema.at(path) if path else None
            data = {
                "field": named(child, (*path, name)),
                "name": name,
                "where": where.label if where else Text("the record", "记录"),
            }
            yield Finding(
                "required",
                "error",
                (*path, name) if _has(raw, (*path, name)) else path,
                Text("{where} lacks {field}", "{where}缺少{field}"),
                Text("add a line: {name}: ...", "请加一行：{name}: …"),
                data,
                at_key=_has(raw, (*path, name)),
            )

    # -- dates, which not every validator checks alike

    def _dates(self, raw: dict[str, Any]) -> list[Finding]:
        return list(impossible_days(raw, self._dated, (), self.schema))

    @cached_property
    def _dated(self) -> dict[str, Any]:
        return date_table(self.schema.fields)


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
        why=clipped(why, 200),
    )


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
