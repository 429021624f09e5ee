"""The errors of a word that names no customer, or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.errors import Ambiguous, Misuse, NotFound
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.record import Record
    from textcrm.vault.vault import Vault


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


def no_such_person(vault: Vault, word: str) -> Misuse:
    """The error for a word that names nobody in access.yaml."""
    from textcrm.query.mistakes import nearest, short

    people = vault.access.people
    close = nearest(word, [each for one in people for each in (one.name, one.id)])
    return Misuse(
        "no-such-person",
        Text("nobody is called “{person}”", "没有名为“{person}”的人员"),
        hint=Text("did you mean {suggestion}?", "是不是“{suggestion}”？")
        if close
        else Text("people: {known}", "人员：{known}"),
        person=short(word),
        suggestion=close,
        known=[one.name for one in people],
    )
