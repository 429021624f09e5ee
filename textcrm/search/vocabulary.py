"""Did you mean, out of the catalog: names, tags and words near one that finds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.query.doc import is_name
from textcrm.query.fold import fold_word, has_cjk
from textcrm.search.suggest import near, words_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.catalog.catalog import Catalog
    from textcrm.query.doc import FieldPath
    from textcrm.schema import Field

_MOST: Final = 1500  # words that are looked at closely


def near_words(catalog: Catalog, word: str) -> list[str]:
    """Up to three names, tags or words of names that are near a word, the nearest first."""
    known = words_in(_texts(catalog))
    if len(known) > _MOST:
        known = _likely(fold_word(word[:40]), known)
    return near(word, known)


def _texts(catalog: Catalog) -> Iterator[str]:
    paths = [path for path in _name_paths(catalog.schema.fields) if catalog.values.kept(path)]
    for path in (*paths, ("tags",)):
        for value, _ in catalog.values.distinct(path):
            if isinstance(value, str):
                yield value


def _name_paths(fields: tuple[Field, ...]) -> Iterator[FieldPath]:
    for field in fields:
        if field.seal:
            continue
        if is_name(field):
            yield field.path
        yield from _name_paths(field.fields)


def _likely(typed: str, known: dict[str, str]) -> dict[str, str]:
    """The words that share most of what was typed: by pairs of letters, of Chinese by characters."""
    whole = has_cjk(typed)
    parts = set(typed) if whole else {typed[at : at + 2] for at in range(len(typed) - 1)}

    def shared(text: str) -> float:
        own = sum(part in text for part in parts)
        return own if whole else own - abs(len(text) - len(typed)) / 4

    best = sorted(known, key=shared, reverse=True)[:_MOST]
    return {text: known[text] for text in best}
