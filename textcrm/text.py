"""Bilingual text: one sentence in English and Chinese, side by side where it is used."""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


class Text:
    """A sentence in both languages, with ``{named}`` places for data.

    Both forms must name the same places (a test walks the code for that). Data may itself be
    ``Text``, or a list of values, which is joined in the way of the language.
    """

    __slots__ = ("en", "zh")

    def __init__(self, en: str, zh: str) -> None:
        self.en = en
        self.zh = zh

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.en, self.zh) == (other.en, other.zh)

    def __hash__(self) -> int:
        return hash((self.en, self.zh))

    def __repr__(self) -> str:
        return f"Text({self.en!r}, {self.zh!r})"

    def __str__(self) -> str:
        return self.en

    def say(self, language: Language = "en", /, **data: object) -> str:
        """Give the sentence in one language with its places filled."""
        sentence = self.zh if language == "zh" else self.en
        if not data:
            return sentence
        return sentence.format(**{name: spoken(value, language) for name, value in data.items()})


def same(word: str) -> Text:
    """Text that reads alike in both languages: a name, a code, a number."""
    return Text(word, word)


def spoken(value: object, language: Language) -> object:
    """Turn a value into what a sentence of that language shows for it."""
    if isinstance(value, Text):
        return value.say(language)
    if isinstance(value, list | tuple):
        separator = "、" if language == "zh" else ", "
        return separator.join(str(spoken(item, language)) for item in value)
    return value
