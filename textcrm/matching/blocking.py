"""Blocking: the few pairs that are worth comparing, found by words that both customers give.

A word is a text such as ``k phone +8613912345679``; how many customers give it tells how common a
value is. Words that begin with ``=`` are only counted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from textcrm.matching.likenames import sound
from textcrm.query.fold import has_cjk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from textcrm.matching.keys import Key
    from textcrm.matching.profile import Place, Profile

LARGEST: Final = 60
"""A block of more customers is no block: what so many share says nothing."""


def key_word(key: Key) -> str:
    """The word of a key."""
    return f"k {key.kind} {key.value}"


def name_word(core: str) -> str:
    """The word of a name: its sound, or its Latin words in their alphabetical order."""
    return f"n {' '.join(sound(core) if has_cjk(core) else sorted(core.split()))}"


def person_word(name: str) -> str:
    """The word of a contact's name, which is too common to block by."""
    return f"= {name}"


def words_of(profile: Profile) -> frozenset[str]:
    """What a customer is looked up and counted by."""
    return frozenset(_words(profile))


def _words(profile: Profile) -> Iterator[str]:
    yield from map(key_word, profile.keys)
    yield from (f"a {account}" for account in profile.accounts)
    yield from (f"c {code}" for code in profile.codes)
    if profile.domain:
        yield f"d {profile.domain}"
    for name in profile.names:
        yield name_word(name.core)
        yield from _of_name(name.core, name.brand)
    yield from _of_days(profile)
    for place in profile.places:
        yield from _of_place(place, profile)
    yield from map(person_word, profile.people)


def _of_name(core: str, brand: str) -> Iterator[str]:
    """A short name and a long one by their brand, others by their ends, where places differ."""
    if has_cjk(core):
        yield name_word(brand)
        if len(core) > 3:
            yield f"t {core[-4:]}"
            yield f"h {core[:4]}"
    else:
        yield f"s {core.replace(' ', '')}"


def _of_days(profile: Profile) -> Iterator[str]:
    """A birthday; where it or the name has a mistake, the rest of both."""
    for day in profile.births:
        yield f"b {day}"
        for name in profile.names:
            for part in name.core.split():
                yield f"y {day[:4]} {part[:4]}"
                yield f"m {day[4:]} {part[:4]}"


def _of_place(place: Place, profile: Profile) -> Iterator[str]:
    area = place.levels[-1] if place.levels else place.postal
    if place.levels:
        if place.street:
            yield f"p {area} {place.street}"
    else:
        yield f"w {place.whole}"
        yield f"w {place.street} {place.postal}"
        words = place.street.split()
        if len(words) > 1:
            yield f"w {words[0]} {words[1][:5]} {place.postal[:3]}"
    if area:
        yield from (f"z {area} {person}" for person in profile.people)
        for name in profile.names:
            parts = [name.core[:2]] if has_cjk(name.core) else name.core.split()
            yield from (f"z {area} {part[:3]}" for part in parts)


# -- in memory


def candidates(words: Sequence[Iterable[str]]) -> list[tuple[int, int]]:
    """Pairs of places in a list of customers' words that share one, each pair once."""
    blocks: dict[str, list[int]] = {}
    for place, own in enumerate(words):
        for word in own:
            if not word.startswith("="):
                blocks.setdefault(word, []).append(place)
    return pairs_of(blocks.values())


def pairs_of(blocks: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
    """The pairs inside blocks that are not too large, each once, in order."""
    return limited_pairs(blocks, None)[0]


def limited_pairs(
    blocks: Iterable[Sequence[int]], most: int | None, wanted: Collection[int] | None = None
) -> tuple[list[tuple[int, int]], int]:
    """As :func:`pairs_of`, about ``most`` of them; and how many blocks were left out for that.

    With ``wanted`` only pairs with at least one of these.

    What few share says most: those are the first. A vault of names that all resemble each other
    has more pairs than can be compared, and most of them tell nothing.
    """
    fitting = sorted(
        (len(members), sorted(members)) for members in blocks if 1 < len(members) <= LARGEST
    )
    seen: set[tuple[int, int]] = set()
    for place, (_, row) in enumerate(fitting):
        if most is not None and len(seen) >= most:
            return sorted(seen), len(fitting) - place
        if wanted is None:
            for at, one in enumerate(row):
                seen.update((one, two) for two in row[at + 1 :])
        else:
            for one in row:
                if one in wanted:
                    seen.update((min(one, two), max(one, two)) for two in row if two != one)
    return sorted(seen), 0


def counted(words: Iterable[Iterable[str]]) -> Mapping[str, int]:
    """How many customers give each word."""
    return Counter(word for own in words for word in own)
