"""How long after it happened something was entered (F2, F3)."""

from __future__ import annotations

import datetime as dt
from typing import Final

HOURS: Final = 24


def hours_after(at: dt.date, moment: dt.datetime) -> float:
    """Hours from something to its entry; from the end of its day where no hour is given.

    Times without a zone are those of the zone that the ``moment`` of its entry is in: the vault's,
    else that of whoever committed.
    """
    if isinstance(at, dt.datetime):
        start = at if at.tzinfo else at.replace(tzinfo=moment.tzinfo)
    else:
        midnight = dt.datetime.combine(at, dt.time(), tzinfo=moment.tzinfo)
        start = midnight + dt.timedelta(days=1)
    return (moment - start) / dt.timedelta(hours=1)
