"""What a value in words became, with a note for people where that is not what they typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.normalize.keys import shortened
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

_ARROW: Final = Text("{typed} → {stored}", "{typed} → {stored}")


class Entry(NamedTuple):
    """What to store, and a note for people where it is not what was typed.

    ``note`` has places that ``data`` fills: ``note.say(language, **data)``. For a sealed field there
    is no note. ``currency`` is the one that was said with an amount. Values: str, Decimal (money, numbers), int, bool, lists, mappings, None for nothing.
    """

    value: Any
    note: Text | None = None
    data: Mapping[str, Any] = {}
    currency: str | None = None


class Moment(NamedTuple):
    today: dt.date
    now: dt.datetime
    currency: str
    foreign: bool = False


def noted(text: str, value: Any, stored: object) -> Entry:
    """An entry whose note shows what was typed and what it became, where they differ."""
    if value == text.strip():
        return Entry(value)
    return Entry(value, _ARROW, {"typed": shortened(text), "stored": stored})
