"""What is owed, by its age: purchases against payments, and contract instalments (A42, F12, M13)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.changes import item_id
from textcrm.insight.money import add, others_in
from textcrm.insight.table import Chart, Column, Note, Said, Table
from textcrm.record import as_day, items
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from textcrm.insight.asking import Ask
    from textcrm.insight.facts import Facts, Item
    from textcrm.insight.money import ByCurrency

PURCHASE: Final = Said("purchase", Text("purchases", "购买"))
INSTALMENT: Final = Said("instalment", Text("contract instalments", "合同分期"))
AHEAD: Final = Said("paid_ahead", Text("paid ahead", "预付款"))
_AGES: Final = (
    (0, Said("not_due", Text("not due yet", "未到期"))),
    (30, Said("1-30", Text("1-30 days late", "逾期 1–30 天"))),
    (60, Said("31-60", Text("31-60 days late", "逾期 31–60 天"))),
    (90, Said("61-90", Text("61-90 days late", "逾期 61–90 天"))),
    (180, Said("91-180", Text("91-180 days late", "逾期 91–180 天"))),
)
_OLDEST: Final = Said("181+", Text("over 180 days late", "逾期 180 天以上"))
_UNDATED: Final = Said("undated", Text("no due date", "未定期限"))
_ORDER: Final = [age.code for _, age in _AGES] + ["181+", "undated", "paid_ahead"]


class Debt(NamedTuple):
    """Something owed: whose, what, when due; ``amount`` is None where it is sealed."""

    row: int
    kind: Said
    what: str
    due: dt.date | None
    currency: str
    amount: Decimal | None

    def late(self, today: dt.date) -> int | None:
        """Days past the due date; negative before it."""
        return None if self.due is None else (today - self.due).days


def debts(ask: Ask, opened: Mapping[int, Mapping[str, Any]] | None = None) -> list[Debt]:
    """Everything owed today. ``opened`` are records with their sealed values open, by row.

    In a currency that is wanted each debt is worth what it is at today's rate: payments are held
    against purchases in the currency of both.
    """
    found = [*_purchases(ask.facts), *_instalments(ask.facts, opened or {})]
    return found if ask.facts.conversion is None else [_worth(ask.facts, one) for one in found]


def _worth(facts: Facts, debt: Debt) -> Debt:
    if facts.conversion is None or debt.amount is None:
        return debt
    amount, currency = facts.conversion.amount(debt.amount, debt.currency, facts.today)
    return debt._replace(amount=amount, currency=currency)


def _purchases(facts: Facts) -> Iterator[Debt]:
    names = ("date", "due", "amount", "currency", "number", "product")
    purchases = facts.recorded("purchases", *names)
    payments = facts.recorded("payments", "amount", "currency")
    home = facts.vault.config.currency
    for debt, _ in open_purchases(purchases, payments, facts.one("credit.days"), home):
        yield debt


def open_purchases(
    purchases: Iterable[Item], payments: Iterable[Item], terms: Mapping[int, Any], home: str
) -> Iterator[tuple[Debt, Item | None]]:
    """What payments do not cover, each payment for the oldest purchase that is open; what is paid
    ahead as a debt below nothing, so that the sum is purchases minus payments.

    ``terms`` are the days of credit by row. With each debt comes its purchase.
    """
    paid: dict[tuple[int, str], Decimal] = {}
    for item in payments:
        key = (item.row, item.text("currency") or home)
        paid[key] = paid.get(key, Decimal(0)) + (item.amount() or Decimal(0))
    bought: dict[tuple[int, str], list[Item]] = {}
    for item in purchases:
        amount = item.amount()
        if amount is None:
            continue
        key = (item.row, item.text("currency") or home)
        if amount < 0:  # a return is as good as a payment
            paid[key] = paid.get(key, Decimal(0)) - amount
        else:
            bought.setdefault(key, []).append(item)
    for key in sorted(paid.keys() | bought.keys()):
        left = paid.get(key, Decimal(0))
        for item in sorted(bought.get(key, ()), key=lambda one: one.day("date") or dt.date.max):
            amount = item.amount() or Decimal(0)
            covered = min(amount, left)
            left -= covered
            if amount > covered:
                what = item.text("number") or item.text("product") or ""
                due = _due(item, terms.get(key[0]))
                yield Debt(key[0], PURCHASE, what, due, key[1], amount - covered), item
        if left:
            yield Debt(key[0], AHEAD, "", None, key[1], -left), None


def _due(item: Item, days: object) -> dt.date | None:
    """The due date on record, else the purchase's day and the customer's days of credit."""
    due, day = item.day("due"), item.day("date")
    if due is not None or day is None or not isinstance(days, int | Decimal):
        return due
    try:
        return day + dt.timedelta(days=int(days))
    except OverflowError:
        return None


def _instalments(facts: Facts, opened: Mapping[int, Mapping[str, Any]]) -> Iterator[Debt]:
    """Instalments of running contracts that are not marked as paid."""
    rows = facts.having("contracts.instalments")
    for doc in facts.docs(rows):
        row = doc.row  # type: ignore[attr-defined]
        tree = opened.get(row, doc.typed)
        for debt, _ in unpaid(tree, row, facts.vault.config.currency):
            yield debt


def unpaid(
    tree: Mapping[str, Any], row: int, home: str
) -> Iterator[tuple[Debt, tuple[str | int, str | int]]]:
    """Instalments of a record's running contracts that are not marked as paid, each with the ids of
    contract and instalment, or their places where they have none.
    """
    for place, contract in enumerate(items(tree, "contracts")):
        if contract.get("status") in ("draft", "terminated"):
            continue
        for part, one in enumerate(items(contract, "instalments")):
            if one.get("paid"):
                continue
            currency = contract.get("currency")
            debt = Debt(
                row,
                INSTALMENT,
                str(contract.get("number") or contract.get("title") or ""),
                as_day(one.get("due")),
                currency if isinstance(currency, str) and currency else home,
                _number(one.get("amount")),
            )
            yield debt, (item_id(contract) or place, item_id(one) or part)


def _number(value: object) -> Decimal | None:
    """An amount as typed, or as it comes out of its seal: in figures, as text or whole number."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        return None
    try:
        amount = Decimal(value)
    except ArithmeticError:
        return None
    return amount if amount.is_finite() else None


def age_of(debt: Debt, today: dt.date) -> Said:
    """The age class of a debt."""
    if debt.kind is AHEAD:
        return AHEAD
    late = debt.late(today)
    if late is None:
        return _UNDATED
    return next((age for most, age in _AGES if late <= most), _OLDEST)


def receivables(ask: Ask, opened: Mapping[int, Mapping[str, Any]] | None = None) -> Table:
    """What is owed by age, or each debt by itself with ``detail``."""
    found = debts(ask, opened)
    rows, columns = (_each if ask.detail else _by_age)(ask, found)
    sealed = sum(debt.amount is None for debt in found)
    return Table(
        "receivables",
        Text("Receivables by age", "应收账款账龄"),
        columns,
        rows,
        _totals(ask, found),
        (*_notes(ask, sealed),),
        Chart(("name", "what") if ask.detail else ("age", "kind"), "amount"),
    )


_CURRENCY: Final = Column("currency", Text("Currency", "币种"), "currency")
_AMOUNT: Final = Column("amount", Text("Open", "未付金额"), "money")


def _by_age(ask: Ask, found: list[Debt]) -> tuple[tuple[Any, ...], tuple[Column, ...]]:
    groups: dict[tuple[str, str, str], list[Debt]] = {}
    ages: dict[str, Said] = {}
    for debt in found:
        age = age_of(debt, ask.facts.today)
        ages[age.code] = age
        groups.setdefault((age.code, debt.kind.code, debt.currency), []).append(debt)
    home = ask.facts.home
    ordered = sorted(
        groups,
        key=lambda key: (_ORDER.index(key[0]), key[1] == "instalment", key[2] != home, key[2]),
    )
    rows = tuple(
        (
            ages[key[0]],
            groups[key][0].kind,
            len({debt.row for debt in groups[key]}),
            len(groups[key]),
            key[2],
            _sum(groups[key]),
            sum(debt.amount is None for debt in groups[key]),
        )
        for key in ordered
    )
    return rows, (
        Column("age", Text("Age", "账龄"), "code"),
        Column("kind", Text("From", "来自"), "code"),
        Column("customers", Text("Customers", "客户数"), "count"),
        Column("items", Text("Items", "笔数"), "count"),
        _CURRENCY,
        _AMOUNT,
        Column("sealed", Text("Sealed", "加密未计"), "count"),
    )


def _sum(found: Iterable[Debt]) -> Decimal | None:
    """The sum of the amounts that can be read; None where there are none."""
    known = [debt.amount for debt in found if debt.amount is not None]
    return sum(known, Decimal(0)) if known else None


def _each(ask: Ask, found: list[Debt]) -> tuple[tuple[Any, ...], tuple[Column, ...]]:
    facts, today = ask.facts, ask.facts.today

    def urgency(debt: Debt) -> tuple[Any, ...]:
        late = debt.late(today)
        return late is None, -(late or 0), facts.id_of(debt.row)

    rows = tuple(
        (
            facts.id_of(debt.row),
            facts.name_of(debt.row),
            debt.kind,
            debt.what or None,
            debt.due,
            debt.late(today),
            debt.currency,
            debt.amount,
        )
        for debt in sorted(found, key=urgency)
    )
    return rows, (
        Column("id", Text("Id", "编号"), "id"),
        Column("name", Text("Name", "名称"), "name"),
        Column("kind", Text("From", "来自"), "code"),
        Column("what", Text("What", "内容")),
        Column("due", Text("Due", "付款期限"), "date"),
        Column("late", Text("Days late", "逾期天数"), "count"),
        _CURRENCY,
        _AMOUNT,
    )


def _totals(ask: Ask, found: list[Debt]) -> dict[str, Any]:
    """``amount`` is purchases minus payments (the receivable), ``overdue`` the part of it that is
    late, ``instalments`` what contracts add beside it; all in the vault's currency.
    """
    home, today = ask.facts.home, ask.facts.today
    parts: dict[str, ByCurrency] = {"amount": {}, "overdue": {}, "instalments": {}}
    for debt in found:
        if debt.amount is None:
            continue
        if debt.kind is INSTALMENT:
            add(parts["instalments"], debt.currency, debt.amount)
            continue
        add(parts["amount"], debt.currency, debt.amount)
        if (debt.late(today) or 0) > 0:
            add(parts["overdue"], debt.currency, debt.amount)
    others: dict[str, dict[str, Decimal]] = {}
    for name, sums in parts.items():
        foreign = {each: amount for each, amount in sums.items() if each != home}
        for each, named in others_in(foreign, name).get("other_currencies", {}).items():
            others.setdefault(each, {}).update(named)
    return {
        "customers": len({debt.row for debt in found}),
        "items": len(found),
        **{name: sums.get(home, Decimal(0)) for name, sums in parts.items()},
        "sealed": sum(debt.amount is None for debt in found),
        **({"other_currencies": others} if others else {}),
    }


def _notes(ask: Ask, sealed: int) -> list[Note]:
    notes = [
        Note(
            Text(
                "The total is the receivable: purchases minus payments, each payment for the oldest "
                "open purchase. Due is the date on record, else the days of credit after the "
                "purchase. Instalments of contracts are dues of their own and not in the total.",
                "合计即应收款：购买减付款，付款先抵最早的未付购买。到期日取记录的付款期限，"
                "没有则按账期天数推算。合同分期另计，不并入合计。",
            )
        )
    ]
    if sealed:
        notes.append(Note(_STAYS_SEALED if ask.reveal else _SEALED, {"n": sealed}))
    return notes


_SEALED: Final = Text(
    "Sealed instalments, not in the sums: {n}; with your key: --reveal.",
    "加密未计入的分期：{n} 笔；有密钥者可加 --reveal。",
)
_STAYS_SEALED: Final = Text(
    "Sealed instalments that no key at hand opens, not in the sums: {n}.",
    "现有密钥无法解开、未计入的分期：{n} 笔。",
)


def sealed_rows(facts: Facts) -> set[int]:
    """The customers with instalments, whose amounts may be sealed."""
    return facts.having("contracts.instalments")
