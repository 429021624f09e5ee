"""Sealed values in lists and hits: opened in memory with one's own key, shown as masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.cli.context import Context
    from textcrm.query import Doc, Query
    from textcrm.schema import Field, Schema
    from textcrm.search.tabulate import Column
    from textcrm.vault.opening import OpenedDocs


def opened_docs(context: Context) -> OpenedDocs:
    """All records, open; says what stays locked. Raises KeyMissing where no key opens anything."""
    from textcrm.vault.opening import OpenedDocs

    docs = OpenedDocs(context.vault())
    docs.demand_some()
    if docs.locked:
        context.warn(
            Text(
                "{count} values were not looked into: no key of yours opens {labels}",
                "有 {count} 个值未查找：您的密钥无法解开 {labels}",
            ),
            count=sum(docs.locked.values()),
            labels=sorted(docs.locked),
        )
    if docs.damaged:
        context.warn(
            Text(
                "{count} sealed values are damaged; see: textcrm show {id} --reveal",
                "{count} 个加密值已损坏，见 textcrm show {id} --reveal",
            ),
            count=len(docs.damaged),
            id=docs.damaged[0],
        )
    return docs


def sealed_at(schema: Schema, path: Sequence[str | int]) -> Field | None:
    """The sealed field that a path leads to or into; None where nothing on the way is sealed."""
    field = None
    for step in path:
        if isinstance(step, int):
            continue
        field = schema.at((step,)) if field is None else field.child(step)
        if field is None or field.seal:
            return field
    return None


def say_sealed(
    context: Context, query: Query | str = "", names: Sequence[str] = (), *, of: str = ""
) -> None:
    """Say on stderr that sealed fields, which a query compares or columns are counted or sorted
    by, were not looked into, and how to go on. ``of`` is the list whose items are the rows.
    """
    vault = context.vault()
    if context.reveal or not vault.access.has_keys:
        return
    from textcrm.search.order import bare
    from textcrm.search.tabulate import column
    from textcrm.vault import finding

    wanted = finding.query(vault, query) if isinstance(query, str) else query
    named = list(wanted.sealed)
    for name in names:
        places = column(bare(name), vault.schema, of=of).targets
        named += places if all(place.is_sealed for place in places) else ()
    if not named:
        return
    spelled = dict.fromkeys((one.name, one.label) for one in named)
    context.warn(
        Text(
            "sealed and not looked into: {fields}; open it with your key: textcrm list QUERY "
            "--reveal, or textcrm search --sealed WORD",
            "{fields}是加密字段，未参与查找；用您的密钥打开：textcrm list 条件 --reveal，"
            "或 textcrm search --sealed 词语",
        ),
        fields=[Text(f"{label.en} ({name})", f"{label.zh}（{name}）") for name, label in spelled],
    )


def masked(field: Field, value: Any) -> str:
    """The mask of a sealed value on a screen: enough to tell one from another, no more."""
    from textcrm.normalize.masks import HIDDEN, mask

    if isinstance(value, list | dict):
        return HIDDEN
    kind = field.element.kind
    return mask(field.name if kind == "code" else kind, str(value))


def refuse_sealed(context: Context, names: Sequence[str]) -> None:
    """Raise Misuse (facet-sealed) where sealed values would be counted, and so shown, by value."""
    from textcrm.search.tabulate import column

    schema = context.vault().schema
    for name in names:
        for target in column(name, schema).targets:
            if not context.reveal and sealed_at(schema, target.path) is not None:
                raise Misuse(
                    "facet-sealed",
                    Text(
                        "{field} is sealed: counting it by value shows its values",
                        "{field} 是加密字段，按取值统计会显示其内容",
                    ),
                    hint=Text("if that is meant: --reveal", "确需显示请加 --reveal"),
                    field=name,
                )


def with_masks(context: Context, docs: list[Doc], columns: Sequence[Column]) -> list[Doc]:
    """The rows with what the keys at hand open, for the masks of sealed columns.

    Nobody is asked for a passphrase, nor kept from a list for want of a key.
    """
    vault = context.vault()
    secret = [
        one
        for one in columns
        if any(sealed_at(vault.schema, target.path) is not None for target in one.targets)
    ]
    if not secret:
        return docs
    from textcrm.access.keyring import Keyring
    from textcrm.catalog import KeptDoc
    from textcrm.vault.opening import OpenedDocs

    opener = OpenedDocs(vault, Keyring(vault.keyring.sources))
    return [
        opener.opened(doc)
        if isinstance(doc, KeptDoc) and any(one.locked(doc) for one in secret)
        else doc
        for doc in docs
    ]
