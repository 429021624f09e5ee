"""The text of a JSON file: its objects, one a line or all in a document, and what is wrong in it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import Invalid
from textcrm.findings import Finding
from textcrm.text import Text
from textcrm.yamlfile.parsing import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where programs put the list of what they export.
_LISTS: Final = ("customers", "records", "contacts", "data", "items", "results", "rows", "value")
_LINE_SUFFIXES: Final = (".jsonl", ".ndjson")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_COLON: Final = re.compile(r"\s*:")

_UNREADABLE: Final = Text(
    "{file}:{line}:{column}: this is not JSON", "{file}:{line}:{column}：不是有效的 JSON"
)
_FORMS: Final = Text(
    "an array of objects, or one object a line, is what can be read",
    "可读取对象数组，或每行一个对象的 JSON Lines",
)
_DEEP: Final = Text(
    "{file}:{line}:{column}: nested more than {most} levels deep",
    "{file}:{line}:{column}：嵌套超过 {most} 层",
)
_SHALLOWER: Final = Text("take some levels out", "请减少嵌套层数")
_TWICE: Final = Text(
    "{file}:{line}:{column}: “{key}” stands here a second time",
    "{file}:{line}:{column}：字段“{key}”重复出现",
)
_KEEP_ONE: Final = Text("keep one of the two", "请只保留其中一个")


class Bad(NamedTuple):
    """A line that is no object: its number, the line as it stands, what is wrong."""

    line: int
    raw: str
    why: Finding


class Objects(NamedTuple):
    """The objects of a file; ``lines`` of each where there is one a line, and the bad lines there."""

    found: list[dict[str, Any]]
    lines: list[int]
    bad: list[Bad]


class _TwiceError(ValueError):
    """A key stands twice in one object; JSON readers would take the last value and say nothing."""


class _DeepError(ValueError):
    """Mappings and lists within one another further than a record may have them."""


def objects(text: str, name: str) -> Objects:
    """The objects of a document or of lines; numbers stay as they are written.

    Raises Invalid (json-unreadable, json-too-deep, json-key-twice; file, line, column) where the file as a whole
    cannot be read.
    """
    try:
        whole = _loads(text)
    except ValueError as error:
        read = _by_line(text, name)
        if read is None:
            raise _invalid(_wrong(name, text, error)) from error
        return read
    listed = whole if isinstance(whole, list) else _inside(whole)
    return Objects([_object(one) for one in listed], [], [])


def _loads(text: str) -> Any:
    try:
        read = json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=_once)
    except RecursionError:
        raise _DeepError from None
    if _is_deep(read):
        raise _DeepError
    return read


def _is_deep(tree: Any) -> bool:
    """Whether there are more levels than a record's file may have."""
    level, depth = [tree], 0
    while level and depth <= MAX_DEPTH:
        inner = (
            one.values() if isinstance(one, dict) else one
            for one in level
            if isinstance(one, dict | list)
        )
        level = [each for some in inner for each in some if isinstance(each, dict | list)]
        depth += 1
    return bool(level)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _TwiceError
    return made


def _object(one: Any) -> dict[str, Any]:
    return one if isinstance(one, dict) else {"value": one}


def _inside(whole: Any) -> list[Any]:
    if isinstance(whole, dict):
        for key in _LISTS:
            value = whole.get(key)
            if isinstance(value, list) and value and "name" not in whole:
                return value
        return [whole]
    return []


def _by_line(text: str, name: str) -> Objects | None:
    """An object a line, the lines that are none beside them; None where the text is no such file.

    A document that is damaged has lines of its own that are objects, though hardly most of them.
    """
    read = Objects([], [], [])
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            one = _loads(line)
        except ValueError as error:
            read.bad.append(
                Bad(number, line.removesuffix("\r"), _wrong(name, line, error, number))
            )
        else:
            read.found.append(_object(one))
            read.lines.append(number)
    named = name.casefold().endswith(_LINE_SUFFIXES)
    if not read.found or (read.bad and not named and not _mostly_objects(text, read)):
        return None
    return read


def _mostly_objects(text: str, read: Objects) -> bool:
    return text.lstrip()[:1] == "{" and len(read.found) > len(read.bad)


def _wrong(name: str, text: str, error: ValueError, line: int = 0) -> Finding:
    """What is wrong in a document, or in the line of that number."""
    if isinstance(error, _TwiceError):
        key, offset = next(_repeated(text))
        above = text.count("\n", 0, offset)
        column = offset - text.rfind("\n", 0, offset)
        place = {"file": name, "line": line or above + 1, "column": column, "key": key}
        return Finding("json-key-twice", "error", (), _TWICE, _KEEP_ONE, place)
    if isinstance(error, _DeepError):
        place = {"file": name, "line": line or 1, "column": 1, "most": MAX_DEPTH}
        return Finding("json-too-deep", "error", (), _DEEP, _SHALLOWER, place)
    at, column = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, 1)
    place = {"file": name, "line": line or at, "column": column}
    return Finding("json-unreadable", "error", (), _UNREADABLE, _FORMS, place)


def _invalid(why: Finding) -> Invalid:
    return Invalid(why.code, why.message, hint=why.hint, **why.data)


def _repeated(text: str) -> Iterator[tuple[str, int]]:
    """Each key that stands a second time in its object, and where; Python's reader tells no places."""
    open_: list[set[str] | None] = []
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in ("{", "["):
            open_.append(set() if sign == "{" else None)
        elif sign in ("}", "]"):
            open_.pop()
        elif open_ and (keys := open_[-1]) is not None and _COLON.match(text, token.end()):
            key = json.loads(sign)
            if key in keys:
                yield key, token.start()
            keys.add(key)
