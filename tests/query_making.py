"""Makes queries of every kind out of the records that they are to find; the same seed, the same."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

from textcrm.query import quote
from textcrm.query.fold import is_cjk
from textcrm.query.pinyin import readings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textcrm.query import Doc

_CHOICES: Final = (
    "type:prospect", "类型:老客户", "status:active", "状态:合作中,暂停合作", "type:new OR type:lost",
    "industry:软件", "行业:I", "industry=软件", "region:广东", "地区:华东", "region:440000", "city:深圳", "区域:浙江",
    "owner:wang", "跟进人:li-qiang", "owner:none", "owner:公海", "tag:vip", "标签:重点客户", "tag:重*",
    "gender:female", "age:>30", "age:20..40", "age_band:25-34", "contacts.gender:男", "value_tier:high",
    "derived.value_tier:high", "derived.loyalty:lost", "loyalty:loyal", "derived.purchases:>=2",
    "bought:标准", "contact:张", "contacts:经理", "interactions:报价", "addresses:路", "purchases:年费",
    "archived:any", "is:archived", "archived:no", "-is:archived", "archived:*", "has:archived",
    "do_not_contact:yes", "do_not_contact:no", "no:tags", "has:purchases", "has:contacts.phones",
    "no:next_due", "has:bank_account", "has:age", "no:email", "has:custom", "custom.colour:red",
    "custom.a.b:1", "custom.colour:*", "custom:red", "has:contacts.id", "has:owner", "is:pool",
    "size.employees:>=50", "size.employees:<100", "size.employees:50..500", "规模:>=50", "size:50..100",
    "last_contact:>30d", "last_contact:<30d", "last_contact:2024-05", "最近联系:>3个月", "days_silent:>30",
    "last_contact:30d..", "未联系天数:<=60", "created:2023", "created:>=2023-06-01", "due:<7d", "due:>30d",
    "next_due:2024-01..2024-12", "due:*", "birthday:1980..1990", "contracts.ends:>2024-01-01",
    "total_spent:>=50000", "累计消费:1万..10万", "receivable:>0", "receivable:0", "amount:>=10000",
    "purchases.amount:<5000", "purchases(amount:>10000)", "purchases(product:标准 amount:>1000)",
    "purchases(date:2023 amount:>=5000)", "purchases(-amount:>5000)", "purchases(标准)", "contacts(no:phones)",
    "contacts(title:经理 gender:男)", "interactions(type:call)", "interactions(报价 at:2024)",
    "purchases(amount:>100 OR date:2024)", "purchases(has:amount)", "contacts(phone:138)",
    "contacts(name:张 -gender:男)", "contacts.phones(number:138)", "interactions.next(due:>2024-01-01)",
    "next_step:跟进", "main_contact:wang", "phone:1380", "手机:138", "email:com", "name:有限", "name=张三",
    "名称:*", "id:C2023", "notes:价格", "notes:*敏感", "products:版", "tags:VIP,重点客户", "city:*",
    "purchases:*", "amount:100..200", "amount:一万", "feedback:投诉", "last_cooperation:>90d",
)  # fmt: skip
_FIXED: Final = (
    "*", "-", "。", "@a", "+", "a", "1", "零", "有限公司", "公司", "*soft*", "*o", "-客户", "“客户”",
    '" "', '"，"', "\u200b", "ＶＩＰ", "雲帆", "Key account", "accounts", "key", '"ey acc"', "c++", "ü",
    "138 0013 8000", "+86 138", "0755", "86", "2024-05-01", "zs", "li", "wang fang", "xian", "zhan",
    "oreilly", "oreill", "oreillys", "oreillies", "xray", "xrays", "ht2026071", "HT2026", "v123rc4",
    "*oreilly", "wwworeilly", "examplecom", "2026ht071", "abcd", "name:oreilly", "aliases:xray",
    "notes:(oreilly OR xray)", "-oreilly", "oreilly xray", '"xray"', "云xray", "contacts(name:xray)",
    "lv", "nv", "an", "aa", "zhang三", "1e5", "9" * 40, "0" * 12, "有限公司 软件 -上海", "（客户）",
)  # fmt: skip


def queries(docs: Sequence[Doc], count: int, seed: int = 1) -> list[str]:
    """So many queries; not every one is without mistakes."""
    chance = random.Random(seed)
    made = [*_CHOICES, *_FIXED]
    while len(made) < count:
        made.append(_tree(chance, docs, chance.choice((0, 0, 1, 1, 2, 3))))
    return made[:count]


def _tree(chance: random.Random, docs: Sequence[Doc], depth: int) -> str:
    if depth == 0:
        return chance.choice(_LEAVES)(chance, docs)
    parts = [_tree(chance, docs, depth - 1) for _ in range(chance.randint(1, 3))]
    form = chance.randrange(5)
    if form == 0:
        return "(" + " OR ".join(parts) + ")"
    if form == 1:
        return "-(" + " ".join(parts) + ")"
    return " ".join(parts)


def _clause(chance: random.Random, _: Sequence[Doc]) -> str:
    return ("-" if chance.random() < 0.2 else "") + chance.choice(_CHOICES)


def _piece(chance: random.Random, docs: Sequence[Doc]) -> str:
    text = chance.choice(chance.choice(docs).leaves()).text
    start = chance.randrange(max(1, len(text)))
    piece = text[start : start + chance.choice((1, 2, 2, 3, 4, 6, 12))]
    return quote(piece) if chance.random() < 0.3 or not piece.strip() else piece


def _word(chance: random.Random, docs: Sequence[Doc]) -> str:
    words = chance.choice(chance.choice(docs).leaves()).text.split()
    word = chance.choice(words or ["x"])
    cut = word[: chance.randint(1, len(word))]
    return chance.choice((word, cut, cut + "*", "*" + word[-3:], word.upper(), word.lower()))


def _pinyin(chance: random.Random, docs: Sequence[Doc]) -> str:
    names = chance.choice(docs).names or ("张三",)
    name = chance.choice(names)
    start = chance.randrange(len(name))
    said = [
        chance.choice(readings(char) or (char,)) if is_cjk(char) else char
        for char in name[start : start + chance.randint(1, 4)]
    ]
    form = chance.randrange(5)
    if form == 0:
        return "".join(one[0] for one in said)
    if form == 1:
        return "".join(said[:-1]) + said[-1][:1]
    return " ".join(said) if form == 2 else "".join(said)


def _digits(chance: random.Random, docs: Sequence[Doc]) -> str:
    phone = chance.choice(chance.choice(docs).phones.split("\n")) or "13800138000"
    start = chance.randrange(max(1, len(phone) - 4))
    cut = phone[start : start + chance.choice((3, 4, 4, 5, 7, 11, 14))]
    form = chance.randrange(5)
    if form == 0 and len(cut) > 5:
        return f"{cut[:3]} {cut[3:7]} {cut[7:]}".strip()
    return "-".join((cut[:3], cut[3:])) if form == 1 and len(cut) > 3 else cut


_LEAVES: Final[tuple[Callable[[random.Random, Sequence[Doc]], str], ...]] = (
    _clause, _clause, _piece, _piece, _piece, _word, _word, _pinyin, _digits,
)  # fmt: skip
