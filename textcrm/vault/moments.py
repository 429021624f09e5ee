"""Days and moments in the vault's time zone: its people's days, wherever a command runs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textcrm.vault.vault import Vault


def zone_of(vault: Vault) -> dt.tzinfo | None:
    """The time zone of ``textcrm.yaml``; None where it names none: that of this machine."""
    if not vault.config.time_zone:
        return None
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(vault.config.time_zone)
    except (OSError, ValueError):
        return None


def local(vault: Vault, moment: dt.datetime) -> dt.datetime:
    """A moment as the vault's clocks show it. Commits bear the zone of whoever made them."""
    return moment.astimezone(zone_of(vault))


def first(vault: Vault, day: dt.date) -> dt.datetime:
    """The first moment of a day."""
    return _aware(dt.datetime.combine(day, dt.time(), tzinfo=zone_of(vault)))


def last(vault: Vault, day: dt.date) -> dt.datetime:
    """The last second of a day."""
    return _aware(dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=zone_of(vault)))


def _aware(moment: dt.datetime) -> dt.datetime:
    """A moment with a zone: this machine's where the vault has none."""
    if moment.tzinfo is not None:
        return moment
    try:
        return moment.astimezone()
    except (OverflowError, ValueError, OSError):  # the ends of the calendar
        return moment.replace(tzinfo=dt.UTC)
