"""Targets: where a column's cells go, as the layouts and the user's map write it.

``name`` a field; ``contacts/0/phones/mobile/number`` a field of an item, items being told apart by
a number or a word, which names the item's kind where its kinds have it (``mobile``, ``home2``);
``addresses/office`` a whole address in one text; ``contacts/0/name:first`` a part of a value that
several columns make together; ``owner+interactions/0/by`` several places; ``stage?`` a field whose
unreadable values are kept aside without a warning; ``custom`` kept under its heading; ``pair:x:label``
and ``pair:x:value`` a heading and its value; nothing: left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.schema import Field, Schema

CUSTOM: Final = "custom"
_PARTS: Final = frozenset(
    ("whole", "first", "middle", "last", "prefix", "suffix", "year", "month", "day", "word")
)


class Step(NamedTuple):
    """One step of a place: the field's name, or the word that tells an item from its siblings."""

    word: str
    field: Field
    grouped: bool


class Place(NamedTuple):
    """Where cells of a column go: the steps, the field that takes the value, the part of it."""

    steps: tuple[Step, ...]
    field: Field
    part: str
    quiet: bool


class Target(NamedTuple):
    """A column's target: places in the record, or (``pair``) a heading and value kept aside."""

    places: tuple[Place, ...] = ()
    aside: bool = False
    pair: tuple[str, str] | None = None


def parse(text: str, schema: Schema) -> Target:
    """Read a target; names, labels and aliases of the schema will do. Raises Misuse (map-target)."""
    word = text.strip()
    if not word:
        return Target()
    if word.casefold() in (CUSTOM, "自定义"):
        return Target(aside=True)
    if word.startswith("pair:"):
        _, key, side = word.split(":", 2)
        return Target(pair=(key, side))
    return Target(tuple(_place(one.strip(), schema, text) for one in word.split("+")))


def _place(word: str, schema: Schema, whole: str) -> Place:
    quiet = word.endswith("?")
    path, _, part = word.removesuffix("?").partition(":")
    if part and part not in _PARTS and not part.isdigit():
        raise _wrong(whole)
    steps: list[Step] = []
    field: Field | None = None
    words = path.split("/")
    for number, step in enumerate(words):
        if field is not None and field.kind == "items" and not steps[-1].grouped:
            if not _names_field(field, step, last=number == len(words) - 1):
                steps.append(Step(step, field, grouped=True))
                continue
            steps.append(Step("0", field, grouped=True))
        field = schema.find(step, field) if field is not None else schema.find(step)
        if field is None:
            raise _wrong(whole)
        steps.append(Step(field.name, field, grouped=False))
    if field is None:
        raise _wrong(whole)
    return Place(tuple(steps), field, part, quiet)


def _names_field(within: Field, word: str, *, last: bool) -> bool:
    """Whether a word after a list is a field of its items, rather than a word for one of them."""
    inner = within.find(word)
    if inner is None or word.isdigit():
        return False
    return last or inner.name == word or bool(inner.fields)


def _wrong(text: str) -> Misuse:
    return Misuse(
        "map-target",
        Text(
            "the map names a field that is not there: “{target}”",
            "映射表中的字段不存在：“{target}”",
        ),
        hint=Text(
            "for example name, contacts/0/phones/0/number, custom; empty leaves a column out",
            "例如 name、contacts/0/phones/0/number、custom；留空表示不导入该列",
        ),
        target=text,
    )


def spelled(place: Place) -> str:
    """The path of a place, with the schema's names."""
    return "/".join(step.word for step in place.steps)
