"""A typed tree as JSON that comes back exactly: Decimal to its last zero, dates, date-times.

Python's JSON scanner is asked for every number how to read it, and for nothing else; so dates
travel as numbers, and no walk over the tree is needed to bring them back:

==================  =============================================================================
``19700101``        never: a whole number is the ordinal of a date; 0 is :data:`ELSEWHERE`
``1.10`` ``5E+0``   a Decimal, with the ``E`` of Python's own spelling
``5e0``             an int, with a small ``e``
``1202405...e1``    a date-time: 1, year to microsecond; after a dot its zone, seconds + 100000
==================  =============================================================================
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

ELSEWHERE: Final = object()
_ELSEWHERE_MARK: Final = "0"
_ZONE: Final = 100_000


class Unkept(ValueError):
    """A value that the catalog has no form for; no record that was read from a file holds one."""


def encode(tree: Any) -> bytes:
    """A typed tree as bytes. Raises Unkept."""
    parts: list[str] = []
    _write(tree, parts)
    return "".join(parts).encode("utf-8", "surrogatepass")


def decode(data: bytes) -> Any:
    """The typed tree of :func:`encode`. Raises ValueError where the bytes are damaged."""
    text = data.decode("utf-8", "surrogatepass")
    value, end = _DECODER.raw_decode(text)
    if end != len(text):
        raise ValueError(end)
    return value


def packed(tree: Any) -> bytes:
    """As :func:`encode`, in about half the room."""
    return zlib.compress(encode(tree), 1)


def unpacked(data: bytes) -> Any:
    """The typed tree of :func:`packed`. Raises ValueError where the bytes are damaged."""
    try:
        return decode(zlib.decompress(data))
    except zlib.error as error:
        raise ValueError(str(error)) from error


def _write(value: Any, parts: list[str]) -> None:
    kind = type(value)
    if kind is str:
        parts.append(encode_basestring(value))
    elif kind is dict:
        mark = "{"
        for key, inner in value.items():
            if type(inner) is str:
                parts.append(f"{mark}{encode_basestring(key)}:{encode_basestring(inner)}")
            else:
                parts.append(f"{mark}{encode_basestring(key)}:")
                _write(inner, parts)
            mark = ","
        parts.append("{}" if mark == "{" else "}")
    elif kind is list:
        mark = "["
        for inner in value:
            parts.append(mark)
            _write(inner, parts)
            mark = ","
        parts.append("[]" if mark == "[" else "]")
    else:
        parts.append(_scalar(value))


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if value is ELSEWHERE:
        return _ELSEWHERE_MARK
    if isinstance(value, dt.datetime):
        return _moment_text(value)
    if isinstance(value, dt.date):
        return str(value.toordinal())
    if isinstance(value, Decimal) and value.is_finite():
        text = str(value)
        return text if "." in text or "E" in text else text + "E+0"
    if isinstance(value, int):
        return f"{value}e0"
    raise Unkept(type(value).__name__)


def _moment_text(value: dt.datetime) -> str:
    text = f"1{value:%m%d%H%M%S}{value.microsecond:06}"
    text = text[:1] + f"{value.year:04}" + text[1:]
    offset = value.utcoffset()
    if offset is None:
        return text + "e1"
    seconds = offset.days * 86400 + offset.seconds
    if offset.microseconds:
        raise Unkept("zone")
    return f"{text}.{seconds + _ZONE}e1"


def _whole(text: str) -> Any:
    number = int(text)
    return dt.date.fromordinal(number) if number else ELSEWHERE


def _number(text: str) -> Any:
    if text.endswith("e0"):
        return int(text[:-2])
    return _moment(text) if text.endswith("e1") else Decimal(text)


def _moment(text: str) -> dt.datetime:
    digits, _, zone = text[1:-2].partition(".")
    return dt.datetime(
        int(digits[:4]),
        int(digits[4:6]),
        int(digits[6:8]),
        int(digits[8:10]),
        int(digits[10:12]),
        int(digits[12:14]),
        int(digits[14:20]),
        dt.timezone(dt.timedelta(seconds=int(zone) - _ZONE)) if zone else None,
    )


_DECODER: Final = json.JSONDecoder(parse_int=_whole, parse_float=_number)
