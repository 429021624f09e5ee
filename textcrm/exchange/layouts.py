"""Layouts of other programs' tables, told by their headers: which column goes to which field.

The targets are written as :mod:`textcrm.exchange.targets` reads them. A heading that a layout does
not name is looked up in the schema, as for any other table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.exchange.layouts_crm import CRM
from textcrm.exchange.layouts_people import PEOPLE, google_target
from textcrm.schema.words import folded
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# 客户信息总表 (requirement H4): the source article's table, with the further fields it names.
SUMMARY: Final = {
    "客户编号": "id",
    "客户名称": "name",
    "联系人": "contacts/0/name",
    "联系人姓名": "contacts/0/name",
    "联系方式": "contacts/0/phones/0/number",
    "电子邮箱": "contacts/0/emails/0/address",
    "所属行业": "industry",
    "客户来源": "source",
    "核心需求": "needs",
    "客户核心需求": "needs",
    "客户规模": "size",
    "决策关键人": "contacts/decision_maker/name",
    "最近跟进日期": "interactions/0/at",
    "跟进人": "owner+interactions/0/by",
    "沟通内容摘要": "interactions/0/summary",
    "下一步计划": "interactions/0/next/what",
    "客户反馈": "interactions/0/feedback",
    "合作状态": "status",
    "客户类型": "type",
    "首次合作时间": "first_cooperation",
    "最近合作时间": "last_cooperation_stated",
    "合作产品/服务名称": "products",
    "合同金额": "contracts/0/amount",
    "客户标签": "tags",
    # Computed, by us and by the article's table.
    "更新提醒": "",
    "最近更新日期": "",
}


class Layout(NamedTuple):
    """A known layout.

    ``all_of`` are headings that a table of it has, ``any_of`` such of which it has at least
    ``least``. ``people`` says that a row is a person: what fits no field is told of the person.
    ``silent`` are values by heading that a program writes where nothing was entered. ``tested``
    says that the headings were taken from a real export.
    """

    name: str
    label: Text
    tested: bool
    all_of: tuple[str, ...]
    targets: Mapping[str, str]
    any_of: tuple[str, ...] = ()
    least: int = 0
    people: bool = False
    silent: Mapping[str, tuple[str, ...]] = {}

    def fits(self, headings: frozenset[str]) -> bool:
        """Whether a table with these folded headings is of this layout."""
        if not all(folded(word) in headings for word in self.all_of):
            return False
        return sum(folded(word) in headings for word in self.any_of) >= self.least

    def target(self, heading: str) -> str | None:
        """Where a column goes; None where the layout does not say."""
        if self.name.startswith("google"):
            return google_target(heading, self.targets)
        return _table(self).get(folded(heading))


_TABLES: dict[str, dict[str, str]] = {}


def _table(layout: Layout) -> dict[str, str]:
    if layout.name not in _TABLES:
        _TABLES[layout.name] = {folded(word): to for word, to in layout.targets.items()}
    return _TABLES[layout.name]


# In the order in which they are tried: the more particular first.
LAYOUTS: Final[tuple[Layout, ...]] = (
    Layout(
        "summary",
        Text("客户信息总表 (customer table)", "客户信息总表"),
        tested=True,
        all_of=("客户名称",),
        any_of=("客户编号", "联系人", "联系方式", "所属行业", "客户来源", "核心需求",
                "最近跟进日期", "跟进人", "沟通内容摘要", "合作状态", "客户标签", "联系人姓名",
                "电子邮箱", "客户规模", "决策关键人", "下一步计划", "客户反馈", "客户类型",
                "首次合作时间", "最近合作时间", "合作产品/服务名称", "合同金额"),
        least=6,
        targets=SUMMARY,
    ),
    *(Layout(**one) for one in (*PEOPLE, *CRM)),
)  # fmt: skip


def recognise(headings: Sequence[str]) -> Layout | None:
    """The layout of a table, told by its headings in any order; None for an unknown one."""
    words = frozenset(folded(heading) for heading in headings if heading)
    return next((one for one in LAYOUTS if one.fits(words)), None)


def find(name: str) -> Layout | None:
    """A layout by its name."""
    return next((one for one in LAYOUTS if one.name == name), None)
