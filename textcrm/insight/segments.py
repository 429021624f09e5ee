"""Segments: saved queries with size and trend; who likes or bought something, and may be told (F11)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.insight.facts import Facts
from textcrm.insight.past import Past
from textcrm.insight.table import Chart, Column, Note, Table, share
from textcrm.query.fold import fold
from textcrm.query.mistakes import short
from textcrm.record import as_day, items, main_contact
from textcrm.text import Text
from textcrm.vault import consent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textcrm.query import Doc
    from textcrm.schema import Field
    from textcrm.vault import Vault

_BEFORE_DAYS: Final = 30
_MONTHS: Final = 6


def overview(vault: Vault) -> Table:
    """Every saved view with its size now, 30 days ago, and what its customers bought."""
    past = Past(vault)
    day = vault.today - dt.timedelta(days=_BEFORE_DAYS)
    everybody = Facts(vault)
    spent = _spent(everybody)
    rows = []
    for name, view in vault.config.saved_views.items():
        found = Facts(vault, view.query).rows
        before = past.size(view.query, day)
        change = None if before is None else len(found) - before
        total = sum((spent.get(row, Decimal(0)) for row in found), Decimal(0))
        part = share(len(found & everybody.rows), len(everybody))
        rows.append((name, view.query, len(found), part, before, change, total))
    return Table(
        "segments",
        Text("Segments", "客户细分"),
        (
            Column("segment", Text("Segment", "名称")),
            Column("query", Text("Query", "条件")),
            Column("customers", Text("Customers", "客户数"), "count"),
            Column("share", Text("Share", "占比"), "share"),
            Column("before", Text("30 days ago", "30 天前"), "count"),
            Column("change", Text("Change", "增减"), "count"),
            Column("spent", Text("Purchases", "购买金额"), "money"),
        ),
        tuple(rows),
        {"customers": len(everybody)},
        _trend_note(rows),
        Chart(("segment",), "customers"),
    )


def _trend_note(rows: list[tuple[Any, ...]]) -> tuple[Note, ...]:
    if not rows or any(row[4] is not None for row in rows):
        return ()
    return (
        Note(Text("History does not reach back 30 days.", "历史记录不足 30 天，没有对比数据。")),
    )


def _spent(facts: Facts) -> dict[int, Decimal]:
    """What each customer bought, in the vault's currency."""
    found: dict[int, Decimal] = {}
    for item in facts.items("purchases", "amount", "currency"):
        if facts.currency(item) == facts.home:
            found[item.row] = found.get(item.row, Decimal(0)) + (item.amount() or Decimal(0))
    return found


def trend(vault: Vault, name: str, query: str) -> Table:
    """The size of a segment at the end of the last months, and today."""
    past = Past(vault)
    rows: list[tuple[Any, ...]] = [
        (day, past.size(query, day)) for day in _month_ends(vault.today)
    ]
    facts = Facts(vault, query)
    rows = [row for row in rows if row[1] is not None] + [(vault.today, len(facts))]
    spent = _spent(facts)
    return Table(
        "segment",
        Text(f"Segment {name}", f"客户细分 {name}"),
        (
            Column("day", Text("Day", "日期"), "date"),
            Column("customers", Text("Customers", "客户数"), "count"),
        ),
        tuple(rows),
        {"customers": len(facts), "spent": sum(spent.values(), Decimal(0))},
        (Note(Text("Query: {query}", "条件：{query}"), {"query": query or "—"}),),
        Chart(("day",), "customers", over_time=True),
    )


def _month_ends(today: dt.date) -> list[dt.date]:
    """The last days of the months before, the oldest first."""
    found = []
    day = today.replace(day=1)
    for _ in range(_MONTHS):
        last = day - dt.timedelta(days=1)
        found.append(last)
        day = last.replace(day=1)
    return found[::-1]


class Wish(NamedTuple):
    """Something liked: which of the preferences (empty: any), and the word."""

    fields: tuple[Field, ...]
    word: str


class Aimed(NamedTuple):
    """Whom a message is for: what they like, what they bought, and the purpose they agreed to."""

    likes: tuple[Wish, ...]
    bought: tuple[str, ...]
    purpose: str


def wish_of(vault: Vault, said: str) -> Wish:
    """What ``brand=X`` or ``X`` means. Raises Misuse (unknown-preference, empty-wish)."""
    name, sign, word = said.replace("＝", "=").partition("=")
    outer = vault.schema.at(("preferences",))
    known = [each for each in (outer.fields if outer else ()) if each.name != "id"]
    if not sign:
        name, word = "", said
    if not word.strip():
        raise Misuse(
            "empty-wish",
            Text("what do they like? “{said}” says nothing", "“{said}”没有写明喜欢什么"),
            hint=Text("for example: --likes brand=X", "例如：--likes 品牌=某品牌"),
            said=short(said),
        )
    if not name:
        return Wish(tuple(known), word.strip())
    wanted = fold(name)
    for field in known:
        words = {field.name, field.name.removesuffix("s"), field.label.zh, field.label.en}
        words |= {field.label.zh.removesuffix("偏好"), field.label.en.removesuffix("s")}
        if wanted in map(fold, (*words, *_aliases(field))):
            return Wish((field,), word.strip())
    raise Misuse(
        "unknown-preference",
        Text("there is no preference “{name}”", "没有“{name}”这种偏好"),
        hint=Text("preferences: {known}", "可用：{known}"),
        name=short(name),
        known=[each.label for each in known],
    )


def _aliases(field: Field) -> tuple[str, ...]:
    aliases = field.annotation.get("aliases")
    return tuple(map(str, aliases)) if isinstance(aliases, list) else ()


def aimed(facts: Facts, asked: Aimed, *, everybody: bool = False) -> Table:
    """Customers with the reason each is meant, those who may be told; ``everybody`` has the others
    too, with what stands against it. Needs every wish and every product to fit.
    """
    wanted = consent.spellings(asked.purpose, facts.vault.schema)
    rows = []
    left: Counter[str] = Counter()
    for doc in facts.docs(_candidates(facts, asked)):
        reasons = list(_reasons(doc, asked))
        if not reasons or any(reason is None for reason in reasons):
            continue
        against = consent.reason_against(doc.typed, wanted, facts.today)
        if against is not None:
            left[against] += 1
        if against is None or everybody:
            rows.append(_row(doc, [one for one in reasons if one], against, wanted, facts))
    columns = _COLUMNS if everybody else _COLUMNS[:-1]
    return Table(
        "segment",
        Text("Whom to tell", "可通知的客户"),
        columns,
        tuple(row[: len(columns)] for row in rows),
        {
            "customers": len(rows) - (sum(left.values()) if everybody else 0),
            "left_out": dict(left),
        },
        (*_left_notes(asked, left),),
    )


def _candidates(facts: Facts, asked: Aimed) -> set[int]:
    """The customers with all that is asked for, by the catalog's values: few need be read whole."""
    rows = set(facts.rows)
    for wish in asked.likes:
        rows &= _holding(facts, [f"preferences.{field.name}" for field in wish.fields], wish.word)
    for product in asked.bought:
        rows &= _holding(facts, ["purchases.product", "products"], product)
    return rows


def _holding(facts: Facts, paths: list[str], word: str) -> set[int]:
    wanted = fold(word)
    fits: dict[str, bool] = {}
    rows = set()
    for path in paths:
        for row, _, value in facts.placed(path):
            if isinstance(value, str):
                if value not in fits:
                    fits[value] = wanted in fold(value)
                if fits[value]:
                    rows.add(row)
    return rows


_COLUMNS: Final = (
    Column("id", Text("Id", "编号"), "id"),
    Column("name", Text("Name", "名称"), "name"),
    Column("contact", Text("Contact", "联系人"), "name"),
    Column("channel", Text("Channel", "偏好方式"), "code"),
    Column("reasons", Text("Why", "理由")),
    Column("consent", Text("Agreed on", "同意日期"), "date"),
    Column("against", Text("Against it", "不可通知原因"), "code"),
)


def _left_notes(asked: Aimed, left: Mapping[str, int]) -> list[Note]:
    purpose = {"purpose": asked.purpose}
    notes = [
        Note(
            Text(
                "Only who agreed to the purpose “{purpose}” and did not take it back.",
                "只含同意“{purpose}”用途且未撤回的客户。",
            ),
            purpose,
        )
    ]
    if left:
        said = [
            Text(
                f"{consent.REASONS[code].en} {left[code]}",
                f"{consent.REASONS[code].zh} {left[code]}",
            )
            for code in consent.REASONS
            if left.get(code)
        ]
        text = Text(
            "Left out: {reasons}; see them with --all.", "未列入：{reasons}；加 --all 查看。"
        )
        notes.append(Note(text, {"reasons": said}))
    return notes


def _row(
    doc: Doc, reasons: list[Note], against: str | None, wanted: frozenset[str], facts: Facts
) -> tuple[Any, ...]:
    from textcrm.insight.table import Said

    tree = dict(doc.typed)
    name = main_contact(tree)
    channel = next(
        (
            one.get("preferred_channel")
            for one in items(tree, "contacts")
            if one.get("name") == name
        ),
        None,
    )
    given = [
        as_day(one.get("given"))
        for one in items(tree, "consents")
        if fold(str(one.get("purpose"))) in wanted and consent.holds(one, facts.today)
    ]
    return (
        doc.id,
        doc.name,
        name,
        facts.said("contacts.preferred_channel", channel),
        reasons,
        max((day for day in given if day), default=None),
        Said(against, consent.REASONS[against]) if against else None,
    )


def _reasons(doc: Doc, asked: Aimed) -> Iterator[Note | None]:
    """A reason for each thing asked for; None where it does not fit."""
    for wish in asked.likes:
        yield _liked(doc.typed, wish)
    for product in asked.bought:
        yield _bought(doc.typed, product)


def _liked(tree: Mapping[str, Any], wish: Wish) -> Note | None:
    preferences = tree.get("preferences")
    if not isinstance(preferences, dict):
        return None
    for field in wish.fields:
        value = preferences.get(field.name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and fold(wish.word) in fold(each):
                text = Text("{label}: {value}", "{label}：{value}")
                return Note(text, {"label": field.label, "value": each})
    return None


def _bought(tree: Mapping[str, Any], product: str) -> Note | None:
    wanted = fold(product)
    found = [
        one
        for one in items(tree, "purchases")
        if isinstance(one.get("product"), str) and wanted in fold(one["product"])
    ]
    if found:
        days = [day for one in found if (day := as_day(one.get("date")))]
        last = max(days, default=None)
        text = Text("bought {product}: {n}, last {last}", "购买过{product} {n} 次，最近 {last}")
        data = {"product": found[-1]["product"], "n": len(found), "last": last or "—"}
        return Note(text, {**data, "last": last.isoformat() if last else "—"})
    listed = tree.get("products")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, str) and wanted in fold(one):
            return Note(Text("has {product}", "合作产品含{product}"), {"product": one})
    return None
