"""Values out of a list: enum words in either language to their codes (B3, D6-D8), yes and no."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from textcrm.errors import Misuse
from textcrm.normalize.keys import levelled, shortened, words
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.schema import EnumValue, Field

_YES: Final = words("是 有 对 要 需要 已 真 启用 yes y true t on 1 ✓ √ 是的")
_NO: Final = words("否 无 没有 不 不是 不要 不需要 未 假 停用 no n false f off 0 ✗ × 不是的")
_BETWEEN: Final = "/、,，;；+和与及 "
_LONGEST: Final = 80


def choose(field: Field, text: str) -> EnumValue:
    """Find the allowed value that a word means: code, label in either language, alias.

    Raises Misuse (unknown-value) with the nearest words and the allowed ones; its sentence is
    another where two values were run together (展会转介绍).
    """
    value = field.enum_value(text.strip()) or field.enum_value(levelled(text))
    if value is not None:
        return value
    several = _several(field, text)
    if several:
        raise _unknown(
            field,
            text,
            Text(
                "“{value}” is several values of {field} in one",
                "“{value}”把{field}的多个选项写在了一起",
            ),
            Text("choose one: {near}", "请选择其中一个：{near}"),
            several,
        )
    near = _nearest(field, text)
    hint = (
        Text("did you mean {near}? Allowed: {allowed}", "是不是 {near}？可选：{allowed}")
        if near
        else Text("allowed: {allowed}", "可选：{allowed}")
    )
    message = Text("“{value}” is no value of {field}", "“{value}”不是{field}的可选项")
    raise _unknown(field, text, message, hint, near)


def parse_boolean(field: Field, text: str) -> bool:
    """Read 是, 否, yes, no, true, false and their like. Raises Misuse (unknown-value)."""
    word = levelled(text).casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise Misuse(
        "unknown-value",
        Text("“{value}” is neither yes nor no", "“{value}”不是“是”或“否”"),
        hint=Text("write yes or no", "请写“是”或“否”"),
        value=shortened(text),
        field=field.label,
        allowed=["true", "false"],
    )


def _unknown(
    field: Field, text: str, message: Text, hint: Text, near: Sequence[EnumValue]
) -> Misuse:
    return Misuse(
        "unknown-value",
        message,
        hint=hint,
        value=shortened(text),
        field=field.label,
        near=[_shown(value) for value in near],
        allowed=[_shown(value) for value in field.enum],
    )


def _shown(value: EnumValue) -> Text:
    """A value as people choose it: its label, and its code where that is another word."""
    en = value.label.en if value.label.en == value.code else f"{value.label.en} ({value.code})"
    return Text(en, f"{value.label.zh}（{value.code}）")


def _words(value: EnumValue) -> tuple[str, ...]:
    return (value.code, value.label.zh, value.label.en, *value.aliases)


def _key(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().replace(" ", "").replace("_", "")


def _several(field: Field, text: str) -> list[EnumValue]:
    """The values that make up a word when two or more stand in it without a rest."""
    table = {_key(word): value for value in field.enum for word in _words(value)}
    rest = levelled(text).casefold()
    found: list[EnumValue] = []
    if len(rest) > _LONGEST:
        return []
    while rest := rest.lstrip(_BETWEEN):
        fitting = max(
            (word for word in table if word and rest.startswith(word)), key=len, default=""
        )
        if not fitting:
            return []
        found.append(table[fitting])
        rest = rest[len(fitting) :]
    return found if len({value.code for value in found}) > 1 else []


def _nearest(field: Field, text: str) -> list[EnumValue]:
    import difflib

    table = {_key(word): value for value in field.enum for word in _words(value)}
    word = _key(text[:_LONGEST])
    close = difflib.get_close_matches(word, list(table), n=2, cutoff=0.5)
    # 合作 is the beginning of 合作中; two characters are too few for a likeness.
    sharing = [
        key for key in table if len(word) > 1 and (key.startswith(word) or word.startswith(key))
    ]
    return list({table[key].code: table[key] for key in (*close, *sharing)}.values())[:2]
