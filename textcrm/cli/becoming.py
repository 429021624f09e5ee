"""Asking for what goes with a new state: status, date and product (B15, F3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.records.becoming import Wanted

_NONE = "-"


def complete(
    context: Context, id: str, pairs: Sequence[tuple[str, str]], unsets: Sequence[str]
) -> list[tuple[str, str]]:
    """What is to be set, with the answers; off a terminal it is said what is missing."""
    from textcrm import store, yamlfile
    from textcrm.records import becoming, editing

    vault = context.vault()
    record = vault.get(id)
    text = editing.setting(vault, pairs, unsets, [])(record)
    if text == record.text:
        return list(pairs)
    after = store.parse(record.path, yamlfile.encode(text), vault.schema)
    missing = [  # a vault's schema may be older, or lack a field by choice
        one
        for one in becoming.wanted(record.typed, after.typed)
        if vault.schema.at((one.name,)) is not None
    ]
    if not missing:
        return list(pairs)
    if not context.interactive:
        _warn(context, record.id, missing, checked=after.typed.get("status") == "active")
        return list(pairs)
    return [*pairs, *_asked(context, missing)]


def _asked(context: Context, missing: Sequence[Wanted]) -> list[tuple[str, str]]:
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


def _warn(context: Context, id: str, missing: Sequence[Wanted], *, checked: bool) -> None:
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
