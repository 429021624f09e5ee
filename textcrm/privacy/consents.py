"""Consents: given and taken back, for a purpose of the schema, by a channel (PIPL 13-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import Misuse, NotFound
from textcrm.normalize.entry import normalize_value
from textcrm.query.mistakes import nearest, short
from textcrm.record import items
from textcrm.text import Text
from textcrm.vault import consent, edits

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.record import Record
    from textcrm.schema import Schema
    from textcrm.vault import Result, Vault
    from textcrm.vault.consent import Purpose

OP = "consent"


def purpose_of(schema: Schema, word: str) -> Purpose:
    """A purpose by its code or a label; the schema's list is the only one. Raises Misuse."""
    found = consent.spellings(word, schema)
    if found.code:
        return found
    labels = [str(label) for one in schema.purposes.values() for label in (one.zh, one.en)]
    close = nearest(word, [*schema.purposes, *labels])
    raise Misuse(
        "unknown-purpose",
        Text("the schema knows no purpose “{purpose}”", "字段结构中没有用途“{purpose}”"),
        hint=Text(
            "did you mean {suggestion}? all: {known}", "是不是“{suggestion}”？全部用途：{known}"
        )
        if close
        else Text(
            "purposes: {known}; add one under x-textcrm.purposes of the schema",
            "可用的用途：{known}；如需新增，请写入 schema 的 x-textcrm.purposes",
        ),
        purpose=short(word),
        suggestion=close,
        known=[
            Text(f"{code} ({label.en})", f"{code}（{label.zh}）")
            for code, label in schema.purposes.items()
        ],
    )


def give(
    vault: Vault,
    word: str,
    *,
    purpose: str,
    channel: str,
    basis: str | None = None,
    given: dt.date | None = None,
    note: str | None = None,
    notice: str | None = None,
    reason: str | None = None,
) -> Result:
    """Record that a customer agreed to a purpose, or on which other ``basis`` it is pursued.

    ``basis`` is a word of the schema (consent, contract, legal_duty ...), in either language.
    The wording of the purpose is kept with it: once the schema says the purpose otherwise, the
    consent holds no more. The same consent again, on the same day by the same channel, is no
    change. Raises Misuse (unknown-purpose, bad-value), NotFound, Ambiguous, Conflict.
    """
    schema = vault.schema
    chosen = purpose_of(schema, purpose)
    field = schema.require("consents")
    item: dict[str, Any] = {
        "purpose": chosen.code,
        "given": (given or vault.today).isoformat(),
        "channel": channel.strip(),
        "basis": _basis(vault, basis or "consent"),
        "wording": chosen.wording,
        "notice": notice,
        "note": note,
    }
    known = {child.name for child in field.fields}
    item = {name: value for name, value in item.items() if value and name in known}
    record = vault.get(word)

    def edit(current: Record) -> str:
        for one in items(current.raw, "consents"):
            if {**one, **item} == one and not one.get("withdrawn"):
                return current.text
        return edits.append(current.text, ("consents",), item, schema)

    return vault.write(OP, lambda draft: draft.edit(record.path, edit), reason=reason)


def _basis(vault: Vault, word: str) -> str:
    field = vault.schema.require("basis", vault.schema.require("consents"))
    return str(normalize_value(field, word, today=vault.today, now=vault.now).value)


def withdraw(
    vault: Vault,
    word: str,
    *,
    purpose: str,
    channel: str | None = None,
    on: dt.date | None = None,
    reason: str | None = None,
) -> Result:
    """Take back every consent of a purpose that still holds, of one channel where it is named.

    What was done before stays lawful (PIPL 15). Raises NotFound (no-consent).
    """
    chosen = purpose_of(vault.schema, purpose)
    day = (on or vault.today).isoformat()
    record = vault.get(word)

    def edit(current: Record) -> str:
        text, found = current.text, 0
        for place, one in enumerate(current.raw.get("consents") or ()):
            if isinstance(one, dict) and _is_meant(one, chosen, channel):
                text = edits.put(text, ("consents", place, "withdrawn"), day, vault.schema)
                found += 1
        if not found:
            raise _nothing(current, purpose, channel)
        return text

    return vault.write(OP, lambda draft: draft.edit(record.path, edit), reason=reason)


def _is_meant(one: dict[str, Any], purpose: Purpose, channel: str | None) -> bool:
    from textcrm.query.fold import fold_word

    if one.get("withdrawn") or fold_word(str(one.get("purpose"))) not in purpose:
        return False
    said = str(one.get("channel") or "")
    return channel is None or not said or fold_word(said) == fold_word(channel.strip())


def _nothing(record: Record, purpose: str, channel: str | None) -> NotFound:
    return NotFound(
        "no-consent",
        Text(
            "{id} has no consent for “{purpose}” by {channel} that could be withdrawn",
            "{id} 没有可撤回的“{purpose}”同意（渠道：{channel}）",
        )
        if channel
        else Text(
            "{id} has no consent for “{purpose}” that could be withdrawn",
            "{id} 没有可撤回的“{purpose}”同意",
        ),
        hint=Text(
            "see them: textcrm show {id} --only consents; no contact at all: textcrm set {id} "
            "do_not_contact=true",
            "查看：textcrm show {id} --only consents；若不再联系：textcrm set {id} do_not_contact=true",
        ),
        id=record.id,
        purpose=short(purpose),
        channel=channel or "",
    )
