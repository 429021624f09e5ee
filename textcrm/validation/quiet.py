"""Telling most records at once: no unknown or empty key, no day that is none.

What is not told so is looked at again by what finds and explains (``noticed``, ``impossible_days``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.changes import UNRESOLVED
from textcrm.validation.days import is_day

if TYPE_CHECKING:
    from textcrm.schema import Field

# By name what a value needs: nothing, a day, a moment, to be sealed, or what is in it by this table.
Quiet = dict[str, "str | Quiet"]
_ANYTHING, _DAY, _MOMENT, _SEALED = "anything", "date", "moment", "sealed"
_DAYS = {"date": _DAY, "moment": _MOMENT}


def quiet_table(fields: tuple[Field, ...]) -> Quiet:
    """What :func:`is_quiet` goes by, made once."""
    table = {one.name: _need(one) for one in fields}
    table[UNRESOLVED] = _ANYTHING
    return table


def _need(field: Field) -> str | Quiet:
    if field.fields:
        inner = {one.name: _need(one) for one in field.fields}
        # What is in a field to be sealed is not noticed, only its days.
        return inner if not field.seal else _SEALED if _has_days(inner) else _ANYTHING
    need = _DAYS.get(field.element.kind, _ANYTHING)
    return _SEALED if field.seal and need is not _ANYTHING else need


def _has_days(table: Quiet) -> bool:
    return any(
        _has_days(need) if isinstance(need, dict) else need is not _ANYTHING
        for need in table.values()
    )


def is_quiet(tree: dict[str, Any], table: Quiet) -> bool:
    """Whether there is surely nothing to notice in a record, no impossible day, nothing empty."""
    for name, value in tree.items():
        need = table.get(name)
        if value is None or (need is None and not name.startswith("x-")):
            return False
        if need is None or need is _ANYTHING:
            if value.__class__ is not str and _has_empty(value):
                return False
            continue
        listed = value if value.__class__ is list else (value,)
        if need.__class__ is dict:
            for one in listed:
                if one.__class__ is not dict or not is_quiet(one, need):
                    return False
        elif need is _SEALED:
            if value.__class__ is not dict or "sealed" not in value or _has_empty(value):
                return False
        else:
            for one in listed:
                if one.__class__ is not str or not is_day(one, moment=need is _MOMENT):
                    return False
    return True


def _has_empty(value: Any) -> bool:
    """Whether there is an empty value anywhere in a tree."""
    if value is None:
        return True
    if value.__class__ is dict:
        return any(one.__class__ is not str and _has_empty(one) for one in value.values())
    return value.__class__ is list and any(
        one.__class__ is not str and _has_empty(one) for one in value
    )
