"""Likeness of two customers: the findings for and against, added up (G1, C4)."""

from __future__ import annotations

from functools import lru_cache
from math import log2
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.matching import evidence
from textcrm.matching.blocking import key_word, name_word, person_word
from textcrm.matching.keys import HIDDEN
from textcrm.matching.likenames import compare_names
from textcrm.matching.profile import person_key
from textcrm.normalize.identifiers import check_uscc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.matching.profile import Place, Profile

_SHARED: Final = 2  # a value of so many customers says all it can
_STRONG: Final = {
    "registration": "same-registration",
    "id_number": "same-id-number",
    "bank_account": "same-bank-account",
    "email": "same-email",
    "phone": "same-phone",
}

_OF_NAMES: Final = ("far-name", "half-name", "other-name", "other-kind")
_MUCH: Final = -4
_NAMED: Final = ("same-name", "same-core", "same-person", "like-person")


class Finding(NamedTuple):
    """One thing that two customers share or differ in: a word of the table, its bits, its data."""

    code: str
    bits: float
    data: dict[str, Any]


class Likeness(NamedTuple):
    """How alike two customers are: 0 to 1, and why, what says most first."""

    score: float
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """What speaks for it and can be told."""
        table = evidence.TABLE
        return tuple(f for f in self.findings if f.bits > 0 and table[f.code].said is not None)


def compare(
    one: Profile, two: Profile, held: Callable[[str], int] = lambda _: _SHARED
) -> Likeness:
    """Compare two customers. ``held`` tells how many give a word: what many share says less."""
    found = [
        *_keys(one, two, held),
        *_names(one, two, held),
        *_people(one, two, held),
        *_places(one, two),
    ]
    bits = evidence.START + sum(each.bits for each in found)
    score = evidence.score_of(bits)
    found.sort(key=lambda each: -each.bits)
    return Likeness(_floored(score, found, one, two, held), tuple(found))


def _floored(
    score: float,
    found: list[Finding],
    one: Profile,
    two: Profile,
    held: Callable[[str], int],
) -> float:
    """A key that only these two have is enough to be listed, where no more than the names differ."""
    against = sum(f.bits for f in found if f.bits < 0 and f.code not in _OF_NAMES)
    if score >= evidence.POSSIBLE or against <= _MUCH:
        return score
    few = any(held(key_word(key)) <= _SHARED for key in one.keys & two.keys)
    return evidence.POSSIBLE if few else score


def finding(code: str, less: float = 0.0, **data: Any) -> Finding:
    """A finding with the bits of the table, less what its being common takes away."""
    bits = evidence.TABLE[code].bits
    return Finding(code, max(0.5, bits - less) if bits > 0 else bits, data)


def _common(count: int) -> float:
    """The bits that a value loses by being common."""
    return log2(count / _SHARED) if count > _SHARED else 0.0


# -- keys


def _keys(one: Profile, two: Profile, held: Callable[[str], int]) -> Iterator[Finding]:
    shared = one.keys & two.keys
    for key in sorted(shared):
        code = _STRONG.get(key.kind)
        if code == "same-phone" and not key.value.startswith("+861"):
            code = "same-phone" if not key.value.startswith("+86") else "same-landline"
        if code is not None:
            shown = "" if HIDDEN in key.value else key.value
            yield finding(code, _common(held(key_word(key))), value=shown)
    yield from _differing_keys(one, two)
    accounts = sorted(one.accounts & two.accounts, key=lambda each: held(f"a {each}"))
    for place, account in enumerate(accounts[:2]):
        network, _, handle = account.partition(" ")
        code = "more-accounts" if place else "same-account"
        yield finding(code, _common(held(f"a {account}")), network=network, value=handle)
    for code in sorted(one.codes & two.codes):
        field, _, value = code.partition(" ")
        yield finding(
            "same-code", _common(held(f"c {code}")), field=field.lstrip("."), value=value
        )
    if one.domain and one.domain == two.domain:
        yield finding("same-website", _common(held(f"d {one.domain}")), value=one.domain)


def _differing_keys(one: Profile, two: Profile) -> Iterator[Finding]:
    for kind in ("registration", "id_number", "phone"):
        mine = {key.value for key in one.keys if key.kind == kind}
        other = {key.value for key in two.keys if key.kind == kind}
        if not mine or not other or mine & other:
            continue
        if kind == "phone":
            yield finding("other-phones")
        elif kind == "id_number":
            yield finding("other-id-number")
        else:
            yield from _other_registration(min(mine), min(other))


def _other_registration(mine: str, other: str) -> Iterator[Finding]:
    if _is_uscc(mine) and _is_uscc(other):
        yield finding("other-company")
    elif _typo(mine, other):
        yield finding("like-registration")
    else:
        yield finding("other-registration")


@lru_cache(maxsize=16384)
def _is_uscc(code: str) -> bool:
    return len(code) == 18 and check_uscc(code) is None


def _typo(one: str, two: str) -> bool:
    """Whether two codes differ in one character, or two that changed places."""
    from rapidfuzz.distance import OSA

    return OSA.distance(one, two, score_cutoff=1) <= 1


# -- names


def _names(one: Profile, two: Profile, held: Callable[[str], int]) -> Iterator[Finding]:
    if not one.names or not two.names:
        return
    code = compare_names(one, two)
    common = 0
    if code in _NAMED:
        common = max(held(name_word(name.core)) for name in one.names + two.names)
    yield finding(code, _common(common))
    if one.person is not None and two.person is not None and one.person != two.person:
        yield finding("other-kind")
    yield from _place_in_name(one, two)
    branches = [{name.branch for name in side.names if name.branch} for side in (one, two)]
    if branches[0] != branches[1] and code not in ("other-name", "far-name"):
        yield finding("other-branch")


def _place_in_name(one: Profile, two: Profile) -> Iterator[Finding]:
    """伊春关坝机械 and 韶关关坝机械 are two; 浙江云栖 and 杭州云栖 may be one."""
    mine = [name.regions for name in one.names if name.regions]
    other = [name.regions for name in two.names if name.regions]
    if mine and other:
        fitting = any(_compatible(a, b) for a in mine for b in other)
        yield finding("same-place-in-name" if fitting else "other-place-in-name")


def _compatible(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether one place lies in the other."""
    return all(a == b for a, b in zip(one, two, strict=False))


# -- people and days


def _people(one: Profile, two: Profile, held: Callable[[str], int]) -> Iterator[Finding]:
    mine, other = one.people, two.people
    if (one.person is False) != (two.person is False):
        # 张三, and the company whose contact he is.
        mine, other = mine | _own_name(one), other | _own_name(two)
    shared = mine & other
    if shared:
        least = min(held(person_word(name)) for name in shared)
        yield finding("same-contact", _common(least), value=min(shared))
    elif one.people and two.people and not _alike_people(one, two):
        yield finding("other-contacts")
    if one.births and two.births:
        if one.births & two.births:
            yield finding("same-birthday")
        elif any(_typo(a, b) for a in one.births for b in two.births):
            yield finding("like-birthday")
        elif one.person is not False or two.person is not False:
            yield finding("other-birthday")


def _own_name(one: Profile) -> frozenset[str]:
    if one.person is False:
        return frozenset()
    return frozenset(person_key(name.core) for name in one.names)


def _alike_people(one: Profile, two: Profile) -> bool:
    from rapidfuzz.fuzz import ratio

    return any(ratio(a, b) >= 75 for a in one.people for b in two.people)


# -- places


def _places(one: Profile, two: Profile) -> Iterator[Finding]:
    if not one.places or not two.places:
        return
    codes = [_place(mine, other) for mine in one.places for other in two.places]
    best = max(codes, key=lambda code: evidence.TABLE[code].bits if code else 0)
    if best:
        yield finding(best)


@lru_cache(maxsize=65536)
def _place(one: Place, two: Place) -> str:
    from rapidfuzz.fuzz import ratio

    if one.whole == two.whole:
        return "same-address"
    if one.levels and two.levels:
        if not _compatible(one.levels, two.levels):
            same = one.levels[:2] == two.levels[:2]
            return "other-address" if same else "other-city"
        alike = ratio(one.street, two.street) / 100
        if one.street == two.street and one.street:
            return "same-address"
        if _numbers(one.street) != _numbers(two.street):
            return "same-city"
        return "like-address" if alike >= 0.75 else "same-city"
    return _foreign(one, two)


def _foreign(one: Place, two: Place) -> str:
    """Addresses that no table of places knows, by their words in any order."""
    from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

    alike = token_sort_ratio(one.whole, two.whole)
    for least, code in ((95, "same-address"), (80, "like-address")):
        if alike >= least:
            return code
    one_door = bool(one.postal) and one.postal == two.postal
    same_number = _numbers(one.street) == _numbers(two.street) != ()
    # One of them has a building more: 66 Darmody Street, Caravan Park.
    if one_door and same_number and token_set_ratio(one.street, two.street) >= 80:
        return "like-address"
    if alike >= 65 or (one_door and alike >= 55):
        return "near-address"
    return "other-address" if alike < 50 else ""


@lru_cache(maxsize=16384)
def _numbers(street: str) -> tuple[str, ...]:
    """The numbers in a street: 号 of one road are neighbours, not one address."""
    number = "".join(char if char.isdigit() else " " for char in street)
    return tuple(number.split()[:1])
