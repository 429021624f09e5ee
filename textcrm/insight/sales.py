"""What was bought and what may be: products, purchases by month, the funnel, open deals."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from textcrm.insight.customers import CUSTOMERS, SHARE
from textcrm.insight.money import Sums, add, cents, others_in, others_of
from textcrm.insight.periods import UNITS, period_of, periods
from textcrm.insight.table import Chart, Column, Note, Table, share
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.insight.asking import Ask
    from textcrm.insight.facts import Item
    from textcrm.insight.money import ByCurrency

ORDERS: Final = Column("orders", Text("Purchases", "购买笔数"), "count")
CURRENCY: Final = Column("currency", Text("Currency", "币种"), "currency")
AMOUNT: Final = Column("amount", Text("Amount", "金额"), "money")


class _Bought:
    """What is added up of some purchases in one currency."""

    def __init__(self) -> None:
        self.orders = 0
        self.rows: set[int] = set()
        self.quantity = Decimal(0)
        self.amount = Decimal(0)

    def add(self, item: Item) -> None:
        self.orders += 1
        self.rows.add(item.row)
        self.quantity += item.amount("quantity") or 0
        self.amount += item.amount() or 0


def _by_currency(items: list[Item], home: str) -> tuple[ByCurrency, ByCurrency]:
    """The sum in the vault's currency, and those in others."""
    own: ByCurrency = {home: Decimal(0)}
    others: ByCurrency = {}
    for item in items:
        currency = item.text("currency") or home
        add(own if currency == home else others, currency, item.amount() or Decimal(0))
    return own, others


def products(ask: Ask) -> Table:
    """Products by how many customers bought them, with quantity and amount (M1).

    A row for each currency; how many customers there are is told of the product, whatever they paid in.
    """
    facts = ask.facts
    items = Sums.purchases(ask)
    found: dict[tuple[str | None, str], _Bought] = {}
    for item in items:
        found.setdefault((item.text("product"), facts.currency(item)), _Bought()).add(item)
    listed = Counter(
        product for names in facts.several("products").values() for product in names if product
    )
    popular: dict[str | None, set[int]] = {}
    orders: Counter[str | None] = Counter()
    for (name, _), bought in found.items():
        popular.setdefault(name, set()).update(bought.rows)
        orders[name] += bought.orders
    ordered = sorted(
        found,
        key=lambda key: (
            key[0] is None,
            -len(popular[key[0]]),
            -orders[key[0]],
            key[0] or "",
            key[1] != facts.home,
            key[1],
        ),
    )
    own, others = _by_currency(items, facts.home)
    buyers = {item.row for item in items}
    total = {
        "customers": len(buyers),
        "orders": len(items),
        "amount": own[facts.home],
        **others_in(others, "amount"),
    }
    unsold = sorted(name for name in listed if name not in popular)
    rows = [
        (
            product,
            len(popular[product]),
            share(len(popular[product]), len(buyers)),
            found[product, currency].orders,
            found[product, currency].quantity,
            listed.get(product or "", 0),
            currency,
            found[product, currency].amount,
        )
        for product, currency in ordered
    ]
    rows += [
        (name, 0, 0.0, 0, Decimal(0), listed[name], facts.home, Decimal(0)) for name in unsold
    ]
    return Table(
        "products",
        Text("Products", "产品受欢迎程度"),
        (
            Column("product", facts.label("purchases.product")),
            Column("customers", Text("Customers who bought it", "购买客户数"), "count"),
            SHARE,
            ORDERS,
            Column("quantity", facts.label("purchases.quantity"), "quantity"),
            Column("listed", Text("Listed by customers", "合作产品客户数"), "count"),
            CURRENCY,
            AMOUNT,
        ),
        tuple(rows),
        total,
        (
            Note(
                Text(
                    "Share is of all customers who bought something; “listed” counts customers who "
                    "have it among their products. A product that was paid in several currencies has "
                    "a row for each, with all its customers.",
                    "占比以全部已购客户为基数；“合作产品客户数”指把它列为合作产品的客户。以多种币种售出的产品"
                    "每种一行，购买客户数均为该产品的全部客户。",
                )
            ),
            *others_of(total, "amount"),
        ),
        Chart(("product",), "customers"),
    )


def purchases(ask: Ask) -> Table:
    """Purchases by month (or week, quarter, year), months without any between them too."""
    facts = ask.facts
    items = Sums.purchases(ask)
    unit = ask.unit("month")
    found: dict[tuple[str | None, str], _Bought] = {}
    days = [day for item in items if (day := item.day("date"))]
    for each in periods(min(days), max(days), unit) if days else []:
        found[each, facts.home] = _Bought()
    for item in items:
        day = item.day("date")
        period = period_of(day, unit) if day else None
        found.setdefault((period, facts.currency(item)), _Bought()).add(item)
    ordered = sorted(found, key=lambda k: (k[0] is None, k[0] or "", k[1] != facts.home, k[1]))
    own, others = _by_currency(items, facts.home)
    total = {
        "orders": len(items),
        "customers": len({item.row for item in items}),
        "amount": own[facts.home],
        **others_in(others, "amount"),
    }
    without = sum(1 for item in items if item.amount() is None)
    notes = others_of(total, "amount")
    if without:
        notes.append(
            Note(Text("{n} purchases have no amount.", "有 {n} 笔购买没有金额。"), {"n": without})
        )
    return Table(
        "purchases",
        Text(f"Purchases by {unit}", f"购买金额（按{UNITS[unit][0]}）"),
        (
            Column(unit, UNITS[unit][1]),
            ORDERS,
            CUSTOMERS,
            CURRENCY,
            AMOUNT,
            Column("mean", Text("Mean", "平均每笔"), "money"),
        ),
        tuple(
            (
                key[0],
                found[key].orders,
                len(found[key].rows),
                key[1],
                found[key].amount,
                _mean(found[key]),
            )
            for key in ordered
        ),
        total,
        tuple(notes),
        Chart((unit,), "amount", over_time=True),
    )


def _mean(bought: _Bought) -> Decimal | None:
    if not bought.orders:
        return None
    return cents(bought.amount / bought.orders)


def funnel(ask: Ask) -> Table:
    """Customers by stage, how many got that far, and the share that went on (M15).

    A customer counts as having reached its stage and all before it; a lost one only the first,
    since the record does not say how far it got.
    """
    facts = ask.facts
    stages = [code for code in facts.order("stage") if code != "lost"]
    at = Counter(value for value in facts.one("stage").values())
    lost = at.pop("lost", 0)
    rows: list[tuple[Any, ...]] = []
    before: int | None = None
    for place, stage in enumerate(stages):
        reached = sum(at[later] for later in stages[place:]) + (lost if place == 0 else 0)
        step = share(reached, before) if before is not None else None
        rows.append((facts.said("stage", stage), at[stage], reached, step))
        before = reached
    first = rows[0][2] if rows else 0
    whole = [(*row, share(row[2], first)) for row in rows]
    if lost:
        whole.append((facts.said("stage", "lost"), lost, None, None, share(lost, first)))
    won = at["won"]
    return Table(
        "funnel",
        Text("Sales funnel", "销售漏斗"),
        (
            Column("stage", facts.label("stage"), "code"),
            Column("customers", Text("Now here", "当前客户数"), "count"),
            Column("reached", Text("Got this far", "到达客户数"), "count"),
            Column("conversion", Text("Of the stage before", "阶段转化率"), "share"),
            Column("overall", Text("Of all", "累计转化率"), "share"),
        ),
        tuple(whole),
        {
            "customers": sum(at[stage] for stage in stages) + lost,
            "won": won,
            "lost": lost,
            "win_rate": share(won, won + lost),
            "overall": share(won, first),
        },
        (
            Note(
                Text(
                    "Counted by the stage of today: who is at a stage has passed those before it; "
                    "{lost} lost customers count in the first stage only. Won of all decided: "
                    "{won} of {decided}.",
                    "按当前阶段统计：处于某阶段即视为经过之前各阶段；{lost} 位输单客户只计入第一阶段。"
                    "已有结果的 {decided} 位中成交 {won} 位。",
                ),
                {"lost": lost, "won": won, "decided": won + lost},
            ),
            *_without_stage(len(facts) - sum(at.values()) - lost),
        ),
        Chart(("stage",), "reached"),
    )


def _without_stage(number: int) -> list[Note]:
    if not number:
        return []
    text = Text("{n} customers have no stage.", "有 {n} 位客户没有填写阶段。")
    return [Note(text, {"n": number})]


def pipeline(ask: Ask) -> Table:
    """Opportunities by stage: number, amount, and amount times probability."""
    facts = ask.facts
    order = facts.order("opportunities.stage")
    found: dict[tuple[str | None, str], list[Item]] = {}
    names = ("stage", "amount", "currency", "probability", "expected_close", "title")
    for item in facts.items("opportunities", *names):
        if item.day("expected_close") in ask.span:
            found.setdefault((item.text("stage"), facts.currency(item)), []).append(item)
    ordered = sorted(found, key=lambda k: (order.get(k[0] or "", 99), k[1] != facts.home, k[1]))
    open_ = [item for key in found if key[0] not in ("won", "lost") for item in found[key]]
    own, others = _by_currency(open_, facts.home)
    total = {
        "opportunities": len(open_),
        "amount": own[facts.home],
        "expected": sum((_expected(o) for o in open_ if not _other(o, facts.home)), Decimal(0)),
        **others_in(others, "amount"),
    }
    return Table(
        "pipeline",
        Text("Opportunities by stage", "商机"),
        (
            Column("stage", facts.label("opportunities.stage"), "code"),
            Column("opportunities", Text("Opportunities", "商机数"), "count"),
            CURRENCY,
            AMOUNT,
            Column("expected", Text("By probability", "按成功率折算"), "money"),
        ),
        tuple(
            (
                facts.said("opportunities.stage", key[0]),
                len(found[key]),
                key[1],
                sum((item.amount() or Decimal(0) for item in found[key]), Decimal(0)),
                sum((_expected(item) for item in found[key]), Decimal(0)),
            )
            for key in ordered
        ),
        total,
        (
            Note(
                Text(
                    "The total has open opportunities only; without a probability an opportunity "
                    "adds nothing to “by probability”.",
                    "合计只含未结束的商机；没有填成功率的商机不计入折算金额。",
                )
            ),
            *others_of(total, "amount"),
        ),
        Chart(("stage",), "amount"),
    )


def _other(item: Item, home: str) -> bool:
    return (item.text("currency") or home) != home


def _expected(item: Item) -> Decimal:
    amount, chance = item.amount(), item.amount("probability")
    if amount is None or chance is None:
        return Decimal(0)
    return cents(amount * chance / 100)
