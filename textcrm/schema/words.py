"""Words for fields and values: names, labels, aliases, and how they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textcrm.errors import Misuse
    from textcrm.schema.field import Field


class EnumValue(NamedTuple):
    """One allowed value: the code that is stored, its label and other words for it."""

    code: str
    label: Text
    aliases: tuple[str, ...] = ()


def folded(word: str) -> str:
    """A word as it is compared: width, case, blanks, ``_`` and ``-`` make no difference."""
    if not word.isascii():
        import unicodedata

        word = unicodedata.normalize("NFKC", word)
    return "".join(word.casefold().replace("_", " ").replace("-", " ").split())


def label_of(given: Any, default: Text) -> Text:
    """A label written as ``{zh, en}`` or as one word for both languages."""
    if isinstance(given, str) and given:
        return Text(given, given)
    if not isinstance(given, dict):
        return default
    zh, en = given.get("zh"), given.get("en")
    return Text(str(en or zh or default.en), str(zh or en or default.zh))


def titled(title: Any, name: str) -> Text:
    """The label in a title ``状态 · Status``; the field's name where there is no title."""
    if not isinstance(title, str) or not title:
        return Text(name, name)
    zh, _, en = title.partition(" · ")
    return Text(en or zh, zh)


def described(description: Any, default: Text) -> Text:
    """A description of two paragraphs, Chinese first; one paragraph serves both languages."""
    if not isinstance(description, str) or not description:
        return default
    zh, _, en = description.partition("\n\n")
    return Text(en or zh, zh)


def enum_values(codes: Iterable[Any], labels: Mapping[str, Any]) -> tuple[EnumValue, ...]:
    """The allowed values with the labels and aliases of x-textcrm.enum."""
    return tuple(_enum_value(spelled(code), labels) for code in codes)


def spelled(code: Any) -> str:
    """A code of ``enum`` as a file's plain scalar spells it: ``true``, ``3``."""
    return str(code).lower() if isinstance(code, bool) else str(code)


def _enum_value(code: str, labels: Mapping[str, Any]) -> EnumValue:
    given = labels.get(code)
    aliases = given.get("aliases") if isinstance(given, dict) else None
    return EnumValue(code, label_of(given, Text(code, code)), tuple(aliases or ()))


def value_table(values: Iterable[EnumValue]) -> dict[str, EnumValue]:
    """Every word for a value, folded; a code beats a label, a label beats an alias."""
    members = tuple(values)
    table: dict[str, EnumValue] = {}
    for words in (_code, _labels, _aliases):
        for value in members:
            for word in words(value):
                table.setdefault(folded(word), value)
    table.pop("", None)
    return table


def field_table(fields: Iterable[Field]) -> dict[str, Field]:
    """Every word for a field, folded; a name beats a label, a label beats an alias."""
    members = tuple(fields)
    table: dict[str, Field] = {}
    for words in (_name, _labels, _aliases):
        for field in members:
            for word in words(field):
                table.setdefault(folded(word), field)
    table.pop("", None)
    return table


def _code(value: EnumValue) -> tuple[str, ...]:
    return (value.code,)


def _name(field: Field) -> tuple[str, ...]:
    return (field.name,)


def _labels(one: Field | EnumValue) -> tuple[str, ...]:
    return (one.label.zh, one.label.en)


def _aliases(one: Field | EnumValue) -> tuple[str, ...]:
    return one.aliases


_SHOWN: Final = 3
_LISTED: Final = 12
_CUTOFF: Final = 0.6
_OF_TWO: Final = 0.5  # 标鉴 has but one sign of 标签
_AS_GOOD: Final = 0.15


def unknown_field(word: str, fields: Iterable[Field], within: Field | None) -> Misuse:
    """The error for a word that no field answers to, with the nearest ones in its hint.

    Of a whole record the fields inside lists and groups are near as well; a group or list that
    has but few names them all where none is near.
    """
    from textcrm.errors import Misuse

    members = tuple(fields)
    near = _nearest(folded(word), members, deep=within is None)
    few = [] if within is None or len(members) > _LISTED else list(members)
    message = Text("there is no field “{word}”", "没有字段“{word}”")
    if within is not None:
        message = Text("{within} has no field “{word}”", "{within}中没有字段“{word}”")
    hint = Text("all fields: textcrm help fields", "全部字段见 textcrm help fields")
    if near:
        hint = Text(
            "did you mean {near}? All fields: textcrm help fields",
            "是不是 {near}？全部字段见 textcrm help fields",
        )
    elif few:
        hint = Text("fields: {few}", "可用字段：{few}")
    return Misuse(
        "unknown-field",
        message,
        hint=hint,
        word=word,
        near=[_shown(one, within) for one in near],
        few=[_shown(one, within) for one in few],
        known=[one.name for one in members],
        within=within.label if within is not None else "",
    )


def _shown(one: Field, within: Field | None) -> Text:
    """A field by its label and what to type for it."""
    name = one.name if within is not None else "/".join(one.path)
    return Text(f"{one.label.en} ({name})", f"{one.label.zh}（{name}）")


def _nearest(word: str, fields: tuple[Field, ...], *, deep: bool) -> list[Field]:
    """The fields whose words are most like one, the best first; of equal ones the upper."""
    from difflib import SequenceMatcher, get_close_matches

    table: dict[str, list[Field]] = {}
    levels = [fields]
    for level in levels:
        for said, field in field_table(level).items():
            table.setdefault(said, []).append(field)
        levels += [one.fields for one in level if deep and one.fields]
    cutoff = _OF_TWO if len(word) == 2 and not word.isascii() else _CUTOFF
    close = get_close_matches(word, table, n=_SHOWN * 2, cutoff=cutoff)
    likeness = {said: SequenceMatcher(None, said, word).ratio() for said in close}
    least = max(likeness.values(), default=0.0) - _AS_GOOD
    ranked = sorted(
        ((said, field) for said in close if likeness[said] >= least for field in table[said]),
        key=lambda one: (-likeness[one[0]], len(one[1].path)),
    )
    found = {field.path: field for _, field in ranked}
    return list(found.values())[:_SHOWN]
