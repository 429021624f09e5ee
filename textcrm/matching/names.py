"""Names of customers as they are compared: what is no part of the name itself is set apart."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from textcrm.normalize.address import parse_address
from textcrm.normalize.regions import regions
from textcrm.query.fold import fold, has_cjk

_SUFFIX: Final = re.compile(
    r"(?:(?:集团)?(?:股份)?(?:有限责任|有限|股份|无限责任)?(?:总公司|分公司|子公司|公司)"
    r"|(?:有限|普通|特殊普通)合伙(?:企业)?|(?<=.)(?:集团|个体工商户|个体户|农民专业合作社|合作社))+$"
)
_BRANCH: Final = re.compile(r"公司(.{1,12}?(?:分公司|办事处|分店|分部|分行|支行|门店|店|厂))$")
_LATIN_SUFFIX: Final = re.compile(
    r"(?:[\s,.&]+(?:incorporated|inc|limited|ltd|co|corp|corporation|company|llc|llp|plc|gmbh|ag|"
    r"kg|sa|sas|sarl|srl|spa|bv|nv|ab|oy|as|pty|pte|sdn|bhd|kk|the|and))+\.?$"
)
_LATIN_PREFIX: Final = re.compile(r"^(?:the)\s+")
_BRACKETED: Final = re.compile(r"[(\[【〔「<《]([^()\[\]【】〔〕「」<>《》]*)[)\]】〕」>》]")
_NOT_LETTERS: Final = re.compile(r"[\W_]+")


class Name(NamedTuple):
    """A name set apart: ``core`` is what distinguishes it, folded, without spaces.

    ``regions`` are the codes of the places that it names, from the province down, ``organization``
    says whether a legal form was taken off, ``branch`` names a part of the whole.
    """

    core: str
    regions: tuple[str, ...]
    organization: bool
    branch: str


def core_of(text: str) -> str:
    """What distinguishes a name: ``（杭州）云栖科技有限公司`` and ``雲棲科技`` give one."""
    return parse_name(text).core


@lru_cache(maxsize=65536)
def parse_name(text: str) -> Name:
    """Set a name apart. A name that is nothing but a place or a form keeps it as its core."""
    folded = fold(text)
    if not has_cjk(folded):
        return _latin(folded)
    word = "".join(folded.split())
    places: list[str] = []
    word, kept = _unbracketed(word, places)
    branch = ""
    if match := _BRANCH.search(word):
        branch, word = match[1], word[: match.start(1)]
    core = _SUFFIX.sub("", word)
    organization = core != word
    core, own = _without_place(core or word)
    places[:0] = own
    core = _NOT_LETTERS.sub("", core + kept) or _NOT_LETTERS.sub("", word) or word
    return Name(core, tuple(dict.fromkeys(places)), organization, branch)


def _latin(folded: str) -> Name:
    word = _LATIN_PREFIX.sub("", _BRACKETED.sub(" ", folded).strip(" .,"))
    core = _LATIN_SUFFIX.sub("", word)
    organization = core != word
    core = " ".join(_NOT_LETTERS.sub(" ", core or word).split())
    return Name(core or folded, (), organization, "")


def _unbracketed(word: str, places: list[str]) -> tuple[str, str]:
    """Take out what stands in brackets: a place is noted, anything else stays part of the name."""
    kept: list[str] = []

    def take(match: re.Match[str]) -> str:
        code, rest = place_at(match[1])
        if code and not rest:
            places.extend(_levels(code))
        elif not _SUFFIX.fullmatch(match[1]):
            kept.append(match[1])
        return ""

    rest = _BRACKETED.sub(take, word)
    return (rest, "".join(kept)) if _NOT_LETTERS.sub("", rest) else (word, "")


def _without_place(word: str) -> tuple[str, list[str]]:
    """Take a place off the front, where something is left after it."""
    code, rest = place_at(word)
    return (rest, _levels(code)) if code and len(rest) >= 2 else (word, [])


@lru_cache(maxsize=65536)
def place_at(word: str) -> tuple[str, str]:
    """The code (GB/T 2260) of the place that a text begins with, and what follows it."""
    parts = parse_address(word)
    return parts.get("region_code", ""), parts.get("street", "")


def _levels(code: str) -> list[str]:
    """The codes of a place from its province down."""
    region = regions().by_code.get(code)
    return [one.code for one in region.path] if region else [code]
