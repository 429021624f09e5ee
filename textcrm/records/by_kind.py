"""Words that name an entry by its kind: 决策关键人=王五, 仓库地址=苏州市吴中区1号 (A16, A21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm import paths
from textcrm.normalize.names import is_title
from textcrm.query.fold import fold

if TYPE_CHECKING:
    from textcrm.schema import Field, Schema

_LISTS: Final = (("contacts", "role"), ("addresses", "kind"))
_SHORTEST: Final = 3  # 公司 and 采购 are too short to mean an entry


class Kind(NamedTuple):
    """The list, the field in it and its value that a word means."""

    listed: Field
    field: str
    code: str


def kind_of(schema: Schema, word: str) -> Kind | None:
    """The kind of an entry that a word is; None for a word that a field answers to, or none does."""
    if len(word) < _SHORTEST or "/" in word or "." in word:
        return None
    if schema.find(word) is not None or paths.below(word, schema) is not None:
        return None
    for name, kind in _LISTS:
        listed = schema.find(name)
        choice = listed.child(kind) if listed is not None and listed.kind == "items" else None
        told = choice.enum_value(word) if choice is not None else None
        if listed is not None and told is not None:
            return Kind(listed, kind, told.code)
    return None


def spelled_out(
    schema: Schema, raw: dict[str, Any], word: str, value: str
) -> list[tuple[str, str]]:
    """What to set where a word is the kind of an entry; the word and value as they are, else."""
    told = kind_of(schema, word) if value.strip() and word not in raw else None
    return [(word, value)] if told is None else _entry(*told, raw, value.strip())


def _entry(
    listed: Field, kind: str, code: str, raw: dict[str, Any], value: str
) -> list[tuple[str, str]]:
    there = raw.get(listed.name)
    entries = (
        [one if isinstance(one, dict) else {} for one in there] if isinstance(there, list) else []
    )
    if listed.name == "addresses":
        index = _first(entries, lambda one: one.get(kind) == code)
        return [(f"{listed.name}/{index}", value), (f"{listed.name}/{index}/{kind}", code)]
    # 采购经理 is what somebody does whose name is not known yet.
    tail = "title" if is_title(value) else "name"
    index = _first(entries, lambda one: fold(str(one.get(tail) or "")) == fold(value))
    if index == len(entries):
        index = _first(entries, lambda one: one.get(kind) == code and not one.get("name"))
    return [(f"{listed.name}/{index}/{tail}", value), (f"{listed.name}/{index}/{kind}", code)]


def _first(entries: list[dict[str, Any]], fits: Any) -> int:
    """The first entry that fits; one more where none does."""
    return next((place for place, one in enumerate(entries) if fits(one)), len(entries))
