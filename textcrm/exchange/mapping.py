"""Mapping: which field a column of a table goes to, by the user's map, a layout, its name, likeness."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.exchange import likeness, targets, units
from textcrm.exchange.incoming import Column
from textcrm.exchange.likeness import NameTable
from textcrm.exchange.xlsx_sheet import ITEM, UID, VERSION
from textcrm.schema.words import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textcrm.exchange.incoming import Setting
    from textcrm.exchange.layouts import Layout
    from textcrm.schema import Schema

_FREE: Final = re.compile(r"/(\d+)(?=/[^/]*$)")
_JOINED: Final = ("notes", "needs", "tags", "products", "aliases")
# Of two columns for the customer's name this one names the person.
_PERSONAL: Final = frozenset(
    folded(word) for word in ("Name", "Full Name", "名称", "客户", "客户姓名")
)


# What columns are called that have no heading, as tables.letters writes it.
_LETTERS: Final = re.compile(r"[A-Z]{1,2}")
_END: Final = frozenset(map(folded, ("到期日", "到期日期", "到期时间", "截止日期")))
# What the columns of a table of orders are called.
_ORDER: Final = {
    folded(word): name
    for name, words in (
        ("product", ("商品", "商品名称", "产品", "产品名称", "品名", "购买产品", "购买商品", "Product", "Product Name", "Item")),
        ("quantity", ("数量", "购买数量", "Quantity", "Qty")),
        ("unit_price", ("单价", "商品单价", "Unit Price", "Price")),
        ("amount", ("金额", "总额", "总价", "总金额", "订单金额", "实付金额", "实付", "成交金额", "成交额",
                    "交易金额", "交易额", "销售额", "销售金额", "消费金额", "购买金额", "支付金额", "应付金额",
                    "合计金额", "合计", "小计", "Amount", "Total", "Total Amount", "Order Total",
                    "Subtotal")),
        ("date", ("日期", "下单时间", "下单日期", "订单日期", "购买时间", "购买日期", "成交时间", "消费日期",
                  "消费时间", "交易时间", "交易日期", "Date", "Order Date", "Purchase Date")),
    )
    for word in words
}  # fmt: skip


_SPENT: Final = frozenset(
    map(folded, ("消费金额", "购买金额", "成交金额", "交易金额", "订单金额", "Order Total"))
)


class Mapped(NamedTuple):
    """A table's columns with where they go, as text and ready to be read."""

    columns: tuple[Column, ...]
    targets: tuple[targets.Target, ...]


def map_columns(
    headings: Sequence[str],
    samples: Sequence[Sequence[str]],
    layout: Layout | None,
    setting: Setting,
) -> Mapped:
    """Decide where every column goes; what nobody knows is kept under its heading (``custom``).

    ``samples`` are some rows of data. Raises Misuse (map-target, map-heading) for the user's map.
    """
    own = _own(headings, setting.schema)
    chosen = [
        _column(place, heading, samples, layout, setting, own)
        for place, heading in enumerate(headings)
    ]
    if layout is None:
        chosen = _ends(_orders(chosen, setting.schema), setting.schema)
    chosen = _settled(_by_values(chosen, samples, setting, layout), setting.schema)
    return Mapped(
        tuple(chosen), tuple(targets.parse(one.target, setting.schema) for one in chosen)
    )


def _column(
    place: int,
    heading: str,
    samples: Sequence[Sequence[str]],
    layout: Layout | None,
    setting: Setting,
    own: Mapping[str, str],
) -> Column:
    sample = next((row[place] for row in samples if place < len(row) and row[place].strip()), "")
    if setting.mapping is not None:
        words = {folded(word): target for word, target in setting.mapping.items()}
        if folded(heading) in words:
            return Column(heading, _meant(words[folded(heading)], setting.schema), "map", sample)
    named = setting.schema.find(heading)
    if own and heading in (UID, VERSION, ITEM):
        return Column(heading, "", "layout", sample)
    if own and named is not None and named.name == "custom":
        return Column(heading, "custom", "layout", sample)
    if (ours := own.get(folded(heading))) is not None and ours in {"", "owner"}:
        return Column(heading, ours, "layout", sample)
    if layout is not None and (told := layout.target(heading)) is not None:
        return Column(
            heading, told if _known(told, setting.schema) else "custom", "layout", sample
        )
    if ours:
        return Column(heading, ours, "layout", sample)
    table = NameTable.of(setting.schema)
    if found := table.by_name(heading):
        return Column(heading, found, "name", sample)
    if layout is None and (found := table.by_likeness(heading)):
        return Column(heading, found, "likeness", sample)
    return Column(heading, "custom", "unknown", sample)


def _meant(target: str, schema: Schema) -> str:
    """A target as the user's map says it: a path, else what a heading of that name would be."""
    word = target or ""
    if word and not _known(word, schema):
        return NameTable.of(schema).by_name(word) or word
    return word


def _own(headings: Sequence[str], schema: Schema) -> Mapping[str, str]:
    """What the headings of a table that textcrm exported mean; nothing for any other table."""
    from textcrm.exchange.export_columns import UPDATED, headings_of, sheet_columns

    words = {folded(one) for one in headings}
    mark = next(one.heading for one in sheet_columns(schema, opened=False) if one.name == UPDATED)
    return headings_of(schema) if words & {folded(mark.zh), folded(mark.en)} else {}


def _orders(columns: list[Column], schema: Schema) -> list[Column]:
    """A table of orders: beside an order's number, or three of them together, its words are told."""
    told = [
        _ORDER.get(folded(one.heading)) or _ORDER.get(folded(units.split(one.heading)[0]), "")
        for one in columns
    ]
    found = {word for word in told if word}
    numbered = any(one.target.startswith("purchases/0/") for one in columns)
    spent = any(folded(units.split(one.heading)[0]) in _SPENT for one in columns)
    counted = len(found) >= 3 and found & {"quantity", "unit_price"}
    # 消费金额 beside 消费日期 is a purchase, whatever was bought.
    if not (numbered or counted or (spent and {"amount", "date"} <= found)):
        return columns
    return [
        one._replace(target=f"purchases/0/{word}", how="name")
        if word
        and (one.how == "unknown" or one.target == "products")
        and _known(f"purchases/0/{word}", schema)
        else one
        for one, word in zip(columns, told, strict=True)
    ]


def _ends(columns: list[Column], schema: Schema) -> list[Column]:
    """Beside a contract's number, amount or day of signing, 到期日 is the end of the contract."""
    if not any(one.target.startswith("contracts/0/") for one in columns):
        return columns
    return [
        one._replace(target="contracts/0/ends", how="name")
        if folded(one.heading) in _END and _known("contracts/0/ends", schema)
        else one
        for one in columns
    ]


def _known(target: str, schema: Schema) -> bool:
    """Whether the vault's schema has what a layout means; its own may lack a field."""
    from textcrm.errors import Misuse

    try:
        targets.parse(target, schema)
    except Misuse:
        return False
    return True


def _by_values(
    columns: list[Column],
    samples: Sequence[Sequence[str]],
    setting: Setting,
    layout: Layout | None,
) -> list[Column]:
    """Columns that their headings do not tell, told by what stands in them."""
    if layout is not None:
        return columns
    taken = {one.target for one in columns}
    result = []
    for place, one in enumerate(columns):
        guess = ""
        if one.how == "unknown":
            values = [row[place] for row in samples if place < len(row) and row[place].strip()]
            guess = likeness.of_values(values, taken, headed=not _LETTERS.fullmatch(one.heading))
            if not guess and likeness.is_region(one.heading, values):
                guess = "addresses/office"
        if guess and _known(guess, setting.schema):
            taken.add(guess)
            result.append(one._replace(target=guess, how="likeness"))
        else:
            result.append(one)
    return result


def _settled(columns: list[Column], schema: Schema) -> list[Column]:
    """Two columns for one field: items become two, of two names one is the person's."""
    names = [one for one in columns if one.target == "name"]
    has_person = any(one.target.startswith("contacts/0/name") for one in columns)
    result: list[Column] = []
    taken: set[str] = set()
    for one in columns:
        target = one.target
        if (
            target == "name"
            and len(names) > 1
            and one.how not in ("layout", "map")
            and folded(one.heading) in _PERSONAL
            and not has_person
        ):
            target = "contacts/0/name"
        if target in taken and target not in _JOINED and one.how not in ("layout", "map"):
            target = _another(target, taken, schema)
        taken.add(target)
        result.append(one._replace(target=target))
    return result


def _another(target: str, taken: set[str], schema: Schema) -> str:
    """The same field of a further item; ``custom`` where there can be only one."""
    if target in ("custom", "") or ":" in target or "+" in target:
        return target
    place = targets.parse(target, schema).places[0]
    if place.field.seal:
        return target  # never to a plain place; a second value rejects its row
    *_, last = place.steps
    lists = [step for step in place.steps[:-1] if step.grouped]
    if last.grouped or not lists or lists[-1].field.name in ("contacts", "interactions"):
        return "custom"
    head, word, tail = target.rpartition("/")[0], lists[-1].word, last.word
    base = head.rpartition("/")[0]
    for number in range(2, 30):
        fresh = f"{base}/{word.rstrip('0123456789') or number}{number if not word.isdigit() else ''}/{tail}"
        if fresh not in taken:
            return fresh
    return "custom"


def as_document(columns: Sequence[Column]) -> Mapping[str, str]:
    """The map as it is saved: heading to target."""
    return {one.heading: one.target for one in columns if one.heading}
