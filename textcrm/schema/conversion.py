"""Conversion: the text of a record into Python's types, into a validator's, and into JSON's."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from textcrm.schema.field import own_properties
from textcrm.schema.kinds import COMPOSED, element_kind_of, kind_of, plain_types_of
from textcrm.schema.words import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textcrm.schema.model import Schema

    Convert = Callable[[Any], Any]
    Choose = Callable[[dict[str, Any], str], Convert | None]

# Beyond this a float of JSON would be infinite, and 1e999999999 written out fill the memory.
_LARGEST_EXPONENT: Final = 300
_EXACT_DIGITS: Final = 30
_LONGEST_NUMBER: Final = 400


def typing(schema: Schema) -> Convert:
    """The function that turns a raw record into Python's types."""
    return _Table(schema, typer, schema.document, keep_empty=True).mapping


def instancing(schema: Schema) -> Convert:
    """The function that turns a raw record into what a JSON Schema validator takes."""
    return _Table(schema, instancer, schema.document, keep_empty=False).mapping


def plaining(schema: Schema) -> Convert:
    """The function that turns a raw record into what is written to a file."""
    return _Table(schema, _plainer, schema.document, keep_empty=True).mapping


def jsonable(typed: Any) -> Any:
    """A typed tree with money and dates as strings."""
    if isinstance(typed, dict):
        return {name: jsonable(value) for name, value in typed.items()}
    if isinstance(typed, list):
        return [jsonable(value) for value in typed]
    if isinstance(typed, Decimal):
        return format(typed, "f")
    return typed.isoformat() if isinstance(typed, dt.date) else typed


class _Table(dict[str, "Convert | None"]):
    """What to do with the value of each key of one mapping, worked out when a key first comes up.

    Nothing is kept for keys that the schema does not know: they are any number, from any file.
    """

    def __init__(
        self, schema: Schema, choose: Choose, node: dict[str, Any], *, keep_empty: bool
    ) -> None:
        super().__init__()
        self._schema = schema
        self._choose = choose
        self._properties = own_properties(node)
        self._keep_empty = keep_empty
        self.mapping = self._kept if keep_empty else self._filled

    def __missing__(self, name: str) -> Convert | None:
        given = self._properties.get(name)
        if not isinstance(given, dict):
            return None
        node = self._schema.resolved(given)
        convert = self[name] = self._converter(node)
        return convert

    def _converter(self, node: dict[str, Any]) -> Convert | None:
        kind = kind_of(node, self._schema.resolved)
        if kind not in COMPOSED:
            return self._choose(node, kind)
        if kind in ("list", "items"):
            return self._of_list(node, kind)
        return self._inner(node) if own_properties(node) else None

    def _inner(self, node: dict[str, Any]) -> Convert:
        return _Table(self._schema, self._choose, node, keep_empty=self._keep_empty).mapping

    def _of_list(self, node: dict[str, Any], kind: str) -> Convert | None:
        items = node.get("items")
        item = self._schema.resolved(items) if isinstance(items, dict) else {}
        if kind == "items":
            one: Convert | None = self._inner(item)
        else:
            one = self._choose(item, element_kind_of(node, item, self._schema.resolved))
        if one is None:
            return None
        return _each(one, keep_empty=self._keep_empty)

    def _kept(self, value: Any) -> Any:
        if type(value) is not dict:
            return value
        return {
            name: inner if inner is None or (convert := self[name]) is None else convert(inner)
            for name, inner in value.items()
        }

    def _filled(self, value: Any) -> Any:
        if type(value) is not dict:
            return _filled(value)
        return {
            name: inner
            if (convert := self[name]) is None and type(inner) is str
            else (convert or _filled)(inner)
            for name, inner in value.items()
            if inner is not None
        }


def _each(convert: Convert, *, keep_empty: bool) -> Convert:
    def kept(value: Any) -> Any:
        if type(value) is not list:
            return convert(value) if type(value) is not dict else value
        return [None if item is None else convert(item) for item in value]

    def filled(value: Any) -> Any:
        if type(value) is not list:
            return convert(value) if type(value) is not dict else _filled(value)
        return [convert(item) for item in value if item is not None]

    return kept if keep_empty else filled


def _filled(value: Any) -> Any:
    """A tree without its empty keys and items."""
    if type(value) is str:
        return value
    if isinstance(value, dict):
        return {name: _filled(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_filled(item) for item in value if item is not None]
    return value


# -- Python's types


def typer(_node: dict[str, Any], kind: str) -> Convert | None:
    return _TYPERS.get(kind)


def _decimal(text: Any) -> Any:
    """A number as it is written; anything else, and what is no finite number, stays."""
    if type(text) is not str or len(text) > _LONGEST_NUMBER:
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    plain = text.isascii() and "_" not in text and text == text.strip()
    bounded = number.is_finite() and -_LARGEST_EXPONENT <= number.adjusted() <= _LARGEST_EXPONENT
    return number if plain and bounded else text


def _integer(text: Any) -> Any:
    number = _decimal(text)
    if type(number) is Decimal:
        return int(number) if _is_whole(number) else text
    return number


def _is_whole(number: Decimal) -> bool:
    return number.adjusted() <= _EXACT_DIGITS and number == number.to_integral_value()


_BOOLEANS: Final = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


def _boolean(text: Any) -> Any:
    return _BOOLEANS.get(text, text) if type(text) is str else text


def _day(text: Any) -> Any:
    if type(text) is not str or len(text) != 10 or text[7] != "-":
        return text
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text


def _moment(text: Any) -> Any:
    if type(text) is not str or len(text) <= 10:
        return _day(text)
    if text[4] != "-" or text[7] != "-" or text[10] not in "T ":
        return text
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return text


_TYPERS: Final[Mapping[str, Convert]] = {
    "money": _decimal,
    "number": _decimal,
    "integer": _integer,
    "boolean": _boolean,
    "date": _day,
    "moment": _moment,
}


# -- a validator's types, and a file's


def instancer(node: dict[str, Any], kind: str) -> Convert | None:
    return _by_json_type(node, kind, _json_number, _json_number, _json_boolean)


def _plainer(node: dict[str, Any], kind: str) -> Convert | None:
    return _by_json_type(node, kind, _decimal, _integer, _boolean)


def _by_json_type(
    node: dict[str, Any], kind: str, number: Convert, integer: Convert, boolean: Convert
) -> Convert | None:
    """By what the property allows, not by its kind: a validator sees the JSON type only."""
    codes = node.get("enum")
    if isinstance(codes, list) and any(type(code) is not str for code in codes):
        return _coded({spelled(code): code for code in codes if type(code) is not str})
    wanted = plain_types_of(node) or (kind,)
    if "number" in wanted or "money" in wanted:
        return number
    if "integer" in wanted:
        return integer
    return boolean if "boolean" in wanted else None


def _coded(codes: dict[str, Any]) -> Convert:
    def convert(value: Any) -> Any:
        return codes.get(value, value) if type(value) is str else _filled(value)

    return convert


def _json_number(text: Any) -> Any:
    number = _decimal(text)
    if type(number) is not Decimal:
        return number if type(number) is str else _filled(number)
    if _is_whole(number):
        return int(number)
    return float(number)


def _json_boolean(text: Any) -> Any:
    return _BOOLEANS.get(text, text) if type(text) is str else _filled(text)
