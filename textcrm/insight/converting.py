"""Amounts of a report in one currency, on request: which rates were used, and what has none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from textcrm.errors import Misuse
from textcrm.insight.money import add, cents
from textcrm.insight.table import Note
from textcrm.normalize.rates import Rates
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.config import Config
    from textcrm.insight.money import ByCurrency
    from textcrm.insight.table import Table
    from textcrm.normalize.rates import Rate

_USED: Final = Text(
    "{currency} at {rate} {home} (rate of {since}): {count} amounts, {amount} {currency}.",
    "{currency} 按 1:{rate} {home} 折算（{since} 的汇率）：{count} 笔，共 {currency} {amount}。",
)
_USED_OF: Final = Text(
    "{of} by way of {currency} at {rate} {home} (rate of {since}): {count} amounts.",
    "{of} 经 {currency} 折算，1 {currency} = {rate} {home}（{since} 的汇率）：{count} 笔。",
)
_MISSING: Final = Text(
    "No rate for {currency} on the day of {count} amounts, {amount} {of} in all: they stay as "
    "they are. Add it to textcrm.yaml: rates: {{{currency}: {{DATE: RATE}}}}.",
    "{count} 笔 {of} 金额（共 {amount}）当日没有汇率，未折算。"
    "请在 textcrm.yaml 中补充：rates: {{{currency}: {{日期: 汇率}}}}。",
)


class Conversion:
    """The conversion of one report: ``target`` is the wanted currency (ISO 4217)."""

    def __init__(self, config: Config, target: str, today: dt.date) -> None:
        self.home = config.currency
        self.target = target
        self.today = today
        self._rates = Rates(config.currency, config.rates)
        self._used: dict[Rate, Counter[str]] = {}
        self._sums: dict[Rate, ByCurrency] = {}
        self._missing: dict[tuple[str, str], list[Decimal]] = {}

    def amount(self, amount: Decimal, currency: str, day: dt.date | None) -> tuple[Decimal, str]:
        """An amount to the cent with its currency: the target's, or its own without a rate.

        The rate is that of the day, of today for what lies ahead or has no day.
        """
        when = min(day or self.today, self.today)
        found = self._rates.convert(amount, currency, self.target, when)
        if found is None:
            lacking = self._lacking(currency, when), currency
            self._missing.setdefault(lacking, []).append(amount)
            return amount, currency
        for rate in found.rates:
            self._used.setdefault(rate, Counter())[currency] += 1
            add(self._sums.setdefault(rate, {}), currency, amount)
        return cents(found.amount) if found.rates else found.amount, self.target

    def _lacking(self, currency: str, when: dt.date) -> str:
        """Which of the two currencies has no rate."""
        known = currency == self.home or self._rates.on(currency, when) is not None
        return self.target if known else currency

    def finish(self, table: Table) -> Table:
        """A table with the rates that its figures were worked out with, and what lacks one."""
        notes = [*table.notes]
        rates: list[dict[str, Any]] = []
        for rate in sorted(self._used, key=lambda one: (one.currency, one.since)):
            for currency, count in self._used[rate].items():
                one = {
                    "currency": rate.currency,
                    "rate": rate.value,
                    "home": self.home,
                    "since": rate.since.isoformat(),
                    "of": currency,
                    "count": count,
                    "amount": self._sums[rate][currency],
                }
                rates.append(one)
                said = {**one, "rate": f"{rate.value:f}", "amount": f"{one['amount']:,f}"}
                notes.append(Note(_USED if currency == rate.currency else _USED_OF, said))
        missing = [
            {
                "currency": each,
                "of": own,
                "count": len(amounts),
                "amount": sum(amounts, Decimal(0)),
            }
            for (each, own), amounts in sorted(self._missing.items())
        ]
        notes += [Note(_MISSING, {**one, "amount": f"{one['amount']:,f}"}) for one in missing]
        facts = {**table.facts, "currency": self.target, "rates": rates, "missing_rates": missing}
        return replace(table, notes=tuple(notes), facts=facts)


def currency_of(word: str) -> str:
    """A currency by its ISO 4217 code or its name. Raises Misuse (unknown-currency)."""
    from textcrm.normalize.amount import find_currency

    code = find_currency(word)
    if code is not None:
        return code
    raise Misuse(
        "unknown-currency",
        Text("“{word}” is no currency", "“{word}”不是币种"),
        hint=Text("write its code: CNY, USD, EUR", "请写币种代码：CNY、USD、EUR"),
        word=word[:20],
    )
