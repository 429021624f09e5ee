"""The currency that was said with an amount: into the field beside it, never silently onto others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.paths import Path
    from textcrm.schema import Schema

FIELD: Final = "currency"


def has_field(schema: Schema, path: Path) -> bool:
    """Whether an amount at a path has a field for its currency beside it."""
    return len(path) > 1 and schema.at((*path[:-1], FIELD)) is not None


def beside(
    schema: Schema, path: Path, item: Mapping[str, Any], said: str | None, home: str
) -> str | None:
    """The currency to write beside an amount, None where nothing is to change.

    ``item`` is the mapping that holds the amount, ``said`` the currency that was said with it,
    ``home`` the vault's. Raises Misuse (currency-mixed) where other amounts of the item would
    change their currency with it.
    """
    current = item.get(FIELD) or home
    if said is None or said == current or not has_field(schema, path):
        return None
    others = []
    for name, value in item.items():
        field = schema.at((*path[:-1], name))
        if name != path[-1] and value is not None and field is not None and field.kind == "money":
            others.append(field.label)
    if others:
        raise Misuse(
            "currency-mixed",
            Text(
                "this is in {said}, and {others} here in {current}: one entry has one currency",
                "此金额为 {said}，而同一条的{others}为 {current}：一条记录只能有一个币种",
            ),
            hint=Text(
                "say both in one currency, or change it first: {field}={said}",
                "请用同一币种填写，或先改币种：{field}={said}",
            ),
            said=said,
            others=others,
            current=current,
            field="/".join(map(str, (*path[:-1], FIELD))),
        )
    return said
