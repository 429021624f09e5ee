"""Who a card is of: a person, a company, or a person of a company; FN, N and ORG taken together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.exchange.incoming import Cell
from textcrm.exchange.vcard_lines import parts, unescaped

if TYPE_CHECKING:
    from textcrm.exchange.vcard_lines import Card

_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


class Who(NamedTuple):
    """The person's and the company's name (either may be empty), whether the card is the company's
    own, what else the names say of the contact, and what fits nowhere.
    """

    person: str
    firm: str
    is_firm: bool
    about: dict[str, str]
    left: tuple[Cell, ...]


def who_of(card: Card, *, old: bool) -> Who:
    """Read the names of a card; ``old`` is 2.1."""
    names = [one for one in _texts(card, "FN", old=old) if one]
    built, prefix = _built(card, old=old)
    person = names[0] if names else built
    if built and _HAN.search(built) and sorted(built) == sorted(person.replace(" ", "")):
        person = built  # 伟 张 is how programs show 张伟
    organisation = next((parts(one.value, old=old) for one in card.all("ORG")), [])
    firm = " ".join(organisation[0].split()) if organisation else ""
    if not person and not firm:
        person = next(iter(_texts(card, "NICKNAME", old=old)), "")
    person = " ".join(person.split())
    about = {}
    if rest := [one for one in organisation[1:] if one]:
        about["department"] = " ".join(rest)
    if prefix:
        about["salutation"] = prefix
    left = [Cell("FN", one) for one in dict.fromkeys(names[1:]) if one != person]
    plain = "".join(person.split()).casefold()
    if built and any(part.casefold() not in plain for part in built.split()):
        left.append(Cell("N", built))
    return Who(person, firm, _is_firm(card, person, firm, built, old=old), about, tuple(left))


def _is_firm(card: Card, person: str, firm: str, built: str, *, old: bool) -> bool:
    kinds = {one.casefold() for one in _texts(card, "KIND", old=old)}
    shown = {one.casefold() for one in _texts(card, "X-ABSHOWAS", old=old)}
    alone = bool(firm) and (not person or (firm == person and not built))
    return bool(kinds & {"org", "organization"}) or "company" in shown or alone


def _built(card: Card, *, old: bool) -> tuple[str, str]:
    """The name that N makes, as it is written in its language, and its prefix (Dr)."""
    for line in card.all("N"):
        found = [*parts(line.value, old=old), *[""] * 5][:5]
        family, given, middle, prefix, suffix = found
        if _HAN.search(family + given):
            return f"{family}{middle}{given}".replace(" ", ""), prefix
        return " ".join(one for one in (given, middle, family, suffix) if one), prefix
    return "", ""


def _texts(card: Card, name: str, *, old: bool) -> list[str]:
    return [unescaped(line.value, old=old).strip() for line in card.all(name)]
