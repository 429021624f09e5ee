"""The errors of a word that names no customer, or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import Ambiguous, NotFound
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.record import Record


def no_such_record(word: str, hint: Text | None = None, **data: object) -> NotFound:
    """The error for a customer that is not there."""
    return NotFound(
        "no-such-record",
        Text("there is no customer “{word}”", "没有客户“{word}”"),
        hint=hint or Text("look for it: textcrm search {word}", "可以搜索：textcrm search {word}"),
        word=word,
        **data,
    )


def ambiguous(word: str, records: Sequence[Record]) -> Ambiguous:
    """The error for a name that several customers bear."""
    return Ambiguous(
        "ambiguous",
        Text("“{word}” may be any of {count} customers", "“{word}”对应 {count} 位客户"),
        hint=Text("use the id", "请改用客户编号"),
        word=word,
        count=len(records),
        candidates=[{"id": record.id, "name": record.name} for record in records],
    )
