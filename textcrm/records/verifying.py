"""Re-verification: the day on which data was checked with the customer, and which methods work (F5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.errors import Misuse
from textcrm.record import items
from textcrm.records.editing import Done
from textcrm.text import Text
from textcrm.vault import edits

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from textcrm.record import Record
    from textcrm.vault import Vault

_KINDS = {
    "phones": ("phone", "phones", "电话", "手机"),
    "emails": ("email", "emails", "mail", "邮箱", "邮件"),
    "social": ("social", "im", "社交账号", "微信"),
}
_ALL = ("all", "全部", "所有")
_LEAST = 4  # characters that name a number by its end


class Method(NamedTuple):
    """A way to reach a contact: where it stands, whose it is, the number or address."""

    path: tuple[str | int, ...]
    kind: str
    who: str
    value: str
    id: str


def verify(
    vault: Vault,
    word: str,
    *,
    on: dt.date | None = None,
    works: Sequence[str] = (),
    dead: Sequence[str] = (),
    reason: str | None = None,
) -> Done:
    """Record that a customer's data was verified on a day, today where not given.

    ``works`` and ``dead`` name contact methods that do or do not: a number or its last digits, an
    address, the item's id, ``phone`` or ``email`` for all of a kind, ``all``. Raises Misuse
    (no-such-method, which-method).
    """
    record = vault.get(word)
    day = (on or vault.today).isoformat()

    def edit(current: Record) -> str:
        text = edits.put(current.text, ("verified",), day, vault.schema)
        for words, state in ((works, "ok"), (dead, "dead")):
            for one in words:
                for method in named(current, one):
                    text = edits.put(text, (*method.path, "verification"), state, vault.schema)
        return text

    result = vault.write("verify", lambda draft: draft.edit(record.path, edit), reason=reason)
    return Done(result if result.ids else result._replace(ids=(record.id,)), ())


def methods(tree: Mapping[str, Any]) -> Iterator[Method]:
    """The contact methods of a record whose values are not sealed."""
    for place, contact in enumerate(tree.get("contacts") or ()):
        if not isinstance(contact, dict):
            continue
        who = contact.get("name")
        for of, key in (("phones", "number"), ("emails", "address")):
            for inner, one in enumerate(contact.get(of) or ()):
                if isinstance(one, dict) and isinstance(one.get(key), str):
                    path = ("contacts", place, of, inner)
                    name = who if isinstance(who, str) else ""
                    yield Method(path, of, name, one[key], str(one.get("id") or ""))


def named(record: Record, word: str) -> list[Method]:
    """The contact methods that a word names. Raises Misuse (no-such-method, which-method)."""
    there = list(methods(record.raw))
    wanted = word.strip()
    folded = wanted.casefold()
    if folded in _ALL:
        return there
    for kind, words in _KINDS.items():
        if folded in words:
            found = [one for one in there if one.kind == kind]
            if found:
                return found
    found = [one for one in there if _fits(one, folded)]
    if len(found) == 1:
        return found
    if found:
        raise Misuse(
            "which-method",
            Text("“{word}” may be any of {n} contact methods", "“{word}”对应 {n} 个联系方式"),
            hint=Text("give more of it", "请写得更完整"),
            word=wanted[:40],
            n=len(found),
        )
    raise Misuse(
        "no-such-method",
        Text("{id} has no contact method “{word}”", "{id} 没有联系方式“{word}”"),
        hint=Text("it has: {known}", "现有：{known}")
        if there
        else Text("textcrm show {id}", "textcrm show {id}"),
        id=record.id,
        word=wanted[:40],
        known=[_shown(one) for one in there],
    )


def _fits(one: Method, word: str) -> bool:
    value = one.value.casefold()
    if word in (value, one.id, "/".join(map(str, one.path))):
        return True
    if one.kind != "phones":
        return False
    digits = "".join(char for char in word if char.isdigit())
    whole = "".join(char for char in value if char.isdigit())
    return len(digits) >= _LEAST and len(digits) >= len(word) / 2 and whole.endswith(digits)


def _shown(one: Method) -> str:
    from textcrm.normalize.masks import mask

    value = mask("phone" if one.kind == "phones" else "email", one.value)
    return f"{one.who} {value}".strip()


def open_methods(tree: Mapping[str, Any]) -> int:
    """How many contact methods are not verified."""
    return sum(
        one.get("verification") == "unverified"
        for contact in items(tree, "contacts")
        for of in ("phones", "emails")
        for one in items(contact, of)
    )
