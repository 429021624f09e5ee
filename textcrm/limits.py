"""Limits: how long is too long for a customer, by the vault's thresholds, its type and its tier.

``textcrm.yaml``::

    thresholds: {silent_days: 30}          # for everybody
    types: {prospect: {silent_days: 21}}   # for a type (D12)
    tiers:                                 # for a value tier, above the type's (D13)
      high: {follow_up_every: 14d, service: 专属客服, verify_days: 365}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textcrm.errors import Invalid

    Number = Callable[[str, Any, int], int]
    Wrong = Callable[[str, Text], Invalid]

LOST_ACTIONS: Final = ("remind", "pool", "lost")
HOLIDAYS: Final = ("cn", "weekends", "none")
BY_TYPE: Final = (
    "silent_days",
    "lost_days",
    "stale_days",
    "contract_days",
    "verify_days",
    "birthday_days",
    "aftercare_days",
    "aftercare_until_days",
    "cycle_purchases",
    "cycle_notice_days",
    "file_days",
    "survey_days",
)
"""The thresholds that a type or tier may have of its own."""
_DAYS: Final = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}


class Tier(NamedTuple):
    """What a type or tier is owed: contact every so many days (None: nothing said), its service in
    words (D13; no prices, PIPL 24), thresholds of its own.
    """

    every: int | None = None
    service: str = ""
    own: Mapping[str, Any] = {}


def days_of(text: object) -> int | None:
    """The days of an interval such as ``14d``, ``2周``, ``1个月`` or ``10``; None where unreadable.

    A month counts as 30 days, a year as 365.
    """
    from textcrm.query.dates import read_age

    word = str(text).strip()
    if word.isascii() and word.isdigit():
        return int(word) if int(word[:6]) > 0 and len(word) < 6 else None
    found = read_age(word)
    if found is None or found[1] not in _DAYS or found[0] == 0:
        return None
    return found[0] * _DAYS[found[1]]


def tiers_of(given: Any, name: str, known: Mapping[str, Any], wrong: Wrong) -> dict[str, Tier]:
    """``types:`` or ``tiers:`` as they stand in textcrm.yaml; ``known`` are the thresholds.

    Raises what ``wrong`` makes of a place and what should stand there.
    """
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise wrong(name, Text("names with settings", "名称和各自的设置"))
    found = {}
    for key, value in given.items():
        if value is not None and not isinstance(value, dict):
            raise wrong(f"{name}/{key}", Text("settings", "若干设置"))
        found[str(key)] = _tier(value or {}, f"{name}/{key}", known, wrong)
    return found


def _tier(given: Mapping[str, Any], name: str, known: Mapping[str, Any], wrong: Wrong) -> Tier:
    every, service, own = None, "", {}
    for key, value in given.items():
        place = f"{name}/{key}"
        if key == "follow_up_every":
            every = days_of(value)
            if every is None:
                raise wrong(place, Text("an interval such as 14d", "间隔，如 14d 或 2周"))
        elif key == "service":
            if not isinstance(value, str):
                raise wrong(place, Text("a text", "一段文字"))
            service = value
        elif key in known:
            own[key] = _threshold(value, place, known[key], wrong)
        else:
            listed = ", ".join(("follow_up_every", "service", *known))
            raise wrong(place, Text(f"one of: {listed}", f"以下之一：{listed}"))
    return Tier(every, service, own)


def _threshold(value: Any, place: str, default: Any, wrong: Wrong) -> Any:
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and one.isascii() and one.isdigit() for one in parts):
        raise wrong(place, Text("a whole number", "整数"))
    numbers = [int(one) for one in parts]
    if isinstance(default, list):
        return numbers
    if len(numbers) != 1:
        raise wrong(place, Text("a whole number", "整数"))
    return numbers[0]


class Limits:
    """The thresholds of one customer, and the interval and service of its tier."""

    __slots__ = ("every", "service", "thresholds")

    def __init__(self, thresholds: Mapping[str, Any], every: int | None, service: str) -> None:
        self.thresholds = thresholds
        self.every = every
        self.service = service

    def __getitem__(self, name: str) -> Any:
        """A threshold by its name in textcrm.yaml."""
        return self.thresholds[name]


def limits_of(thresholds: Mapping[str, Any], *tiers: Tier | None) -> Limits:
    """What applies to a customer of a type and a tier, the later one above the earlier."""
    chosen, every, service = dict(thresholds), None, ""
    for one in tiers:
        if one is not None:
            chosen.update(one.own)
            every = one.every or every
            service = one.service or service
    return Limits(chosen, every, service)
