"""Findings as JSON and back, for what check keeps: nothing but what comes back the same."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from textcrm.findings import Finding, Problem
from textcrm.text import Text


def encoded(problem: Problem) -> list[Any]:
    """A problem as JSON has it. Raises TypeError for what would not come back the same."""
    finding = [_plain(part) for part in problem.finding]
    return [*problem[:4], finding, problem.commit, _plain(problem.anchor)]


def decoded(said: list[Any]) -> Problem:
    """The problem that :func:`encoded` made something of."""
    file, line, column, own, finding, commit, anchor = said
    return Problem(file, line, column, own, Finding(*map(_back, finding)), commit, _back(anchor))


def _plain(value: Any) -> Any:
    """A value as JSON has it; what has no form of its own is a mapping with one odd key."""
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, Text):
        return {"\0t": [value.en, value.zh]}
    if type(value) is tuple:
        return {"\0u": [_plain(one) for one in value]}
    if type(value) is Decimal:
        return {"\0n": str(value)}
    if type(value) is dt.date:
        return {"\0y": value.isoformat()}
    if type(value) is list:
        return [_plain(one) for one in value]
    if type(value) is dict and all(type(key) is str for key in value):
        return {"\0d": [[key, _plain(one)] for key, one in value.items()]}
    raise TypeError(type(value).__name__)


def _back(value: Any) -> Any:
    if type(value) is list:
        return [_back(one) for one in value]
    if type(value) is not dict:
        return value
    (kind, inner), *_ = value.items()
    if kind == "\0t":
        return Text(*inner)
    if kind == "\0u":
        return tuple(_back(one) for one in inner)
    if kind == "\0n":
        return Decimal(inner)
    if kind == "\0y":
        return dt.date.fromisoformat(inner)
    return {key: _back(one) for key, one in inner}
