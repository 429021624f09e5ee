"""Rules on classes, states and money: what goes together and what adds up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from textcrm.rules.base import error, items, text_of, warning
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.findings import Finding
    from textcrm.rules.base import RuleContext, RuleView


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
    del context
    kind, status = text_of(record.raw, "type"), text_of(record.raw, "status")
    if (
        (kind == "prospect" and status == "active")
        or (kind == "lost" and status == "active")
        or (kind == "existing" and status == "none")
    ):
        yield warning(
            "type-status",
            ("status",),
            "type {kind} and status {status} do not go together",
            "客户类型 {kind} 与合作状态 {status} 不一致",
            None,
            kind=kind,
            status=status,
        )


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


def registration(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """The 统一社会信用代码 has a right check digit (GB 32100-2015)."""
    del context
    number = text_of(record.raw, "registration_number")
    if len(number) != 18:
        return
    from textcrm.normalize.identifiers import check_uscc

    if check_uscc(number) is not None:
        yield warning(
            "registration-number",
            ("registration_number",),
            "the check digit of {number} is wrong",
            "{number} 校验不通过",
            Text("compare it with the licence", "请与营业执照核对"),
            number=number,
        )


def id_numbers(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """A 身份证号 in plain form has a right check digit (GB 11643-1999); its value is never said."""
    del context
    for place, contact in items(record.raw, "contacts"):
        number = text_of(contact, "id_number")
        if number:
            from textcrm.normalize.identifiers import check_resident_id

            if check_resident_id(number) is not None:
                yield warning(
                    "id-number",
                    ("contacts", place, "id_number"),
                    "the id number's check digit is wrong",
                    "身份证号校验不通过",
                    None,
                )


def identity(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """The id is that of the file's name (B6)."""
    own = text_of(record.raw, "id")
    if own and context.file_id and own != context.file_id:
        yield error(
            "id-file",
            ("id",),
            "the id {own} is not that of the file, {file}",
            "编号 {own} 与文件名 {file} 不一致",
            Text(
                "name the file {own}.yaml, or mend the id", "请改文件名为 {own}.yaml，或修正编号"
            ),
            own=own[:40],
            file=context.file_id,
        )


def item_ids(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """The ids of a list's items differ."""
    del context
    for name in record.raw:
        seen: set[str] = set()
        for place, item in items(record.raw, name):
            own = text_of(item, "id")
            if own and own in seen:
                yield error(
                    "item-id-twice",
                    (name, place, "id"),
                    "the item id {own} stands twice in this list",
                    "此列表中条目编号 {own} 重复",
                    Text(
                        "delete one of the two id lines, then: textcrm save",
                        "请删除其中一行 id，再运行 textcrm save",
                    ),
                    own=own[:40],
                )
            seen.add(own)
