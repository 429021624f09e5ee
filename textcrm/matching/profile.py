"""What of a customer is compared with others: names, keys, people, places, in one spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.matching.keys import Key, keys_of
from textcrm.matching.names import Name, parse_name, place_at
from textcrm.normalize.names import is_vague_name, looks_personal, parse_salutation
from textcrm.normalize.regions import regions
from textcrm.query.fold import fold, has_cjk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from textcrm.schema import Schema

_NOT_DIGITS: Final = re.compile(r"\D+")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_HOST: Final = re.compile(r"^(?:https?://)?(?:www\.)?([^/?#:\s]+\.[^/?#:\s]+)")
_MARKET: Final = ("taobao.com", "tmall.com", "1688.com", "jd.com", "weibo.com", "facebook.com")
_SHORTEST: Final = 4


class Place(NamedTuple):
    """An address: GB/T 2260 codes from the province down, street and whole text folded, postcode."""

    levels: tuple[str, ...]
    street: str
    whole: str
    postal: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One customer as others are compared with it; ``person`` is None where nothing tells.

    ``accounts`` are such as ``qq 10001``, ``births`` the digits of birthdays, ``codes`` other
    values that a vault keeps under ``custom``.
    """

    id: str
    names: tuple[Name, ...]
    person: bool | None
    keys: frozenset[Key]
    accounts: frozenset[str]
    people: frozenset[str]
    births: frozenset[str]
    places: tuple[Place, ...]
    domain: str
    codes: frozenset[str]


def profile_of(
    tree: Mapping[str, Any], schema: Schema, record_id: str = "", *, extra: Iterable[Key] = ()
) -> Profile:
    """The profile of a record or of a tree in its form; ``extra`` are keys known otherwise.

    What is sealed has no part in it. Never raises, whatever the tree holds.
    """
    own = tree.get("name")
    texts = [own, *_listed(tree.get("aliases"))] if isinstance(own, str) else []
    names = tuple(dict.fromkeys(parse_name(text[:200]) for text in texts if text.strip()))
    contacts = list(_mappings(tree.get("contacts")))
    keys = keys_of(tree, schema) | frozenset(extra)
    return Profile(
        record_id or str(tree.get("id") or ""),
        names,
        _is_person(tree.get("kind"), own if isinstance(own, str) else "", names),
        frozenset(key for key in keys if key.kind not in ("id", "uid")),
        frozenset(_accounts(contacts)),
        frozenset(_people(contacts)) - {person_key(text) for text in texts},
        frozenset(filter(None, (_digits(one.get("birthday")) for one in contacts))),
        tuple(dict.fromkeys(_places(tree.get("addresses")))),
        _domain(tree.get("website")),
        frozenset(_codes(tree.get("custom"), "")),
    )


def _is_person(kind: object, text: str, names: tuple[Name, ...]) -> bool | None:
    if kind in ("person", "organization"):
        return kind == "person"
    if any(name.organization or name.trade for name in names):
        return False
    return True if looks_personal("".join(text.split())) else None


def _listed(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict) and "sealed" not in one:
            yield one


def _accounts(contacts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for contact in contacts:
        social = contact.get("social")
        if not isinstance(social, dict) or "sealed" in social:
            continue
        for network, handle in social.items():
            if isinstance(handle, str) and "*" not in handle:
                word = "".join(fold(handle).lstrip("@").split())
                if len(word) >= _SHORTEST and len(set(word)) > 1:
                    yield f"{network} {word}"


def _people(contacts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The whole names of contacts: 张经理 and 王女士 are many."""
    for contact in contacts:
        name = contact.get("name")
        if isinstance(name, str) and not is_vague_name(name) and not parse_salutation(name):
            word = person_key(name)
            if len(word) > 1:
                yield word


@lru_cache(maxsize=16384)
def person_key(name: str) -> str:
    """A person's name folded: Chinese without spaces, Latin words in their alphabetical order."""
    folded = fold(name[:200])
    if has_cjk(folded):
        return "".join(folded.split())
    return " ".join(sorted(_NOT_WORD.sub(" ", folded).split()))


def _digits(value: object) -> str:
    """The digits of a day, typed or as somebody wrote it."""
    digits = _NOT_DIGITS.sub("", str(value)) if value is not None else ""
    return digits if len(digits) >= 6 else ""


def _domain(value: object) -> str:
    match = _HOST.match(value.strip().lower()) if isinstance(value, str) else None
    if match is None or match[1].endswith(_MARKET):
        return ""
    return match[1]


def _codes(value: object, at: str) -> Iterator[str]:
    """Short values of a vault's own fields, each with its name."""
    if isinstance(value, dict) and "sealed" not in value:
        for name, one in value.items():
            yield from _codes(one, f"{at}.{name}")
    elif value is not None and not isinstance(value, bool | list | dict):
        word = "".join(fold(str(value)).split())
        if _SHORTEST < len(word) <= 40 and any(char.isdigit() for char in word):
            yield f"{at} {word}"


# -- addresses


def _places(value: object) -> Iterator[Place]:
    for item in _mappings(value):
        texts = [
            one if isinstance(one := item.get(name), str) else ""
            for name in ("province", "city", "district", "street", "postal_code", "region_code")
        ]
        if any(texts[:5]):
            yield _place(*texts)


@lru_cache(maxsize=16384)
def _place(province: str, city: str, district: str, street: str, postal: str, code: str) -> Place:
    line = "".join(dict.fromkeys(filter(None, (province, city, district)))) + street
    if not has_cjk(line):
        whole = " ".join(fold(f"{street} {district} {city} {province}").split())
        return Place((), fold(street), whole, "".join(postal.split()).lower())
    folded = "".join(fold(line).split())
    found, rest = place_at(folded)
    region = regions().by_code.get(found or code)
    levels = tuple(one.code for one in region.path) if region else ()
    return Place(levels, _NOT_WORD.sub("", rest or folded), folded, postal.strip())
