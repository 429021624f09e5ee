"""Words for fields and values: names, labels, aliases, and how they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

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


def unknown_field(word: str, fields: Iterable[Field], within: Field | None) -> Misuse:
    """The error for a word that no field answers to, with the nearest ones in its hint."""
    from textcrm.errors import Misuse

    members = tuple(fields)
    near = _nearest(folded(word), members)
    message = Text("there is no field “{word}”", "没有字段“{word}”")
    if within is not None:
        message = Text("{within} has no field “{word}”", "{within}中没有字段“{word}”")
    hint = Text("fields: {known}", "可用字段：{known}")
    return Misuse(
        "unknown-field",
        message,
        hint=Text("did you mean {near}?", "是不是 {near}？") if near else hint,
        word=word,
        near=[
            Text(f"{one.name} ({one.label.en})", f"{one.name}（{one.label.zh}）") for one in near
        ],
        known=[one.name for one in members],
        within=within.label if within is not None else "",
    )


def _nearest(word: str, fields: tuple[Field, ...]) -> list[Field]:
    import difflib

    table = field_table(fields)
    close = difflib.get_close_matches(word, table, n=1, cutoff=0.75)
    close = close or difflib.get_close_matches(word, table, n=3, cutoff=0.6)
    return list({table[one].name: table[one] for one in close}.values())[:2]
