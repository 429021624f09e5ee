"""Who the customers are: by source, status, industry, region, how often they buy (M4-M6, M10)."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from textcrm.insight.asking import INDUSTRIES, REGIONS, level_of
from textcrm.insight.money import Sums, others_of
from textcrm.insight.table import Chart, Column, Note, Said, Table, share
from textcrm.text import Text, same

if TYPE_CHECKING:
    from textcrm.insight.asking import Ask
    from textcrm.insight.facts import Facts

CUSTOMERS: Final = Column("customers", Text("Customers", "客户数"), "count")
SHARE: Final = Column("share", Text("Share", "占比"), "share")
BUYERS: Final = Column("buyers", Text("Have bought", "已购客户"), "count")
CONVERSION: Final = Column("conversion", Text("Buyers' share", "成交率"), "share")
SPENT: Final = Column("spent", Text("Purchases", "购买金额"), "money")
_SECTION: Final = re.compile(r"[A-T](?:\d{2,4})?\Z")


def sources(ask: Ask) -> Table:
    """Customers by source, and how many of them bought (M4)."""
    return _counted(ask, "sources", Text("Customers by source", "客户来源"), "source")


def status(ask: Ask) -> Table:
    """Customers by status of cooperation, and their share (M5)."""
    return _counted(ask, "status", Text("Status of cooperation", "合作状态"), "status")


def types(ask: Ask) -> Table:
    """Customers by type."""
    return _counted(ask, "types", Text("Customers by type", "客户类型"), "type")


def owners(ask: Ask) -> Table:
    """Customers by owner."""
    return _counted(ask, "owners", Text("Customers by owner", "负责客户"), "owner")


def _counted(ask: Ask, name: str, title: Text, path: str) -> Table:
    facts = ask.facts
    values = facts.one(path)
    return _table(
        ask,
        name,
        title,
        Column(path, facts.label(path), "code"),
        {row: values.get(row) for row in facts.rows},
        {code: facts.said(path, code) for code in set(values.values())},
    )


def _table(
    ask: Ask,
    name: str,
    title: Text,
    key: Column,
    groups: dict[int, Any],
    words: dict[Any, Said | None],
) -> Table:
    """Customers, buyers and what they bought by a group of each customer, the most first."""
    facts = ask.facts
    sums = Sums.of_purchases(ask)
    counts = Counter(groups.values())
    buyers = Counter(groups[row] for row in sums.rows)
    spent = {
        group: sums.total({row for row in sums.rows if groups[row] == group}) for group in buyers
    }
    ordered = sorted(counts, key=lambda code: (code is None, -counts[code], str(code)))
    rows = tuple(
        (
            words.get(code),
            counts[code],
            share(counts[code], len(facts)),
            buyers[code],
            share(buyers[code], counts[code]),
            spent.get(code),
        )
        for code in ordered
    )
    total = {
        "customers": len(facts),
        "buyers": len(sums.rows),
        "conversion": share(len(sums.rows), len(facts)),
        "spent": sums.total(sums.rows),
        **sums.others("spent"),
    }
    return Table(
        name,
        title,
        (key, CUSTOMERS, SHARE, BUYERS, CONVERSION, SPENT),
        rows,
        total,
        (Note(_BUYERS_NOTE), *others_of(total, "spent")),
        Chart((key.name,), "customers"),
    )


_BUYERS_NOTE: Final = Text(
    "A buyer has at least one purchase on record; purchases are in the vault's currency.",
    "已购客户指有购买记录的客户；购买金额只计本位币。",
)


def industries(ask: Ask) -> Table:
    """Customers by industry of GB/T 4754, by division or section (M6)."""
    facts = ask.facts
    level = level_of(ask.level, INDUSTRIES, "division")
    values = facts.one("industry")

    def group(value: Any) -> Any:
        coded = isinstance(value, str) and _SECTION.match(value)
        return value if not coded else value[:1] if level == "section" else value[:3]

    groups = {row: group(values[row]) if row in values else None for row in facts.rows}
    words = {code: facts.said("industry", code) for code in set(groups.values())}
    return _table(
        ask,
        "industries",
        Text("Customers by industry", "客户行业"),
        Column("industry", facts.label("industry"), "code"),
        groups,
        words,
    )


_CHINESE: Final = ("省", "市", "自治区", "特别行政区")
_BANDS: Final = ((0, "0"), (1, "1"), (2, "2"), (5, "3-5"), (10, "6-10"))


def frequency(ask: Ask) -> Table:
    """Customers by how many purchases they made (D1, M6)."""
    facts = ask.facts
    number = Counter(item.row for item in Sums.purchases(ask))
    groups: dict[int, Any] = {row: _band(number[row]) for row in facts.rows}
    words: dict[Any, Said | None] = {band: Said(band, same(band)) for band in groups.values()}
    table = _table(
        ask,
        "frequency",
        Text("How often customers buy", "购买频率"),
        Column("purchases", Text("Number of purchases", "购买次数"), "code"),
        groups,
        words,
    )
    order = [band for _, band in _BANDS] + ["11+"]
    rows = sorted(table.rows, key=lambda row: order.index(row[0].code))
    return Table(
        table.name, table.title, table.columns, tuple(rows), table.total, table.notes, table.chart
    )


def _band(number: int) -> str:
    return next((band for most, band in _BANDS if number <= most), "11+")


def regions(ask: Ask) -> Table:
    """Customers by the regions of their addresses, down to the district, by kind (M6, M10)."""
    facts = ask.facts
    level = level_of(ask.level, REGIONS, "district")
    names = list(REGIONS)[: list(REGIONS).index(level) + 1]
    found: dict[tuple[str | None, ...], set[int]] = {}
    for item in facts.items("addresses", "kind", *REGIONS):
        if ask.kind and item.text("kind") != ask.kind:
            continue
        place = {name: item.text(name) for name in names}
        if place["country"] is None and (item.text("province") or "").endswith(_CHINESE):
            place["country"] = "中国"
        key = (*place.values(), item.text("kind"))
        found.setdefault(key, set()).add(item.row)
    placed = set().union(*found.values())
    weight = _weights(found, len(names))
    ordered = sorted(found, key=weight)
    rows = tuple(
        (
            *key[:-1],
            facts.said("addresses.kind", key[-1]),
            len(found[key]),
            share(len(found[key]), len(placed)),
        )
        for key in ordered
    )
    without = len(facts) - len(placed)
    return Table(
        "regions",
        Text("Regions of customers' addresses", "客户地域"),
        (
            *(Column(name, facts.label(f"addresses.{name}")) for name in names),
            Column("kind", facts.label("addresses.kind"), "code"),
            CUSTOMERS,
            SHARE,
        ),
        rows,
        {"customers": len(placed), "without_address": without},
        (
            Note(
                Text(
                    "A customer counts once in each place and kind of address; {n} have no such "
                    "address. A Chinese province without a country is in 中国.",
                    "同一客户在每个地点、每种用途各计一次；{n} 位客户没有这类地址。"
                    "只写了省份的国内地址归入中国。",
                ),
                {"n": without},
            ),
        ),
        Chart((*names, "kind"), "customers"),
    )


def _weights(found: dict[tuple[str | None, ...], set[int]], depth: int) -> Any:
    """A sort key: the region with most customers first, and inside it likewise."""
    sizes: dict[tuple[str | None, ...], set[int]] = {}
    for key, rows in found.items():
        for end in range(1, depth + 1):
            sizes.setdefault(key[:end], set()).update(rows)

    def weight(key: tuple[str | None, ...]) -> tuple[Any, ...]:
        parts: list[Any] = []
        for end in range(1, depth + 1):
            part = key[end - 1]
            # No country stands for the home country: provinces are then ordered by themselves.
            parts += [part is None and end > 1, -len(sizes[key[:end]]), part or ""]
        return (*parts, -len(found[key]), key[-1] or "")

    return weight


def known_kind(facts: Facts, word: str) -> str:
    """The code of a kind of address. Raises Misuse (unknown-kind)."""
    from textcrm.errors import Misuse

    field = facts.vault.schema.at(("addresses", "kind"))
    known = field.enum_value(word) if field else None
    if known is not None:
        return known.code
    raise Misuse(
        "unknown-kind",
        Text("there is no kind of address “{word}”", "没有“{word}”这种地址用途"),
        hint=Text("kinds: {known}", "可用：{known}"),
        word=word[:40],
        known=[each.label for each in field.enum] if field else [],
    )
