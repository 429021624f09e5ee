"""Likeness: the field that a heading means by the schema's words, or that values look like."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from textcrm.exchange import units
from textcrm.exchange.heading_words import GIVEN, REGION
from textcrm.normalize.keys import words as _words_of
from textcrm.query.fold import fold
from textcrm.schema.words import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from textcrm.schema import Field, Schema

# Words that mean something only beside the list they belong to.
_GENERIC: Final = frozenset(
    map(
        folded,
        _words_of(
            "id kind note notes title name status amount date number currency content at by text score "
            "contact channel result topic source stage due what done min max rating unit type feedback "
            "金额 日期 备注 内容 名称 状态 类型 编号 数量 单价 单位 用途 方式 时间 标题 主题 结果 评分 文件 "
            "联系人 货币 币种 出处 原因 核实 核实状态 条目编号 渠道 计划 摘要 价格 服务 产品 商品 附件 品牌 颜色"
        ),
    )
)
# Short ways of saying targets that stand for several places.
SHORT: Final = {
    "follow-up by": "owner+interactions/0/by",
    "decision maker": "contacts/decision_maker/name",
}
_PHONE_KINDS: Final = (
    ("fax", ("传真", "fax")),
    ("mobile", ("手机", "移动电话", "mobile", "cell")),
    (
        "work",
        (
            "办公",
            "商务",
            "座机",
            "公司电话",
            "单位电话",
            "固话",
            "固定电话",
            "business",
            "work",
            "office",
        ),
    ),
    ("home", ("家庭", "住宅", "home")),
)
_BRACKETED: Final = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]|[*＊:：]")
_LEVELS: Final = re.compile(r"·|: ")
_PREFIX: Final = re.compile(
    r"^(?:客户|潜在客户|线索|帐户|账户|联系人|公司|企业|单位|主要?联系人|customer|contact|company|client|primary|main|billing|mailing)\s*",
    re.IGNORECASE,
)
# 手机1, 邮箱 2, 电子邮件 2 地址: one of several columns of a kind.
_NUMBERED: Final = re.compile(r"\s*[0-9０-９一二三四]\s*(?=(?:地址|号码)?$)")
_MAIL: Final = re.compile(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*")
_NUMBER: Final = re.compile(r"(?=(?:\D*\d){7})[+(]?[\d\s().－/-]{7,24}(?:转\d+)?")
_DAY: Final = re.compile(r"(?:19|20)\d\d([-./年])\d{1,2}[-./月]\d{1,2}(?!\d)")
_URL: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_USCC: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_COMPANY: Final = re.compile(
    r"(?:公司|集团|厂|商店|门店|超市|酒店|医院|学校|大学|学院|银行|中心|合作社|事务所|工作室|科技|商贸|贸易"
    r"|\b(?:inc|ltd|llc|gmbh|corp|co|plc|ag|sa|limited|company)\b\.?)\s*$",
    re.IGNORECASE,
)
_ENOUGH: Final = 0.6


class NameTable:
    """Every word of a schema for a field that a column may be, folded, with its target."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._words: dict[str, str] = {}
        for word, target in _targets(schema):
            self._words.setdefault(folded(word), target)

    @staticmethod
    @lru_cache(maxsize=8)
    def of(schema: Schema) -> NameTable:
        """The table of a schema."""
        return NameTable(schema)

    def by_name(self, heading: str) -> str:
        """The target of a heading that is a name, label or alias; empty where none is."""
        if _LEVELS.search(heading) and (nested := self._nested(heading)):
            return nested
        for word in _spellings(heading):
            key = folded(word)
            found = self._words.get(key)
            if found is None and not key.isascii():
                found = self._words.get(fold(key))
            if found:
                return _with_kind(found, heading)
        return ""

    def _nested(self, heading: str) -> str:
        """The target of a heading that names a group and a field in it: 信用·账期天数."""
        field: Field | None = None
        steps = []
        for word in _LEVELS.split(heading):
            field = self._schema.find(word.strip(), field)
            if field is None or field.kind == "items":
                return ""
            steps.append(field.name)
        return "/".join(steps)

    def by_likeness(self, heading: str) -> str:
        """The target of the nearest word, where it is near enough."""
        import difflib

        for word in _spellings(heading):
            key = folded(word)
            if len(key) < 3:
                continue
            near = difflib.get_close_matches(key, self._words, n=1, cutoff=0.82)
            if near:
                return _with_kind(self._words[near[0]], heading)
        return ""


def _spellings(heading: str) -> Iterator[str]:
    """A heading, then without brackets and marks, then without the word before it."""
    yield heading
    plain = _BRACKETED.sub("", heading).strip()
    if plain and plain != heading:
        yield plain
    short = _PREFIX.sub("", plain)
    if short and short != plain:
        yield short
    bare = _NUMBERED.sub("", plain)
    if bare and bare != plain:
        yield bare
    unitless = units.split(plain)[0]
    if unitless and unitless != plain:
        yield unitless


def _with_kind(target: str, heading: str) -> str:
    """A number's kind, where the heading says it."""
    if not target.endswith("phones/0/number"):
        return target
    word = heading.casefold()
    kind = next((kind for kind, words in _PHONE_KINDS if any(one in word for one in words)), "0")
    return target.replace("phones/0/", f"phones/{kind}/")


def _targets(schema: Schema) -> Iterator[tuple[str, str]]:
    """Words and targets, the surest first: our own short list, the customer, the person, the rest."""
    for word, target in GIVEN.items():
        yield word, SHORT.get(target, target)
    for field in schema.fields:
        if field.kind not in ("items", "mapping"):
            yield from _words(field, field.name)
    contacts = schema.find("contacts")
    if contacts is not None:
        yield from _words(contacts, "contacts/0/name")
        yield from _within(contacts, "contacts/0")
    for field in schema.fields:
        if field.kind == "items" and field.name != "contacts":
            base = f"{field.name}/0"
            yield from _within(
                field, base, guarded=field.name not in ("addresses", "interactions")
            )
            if field.name == "addresses":
                yield from _words(field, "addresses/0")
        elif field.kind in ("mapping", "size"):
            yield from _within(field, field.name, guarded=True)


def _within(field: Field, base: str, *, guarded: bool = False) -> Iterator[tuple[str, str]]:
    for child in field.fields:
        path = f"{base}/{child.name}"
        if child.kind in ("mapping", "size") and not child.fields:
            continue
        if child.kind in ("items", "mapping") or (child.fields and child.kind != "size"):
            if child.name in ("sealed", "age"):
                continue
            inner = f"{path}/0" if child.kind == "items" else path
            if child.kind == "items" and child.fields:
                key = child.key[0] if child.key else ""
                if key:
                    yield from _words(child, f"{inner}/{key}")
            if child.name in ("employees", "annual_revenue"):
                yield from _words(child, path)
                continue
            yield from _within(child, inner, guarded=guarded)
            continue
        for word, target in _words(child, path):
            if folded(word) not in _GENERIC or (not guarded and child.name == "title"):
                yield word, target


def _words(field: Field, target: str) -> Iterator[tuple[str, str]]:
    if field.name == "id" and field.within is not None:
        return
    for word in (field.name, field.label.zh, field.label.en, *field.aliases):
        yield word, target


def of_values(values: Sequence[str], taken: Collection[str], *, headed: bool = True) -> str:
    """The target that most values of a column look like, of those that no column has yet.

    Beside a column of names one with a heading is none by its values: 华东, 黄色 and 江苏 look like people.
    """
    from textcrm.normalize.identifiers import check_resident_id
    from textcrm.normalize.names import looks_personal, parse_salutation

    if not values:
        return ""

    def share(test: Callable[[str], object]) -> float:
        return sum(1 for one in values if test(one.strip())) / len(values)

    looks: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("contacts/0/emails/0/address", _MAIL.fullmatch),
        ("contacts/0/id_number", lambda one: not check_resident_id(one)),
        ("registration_number", _USCC.fullmatch),
        ("contacts/0/phones/0/number", _is_number),
        ("website", _URL.fullmatch),
        ("name", _COMPANY.search),
        ("contacts/0/name", lambda one: looks_personal(one) or parse_salutation(one)),
        ("addresses/office", _is_address),
    )
    in_parts = any(one.startswith("contacts/0/name:") for one in taken)
    in_parts = in_parts or (headed and bool({"name", "contacts/0/name"} & set(taken)))
    for target, test in looks:
        if in_parts and target == "contacts/0/name":
            continue
        if target not in taken and share(test) >= _ENOUGH:
            return target
    return ""


def is_region(heading: str, values: Sequence[str]) -> bool:
    """Whether a column called 地区 holds places of the map, rather than parts of a market (华东)."""
    from textcrm.normalize.address import parse_address

    if heading.strip() not in REGION or not values:
        return False
    found = [parse_address(one) for one in values]
    told = [one for one in found if {"province", "city"} & set(one) and not one.get("street")]
    return len(told) >= _ENOUGH * len(values)


def _is_number(text: str) -> bool:
    """Whether a text is a number to call: no day, no amount, no number of an order."""
    if not _NUMBER.fullmatch(text) or _DAY.match(text):
        return False
    from textcrm.normalize.phone import parse_phone

    return text[0] in "+(0" or parse_phone(text).problem is None


def _is_address(text: str) -> bool:
    from textcrm.normalize.address import parse_address

    parts = parse_address(text)
    return bool({"province", "city"} & set(parts) and parts.get("street"))


def looks_like_data(cells: Sequence[str]) -> bool:
    """Whether a first row is no header: numbers, addresses or companies stand in it."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return False
    told = sum(
        bool(
            _MAIL.fullmatch(one)
            or _NUMBER.fullmatch(one)
            or _URL.fullmatch(one)
            or one.replace(".", "", 1).isdigit()
            or (len(one) > 5 and _COMPANY.search(one))
        )
        for one in filled
    )
    return told > 0
