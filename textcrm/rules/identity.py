"""Rules on identity: ids, registration numbers, and the 身份证 against what stands beside it (B13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm.rules.base import error, items, text_of, warning
from textcrm.rules.dates import day
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from textcrm.findings import Finding
    from textcrm.rules.base import RuleContext, RuleView

CROSS_CHECKS: Final = frozenset(("id-number", "id-birthday", "id-gender"))
"""What is found by a value that is sealed once it is written: to be told before, or by a key."""


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
    for name, listed in record.raw.items():
        if listed.__class__ is not list:
            continue
        own_ids = [one.get("id") for one in listed if one.__class__ is dict and "id" in one]
        texts = [one for one in own_ids if one.__class__ is str]
        if len(set(texts)) == len(texts):
            continue
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
    """A 身份证号 in plain form has a right check digit (GB 11643-1999) and fits the person (B13).

    Nothing of the number is ever said, nor the birthday or gender that follows from it.
    """
    for place, contact in items(record.raw, "contacts"):
        number = text_of(contact, "id_number")
        if number:
            typed = _contact(record.typed, place)
            yield from _of_number(number, place, contact, typed, context.today)


def _contact(typed: Any, place: int) -> Any:
    """The contact in the typed tree, whose list may have lost its empty items."""
    listed = typed.get("contacts") if isinstance(typed, dict) else None
    return listed[place] if isinstance(listed, list) and place < len(listed) else None


def _of_number(
    number: str, place: int, contact: dict[str, Any], typed: Any, today: dt.date
) -> Iterator[Finding]:
    from textcrm.normalize.identifiers import check_resident_id, resident_id_facts

    if check_resident_id(number, today=today) is not None:
        yield warning(
            "id-number",
            ("contacts", place, "id_number"),
            "the id number's check digit is wrong",
            "身份证号校验不通过",
            Text("compare it with the document", "请与证件核对"),
        )
        return
    facts = resident_id_facts(number, today=today)
    if facts is None:
        return
    born = day(typed.get("birthday")) if isinstance(typed, dict) else None
    if born is not None and born != facts.birth:
        yield warning(
            "id-birthday",
            ("contacts", place, "birthday"),
            "the birthday is not that of the id number",
            "生日与身份证号不符",
            Text("compare both with the document", "请与证件核对"),
        )
    gender = text_of(contact, "gender")
    if gender in ("male", "female") and gender != facts.sex:
        yield warning(
            "id-gender",
            ("contacts", place, "gender"),
            "the gender is not that of the id number",
            "性别与身份证号不符",
            Text("compare both with the document", "请与证件核对"),
        )
