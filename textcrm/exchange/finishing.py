"""The last hand to a row: names out of their parts, addresses out of one text, items as lists."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.exchange.incoming import Cell
from textcrm.findings import Finding
from textcrm.normalize.names import is_title, looks_personal
from textcrm.normalize.planned import planned
from textcrm.normalize.surnames import COURTESY
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.exchange.assembling import Assembled
    from textcrm.exchange.values import Values
    from textcrm.schema import Field, Schema

_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_COMPANY: Final = re.compile(
    r"(?:公司|集团|厂|店|行|社|所|院|校|学|局|中心|协会|基金|合作社|工作室|事务所|部|\b(?:inc|ltd|llc|gmbh|corp|co|plc|ag|sa|bv|limited|company)\b\.?)$",
    re.IGNORECASE,
)
_KIND_WORDS: Final = (
    ("fax", ("fax", "传真")),
    ("mobile", ("mobile", "cell", "handy", "iphone", "手机", "移动")),
    (
        "work",
        (
            "work",
            "business",
            "office",
            "main",
            "company",
            "geschäftlich",
            "工作",
            "单位",
            "公司",
            "办公",
        ),
    ),
    ("home", ("home", "privat", "private", "住宅", "家庭", "家")),
    ("other", ("other", "andere", "sonstige", "其他", "pager", "custom")),
)
_LANDLINE: Final = re.compile(r"\+86(?!1[3-9]\d{9}$)[1-9]\d{8,}")
_ALIKE: Final = {"work": "office", "home": "private", "office": "work", "private": "home"}
_STEM: Final = re.compile(r"([a-z_]+?)\d*(?:\.\d+)?")


class Remark(str):
    """What is said of one number of a cell, and of no other."""

    __slots__ = ()


def bare(field: Field, text: str) -> str:
    """A text as it is stored, its inner blanks as they are: names on one line, other texts without blanks at their ends."""
    if field.kind == "name" or field.name == "name":
        return " ".join(line.strip() for line in text.splitlines()).strip()
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n \t\u3000")


def finish(made: Assembled, schema: Schema, values: Values) -> None:
    """Turn what was gathered into a record's tree."""
    _pairs(made)
    tree = _mapping(made.tree, {field.name: field for field in schema.fields}, made, values)
    _interactions(tree, made, schema)
    name_customer(tree, made, schema)
    made.tree = tree


def _pairs(made: Assembled) -> None:
    for pair in made.pairs.values():
        value = pair.get("value", "")
        heading = pair.get("label", "").strip() or pair["heading"]
        if value.strip():
            made.left.append(Cell(heading, value.strip()))
        elif pair.get("label", "").strip():
            continue


def _mapping(
    node: Mapping[str, Any], fields: Mapping[str, Field], made: Assembled, values: Values
) -> dict[str, Any]:
    """A mapping with its parts joined and its items listed, in the order of the schema."""
    result: dict[str, Any] = {}
    for name, value in node.items():
        field = fields.get(name)
        if field is not None and field.kind == "items" and isinstance(value, dict):
            result[name] = _items(value, field, made, values)
        elif isinstance(value, dict) and field is not None and type(value).__name__ == "Parts":
            _joined(result, node, field, value, made, values)
        elif isinstance(value, dict) and field is not None and field.fields:
            result[name] = _mapping(value, {one.name: one for one in field.fields}, made, values)
        elif name:
            result[name] = value
    order = list(fields)
    ranked = sorted(result, key=lambda name: order.index(name) if name in fields else len(order))
    return {name: result[name] for name in ranked if result[name] not in (None, "", [], {})}


def _items(
    groups: Mapping[str, dict[str, Any]], field: Field, made: Assembled, values: Values
) -> list[dict[str, Any]]:
    fields = {one.name: one for one in field.fields}
    found = []
    words: dict[str, Any] = {}
    for group, node in groups.items():
        whole = node.get("")
        item = _mapping({k: v for k, v in node.items() if k}, fields, made, values)
        if whole is not None:
            _address(item, whole.get("whole", ""), field, values)
        if field.name == "contacts":
            _titled(item)
        base = group.partition(".")[0]
        own = isinstance(item.get("note"), Remark)
        if own:
            item["note"] = str(item["note"])
        words.setdefault(
            base, {k: item[k] for k in ("kind", "note") if k in item and not (own and k == "note")}
        )
        if not set(item) - {"kind", "note", "role"}:
            continue
        _kind_of(item, group, fields, words.get(base, {}))
        order = list(fields)
        item = dict(
            sorted(item.items(), key=lambda p: order.index(p[0]) if p[0] in fields else 99)
        )
        if item not in found:
            found.append(item)
    return found


def _titled(item: dict[str, Any]) -> None:
    """Who is said by a function alone (采购经理) has that title, and no name yet (A21)."""
    name = item.get("name")
    if isinstance(name, str) and is_title(name) and name not in COURTESY:
        del item["name"]
        item.setdefault("title", name)


def _kind_of(
    item: dict[str, Any], group: str, fields: Mapping[str, Field], base: Mapping[str, Any]
) -> None:
    """The kind that an item's word names; further values of one cell are of the kind of the first."""
    if "." in group:
        for name, value in base.items():
            item.setdefault(name, value)
    match = _STEM.fullmatch(group)
    if match is None:
        return
    for name in ("kind", "role"):
        field = fields.get(name)
        if (
            field is not None
            and name not in item
            and any(one.code == match[1] for one in field.enum)
        ):
            item[name] = match[1]
    # A landline in the column of mobile numbers is none of them.
    if item.get("kind") == "mobile" and _LANDLINE.match(str(item.get("number", ""))):
        item["kind"] = "work"


def _joined(
    result: dict[str, Any],
    node: Mapping[str, Any],
    field: Field,
    parts: dict[str, str],
    made: Assembled,
    values: Values,
) -> None:
    """A value out of its parts: a name, a birthday, lines of a street, a kind's label."""
    del node
    if "word" in parts:
        _labelled(result, field, parts["word"])
    elif parts.keys() & {"year", "month", "day"}:
        text = "-".join(parts.get(name, "").zfill(2) for name in ("year", "month", "day"))
        read = values.read(field, text)
        if read.kept and len(parts) == 3:
            result[field.name] = read.value
        else:
            made.set_aside(field.label.en, text.strip("-"), field)
    elif parts.keys() & {"first", "last", "middle", "whole", "prefix", "suffix"}:
        _named(result, field, parts, made)
    elif field.kind == "name" or field.name == "name":
        ordered = [parts[key] for key in sorted(parts)]
        result[field.name] = " ".join(ordered[0].split())
        for one in ordered[1:]:
            if one != ordered[0]:
                made.set_aside(field.label.en, one, field)
    else:
        result[field.name] = " ".join(parts[key] for key in sorted(parts))


def _named(
    result: dict[str, Any], field: Field, parts: Mapping[str, str], made: Assembled
) -> None:
    """A person's name: Chinese family name first and without spaces, as it is written."""
    first, middle, last = (parts.get(key, "") for key in ("first", "middle", "last"))
    if _HAN.search(last + first):
        name = last + middle + first
    else:
        name = " ".join(one for one in (first, middle, last, parts.get("suffix", "")) if one)
    whole = parts.get("whole", "")
    result[field.name] = " ".join((whole or name or parts.get("0", "")).split())
    if not result[field.name] and parts.get("suffix"):
        result[field.name] = parts["suffix"]
    if parts.get("prefix"):
        result.setdefault("salutation", parts["prefix"])
    written = " ".join(parts.get("0", "").split())
    if written and written != result[field.name]:
        made.set_aside(field.label.en, written, field)
    if whole and name and not set(name.split()) <= set(whole.split()) and not _HAN.search(name):
        made.set_aside("First Name, Last Name", name, field)


def _labelled(result: dict[str, Any], field: Field, label: str) -> None:
    """The kind that a label means (Work, Home Fax, 手机); a label of one's own becomes the note."""
    word = label.replace("* ", "").strip()
    value = field.enum_value(word)
    codes = {one.code for one in field.enum}
    if value is None:
        folded = word.casefold()
        for kind, known in _KIND_WORDS:
            if any(one in folded for one in known):
                code = kind if kind in codes else _ALIKE.get(kind, "")
                if code in codes:
                    result[field.name] = code
                    if folded not in known and kind not in folded:
                        result["note"] = word
                    return
        if word:
            result["note"] = word
        return
    result[field.name] = value.code


def _address(item: dict[str, Any], whole: str, field: Field, values: Values) -> None:
    """An address that was also given in one text: parsed where it is all, dropped where it is twice."""
    if not whole:
        return
    if not set(item) - {"kind", "note"}:
        read = values.read(field, " ".join(whole.split()))
        item.update(read.value if isinstance(read.value, dict) else {"street": whole})
        return
    said = " ".join(str(one) for one in item.values())
    if any(word not in said for word in whole.split()):
        item["note"] = " ".join(f"{item.get('note', '')} {whole}".split())


def _interactions(tree: dict[str, Any], made: Assembled, schema: Schema) -> None:
    """A contact without its day is no interaction: what was said is kept aside."""
    kept = []
    listed = schema.find("interactions")
    for item in tree.pop("interactions", []):
        if item.get("at"):
            _dated_plan(item, made)
            kept.append(item)
            continue
        for name, value in item.items():
            if name != "by" and listed is not None:
                field = listed.find(name)
                heading = field.label.zh if field is not None else name
                text = value.get("what") or value.get("due") if isinstance(value, dict) else value
                made.set_aside(heading, str(text), field)
    if kept:
        tree["interactions"] = kept


def _dated_plan(item: dict[str, Any], made: Assembled) -> None:
    """A plan that begins with its day (6月10日提供方案) is due then, from the day of the contact on."""
    step = item.get("next")
    if not isinstance(step, dict) or step.get("due") or not isinstance(step.get("what"), str):
        return
    found = planned(step["what"], dt.date.fromisoformat(str(item["at"])[:10]))
    if found is not None:
        step["due"] = found.day.isoformat()
        if not _YEARED.search(found.said):
            made.warnings.append(_due_read(step["what"], found.day))


_YEARED: Final = re.compile(r"\d{4}")


def _due_read(plan: str, day: dt.date) -> Finding:
    return Finding(
        "due-from-plan",
        "warning",
        ("interactions", "next", "due"),
        Text("“{plan}” is taken as due on {day}", "“{plan}”的计划日期取作 {day}"),
        Text("correct it where that is another year", "如果不是这一天，请修改计划日期"),
        {"plan": " ".join(plan.split())[:40], "day": day.isoformat()},
    )


def name_customer(tree: dict[str, Any], made: Assembled, schema: Schema) -> None:
    """The customer's name: the company's, else the person's, else what reaches them."""
    contacts = tree.get("contacts") or []
    person = next((one["name"] for one in contacts if one.get("name")), "")
    if not tree.get("name"):
        name = person or _reached(contacts, schema)
        if not name:
            made.problem = made.problem or nameless()
            return
        if not person:
            made.warnings.append(_called(name))
        _front(tree, {"name": name, **({"kind": "person"} if person else {})})
        return
    if person and person != tree["name"]:
        _front(tree, {"kind": tree.get("kind") or "organization"})
    elif person or looks_personal(tree["name"]):
        if person:
            _front(tree, {"kind": tree.get("kind") or "person"})
    elif _COMPANY.search(tree["name"]):
        _front(tree, {"kind": tree.get("kind") or "organization"})


def _front(tree: dict[str, Any], fields: dict[str, Any]) -> None:
    """Put fields behind the id, before everything else."""
    rest = {name: value for name, value in tree.items() if name not in fields}
    head: dict[str, Any] = {name: rest.pop(name) for name in ("id", "name") if name in rest}
    tree.clear()
    tree.update(head)
    tree.update(fields)
    tree.update(rest)


def _reached(contacts: list[dict[str, Any]], schema: Schema) -> str:
    """An address or number to call somebody by, where it is not to be sealed."""
    for one in contacts:
        for listed, key in (("emails", "address"), ("phones", "number")):
            field = schema.at(("contacts", listed, key))
            if field is not None and field.seal:
                continue
            for item in one.get(listed, []):
                if item.get(key):
                    return str(item[key])
    return ""


def nameless() -> Finding:
    """What is said of a row that can be nobody's record."""
    return Finding(
        "row-nameless",
        "error",
        ("name",),
        Text("the row names nobody", "这一行没有客户名称"),
        Text(
            "it needs a name, a company, an e-mail address or a number; see the columns with --dry-run",
            "至少要有客户名称、联系人、邮箱或电话之一；可用 --dry-run 查看各列的对应关系",
        ),
    )


def _called(name: str) -> Finding:
    return Finding(
        "row-named-by-contact",
        "warning",
        ("name",),
        Text("the row has no name; it is called {name}", "这一行没有名称，暂以 {name} 命名"),
        Text("give it a name with “textcrm set”", "可用 textcrm set 补上名称"),
        {"name": name},
    )
