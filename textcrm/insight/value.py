"""What customers are worth: RFM scores and tiers, whether they still buy, what to expect (M2, M8)."""

from __future__ import annotations

import hashlib
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.insight import memo
from textcrm.insight.buying import Buying, Seen, Spending, fit_buying, fit_spending
from textcrm.insight.money import Sums, cents, others_of
from textcrm.insight.rfm import Bought, Scores, group_of, scored, tier_of
from textcrm.insight.table import Chart, Column, Note, Said, Table, share
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from textcrm.catalog import Catalog
    from textcrm.insight.asking import Ask

AHEAD_WEEKS: Final = 52
REPEATERS: Final = 30
_FIT: Final = 1  # of the way to fit: raised when it changes


class Models(NamedTuple):
    """The fitted models; None where there is too little to fit on, or where (``fitted``) the data
    do not follow the model.
    """

    buying: Buying | None
    spending: Spending | None
    fitted: bool = False


class Worth(NamedTuple):
    """What is known of a customer's buying on a day; the last three only with models."""

    bought: Bought
    scores: Scores
    tier: str
    alive: float | None
    expected: float | None
    lifetime: Decimal | None


def bought_of(ask: Ask) -> dict[int, Bought]:
    """What each customer bought up to the end of the span, the purchases of a day as one.

    Purchases without a day or after the end do not count, nor do returns below nothing.
    """
    days: dict[int, dict[dt.date, Decimal]] = {}
    for item in Sums.purchases(ask):
        day = item.day("date")
        if day is None or day > ask.end:
            continue
        amount = item.amount() if ask.facts.currency(item) == ask.facts.home else None
        known = days.setdefault(item.row, {})
        known[day] = known.get(day, Decimal(0)) + (amount or Decimal(0))
    found = {}
    for row, known in days.items():
        ordered = sorted(known)
        amounts = tuple(known[day] for day in ordered)
        found[row] = Bought(tuple(ordered), amounts, sum(amounts, Decimal(0)))
    return found


def seen_of(bought: Bought, end: dt.date) -> Seen:
    """The customer as the model sees one."""
    first = bought.days[0]
    return Seen(len(bought.days) - 1, (bought.days[-1] - first).days / 7, (end - first).days / 7)


def repeat_mean(bought: Bought) -> float:
    """The mean amount of the purchases after the first."""
    repeats = bought.amounts[1:]
    return float(sum(repeats, Decimal(0)) / len(repeats)) if repeats else 0.0


def models_of(
    bought: dict[int, Bought], end: dt.date, least: int, catalog: Catalog | None = None
) -> Models:
    """Fit the models where there are at least so many buyers, and enough who came again.

    Fitting takes long: with a ``catalog`` the parameters are kept there for the same purchases.
    """
    seen = {row: seen_of(one, end) for row, one in bought.items()}
    repeaters = [row for row, one in seen.items() if one.frequency]
    if len(seen) < least or len(repeaters) < REPEATERS:
        return Models(None, None)
    buying = Buying(
        *_kept(catalog, "bg_nbd", sorted(seen.values()), lambda: fit_buying(seen.values()))
    )
    if not buying.sound:
        return Models(None, None, fitted=True)
    worth = [(seen[row].frequency, repeat_mean(bought[row])) for row in repeaters]
    worth = [one for one in worth if one[1] > 0]
    varied = len({mean for _, mean in worth}) > 2
    if len(worth) < REPEATERS or not varied:
        return Models(buying, None)
    spending = _kept(catalog, "gamma_gamma", sorted(worth), lambda: fit_spending(worth))
    return Models(buying, Spending(*spending))


def _kept(
    catalog: Catalog | None, name: str, of: Sequence[Any], fit: Callable[[], Sequence[Any]]
) -> Sequence[Any]:
    """The parameters of a model fitted on something, or those kept of the same."""
    if catalog is None:
        return fit()
    key = hashlib.sha256(repr((_FIT, of)).encode()).hexdigest()
    found: Sequence[Any] = memo.of_same(catalog, name, key, fit)
    return found


def worths(ask: Ask) -> tuple[dict[int, Worth], Models]:
    """The worth of every customer who bought, by row, and the models behind it.

    Raises Misuse (bounds-in-home).
    """
    config = ask.facts.vault.config
    limits = config.thresholds
    _demand_bounds(ask)
    bought = bought_of(ask)
    models = models_of(bought, ask.end, limits["model_customers"], ask.facts.catalog)
    scores = scored(bought, ask.end, config.rfm) if bought else {}
    found = {}
    known: dict[Seen, float] = {}
    for row, one in bought.items():
        tier = tier_of(scores[row], limits["rfm_high"], limits["rfm_medium"])
        found[row] = Worth(one, scores[row], tier, *_ahead(one, models, ask.end, known))
    return found, models


def _demand_bounds(ask: Ask) -> None:
    """Bounds of amounts are in the vault's currency: amounts in another are not held against them."""
    config, home = ask.facts.vault.config, ask.facts.home
    if home != config.currency and "monetary" in config.rfm:
        raise Misuse(
            "bounds-in-home",
            Text(
                "rfm: monetary: of textcrm.yaml has bounds in {own}, the report would be in {currency}",
                "textcrm.yaml 中 rfm: monetary: 的界限按 {own} 计，而报表要求 {currency}",
            ),
            hint=Text("leave out --currency", "请去掉 --currency"),
            own=config.currency,
            currency=home,
        )


def _ahead(
    bought: Bought, models: Models, end: dt.date, known: dict[Seen, float]
) -> tuple[float | None, float | None, Decimal | None]:
    if models.buying is None:
        return None, None, None
    seen = seen_of(bought, end)
    if seen not in known:
        known[seen] = models.buying.expected(seen, AHEAD_WEEKS)
    expected = known[seen]
    alive = models.buying.alive(seen) if seen.frequency else None
    mean = None
    if models.spending is not None:
        mean = models.spending.mean(seen.frequency, repeat_mean(bought))
    lifetime = None if mean is None else cents(Decimal(expected * mean))
    return alive, expected, lifetime


def value(ask: Ask) -> Table:
    """Customers by what they bought, with scores, and what is to be expected of them."""
    facts = ask.facts
    found, models = worths(ask)
    ordered = sorted(found, key=lambda row: (-found[row].bought.spent, facts.id_of(row)))
    sums = Sums.of_purchases(ask)
    total: dict[str, Any] = {
        "customers": len(found),
        "spent": sum((one.bought.spent for one in found.values()), Decimal(0)),
        **sums.others("spent"),
    }
    if models.buying is not None:
        total["expected"] = float(sum(one.expected or 0.0 for one in found.values()))
    lifetimes = [one.lifetime for one in found.values() if one.lifetime is not None]
    if models.spending is not None:
        total["lifetime"] = sum(lifetimes, Decimal(0))
    rows = tuple(_row(ask, row, found[row]) for row in ordered)
    modelled = () if models.buying is None else _MODELLED
    return Table(
        "value",
        Text("Customer value", "客户价值"),
        (*_COLUMNS, *modelled),
        rows if modelled else tuple(row[: len(_COLUMNS)] for row in rows),
        total,
        (*_notes(ask, found, models), *others_of(total, "spent")),
        Chart(("name",), "spent"),
        _facts(models),
    )


_COLUMNS: Final = (
    Column("id", Text("Id", "编号"), "id"),
    Column("name", Text("Name", "名称"), "name"),
    Column("last", Text("Last bought", "最近购买"), "date"),
    Column("days", Text("Days", "购买天数"), "count"),
    Column("spent", Text("Purchases", "购买金额"), "money"),
    Column("r", Text("R", "R"), "count"),
    Column("f", Text("F", "F"), "count"),
    Column("m", Text("M", "M"), "count"),
    Column("tier", Text("Tier", "价值等级"), "code"),
    Column("group", Text("Group", "客户分群"), "code"),
)
_MODELLED: Final = (
    Column("alive", Text("Still buys", "活跃概率"), "share"),
    Column("expected", Text("Purchases in a year", "一年预期次数"), "ratio"),
    Column("lifetime", Text("Worth in a year", "一年预期价值"), "money"),
)


def _row(ask: Ask, row: int, one: Worth) -> tuple[Any, ...]:
    facts = ask.facts
    return (
        facts.id_of(row),
        facts.name_of(row),
        one.bought.days[-1],
        len(one.bought.days),
        one.bought.spent,
        *one.scores,
        facts.said("value_tier", one.tier),
        group_of(one.scores),
        one.alive,
        one.expected,
        one.lifetime,
    )


def _notes(ask: Ask, found: dict[int, Worth], models: Models) -> list[Note]:
    config = ask.facts.vault.config
    set_ = sorted(config.rfm)
    notes = [
        Note(
            Text(
                "R, F, M from 1 to 5: by fifths of these {n} customers; the sum makes the tier: "
                "high from {high}, medium from {medium}.",
                "R、F、M 为 1–5 分，按这 {n} 位客户五等分；总分 {high} 起为高价值，{medium} 起为中等价值。",
            )
            if not set_
            else Text(
                "R, F, M from 1 to 5 among {n} customers, by the bounds of textcrm.yaml for "
                "{names}; the sum makes the tier: high from {high}, medium from {medium}.",
                "{n} 位客户的 R、F、M 为 1–5 分，{names} 按 textcrm.yaml 的界限；"
                "总分 {high} 起为高价值，{medium} 起为中等价值。",
            ),
            {
                "n": len(found),
                "high": config.thresholds["rfm_high"],
                "medium": config.thresholds["rfm_medium"],
                **({"names": set_} if set_ else {}),
            },
        )
    ]
    return [*notes, _model_note(found, models, config.thresholds["model_customers"])]


def _model_note(found: dict[int, Worth], models: Models, least: int) -> Note:
    repeaters = sum(len(one.bought.days) > 1 for one in found.values())
    data = {"n": len(found), "repeaters": repeaters, "least": least, "wanted": REPEATERS}
    if models.buying is None and models.fitted:
        return Note(
            Text(
                "No forecast: the purchases of these {n} buyers, {repeaters} of whom came again, do "
                "not follow the model (BG/NBD).",
                "不作预测：这 {n} 位已购客户（其中 {repeaters} 位重复购买）的购买规律不符合 BG/NBD 模型。",
            ),
            {"n": len(found), "repeaters": repeaters},
        )
    if models.buying is None:
        return Note(
            Text(
                "Too little for a forecast: {n} buyers, {repeaters} of them more than once; it "
                "wants {least} and {wanted}.",
                "数据不足，不作预测：{n} 位已购客户，其中 {repeaters} 位重复购买；"
                "至少需要 {least} 位和 {wanted} 位。",
            ),
            data,
        )
    return Note(
        Text(
            "The forecast is BG/NBD with Gamma-Gamma, fitted on {n} buyers, {repeaters} of whom "
            "came again; {weeks} weeks ahead, not discounted. With one purchase only, whether a "
            "customer still buys cannot be told.",
            "预测用 BG/NBD 与 Gamma-Gamma 模型，由 {n} 位已购客户（其中 {repeaters} 位重复购买）"
            "拟合；向后 {weeks} 周，未折现。只购买一次的客户无法判断是否活跃。",
        ),
        {"n": len(found), "repeaters": repeaters, "weeks": AHEAD_WEEKS},
    )


def _facts(models: Models) -> dict[str, Any]:
    """The parameters of the models, for those who check them."""
    facts: dict[str, Any] = {}
    if models.buying is not None:
        facts["bg_nbd"] = models.buying._asdict()
    if models.spending is not None:
        facts["gamma_gamma"] = models.spending._asdict()
    return facts


def tiers(ask: Ask) -> Table:
    """Customers by tier as scored, with what they bought; and the tier that people decided on."""
    facts = ask.facts
    found, _ = worths(ask)
    decided = facts.one("value_tier")
    scored_ = Counter(one.tier for one in found.values())
    by_hand = Counter(decided.values())
    spent: dict[str, Decimal] = {}
    for one in found.values():
        spent[one.tier] = spent.get(one.tier, Decimal(0)) + one.bought.spent
    whole = sum((one.bought.spent for one in found.values()), Decimal(0))
    rows: list[tuple[Any, ...]] = []
    for code in facts.order("value_tier"):
        amount = spent.get(code, Decimal(0))
        said: Said | None = facts.said("value_tier", code)
        rows.append((said, scored_[code], amount, share(amount, whole), by_hand[code]))
    without = len(facts) - len(found)
    rows.append((None, without, Decimal(0), None, len(facts) - sum(by_hand.values())))
    return Table(
        "tiers",
        Text("Customers by value tier", "客户价值分层"),
        (
            Column("tier", facts.label("value_tier"), "code"),
            Column("customers", Text("By scores", "按评分"), "count"),
            Column("spent", Text("Purchases", "购买金额"), "money"),
            Column("share", Text("Of all purchases", "金额占比"), "share"),
            Column("decided", Text("Decided by people", "人工判定"), "count"),
        ),
        tuple(rows),
        {"customers": len(facts), "spent": whole, "decided": len(facts)},
        (
            *_notes(ask, found, Models(None, None))[:1],
            Note(
                Text("The last line has those who bought nothing.", "最后一行为没有购买的客户。")
            ),
        ),
        Chart(("tier",), "customers"),
    )
