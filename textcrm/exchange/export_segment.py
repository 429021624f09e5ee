"""A segment for a mailing (H8): only who may be written to for a purpose, and why others may not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from textcrm.errors import Misuse
from textcrm.query.fold import fold_word
from textcrm.query.mistakes import nearest, short
from textcrm.record import items
from textcrm.text import Text
from textcrm.vault.consent import REASONS, reason_against, spellings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from textcrm.query import Doc
    from textcrm.schema import Schema


class Segment(NamedTuple):
    """Who is left: the customers that may be written to, and how many may not, by reason."""

    docs: tuple[Doc, ...]
    left_out: Mapping[str, int]


def segment(docs: Iterable[Doc], purpose: str, schema: Schema, today: dt.date) -> Segment:
    """Leave those who agreed to a purpose and did not take it back (个人信息保护法 13, 15).

    ``purpose`` is a word of the schema's purposes, in either language, or one that consents of
    these records name. Raises Misuse (unknown-purpose) where it is neither.
    """
    chosen = list(docs)
    wanted = spellings(purpose, schema)
    kept = []
    left: Counter[str] = Counter()
    for doc in chosen:
        reason = reason_against(doc.typed, wanted, today)
        if reason is None:
            kept.append(doc)
        else:
            left[reason] += 1
    if not kept and len(wanted) == 1:
        _require_known(purpose, wanted, chosen, schema)
    return Segment(tuple(kept), {name: left[name] for name in REASONS if left[name]})


def _require_known(
    purpose: str, wanted: frozenset[str], docs: Iterable[Doc], schema: Schema
) -> None:
    named = {
        str(one["purpose"])
        for doc in docs
        for one in items(doc.typed, "consents")
        if one.get("purpose")
    }
    if wanted & {fold_word(one) for one in named}:
        return
    known = [*schema.purposes, *sorted(named - set(schema.purposes))]
    close = nearest(purpose, known)
    raise Misuse(
        "unknown-purpose",
        Text("no consent names the purpose “{purpose}”", "没有任何同意记录的用途是“{purpose}”"),
        hint=Text("did you mean {suggestion}?", "是不是“{suggestion}”？")
        if close
        else Text("purposes: {known}", "可用的用途：{known}"),
        purpose=short(purpose),
        suggestion=close,
        known=known,
    )
