"""Days and moments in the vault's time zone: its people's days, wherever a command runs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from textcrm import config
from textcrm.errors import Invalid
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.vault.vault import Vault


def zone_of(vault: Vault) -> dt.tzinfo | None:
    """The time zone of ``textcrm.yaml``; None where it names none: that of this machine.

    So it is where the machine knows no zones at all. Raises Invalid (config-invalid).
    """
    return zone_named(vault.config.time_zone)


def zone_named(name: str) -> dt.tzinfo | None:
    """The time zone of an IANA name, None for an empty one. Raises Invalid (config-invalid)."""
    if not name:
        return None
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        if not available_timezones():
            return None
        raise _unknown(name) from None


def _unknown(name: str) -> Invalid:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    near = next(iter(get_close_matches(name[:60], sorted(available_timezones()), 1)), "")
    return Invalid(
        "config-invalid",
        Text("{file}: there is no time zone “{zone}”", "{file}：没有时区“{zone}”"),
        hint=Text(
            "write time_zone: {near}, or leave the line out", "请写 time_zone: {near}，或删去该行"
        ),
        file=config.FILE_NAME,
        zone=name[:60],
        near=near or "Asia/Shanghai",
    )


def local(vault: Vault, moment: dt.datetime) -> dt.datetime:
    """A moment as the vault's clocks show it; a vault without a zone leaves it in its own.

    Commits bear the zone of whoever made them.
    """
    zone = zone_of(vault)
    return moment if zone is None else moment.astimezone(zone)


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
