"""Becoming a paying customer, winning or losing: what a change of state asks for (B15, F3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

PAYING: Final = ("new", "existing")


class Wanted(NamedTuple):
    """A field that a change of state asks for, with what it most likely is."""

    name: str
    question: Text
    default: str


_STATUS = Wanted("status", Text("Status of cooperation", "合作状态"), "active")
_FIRST = Wanted("first_cooperation", Text("Date of first cooperation", "首次合作时间"), "today")
_PRODUCTS = Wanted("products", Text("Products or services", "合作产品"), "")
_SINCE = Wanted("stage_since", Text("Day of it", "成交或输单日期"), "today")


def wanted(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Wanted]:
    """What is still missing after a change of state; nothing where the state did not change.

    A customer begins to pay with status ``active``, type ``new`` or ``existing`` after prospect,
    or stage ``won``; a lost stage wants its day only.
    """
    found: list[Wanted] = []
    if begins(before, after):
        if after.get("status") in (None, "", "none"):
            found.append(_STATUS)
        if not after.get("first_cooperation"):
            found.append(_FIRST)
        if not after.get("products") and not after.get("purchases"):
            found.append(_PRODUCTS)
    ended = after.get("stage") in ("won", "lost") and before.get("stage") != after.get("stage")
    if ended and before.get("stage_since") == after.get("stage_since"):
        found.append(_SINCE)
    return found


def begins(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change makes somebody a paying customer."""
    return (
        (after.get("status") == "active" and before.get("status") in (None, "", "none"))
        or (after.get("type") in PAYING and before.get("type") in (None, "", "prospect"))
        or (after.get("stage") == "won" and before.get("stage") != "won")
    )
