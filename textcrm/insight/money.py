"""Sums of purchases by customer, exact, each currency for itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from textcrm.insight.columns import days_in, number_of, places_of, row_of, texts_in
from textcrm.insight.periods import Span
from textcrm.insight.table import Note
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textcrm.insight.asking import Ask
    from textcrm.insight.facts import Item

ByCurrency = dict[str, Decimal]


_NAMES = ("date", "product", "quantity", "amount", "currency", "number")
_CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """An amount to the cent, half up; one too great to have cents stays as it is."""
    try:
        return amount.quantize(_CENT, ROUND_HALF_UP)
    except InvalidOperation:
        return amount


def add(into: ByCurrency, currency: str, amount: Decimal) -> None:
    """Add an amount to the total of its currency."""
    into[currency] = into.get(currency, Decimal(0)) + amount


@dataclass(frozen=True, slots=True)
class Sums:
    """What customers bought: by row of the customer and currency. Amounts are never converted."""

    home: str
    by_row: dict[int, ByCurrency]

    @classmethod
    def of_purchases(cls, ask: Ask) -> Sums:
        """The purchases of the span."""
        found: dict[int, ByCurrency] = {}
        if ask.facts.conversion is None:
            cls._by_columns(ask, found)
            return cls(ask.facts.home, found)
        for item in cls.purchases(ask):
            totals = found.setdefault(item.row, {})
            amount = item.amount()
            if amount is not None:
                add(totals, ask.facts.currency(item), amount)
        return cls(ask.facts.home, found)

    @staticmethod
    def _by_columns(ask: Ask, found: dict[int, ByCurrency]) -> None:
        """As by items, in fewer steps."""
        facts = ask.facts
        columns = {name: facts.column(f"purchases.{name}") for name in _NAMES}
        days, own = days_in(columns["date"]), texts_in(columns["currency"])
        wanted = {day for day in {*days.values(), None} if day in ask.span}
        for place in sorted(places_of(*columns.values())):
            if days.get(place) in wanted:
                totals = found.setdefault(row_of(place), {})
                amount = number_of(columns["amount"].get(place))
                if amount is not None:
                    add(totals, own.get(place) or facts.home, amount)

    @staticmethod
    def purchases(ask: Ask) -> list[Item]:
        """The purchases of the span; undated ones only where there are no bounds."""
        found = ask.facts.items("purchases", *_NAMES)
        if ask.span == Span():
            return found
        return [item for item in found if item.day("date") in ask.span]

    @property
    def rows(self) -> set[int]:
        """Customers with a purchase."""
        return set(self.by_row)

    def total(self, rows: Iterable[int]) -> Decimal:
        """The sum in the vault's currency for some customers."""
        parts = (self.by_row[row].get(self.home, Decimal(0)) for row in rows)
        return sum(parts, Decimal(0))

    def others(self, name: str) -> dict[str, Any]:
        """Sums in other currencies, for a total: ``{other_currencies: {HKD: {name: amount}}}``."""
        found: ByCurrency = {}
        for totals in self.by_row.values():
            for currency, amount in totals.items():
                if currency != self.home:
                    add(found, currency, amount)
        return others_in(found, name)


def others_in(found: Mapping[str, Decimal], name: str) -> dict[str, Any]:
    """Other currencies as a total has them; nothing where there are none."""
    if not found:
        return {}
    return {"other_currencies": {each: {name: found[each]} for each in sorted(found)}}


def others_of(total: Mapping[str, Any], name: str) -> list[Note]:
    """The note that says what stands in other currencies, which are never added."""
    others = total.get("other_currencies")
    if not others:
        return []
    amounts = [f"{currency} {named[name]:,f}" for currency, named in others.items()]
    return [
        Note(
            Text(
                "Not in these sums, as they are in other currencies: {amounts}.",
                "其他币种不并入合计：{amounts}。",
            ),
            {"amounts": amounts},
        )
    ]
