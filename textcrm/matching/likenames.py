"""Likeness of names: as written, by sound, short for long, misspelt."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from textcrm.matching import evidence
from textcrm.query.fold import has_cjk
from textcrm.query.pinyin import readings

if TYPE_CHECKING:
    from textcrm.matching.names import Name
    from textcrm.matching.profile import Profile

_ALIKE: Final = 80.0
_VERY: Final = 90.0
_FAR: Final = 60.0
_SHORTEST_BRAND: Final = 2


def compare_names(one: Profile, two: Profile) -> str:
    """The finding of the best two names of two customers, aliases too."""
    people = one.person is not False and two.person is not False
    codes = [like_names(a, b, people=people) for a in one.names for b in two.names]
    return max(codes, key=lambda code: evidence.TABLE[code].bits)


@lru_cache(maxsize=262144)
def like_names(one: Name, two: Name, *, people: bool = False) -> str:
    """The finding of two names; ``people`` where neither is known to be an organisation's."""
    if has_cjk(one.core) and has_cjk(two.core):
        return _person(one.core, two.core) if people else _chinese(one, two)
    return _latin(one, two, people=people)


def _person(one: str, two: str) -> str:
    if one == two:
        return "same-person"
    if sound(one) == sound(two):
        return "like-person"
    return (
        "part-name" if one[:1] == two[:1] and sound(one)[-1:] == sound(two)[-1:] else "other-name"
    )


def _chinese(one: Name, two: Name) -> str:
    if one.core == two.core:
        same = one.regions == two.regions and one.organization == two.organization
        return "same-name" if same else "same-core"
    if sound(one.core) == sound(two.core):
        return "same-sound"
    if one.brand == two.brand and len(one.brand) >= _SHORTEST_BRAND:
        # 云栖 for 云栖科技 is short; 云栖科技 and 云栖食品 are two of a group.
        if not one.trade or not two.trade or one.trade in two.trade or two.trade in one.trade:
            return "short-name"
        return "far-name"
    return _misspelt(one, two)


def _misspelt(one: Name, two: Name) -> str:
    from rapidfuzz.distance import OSA
    from rapidfuzz.fuzz import ratio

    whole = ratio(one.core, two.core)
    if whole < _FAR:
        return _contained(one, two)
    brands = ratio(one.brand, two.brand)
    if OSA.distance(one.core, two.core, score_cutoff=1) <= 1 and len(one.core) > 4:
        return "like-name" if brands >= _FAR else "part-name"
    if whole >= _ALIKE and brands >= _ALIKE:
        return "like-name"
    return "part-name" if brands >= _FAR else _contained(one, two)


def _contained(one: Name, two: Name) -> str:
    short, long = sorted((one.core, two.core), key=len)
    if len(short) >= 3 and long.endswith(short):
        return "like-name"
    return "far-name" if len(short) >= _SHORTEST_BRAND and short in long else "other-name"


def _latin(one: Name, two: Name, *, people: bool) -> str:
    from rapidfuzz.fuzz import ratio, token_sort_ratio

    same, like = ("same-person", "like-person") if people else ("same-name", "like-name")
    mine, other = sorted(one.core.split()), sorted(two.core.split())
    if mine == other:
        return same
    if not people and one.core.replace(" ", "") == two.core.replace(" ", ""):
        return "same-core"
    alike = max(ratio(one.core, two.core), token_sort_ratio(one.core, two.core))
    if alike >= _VERY:
        return like
    if set(mine) < set(other) or set(other) < set(mine):
        return "part-name" if people else "short-name"
    if alike >= _ALIKE:
        return like if people else "part-name"
    if people and set(mine) & set(other):
        return "half-name"
    return "far-name" if alike >= _FAR else "other-name"


@lru_cache(maxsize=65536)
def sound(text: str) -> tuple[str, ...]:
    """The usual readings of a name, without tones, one a character."""
    return tuple((readings(char) or (char,))[0] for char in text)
