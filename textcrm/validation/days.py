"""Days that are none: what has the form of a date and is not in the calendar."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from textcrm.findings import Finding
from textcrm.text import Text
from textcrm.validation.wording import clipped, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.schema import Field, Schema

Path = tuple[str | int, ...]


def date_table(fields: Iterable[Field]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for field in fields:
        if field.fields:
            inner = date_table(field.fields)
            if inner:
                table[field.name] = inner
        elif field.element.kind in ("date", "moment"):
            table[field.name] = field.element.kind
    return table


def impossible_days(
    tree: Any, table: dict[str, Any], path: Path, schema: Schema
) -> Iterator[Finding]:
    if not isinstance(tree, dict):
        return
    for name, kind in table.items():
        value = tree.get(name)
        for place, one in enumerate(value if isinstance(value, list) else [value]):
            here = (*path, name, place) if isinstance(value, list) else (*path, name)
            if isinstance(kind, dict):
                yield from impossible_days(one, kind, here, schema)
            elif isinstance(one, str) and not is_day(one, moment=kind == "moment"):
                yield Finding(
                    "date",
                    "error",
                    here,
                    Text(
                        "{field}: {found} is no day of the calendar",
                        "{field}：{found} 不是有效日期",
                    ),
                    Text(
                        "write year, month and day, as in 2026-05-01",
                        "请按年-月-日书写，例如 2026-05-01",
                    ),
                    {"field": named(schema.at(here), here), "found": f"“{clipped(one)}”"},
                )


def are_days(tree: Any, table: dict[str, Any]) -> bool:
    """Whether :func:`impossible_days` would find nothing, told without places."""
    if tree.__class__ is not dict:
        return True
    for name, kind in table.items():
        value = tree.get(name)
        if value is None:
            continue
        for one in value if value.__class__ is list else (value,):
            if kind.__class__ is dict:
                if not are_days(one, kind):
                    return False
            elif one.__class__ is str and not is_day(one, moment=kind == "moment"):
                return False
    return True


@lru_cache(maxsize=8192)
def is_day(text: str, *, moment: bool) -> bool:
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
