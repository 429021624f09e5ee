"""Whether a customer may be written to for a purpose: consents, wishes, restrictions (L6, H8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textcrm.query.fold import fold_word
from textcrm.record import as_day, items
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from textcrm.schema import Schema

REASONS: Final[dict[str, Text]] = {
    "do_not_contact": Text("asked not to be contacted", "请勿联系"),
    "restricted": Text("restricted", "限制处理"),
    "withdrawn": Text("consent withdrawn", "已撤回同意"),
    "changed": Text("agreed to another wording: ask again", "用途已变更，须重新征得同意"),
    "no_consent": Text("no consent", "未同意该用途"),
}
"""Why a customer is not written to, in the order in which it is looked at."""


def is_restricted(tree: Mapping[str, Any]) -> bool:
    """Whether a customer's data is only to be kept, and used for nothing (PIPL 47)."""
    return bool(tree.get("restricted"))


class Purpose(frozenset[str]):
    """A purpose as consents may name it, folded, with its ``code`` and ``wording`` in the schema."""

    code: str = ""
    wording: str = ""


def reason_against(tree: Mapping[str, Any], purpose: frozenset[str], today: dt.date) -> str | None:
    """Why a customer may not be written to for a purpose, None where they may.

    ``purpose`` are its :func:`spellings`. They may who agreed and did not take it back
    (个人信息保护法 13, 15), to the purpose as it is worded now (14); of a consent that does not say
    to which wording, it is taken that nothing was changed.
    """
    if tree.get("do_not_contact"):
        return "do_not_contact"
    if tree.get("restricted"):
        return "restricted"
    given = [
        one for one in items(tree, "consents") if fold_word(str(one.get("purpose"))) in purpose
    ]
    held = [one for one in given if holds(one, today)]
    if any(is_current(one, purpose) for one in held):
        return None
    return "changed" if held else "withdrawn" if given else "no_consent"


def is_current(consent: Mapping[str, Any], purpose: frozenset[str]) -> bool:
    """Whether a consent was given to the purpose as the schema words it now."""
    said, now = consent.get("wording"), getattr(purpose, "wording", "")
    return not said or not now or said == now


def holds(consent: Mapping[str, Any], today: dt.date) -> bool:
    """Whether a consent holds on a day."""
    given, withdrawn = as_day(consent.get("given")), consent.get("withdrawn")
    # A withdrawal that cannot be read as a day is one all the same.
    if withdrawn and ((day := as_day(withdrawn)) is None or day <= today):
        return False
    return given is not None and given <= today


def spellings(purpose: str, schema: Schema) -> Purpose:
    """A purpose as consents may name it: its code and both labels."""
    word = fold_word(purpose.strip())
    for code, label in schema.purposes.items():
        spelled = {fold_word(code), fold_word(label.en), fold_word(label.zh)}
        if word in spelled:
            found = Purpose(spelled)
            found.code, found.wording = code, schema.wording(code)
            return found
    return Purpose((word,))
