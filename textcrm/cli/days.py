"""Days of the past in options: ``--since 本月`` is its first day, ``--until 上个月`` its last."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.cli.context import Context
    from textcrm.query.dates import Period


def first_day(context: Context, word: str | None) -> dt.date | None:
    """The first day that a word means; a day without a year is the last one. Raises Misuse."""
    return _period(context, word).first if word else None


def last_day(context: Context, word: str | None) -> dt.date | None:
    """The last day that a word means. Raises Misuse."""
    return _period(context, word).last if word else None


def _period(context: Context, word: str) -> Period:
    from textcrm.normalize.dates import parse_date
    from textcrm.query.dates import Period, read_period

    today = context.vault().today
    found = read_period(word, today)
    if found is None:
        day = parse_date(word, today, prefer="past")  # says what is wrong with it
        found = Period(day, day)
    return found
