"""Handing over: all customers of a person to another one, with the views that name them (F16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import config, yamlfile
from textcrm.errors import Misuse
from textcrm.query.fold import fold_word
from textcrm.query.lexer import QUOTES, Lexer
from textcrm.record import items, open_steps
from textcrm.text import Text
from textcrm.vault import edits
from textcrm.vault.unfound import no_such_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.access import Person
    from textcrm.query import Doc
    from textcrm.record import Record
    from textcrm.vault import Draft, Result, Vault

POOL = ("none", "无", "公海")
_PEOPLE = ("owner", "collaborators")


class Giver(NamedTuple):
    """Whose customers pass on: the words by which records and views name the person."""

    id: str
    words: frozenset[str]

    def is_meant(self, value: object) -> bool:
        """Whether a value names the person."""
        return isinstance(value, str) and fold_word(value) in self.words


class Planned(NamedTuple):
    """What a handover is about: the files of customers owned and of those looked after together,
    open next steps among them, views; ``attached`` counts attachments sealed for the giver, which
    are sealed anew as well.
    """

    giver: Giver
    taker: Person | None
    owned: tuple[str, ...]
    shared: tuple[str, ...]
    steps: int
    views: tuple[str, ...]
    attached: int


def plan(vault: Vault, giver: str, taker: str) -> Planned:
    """Look what a handover would pass on; ``taker`` may be ``none``, the pool.

    Who left may be named who is in access.yaml no more, as long as customers name them. Raises
    Misuse (no-such-person, same-person).
    """
    to = None if taker in POOL else vault.access.find(taker)
    if to is None and taker not in POOL:
        raise no_such_person(vault, taker)
    person = vault.access.find(giver)
    words = {giver, *((person.id, person.name) if person else ())}
    one = Giver(person.id if person else giver, frozenset(map(fold_word, words)))
    if to is not None and (one.is_meant(to.id) or one.is_meant(to.name)):
        raise Misuse(
            "same-person",
            Text("that is one person: {person}", "交出人和接手人是同一人：{person}"),
            hint=Text("textcrm assign --all FROM TO", "textcrm assign --all 离职人 接手人"),
            person=to.name,
        )
    owned, shared, steps, attached = [], [], 0, 0
    for doc in _naming(vault, one):
        path = doc.path  # type: ignore[attr-defined]
        if one.is_meant(doc.typed.get("owner")):
            owned.append(path)
            steps += len(open_steps(doc.typed))
            attached += sum(
                any(map(one.is_meant, _listed(file.get("sealed_for"))))
                for file in items(doc.typed, "documents")
            )
        else:
            shared.append(path)
    views = tuple(
        name
        for name, view in vault.config.saved_views.items()
        if to is not None and renamed(vault, view.query, one, to) != view.query
    )
    if person is None and not owned and not shared and not views:
        raise no_such_person(vault, giver)
    return Planned(one, to, tuple(owned), tuple(shared), steps, views, attached)


def _naming(vault: Vault, giver: Giver) -> list[Doc]:
    """The records that name a person, by the catalog."""
    catalog = vault.catalog()

    def rows() -> set[int]:
        found: set[int] = set()
        for name in _PEOPLE:
            held = catalog.values.holding((name,), giver.is_meant)
            found |= held.sure | held.unsure
        return found

    return [
        doc
        for doc in catalog.docs(sorted(catalog.safely(rows)))
        if giver.is_meant(doc.typed.get("owner"))
        or any(map(giver.is_meant, _listed(doc.typed.get("collaborators"))))
    ]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def hand_over(
    vault: Vault,
    planned: Planned,
    *,
    reason: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Pass on what was planned, in one commit: all of it or nothing.

    What the old owner could read, attachments too, is sealed anew for the new one; an attachment
    that no key at hand opens is a warning of the result. Done twice it does nothing the
    second time; run again after an interruption it does what is left. Raises Conflict where a
    record has uncommitted edits, KeyMissing where sealed values cannot be opened, Misuse
    (grant-needed), TrustFailure.
    """
    edit = _passing(vault, planned)

    def draw(draft: Draft) -> None:
        for done, path in enumerate((*planned.owned, *planned.shared), 1):
            draft.edit(path, edit)
            if progress is not None:
                progress(done)
        if planned.views and planned.taker is not None:
            _views(vault, draft, planned.giver, planned.taker)

    return vault.write("assign", draw, reason=reason)


def _passing(vault: Vault, planned: Planned) -> Callable[[Record], str]:
    giver, taker = planned.giver, planned.taker

    def edit(current: Record) -> str:
        text = current.text
        if giver.is_meant(current.raw.get("owner")):
            text = (
                edits.put(text, ("owner",), taker.id, vault.schema)
                if taker is not None
                else edits.remove(text, ("owner",))
            )
        return _together(vault, text, giver, taker)

    return edit


def _together(vault: Vault, text: str, giver: Giver, taker: Person | None) -> str:
    """Let the taker stand where the giver stood among the collaborators, once."""
    raw = yamlfile.read_mapping(text)
    there = _listed(raw.get("collaborators"))
    for place in reversed(range(len(there))):
        if not giver.is_meant(there[place]):
            continue
        known = taker is None or taker.id in there or raw.get("owner") == taker.id
        if known or taker is None:
            text = edits.remove(text, ("collaborators", place))
        else:
            text = edits.put(text, ("collaborators", place), taker.id, vault.schema)
            there.append(taker.id)
    return text


# -- views


def _views(vault: Vault, draft: Draft, giver: Giver, taker: Person) -> None:
    data = draft.read(config.FILE_NAME) or b""
    text = before = yamlfile.decode(data, file=config.FILE_NAME)
    for name, view in config.read(data).saved_views.items():
        query = renamed(vault, view.query, giver, taker)
        if query != view.query:
            text = yamlfile.set_value(text, _place(text, name), query)
    if text != before:
        fresh = yamlfile.encode(text)
        config.read(fresh)
        draft.write(config.FILE_NAME, fresh)


def _place(text: str, name: str) -> tuple[str, ...]:
    plain = isinstance(yamlfile.read_mapping(text)["views"][name], str)
    return ("views", name) if plain else ("views", name, "query")


def renamed(vault: Vault, query: str, giver: Giver, taker: Person) -> str:
    """A query with another person in the place of one, nothing else of it changed."""
    names = {"by"}
    for name in _PEOPLE:
        field = vault.schema.at((name,))
        if field is not None:
            names |= {name, field.label.en, field.label.zh, *field.aliases}
    folded = frozenset(map(fold_word, names))
    try:
        tokens = Lexer(query).tokens()
    except Misuse:
        return query
    places: list[tuple[int, str]] = []
    depth = 0  # inside owner:(a OR b)
    for token in tokens:
        if token.kind == "field":
            if fold_word(token.text) in folded:
                if token.value is None:
                    depth = -1
                elif giver.is_meant(token.value):
                    places.append((token.value_position, token.value))
        elif token.kind == "(":
            depth = 1 if depth == -1 else depth + (depth > 0)
        elif token.kind == ")":
            depth = max(0, depth - 1)
        elif depth > 0 and token.kind == "word" and giver.is_meant(token.text):
            places.append((token.position, token.text))
    for place, word in reversed(places):
        start = place + (query[place : place + 1] in QUOTES)
        if query[start : start + len(word)] == word:
            other = taker.id if word.isascii() else taker.name
            query = query[:start] + other + query[start + len(word) :]
    return query
