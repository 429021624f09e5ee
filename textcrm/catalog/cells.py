"""The values of a record one by one, for clauses in SQL: each with its field path and its kind.

A value is kept as its kind and its text, from which the very value comes back, so that the test of
a bound query is asked of each distinct value once and of no copy of it:

====  ==============================================================================
kind  meaning
====  ==============================================================================
s     a text of up to 64 bytes, as typed (not folded; codes of enums too)
n i   a Decimal, an int, in Python's spelling: no rounding
d t   a date, a date-time, ISO 8601
b     ``true`` or ``false``
+     something is here (``has:``) whose value is not kept: a mapping with content, a longer text;
      it stands once a record, without its item
-     something is here that counts as nothing (an empty mapping), and is a value nevertheless
x     a sealed value: here, and never compared
====  ==============================================================================

The path is dotted, without indexes (``contacts.phones.number``); derived values stand under
``derived.``, and under ``derived.items.`` how many items a list of mappings has (``+`` where one of
them is nothing, sealed or no mapping). ``item`` counts from 1 in the first list on the way (``purchases[2].amount`` has 3),
0 where there is none.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from textcrm.query.doc import is_sealed

DERIVED: Final = "derived"
SINCE: Final = f"{DERIVED}.since"
ITEMS: Final = f"{DERIVED}.items"
_LONGEST: Final = 64
_SURELY: Final = _LONGEST // 4  # characters that take no more bytes than that, whatever they are
# Ids of items are random and asked for by nobody; uid names the record, not something in it.
UNKEPT: Final = frozenset(("id", "uid"))


# One value: path, kind and text; and that with the item in which it stands. Bare tuples, since there
# are some seventy in a record, made and compared one by one.
Term = tuple[str, str, str]
Cell = tuple[Term, int]


def is_kept(path: tuple[str, ...]) -> bool:
    """Whether the values at a field path are in the table at all."""
    return bool(path) and not any(part in UNKEPT for part in path[1:]) and path != ("uid",)


def cells_of(masked: dict[str, Any], derived: dict[str, Any]) -> set[Cell]:
    """The values of a record whose sealed values are masked, and of what follows from it."""
    found: set[Cell] = set()
    for key, value in masked.items():
        if key != "uid":
            _gather(value, key, 0, found)
        if type(value) is list and value and type(value[0]) is dict:
            whole = all(type(one) is dict and not is_sealed(one) for one in value)
            term = ("i", str(len(value))) if whole else ("+", "")
            found.add(((f"{ITEMS}.{key}", *term), 0))
    for key, value in derived.items():
        if type(value) is not dict:
            kind, text = spelled(value)
            found.add(((f"{DERIVED}.{key}", kind, text), 0))
    return found


def _gather(value: Any, path: str, item: int, found: set[Cell]) -> bool:
    """Put in what stands at a path; whether that is something."""
    if type(value) is not list:
        return _one(value, path, item, found)
    filled = False
    for place, one in enumerate(value, 1):
        if _one(one, path, item or place, found):
            filled = True
    return filled


def _one(value: Any, path: str, item: int, found: set[Cell]) -> bool:
    kind = type(value)
    if kind is str:
        if len(value) <= _SURELY or _spelled_text(value)[0] == "s":
            found.add(((path, "s", value), item))
        else:
            found.add(((path, "+", ""), 0))
        return bool(value)
    if kind is dict:
        if is_sealed(value):
            found.add(((path, "x", ""), 0))
            return True
        filled = False
        for key, inner in value.items():
            if key in UNKEPT:
                filled = filled or _filled(inner)
            elif _gather(inner, f"{path}.{key}", item, found):
                filled = True
        found.add(((path, "+" if filled else "-", ""), 0))
        return filled
    if kind is list:
        filled = _filled(value)
        found.add(((path, "+" if filled else "-", ""), 0))
        return filled
    if value is not None:
        found.add(((path, *spelled(value)), item))
    return value is not None


def _filled(value: object) -> bool:
    if isinstance(value, dict):
        return is_sealed(value) or any(map(_filled, value.values()))
    if isinstance(value, list):
        return any(map(_filled, value))
    return value is not None and value != ""


def spelled(value: Any) -> tuple[str, str]:
    """The kind and the text of a scalar."""
    if isinstance(value, str):
        return _spelled_text(value)
    if isinstance(value, bool):
        return "b", "true" if value else "false"
    if isinstance(value, Decimal):
        return "n", str(value)
    if isinstance(value, int):
        return "i", str(value)
    return ("t" if isinstance(value, dt.datetime) else "d"), value.isoformat()


def _spelled_text(value: str) -> tuple[str, str]:
    short = len(value) <= _LONGEST and len(value.encode("utf-8", "surrogatepass")) <= _LONGEST
    return ("s", value) if short else ("+", "")


def value_of(kind: str, text: str) -> Any:
    """The value of a kind and a text. Raises ValueError where they are damaged."""
    if kind == "s":
        return text
    if kind == "d":
        return dt.date.fromisoformat(text)
    if kind == "n":
        return _decimal(text)
    if kind == "i":
        return int(text)
    if kind == "b":
        return text == "true"
    if kind == "t":
        return dt.datetime.fromisoformat(text)
    raise ValueError(kind)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise ValueError(text) from error
