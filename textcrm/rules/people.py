"""Rules on names and people: who owns a record, who is named in it, how names are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textcrm.rules.base import error, items, text_of, warning
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.findings import Finding
    from textcrm.rules.base import Path, RuleContext, RuleView


def known_people(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """Owner, collaborators and ``by`` are people of access.yaml (A23, A63).

    Whoever left stays the one who spoke with a customer, but owns and helps with none (F16).
    """
    if not context.people:
        return
    for path, word in _people(record):
        if word and word not in context.people:
            if word in context.former:
                if "by" not in path:
                    yield _left(path, word)
                continue
            import difflib

            near = difflib.get_close_matches(word, context.people, n=1, cutoff=0.6)
            hint = (
                Text("did you mean {near}?", "是不是 {near}？")
                if near
                else Text("add them to access/access.yaml", "请加入 access/access.yaml")
            )
            yield warning(
                "unknown-person",
                path,
                "“{who}” is nobody in access.yaml",
                "access.yaml 中没有“{who}”",
                hint,
                who=word[:40],
                near=near,
            )


def _left(path: Path, word: str) -> Finding:
    return warning(
        "unknown-person",
        path,
        "“{who}” is no member any more",
        "“{who}”已不是成员",
        Text(
            "hand over: textcrm assign --all {who} PERSON",
            "请交接：textcrm assign --all {who} 接手人",
        )
        if path == ("owner",)
        else Text("take them off the record", "请从该客户中移除"),
        who=word,
    )


def _people(record: RuleView) -> Iterator[tuple[Path, str]]:
    yield ("owner",), text_of(record.raw, "owner")
    helpers = record.raw.get("collaborators")
    for place, word in enumerate(helpers if isinstance(helpers, list) else ()):
        if isinstance(word, str):
            yield ("collaborators", place), word
    for name in ("interactions", "services"):
        for place, item in items(record.raw, name):
            yield (name, place, "by"), text_of(item, "by")


def contact_names(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """A contact has a real name: 某先生 is none (B7); 张经理 and 王某某 are to be completed (Q5).

    A customer who is no company is somebody too.
    """
    del context
    yield from _customer_named(record)
    for place, contact in items(record.raw, "contacts"):
        name = text_of(contact, "name")
        if not name or (name.isascii() and name.isprintable()):
            continue
        if len(name) > 6 and not any(char in name for char in "某*＊XxＸ"):
            continue
        from textcrm.normalize.names import is_half_name, is_vague_name, parse_salutation

        path = ("contacts", place, "name")
        if is_vague_name(name):
            yield _vague(path, name)
        elif is_half_name(name):
            yield warning(
                "salutation-only",
                path,
                "“{name}” is half a name",
                "“{name}”不是完整姓名",
                Text("complete the name when you know it", "知道全名后请补全"),
                name=name[:40],
            )
        elif parse_salutation(name) is not None:
            yield warning(
                "salutation-only",
                path,
                "“{name}” is a surname and a title",
                "“{name}”只有姓氏和职务",
                Text("complete the name when you know it", "知道全名后请补全"),
                name=name[:40],
            )


def _customer_named(record: RuleView) -> Iterator[Finding]:
    name = text_of(record.raw, "name")
    if record.raw.get("kind") == "organization" or not name or name.isascii():
        return
    if len(name) > _LONGEST_VAGUE or not name.endswith(_LAST_OF_VAGUE):
        return
    from textcrm.normalize.names import is_nobody

    if is_nobody(name):
        yield _vague(("name",), name)


_LONGEST_VAGUE = 8
_LAST_OF_VAGUE = (
    "先生",
    "女士",
    "小姐",
    "经理",
    "总",
    "主任",
    "老板",
    "太太",
    "阿姨",
    "老师",
    "某",
)


def _vague(path: Path, name: str) -> Finding:
    return error(
        "vague-name",
        path,
        "“{name}” names nobody",
        "“{name}”不是真实姓名",
        Text("ask for the name, or leave the contact out", "请问清姓名，或先不填联系人"),
        name=name[:40],
    )


def made_up(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """No customer or contact is made up to fill a form: 测试, test, 无, aaa (B9)."""
    del context
    places: list[tuple[Path, str]] = [(("name",), text_of(record.raw, "name"))]
    places += [
        (("contacts", place, "name"), text_of(one, "name"))
        for place, one in items(record.raw, "contacts")
    ]
    for path, name in places:
        if name and len(name) <= _LONGEST_MADE_UP and _is_made_up(name):
            if len(path) > 1 and not name.isascii() and _is_vague(name):
                continue  # that is said already
            yield warning(
                "name-placeholder",
                path,
                "“{name}” looks made up",
                "“{name}”疑似虚构名称",
                Text(
                    "write the real name, or delete the customer", "请填写真实名称，或删除此客户"
                ),
                name=name,
            )


_LONGEST_MADE_UP = 16
_MADE_UP = re.compile(
    r"(?:测试|測試|试用|样例|示例|演示)(?:客户|用户|公司|数据|联系人|人员|账号|姓名|名称|一下)?[一二三四五六七八九十\da-z]{0,3}"
    r"|test(?:ing|er|s)?[ _-]?(?:customer|client|company|user|contact|name|account|data)?[ _-]?\d{0,4}"
    r"|dummy|sample|foo|bar|foobar|asdf\w*|qwer\w*|abc|abcd?e?f?g?|xyz|john doe|jane doe|lorem ipsum"
    r"|无|無|暂无|没有|不详|不知道|未知|待定|待填|待补充?|匿名|佚名|无名氏?|空|某某(?:公司|客户|人)?"
    r"|n/?a|none|null|nil|unknown|tbd|todo|no name|anonymous|undefined|nan"
    r"|(.)\1{2,}|0?123(?:4(?:5(?:6(?:7(?:89?)?)?)?)?)?|[\W_]+"
)


def _is_vague(name: str) -> bool:
    from textcrm.normalize.names import is_vague_name

    return is_vague_name(name)


def _is_made_up(name: str) -> bool:
    import unicodedata

    return bool(_MADE_UP.fullmatch(unicodedata.normalize("NFKC", name).strip().casefold()))


def tidy_names(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """Names are spelt right: no stray spaces, broken signs, mixed widths (B10)."""
    del context
    places: list[tuple[Path, str]] = [(("name",), text_of(record.raw, "name"))]
    places += [
        (("contacts", place, "name"), text_of(one, "name"))
        for place, one in items(record.raw, "contacts")
    ]
    for path, name in places:
        for en, zh in _oddities(name):
            yield warning(
                "name-untidy", path, "the name {what}", "名称{what}", None, what=Text(en, zh)
            )


_ODD = re.compile(r"^\s|\s$|  |[\u3000\ufffd\uff10-\uff5a]|锟斤拷|烫烫").search


def _oddities(name: str) -> Iterator[tuple[str, str]]:
    if not name or (name.isprintable() and name not in _LONE_TITLES and not _ODD(name)):
        return
    if name != name.strip() or "  " in name or "\u3000" in name:
        yield "has stray spaces", "有多余空格"
    if "\ufffd" in name or "锟斤拷" in name or "烫烫" in name:
        yield "holds broken characters", "含有乱码"
    if not name.isascii() and any(
        "\uff10" <= char <= "\uff5a" and char.isalnum() for char in name
    ):
        yield "mixes full-width letters or digits", "混用了全角字母或数字"
    if any(not char.isprintable() and not char.isspace() for char in name):
        yield "holds control characters", "含有控制字符"
    if name in _LONE_TITLES:
        yield "is a title only", "只是称谓"


_LONE_TITLES = frozenset(
    (
        "先生",
        "女士",
        "小姐",
        "经理",
        "总经理",
        "老板",
        "主任",
        "客户",
        "Mr.",
        "Mrs.",
        "Ms.",
        "Mr",
        "Mrs",
        "Ms",
    )
)


def main_contact_exists(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """The main contact is one of the contacts (A9)."""
    del context
    wanted = text_of(record.raw, "main_contact")
    known = {
        text_of(one, key) for _, one in items(record.raw, "contacts") for key in ("id", "name")
    }
    if wanted and wanted not in known:
        yield warning(
            "unknown-contact",
            ("main_contact",),
            "“{who}” is none of the contacts",
            "联系人中没有“{who}”",
            None,
            who=wanted[:40],
        )
