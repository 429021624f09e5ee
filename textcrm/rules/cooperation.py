"""Rules on classes, states and money: what goes together and what adds up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from textcrm.normalize.keys import is_cut
from textcrm.rules.base import error, items, text_of, warning
from textcrm.rules.dates import day
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.findings import Finding
    from textcrm.rules.base import Path, RuleContext, RuleView
    from textcrm.schema import Field


def status_wants(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """A customer in cooperation has the date of its beginning and its product (B15)."""
    del context
    if text_of(record.raw, "status") != "active":
        return
    for name, en, zh in (
        ("first_cooperation", "the date of first cooperation", "首次合作时间"),
        ("products", "the product", "合作产品"),
    ):
        if not record.raw.get(name) and not (name == "products" and record.raw.get("purchases")):
            yield warning(
                "status-wants",
                ("status",),
                "an active customer wants {what} ({name})",
                "合作中的客户应填写{what}（{name}）",
                Text("textcrm set ID {name}=...", "textcrm set 编号 {name}=…"),
                what=Text(en, zh),
                name=name,
            )


def type_and_status(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """Type and status agree: a prospect has no cooperation, a lost customer none that runs (D6, D7)."""
    kind, status = text_of(record.raw, "type"), text_of(record.raw, "status")
    if (
        (kind == "prospect" and status in ("active", "paused"))
        or (kind == "lost" and status == "active")
        or (kind == "existing" and status == "none")
    ):
        yield warning(
            "type-status",
            ("status",),
            "type {kind} and status {status} do not go together",
            "客户类型“{kind}”与合作状态“{status}”不一致",
            Text("correct one of the two", "请改正其中一个"),
            kind=_called(context, "type", kind),
            status=_called(context, "status", status),
        )


def _called(context: RuleContext, field: str, code: str | None) -> Text:
    """A code of the schema in the words that people read."""
    known = context.schema.find(field)
    value = known.enum_value(code or "") if known is not None else None
    return value.label if value is not None else Text(code or "", code or "")


def first_cooperation(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """Nothing was bought or paid before the first cooperation (A29, B13)."""
    del context
    first = day(record.typed.get("first_cooperation"))
    if first is None:
        return
    for name in ("purchases", "payments"):
        days = [when for _, item in items(record.typed, name) if (when := day(item.get("date")))]
        if days and min(days) < first:
            yield warning(
                "cooperation-before",
                ("first_cooperation",),
                "the first cooperation is {first}, and {what} begin on {earliest}",
                "首次合作时间为 {first}，但{what}最早是 {earliest}",
                Text(
                    "textcrm set ID first_cooperation={earliest}, or correct the date",
                    "请用 textcrm set 编号 首次合作时间={earliest}，或改正日期",
                ),
                first=first.isoformat(),
                what=_PAST[name],
                earliest=min(days).isoformat(),
            )
            return


_PAST = {"purchases": Text("purchases", "购买记录"), "payments": Text("payments", "付款记录")}


def amounts_add_up(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """A purchase's amount is quantity times price (A36-A38)."""
    del context
    for place, item in items(record.typed, "purchases"):
        quantity, price, amount = item.get("quantity"), item.get("unit_price"), item.get("amount")
        if (
            isinstance(quantity, Decimal)
            and isinstance(price, Decimal)
            and isinstance(amount, Decimal)
        ):
            try:
                product = quantity * price
                differs = abs(product - amount) > Decimal("0.01")
            except ArithmeticError:
                continue
            if differs:
                yield warning(
                    "amount-mismatch",
                    ("purchases", place, "amount"),
                    "{amount} is not {quantity} x {price} = {product}",
                    "{amount} 不等于 {quantity} × {price} = {product}",
                    None,
                    amount=amount,
                    quantity=quantity,
                    price=price,
                    product=product,
                )


def numbers_whole(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """A number in braces is not cut at its comma: ``{amount: 1,200}`` is no 1 (A37, B2)."""
    if record.may_hold("{"):
        for name, field in context.schema.by_name.items():
            if field.kind == "items" and name in record.raw:
                for place, item in items(record.raw, name):
                    yield from _cut((name, place), item, field)


def _cut(path: Path, item: dict[str, Any], within: Field) -> Iterator[Finding]:
    last = ""
    for name, value in item.items():
        if value is None and last and name not in within.by_name and is_cut(item[last], name):
            field = within.by_name.get(last)
            yield error(
                "number-cut",
                (*path, last),
                "“{whole}” in braces is cut at its comma: {field} is the first part alone",
                "花括号中的“{whole}”被逗号截断，{field}只取到前一段",
                Text("write it without the comma, or in quotes", "请去掉逗号，或给整个数字加引号"),
                whole="…" if field is not None and field.seal else f"{item[last]},{name}",
                field=field.label if field is not None else last[:40],
            )
        last = name


def industry(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """The industry is a code of the national standard, no plain words (C3)."""
    del context
    word = text_of(record.raw, "industry")
    if not word or (
        len(word) in (1, 3, 4, 5)
        and word[0] in "ABCDEFGHIJKLMNOPQRST"
        and (len(word) == 1 or word[1:].isdigit())
    ):
        return
    from textcrm.normalize.industry import find_industry

    found = find_industry(word)
    hint = (
        Text("is it {industry} {name}?", "是不是 {industry} {name}？")
        if found
        else Text("use a code of GB/T 4754, such as I65", "请使用 GB/T 4754 代码，如 I65")
    )
    yield warning(
        "industry-words",
        ("industry",),
        "“{word}” is no industry code",
        "“{word}”不是行业代码",
        hint,
        word=word[:40],
        industry=found.code if found else "",
        name=found.name if found else "",
    )


def summaries(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """A summary is short (B8)."""
    for place, item in items(record.raw, "interactions"):
        size = len(text_of(item, "summary"))
        if size > context.summary_limit:
            yield warning(
                "summary-long",
                ("interactions", place, "summary"),
                "{size} characters; a summary has at most {limit}",
                "摘要有 {size} 字，建议不超过 {limit} 字",
                Text("keep the rest as an attachment or in notes", "详细内容可放入备注或附件"),
                size=size,
                limit=context.summary_limit,
            )


def tags(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """Tags are each given once and none holds a separator (D10)."""
    del context
    given = record.raw.get("tags")
    seen: set[str] = set()
    for place, tag in enumerate(given if isinstance(given, list) else ()):
        if not isinstance(tag, str):
            continue
        if tag in seen:
            yield warning(
                "tag-twice",
                ("tags", place),
                "the tag “{tag}” is given twice",
                "标签“{tag}”重复",
                None,
                tag=tag[:40],
            )
        if any(sign in tag for sign in "、，,;；"):
            yield warning(
                "tag-joined",
                ("tags", place),
                "“{tag}” is several tags in one",
                "“{tag}”应拆成多个标签",
                None,
                tag=tag[:40],
            )
        seen.add(tag)
