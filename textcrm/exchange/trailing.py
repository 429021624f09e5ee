"""Rows of a table that are no customers: its totals, its headings once more, who made it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.findings import Finding
from textcrm.record import items
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TOTAL: Final = re.compile(
    r"(?:本页|本月|全部|客户)?(?:合计|总计|小计|共计|累计|汇总|总和|总数)(?:金额|人数|户数|数量)?"
    r"|(?:grand )?totals?|sub-?totals?|sum",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(r"共\d+(?:家|条|位|户|个|行|人|项)(?:客户|记录|数据)?")
_AFTER: Final = re.compile(r"[:：=]?(?:[¥￥$]?[\d,，.]+(?:元|万|万元|家|条|位|户|个|行|人)?)?")
_MADE_BY: Final = re.compile(
    r"(?:制表|填表|制单|审核|复核|打印|导出|统计|填报)(?:人|员|日期|时间|单位|部门)?[:：].*",
    re.DOTALL,
)
_REMARK: Final = re.compile(
    r"(?:备注|附注|注|说明|注意|备注说明|填表说明|填写说明|特别说明|notes?|remarks?|n\.?b\.?)\d{0,2}[:：].*",
    re.DOTALL | re.IGNORECASE,
)


def about(
    cells: Sequence[str], headings: Sequence[str], tree: Mapping[str, Any]
) -> Finding | None:
    """Why a row is no customer; None for one that may be.

    ``tree`` is what the row would be: somebody who can be reached is a customer, whatever the name.
    """
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return None
    if len(filled) > 1 and _is_heading(cells, headings):
        return _repeated()
    first = "".join(filled[0].split())
    if _reachable(tree):
        return None
    if _is_total(filled[0]) or _is_total(str(tree.get("name", ""))):
        return _no_customer(filled[0], Text("a total", "合计行"))
    if _MADE_BY.fullmatch(first) or (len(filled) == 1 and _REMARK.fullmatch(first)):
        return _no_customer(filled[0], Text("a remark on the table", "表尾说明"))
    return None


def _is_heading(cells: Sequence[str], headings: Sequence[str]) -> bool:
    said = [" ".join(cell.split()) for cell in cells]
    pairs = [(one, heading) for one, heading in zip(said, headings, strict=False) if one]
    return len(pairs) > 1 and all(one == heading for one, heading in pairs)


def _is_total(text: str) -> bool:
    word = " ".join(text.split())
    tight = "".join(text.split())
    for pattern, said in ((_TOTAL, tight), (_TOTAL, word), (_COUNTED, tight)):
        if (match := pattern.match(said)) and _AFTER.fullmatch(said[match.end() :].strip()):
            return True
    return False


def _reachable(tree: Mapping[str, Any]) -> bool:
    return any(
        contact.get("emails")
        or contact.get("social")
        # A count or a day that stands in the column of numbers calls nobody.
        or any(str(one.get("number", "")).startswith("+") for one in items(contact, "phones"))
        for contact in items(tree, "contacts")
    )


def _no_customer(word: str, what: Text) -> Finding:
    return Finding(
        "row-no-customer",
        "error",
        ("name",),
        Text("“{word}” is {what}, not a customer", "“{word}”这一行是{what}，不是客户"),
        Text(
            "if it is a customer, add it by hand: textcrm add NAME",
            "如果确实是客户，请单独录入：textcrm add 名称",
        ),
        {"word": " ".join(word.split())[:40], "what": what},
    )


def _repeated() -> Finding:
    return Finding(
        "row-heading-again",
        "error",
        ("name",),
        Text("the row is the heading of the table again", "这一行是重复的表头，不是客户"),
        Text("nothing has to be done", "无需处理"),
    )
