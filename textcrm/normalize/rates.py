"""Dated exchange rates: an amount in another currency, at the rate that held on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal


class Rate(NamedTuple):
    """One rate: a unit of ``currency`` is worth ``value`` units of the home currency from ``since`` on."""

    currency: str
    since: dt.date
    value: Decimal


class Converted(NamedTuple):
    """An amount in the wanted currency, unrounded, and the rates that it was worked out with."""

    amount: Decimal
    rates: tuple[Rate, ...]


class Rates:
    """The rates of a vault, each against its ``home`` currency (ISO 4217 codes)."""

    def __init__(self, home: str, table: Mapping[str, Mapping[dt.date, Decimal]]) -> None:
        self.home = home
        self._table = table

    def on(self, currency: str, day: dt.date) -> Rate | None:
        """The last rate of a currency that is not younger than a day; None where there is none."""
        dated = self._table.get(currency, {})
        since = max((each for each in dated if each <= day), default=None)
        return None if since is None else Rate(currency, since, dated[since])

    def convert(self, amount: Decimal, source: str, target: str, day: dt.date) -> Converted | None:
        """An amount of one currency in another at the rates of a day, by way of the home currency.

        None where a rate is missing: none is ever guessed, nor taken from after the day.
        """
        if source == target:
            return Converted(amount, ())
        used = []
        for currency in (source, target):
            if currency != self.home:
                rate = self.on(currency, day)
                if rate is None:
                    return None
                used.append(rate)
        if source != self.home:
            amount *= used[0].value
        if target != self.home:
            amount /= used[-1].value
        return Converted(amount, tuple(used))
