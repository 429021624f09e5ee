"""A segment for a mailing (H8): only who may be written to for a purpose, and why others may not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.query.fold import fold_word
from textcrm.query.mistakes import nearest, short
from textcrm.record import as_day, items
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from textcrm.query import Doc
    from textcrm.schema import Schema

REASONS: Final[dict[str, Text]] = {
    "do_not_contact": Text("asked not to be contacted", "请勿联系"),
    "restricted": Text("restricted", "限制处理"),
    "withdrawn": Text("consent withdrawn", "已撤回同意"),
    "no_consent": Text("no consent", "未同意该用途"),
}
"""Why a customer is not written to, in the order in which it is looked at."""


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
    wanted = _spellings(purpose, schema)
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


def reason_against(tree: Mapping[str, Any], purpose: frozenset[str], today: dt.date) -> str | None:
    """Why a customer may not be written to for a purpose, None where they may."""
    if tree.get("do_not_contact"):
        return "do_not_contact"
    if tree.get("restricted"):
        return "restricted"
    given = [
        one for one in items(tree, "consents") if fold_word(str(one.get("purpose"))) in purpose
    ]
    if any(_holds(one, today) for one in given):
        return None
    return "withdrawn" if given else "no_consent"


def _holds(consent: Mapping[str, Any], today: dt.date) -> bool:
    given, withdrawn = as_day(consent.get("given")), consent.get("withdrawn")
    # A withdrawal that cannot be read as a day is one all the same.
    if withdrawn and ((day := as_day(withdrawn)) is None or day <= today):
        return False
    return given is not None and given <= today


def _spellings(purpose: str, schema: Schema) -> frozenset[str]:
    """A purpose as consents may name it: its code and both labels."""
    word = fold_word(purpose.strip())
    for code, label in schema.purposes.items():
        spelled = {fold_word(code), fold_word(label.en), fold_word(label.zh)}
        if word in spelled:
            return frozenset(spelled)
    return frozenset((word,))


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
