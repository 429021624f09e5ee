"""A record on the screen: groups of fields in the schema's order, labels in the reader's words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.cli.context import Context
    from textcrm.record import Record
    from textcrm.schema import Field, Schema

DERIVED: dict[str, Text] = {
    "created": Text("Created", "建档日期"),
    "last_contact": Text("Last contact", "最近跟进"),
    "days_silent": Text("Days silent", "未跟进天数"),
    "next_step": Text("Next step", "下一步"),
    "next_due": Text("Due", "到期日"),
    "main_contact": Text("Main contact", "主要联系人"),
    "age_band": Text("Their age", "联系人年龄段"),
    "purchases": Text("Purchases", "购买次数"),
    "last_purchase": Text("Last purchase", "最近购买"),
    "total_spent": Text("Total spent", "累计消费"),
    "receivable": Text("Receivable", "应收款"),
    "last_cooperation": Text("Latest cooperation", "最近合作"),
    "value_tier": Text("Value, as computed", "价值等级（推算）"),
    "loyalty": Text("Loyalty, as computed", "忠诚度（推算）"),
}
LOCKED = "🔒"


def json_of(context: Context, record: Record) -> dict[str, Any]:
    """The record for programs: its own fields as typed, sealed values locked, and ``derived``."""
    typed = locked_tree(record.schema.jsonable(record.typed))
    derived = context.vault().derived(record)
    if context.mask:
        from textcrm.normalize.masks import mask

        typed = masked_tree(typed, record.schema, ())
        if who := derived.get("main_contact"):
            derived = {**derived, "main_contact": mask("name", str(who))}
    return {**typed, "derived": plain(derived)}


def plain(value: Any) -> Any:
    """A value that JSON can carry: money and dates as strings."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def locked_tree(value: Any) -> Any:
    """A tree for programs in which sealed values are ``{sealed, locked: true}``."""
    if isinstance(value, dict):
        if "sealed" in value and "age" in value:
            return {"sealed": value["sealed"], "locked": True}
        return {name: locked_tree(inner) for name, inner in value.items()}
    return [locked_tree(inner) for inner in value] if isinstance(value, list) else value


def masked_tree(value: Any, schema: Schema, path: tuple[str, ...]) -> Any:
    """Hide names and phones of a tree (L10, ``--mask``)."""
    if isinstance(value, dict):
        return {name: masked_tree(inner, schema, (*path, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked_tree(inner, schema, path) for inner in value]
    if not isinstance(value, str):
        return value
    field = schema.at(path)
    from textcrm.normalize.masks import SOCIAL, mask, mask_kind

    kind = mask_kind(field) if field is not None else "account" if SOCIAL in path else None
    return value if kind is None else mask(kind, value)


def value_text(context: Context, field: Field | None, value: Any) -> str:
    """One scalar as people read it: labels of codes, people by name, sealed values locked."""
    language = context.language
    if isinstance(value, dict) and "sealed" in value:
        labels = value["sealed"]
        shown = [labels] if isinstance(labels, str) else labels
        return f"{LOCKED} {'+'.join(map(str, shown))}"
    if isinstance(value, bool):
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
    if field is not None and field.seal and not context.reveal and isinstance(value, Decimal):
        return "****"
    if isinstance(value, Decimal):
        return format(value, ",f") if field is None or field.kind != "integer" else str(value)
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    text = str(plain(value))
    if field is None:
        return text
    if field.kind == "moment" and len(text) > 15 and text[10] in "T ":
        return f"{text[:10]} {text[11:16]}"
    if context.mask:
        from textcrm.normalize.masks import mask, mask_kind

        if kind := mask_kind(field):
            return mask(kind, text)
    if field.seal and context.reveal:
        return text
    if field.seal and field.kind not in ("money", "number"):
        from textcrm.normalize.masks import mask

        return mask(field.kind if field.kind != "code" else field.name, text)
    if field.seal:
        return "****"
    if field.kind == "enum":
        entry = field.enum_value(text)
        return entry.label.say(language) if entry else text
    if field.kind == "person":
        return context.vault().access.display(text)
    if field.name == "industry":
        from textcrm.normalize.industry import industry_name

        name = industry_name(text)
        return (
            f"{name}（{text}）"
            if name and language == "zh"
            else (f"{text} {name}" if name else text)
        )
    return text


def screen(context: Context, record: Record) -> None:
    """Print a record for people."""
    out = context.out
    out.title(f"{_name(context, record)}  {record.id}")
    typed = record.typed
    shown: set[str] = {"id", "uid", "name"}
    for _group, label, fields in record.schema.groups:
        there = [field for field in fields if field.name not in shown and _has(typed, field.name)]
        if not there:
            continue
        out.section(label.say(context.language))
        for field in there:
            shown.add(field.name)
            _field(context, field, typed[field.name], 1)
    rest = [name for name in typed if name not in shown and typed[name] is not None]
    if rest:
        out.section(Text("Other", "其他").say(context.language))
        for name in rest:
            _unknown(context, name, typed[name], 1)
    _derived(context, record)


def _name(context: Context, record: Record) -> str:
    field = record.schema.at(("name",))
    return value_text(context, field, record.name)


def _has(typed: dict[str, Any], name: str) -> bool:
    return typed.get(name) not in (None, [], {})


def _field(context: Context, field: Field, value: Any, depth: int) -> None:
    label = field.label.say(context.language)
    if isinstance(value, list):
        if all(not isinstance(item, dict) or "sealed" in item for item in value):
            texts = [value_text(context, field.element, item) for item in value]
            separator = "、" if context.language == "zh" else ", "
            context.out.pair(label, separator.join(texts), depth=depth)
            return
        context.out.pair(label, f"({len(value)})", depth=depth)
        for item in ordered(field, value):
            _item(context, field, item, depth + 1)
    elif isinstance(value, dict) and "sealed" not in value:
        context.out.pair(label, "", depth=depth)
        for name, inner in value.items():
            _inner(context, field, name, inner, depth + 1)
    else:
        context.out.pair(label, value_text(context, field, value), depth=depth)


def ordered(field: Field, items: list[Any]) -> list[Any]:
    """Dated lists newest first, others as they stand."""
    if field.name != "interactions":
        return items
    return sorted(
        items,
        key=lambda item: str(plain(item.get("at"))) if isinstance(item, dict) else "",
        reverse=True,
    )


def _item(context: Context, field: Field, item: Any, depth: int) -> None:
    if not isinstance(item, dict):
        context.out.pair("•", value_text(context, field, item), depth=depth)
        return
    scalars, nested = [], []
    for name, inner in item.items():
        if name in ("id", "sha256") or inner in (None, [], {}):
            continue
        child = field.child(name)
        if isinstance(inner, dict | list) and not (isinstance(inner, dict) and "sealed" in inner):
            nested.append((child, name, inner))
        else:
            scalars.append(_labelled(context, child, name, inner))
    context.out.pair("•", "  ".join(scalars), depth=depth, mark=item.get("id"))
    for child, name, inner in nested:
        if child is not None:
            _nested(context, child, inner, depth + 1)
        else:
            _unknown(context, name, inner, depth + 1)


def _nested(context: Context, field: Field, value: Any, depth: int) -> None:
    """A short list or mapping inside an item, on one line."""
    context.out.pair(
        field.label.say(context.language), "; ".join(_flat(context, field, value)), depth=depth
    )


def _flat(context: Context, field: Field, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield " ".join(_flat(context, field, item))
    elif isinstance(value, dict) and "sealed" not in value:
        for name, inner in value.items():
            child = field.child(name)
            if name == "id" or inner in (None, [], {}):
                continue
            if isinstance(inner, dict | list):
                yield from _flat(context, child or field, inner)
            elif isinstance(inner, bool):
                yield _labelled(context, child, name, inner)
            else:
                yield value_text(context, child, inner)
    else:
        yield value_text(context, field, value)


PLAIN_FIRST = {
    "at",
    "name",
    "summary",
    "date",
    "what",
    "title",
    "product",
    "kind",
    "channel",
    "text",
}


def _labelled(context: Context, field: Field | None, name: str, value: Any) -> str:
    text = value_text(context, field, value)
    if name in PLAIN_FIRST:
        return text
    label = field.label.say(context.language) if field else name
    return f"{label}：{text}" if context.language == "zh" else f"{label}: {text}"


def _inner(context: Context, field: Field, name: str, value: Any, depth: int) -> None:
    child = field.child(name)
    if value in (None, [], {}):
        return
    if child is not None:
        _field(context, child, value, depth)
    else:
        _unknown(context, name, value, depth)


def _unknown(context: Context, name: str, value: Any, depth: int) -> None:
    if isinstance(value, dict):
        context.out.pair(name, "", depth=depth)
        for inner, child in value.items():
            _unknown(context, inner, child, depth + 1)
    elif isinstance(value, list):
        context.out.pair(name, ", ".join(str(plain(item)) for item in value), depth=depth)
    else:
        context.out.pair(name, str(plain(value)), depth=depth)


def _judged_by(context: Context) -> str:
    """By what the tier is computed: ``report value`` goes by scores, and may say another."""
    limits = context.vault().config.thresholds
    return Text(
        " (by total spent: high from {high}, medium from {medium})",
        "（按累计消费：{high} 起为高价值，{medium} 起为中等价值）",
    ).say(
        context.language,
        high=format(limits["value_high"], ","),
        medium=format(limits["value_medium"], ","),
    )


def _derived(context: Context, record: Record) -> None:
    derived = context.vault().derived(record)
    own = record.typed
    context.out.section(Text("Computed", "推算").say(context.language))
    for name, label in DERIVED.items():
        if name not in derived or own.get(name) == derived[name]:
            continue
        field = record.schema.at((name,))
        value = derived[name]
        hidden = context.mask and name == "main_contact"
        known = field if field and (field.kind == "enum" or hidden) else None
        text = value_text(context, known, value)
        if name == "value_tier":
            text += _judged_by(context)
        if name in ("value_tier", "loyalty") and own.get(name):
            decided = value_text(context, field, own[name])
            text += Text(" (decided: {own})", "（人工判定：{own}）").say(
                context.language, own=decided
            )
        context.out.pair(label.say(context.language), text, depth=1)
    for currency, sums in (derived.get("other_currencies") or {}).items():
        for name, amount in sums.items():
            head = DERIVED[name].say(context.language)
            context.out.pair(head, f"{currency} {value_text(context, None, amount)}", depth=1)
