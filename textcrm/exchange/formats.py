"""The registry of formats that can be read, in plain sight: a new one is one entry here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.exchange.incoming import Format, Source

# In the order in which they are asked; each entry imports its reader when it is called.
FORMATS: Final[dict[str, Format]] = {}


def recognise(source: Source, name: str | None = None) -> Format:
    """The format of a source: the one that is named, the first that tells it, by suffix last.

    Raises Misuse (unknown-format) where nobody knows it.
    """
    if name is not None:
        if (chosen := FORMATS.get(name.casefold())) is not None:
            return chosen
        raise _unknown(Text("there is no format “{word}”", "没有格式“{word}”"), name)
    for one in FORMATS.values():
        if one.tells(source):
            return one
    for one in FORMATS.values():
        if source.name.casefold().endswith(one.suffixes):
            return one
    raise _unknown(
        Text("{word} is in no format that can be read", "{word} 的格式无法识别"), source.name
    )


def _unknown(message: Text, word: str) -> Misuse:
    return Misuse(
        "unknown-format",
        message,
        hint=Text("formats: {known}", "可用格式：{known}"),
        word=word,
        known=list(FORMATS),
    )
