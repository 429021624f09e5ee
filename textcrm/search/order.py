"""Sorting records by a field: names by pinyin, numbers as numbers, dates as days (E6, E7)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from textcrm.query.fold import fold_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textcrm.query import Doc
    from textcrm.search.tabulate import Column

Key = tuple[Any, ...]


def sort_docs(docs: Iterable[Doc], by: Sequence[str], *, of: str = "") -> list[Doc]:
    """Sort records by fields, the first one first; ``-total_spent`` is descending.

    Records without a value come last either way. Several values count by their least (ascending)
    or greatest. ``of`` is the list whose items are the rows. Raises Misuse (unknown-field).
    """
    from textcrm.search.tabulate import column

    ordered = list(docs)
    for name in reversed(by):
        if not ordered:
            break
        falling = falls(name)
        chosen = column(bare(name), ordered[0].schema, of=of)
        keyed = [(_key(doc, chosen, falling=falling), doc) for doc in ordered]
        filled = [pair for pair in keyed if pair[0] is not None]
        filled.sort(key=lambda pair: pair[0] or (), reverse=falling)
        ordered = [doc for _, doc in filled]
        ordered += [doc for key, doc in keyed if key is None]
    return ordered


def bare(name: str) -> str:
    """The field of a sort: ``-total_spent`` sorts by total_spent."""
    return name.strip().lstrip("+-＋－")


def falls(name: str) -> bool:
    """Whether a sort is turned round."""
    return name.strip().startswith(("-", "－"))


def sort_key(doc: Doc, field: str) -> Key | None:
    """What a record sorts by at a field; None where it has no value there."""
    from textcrm.search.tabulate import column

    return _key(doc, column(field, doc.schema), falling=False)


def _key(doc: Doc, chosen: Column, *, falling: bool) -> Key | None:
    keys = [value_key(value, chosen) for value in chosen.values(doc)]
    if not keys:
        return None
    return max(keys) if falling else min(keys)


def value_key(
    value: Any, chosen: Column | None = None, reading: Callable[[str], str] | None = None
) -> Key:
    """A key by which values of any kind compare: numbers, days, codes in schema order, text.

    ``reading`` gives the pinyin of a text, by which it sorts, where the caller remembers that.
    """
    if isinstance(value, Decimal | int):
        return (0, Decimal(value))
    if isinstance(value, dt.datetime):
        return (1, value.date().toordinal(), value.replace(tzinfo=None).time().isoformat())
    if isinstance(value, dt.date):
        return (1, value.toordinal(), "")
    if chosen is not None and (place := chosen.place_of(value)) is not None:
        return (2, place)
    from textcrm.normalize.names import pinyin_key

    text = str(value)
    return (3, (reading or pinyin_key)(text), fold_word(text), text)
