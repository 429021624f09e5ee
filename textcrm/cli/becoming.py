"""Asking for what goes with a new state: status, date and product (B15, F3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textcrm.cli.context import Context
    from textcrm.record import Record
    from textcrm.records.becoming import Wanted
    from textcrm.records.bulk import Planned

_NONE = "-"
_STATES = ("status", "type", "stage")


def complete(
    context: Context, id: str, pairs: Sequence[tuple[str, str]], unsets: Sequence[str]
) -> list[tuple[str, str]]:
    """What is to be set, with the answers; off a terminal it is said what is missing."""
    from textcrm import store, yamlfile
    from textcrm.records import editing

    vault = context.vault()
    record = vault.get(id)
    text = editing.setting(vault, pairs, unsets, [])(record)
    if text == record.text:
        return list(pairs)
    after = store.parse(record.path, yamlfile.encode(text), vault.schema)
    return [*pairs, *_answers(context, record, after)]


def completed(context: Context, record: Record, text: str) -> str:
    """The text of a record that was edited by hand, with the answers."""
    from textcrm import store, yamlfile
    from textcrm.records import editing

    vault = context.vault()
    after = store.parse(record.path, yamlfile.encode(text), vault.schema)
    answers = _answers(context, record, after)
    return editing.setting(vault, answers, [], [])(after) if answers else text


def tell_many(context: Context, planned: Sequence[Planned]) -> None:
    """Say once what customers, whose state one edit changes, should be given as well."""
    from textcrm import store, yamlfile

    schema = context.vault().schema
    lacking: dict[str, Wanted] = {}
    count = 0
    for one in planned:
        if not any(change.path[0] in _STATES for change in one.changes):
            continue
        before, after = (
            store.parse(one.path, yamlfile.encode(text), schema)
            for text in (one.before, one.after)
        )
        wanted = missing(context, before.typed, after.typed)
        lacking |= {each.name: each for each in wanted}
        count += bool(wanted)
    if lacking:
        context.warn(
            Text(
                "the state of {n} customers changes; each should also be given: {fields} "
                "(textcrm set ID {example})",
                "{n} 位客户的状态将变化，还应逐一填写：{fields}（textcrm set 编号 {example}）",
            ),
            n=count,
            fields=[one.question for one in lacking.values()],
            example=f"{next(iter(lacking))}=…",
        )


def missing(context: Context, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Wanted]:
    """What a change of state asks for; a vault's schema may be older, or lack a field by choice."""
    from textcrm.records import becoming

    at = context.vault().schema.at
    return [one for one in becoming.wanted(before, after) if at((one.name,)) is not None]


def _answers(context: Context, record: Record, after: Record) -> list[tuple[str, str]]:
    lacking = missing(context, record.typed, after.typed)
    if not lacking:
        return []
    if not context.interactive:
        warn(context, record.id, lacking, checked=after.typed.get("status") == "active")
        return []
    return asked(context, lacking)


def asked(context: Context, missing: Sequence[Wanted]) -> list[tuple[str, str]]:
    """The answers of who sits at the terminal, as assignments."""
    context.say(
        Text(
            "The state changed; please add what goes with it (- to leave one out):",
            "客户状态已变化，请补充相关信息（输入 - 跳过）：",
        )
    )
    field_of = context.vault().schema.at
    found = []
    for one in missing:
        default = one.default
        if default == "today":
            default = context.vault().today.isoformat()
        elif default and (field := field_of((one.name,))) is not None:
            known = field.enum_value(default)
            default = known.label.say(context.language) if known is not None else default
        answer = context.ask(one.question, option=one.name, default=default or _NONE).strip()
        if answer and answer != _NONE:
            found.append((one.name, answer))
    return found


def warn(context: Context, id: str, missing: Sequence[Wanted], *, checked: bool) -> None:
    """Name what is missing; what the checks say of an active customer is not said twice."""
    said = ("first_cooperation", "products") if checked else ()
    names = [one for one in missing if one.name not in said]
    if names:
        context.warn(
            Text(
                "the state of {id} changed; also say: {fields} (textcrm set {id} {example})",
                "{id} 的状态已变化，还应填写：{fields}（textcrm set {id} {example}）",
            ),
            id=id,
            fields=[one.question for one in names],
            example=f"{names[0].name}=…",
        )
