"""Customers whose data is only to be kept: left out of exports, said where they are shown or written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textcrm.cli.context import Context
    from textcrm.query import Doc

_T = TypeVar("_T", bound="Doc")
FIELD = "restricted"
_SHOWN = 5


def without(docs: Sequence[_T]) -> Sequence[_T]:
    """Those that may be used."""
    from textcrm.vault.consent import is_restricted

    return [doc for doc in docs if not is_restricted(doc.typed)]


def is_named(context: Context, query: Iterable[str]) -> bool:
    """Whether a query itself asks for restricted customers, by any name of the field."""
    field = context.vault().schema.at((FIELD,))
    names = {FIELD, *((field.label.zh, field.label.en, *field.aliases) if field else ())}
    text = " ".join(query).casefold()
    return any(f"{name.casefold()}{sign}" in text or f":{name.casefold()}" in text
               for name in names for sign in (":", "："))  # fmt: skip


def warn(context: Context, own: str, changed: Iterable[str] = ()) -> None:
    """Say that a customer who was just written or given out is restricted."""
    from textcrm import store
    from textcrm.errors import TextcrmError
    from textcrm.vault.consent import is_restricted

    vault = context.vault()
    data = vault.file(store.path_of(own))
    if data is None or FIELD.encode() not in data or FIELD in changed:
        return
    try:
        record = vault.load(store.path_of(own))
    except TextcrmError:
        return
    if is_restricted(record.typed):
        context.warn(
            Text(
                "{id} is restricted: kept only, to be used for nothing; lift it with: textcrm set {id} "
                "--unset restricted",
                "{id} 已限制处理：只保存，不得使用；如需解除：textcrm set {id} --unset restricted",
            ),
            id=own,
        )


def tell(context: Context, docs: Iterable[Any]) -> None:
    """On a terminal, say which of the customers shown are restricted."""
    from textcrm.vault.consent import is_restricted

    if context.json or context.quiet or not context.interactive:
        return
    found = [doc.id for doc in docs if is_restricted(doc.typed)]
    if found:
        more = "" if len(found) <= _SHOWN else " …"
        context.hint(
            Text(
                "restricted, kept only and to be used for nothing: {ids}{more}",
                "已限制处理，只保存、不得使用：{ids}{more}",
            ),
            ids=found[:_SHOWN],
            more=more,
        )
