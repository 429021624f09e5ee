"""vCard out: a card for each contact, as phones and mail programs read it; nothing of a record lost.

The first card of a customer carries, as X-TEXTCRM-* properties, what vCard has no word for; each
card carries its contact whole. Programs that do not know them leave them alone.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.exchange.export_columns import main_contact_place
from textcrm.exchange.json_writer import jsonable
from textcrm.exchange.vcard_fields import (
    ADDRESS_TYPES,
    CONTACT,
    EMAIL_TYPES,
    GENDERS,
    MORE,
    PHONE_TYPES,
    SOCIAL,
    property_of,
)
from textcrm.exchange.vcard_lines import escaped, spelled, structured
from textcrm.normalize.surnames import COMPOUND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textcrm.exchange.export_cells import Settings
    from textcrm.exchange.export_customers import Customer, Source

    Tree = Mapping[str, Any]

_DEAD: Final = "dead"
_SUFFIX: Final = re.compile(r"(?:jr|sr|esq|ph\.?d|m\.?d|ii|iii|iv)\.?", re.IGNORECASE)
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


def chunks(source: Source, settings: Settings) -> Iterator[str]:
    """The cards, a customer at a time."""
    for customer in source:
        yield "".join(cards_of(customer, settings))


def cards_of(customer: Customer, settings: Settings) -> Iterator[str]:
    """A customer's cards: the main contact's first, or its own where it has no contacts."""
    contacts = list(_listed(customer.tree, "contacts"))
    place = main_contact_place(customer.tree)
    if place < len(contacts):
        contacts.insert(0, contacts.pop(place))
    for number, contact in enumerate(contacts or [{}]):
        card = _Card(customer, contact, settings)
        yield from card.lines(first=number == 0, place=place if number == 0 else None)


def card_of(customer: Customer, contact: Tree, settings: Settings) -> str:
    """One card as it is written for a contact, without our own properties."""
    card = _Card(customer, contact, settings)
    return "".join((*card.head(), *card.about(), spelled("END", "VCARD")))


class _Card:
    """One card on its way out."""

    def __init__(self, customer: Customer, contact: Tree, settings: Settings) -> None:
        self.tree = customer.tree
        self.customer = customer
        self.contact = contact
        self.settings = settings
        self.new = settings.vcard != "3.0"
        self.is_person = self.tree.get("kind") == "person"

    def lines(self, *, first: bool, place: int | None) -> Iterator[str]:
        """The card's lines."""
        yield from self.head()
        if not self.settings.contact_only:
            yield from self.about()
            yield from self._ours(first=first, place=place)
        yield spelled("END", "VCARD")

    def head(self) -> Iterator[str]:
        """Who it is, and how they are reached."""
        yield spelled("BEGIN", "VCARD")
        yield spelled("VERSION", "4.0" if self.new else "3.0")
        yield from self._who()
        yield from self._reached()

    def _who(self) -> Iterator[str]:
        name = _text(self.contact.get("name")) or self.customer.name
        alone = self.is_person or not self.contact.get("name") or name == self.customer.name
        company = alone and not self.is_person
        yield spelled("FN", escaped(name))
        yield spelled("N", structured(("", "", "", "", "") if company else _name_parts(name)))
        if company:
            yield spelled("KIND", "org") if self.new else spelled("X-ABSHOWAS", "COMPANY")
        if not self.is_person:
            parts = (self.customer.name, _text(self.contact.get("department")))
            yield spelled("ORG", structured(one for one in parts if one))
        if title := _text(self.contact.get("title")):
            yield spelled("TITLE", escaped(title))

    def _reached(self) -> Iterator[str]:
        only = self.settings.contact_only
        phones = [one for one in _listed(self.contact, "phones") if _text(one.get("number"))]
        if only:
            phones = [one for one in phones if one.get("verification") != _DEAD]
        for number, phone in enumerate(phones):
            yield self._phone(phone, preferred=number == 0)
        for mail in _listed(self.contact, "emails"):
            kind = EMAIL_TYPES.get(_text(mail.get("kind")), "internet")
            if (address := _text(mail.get("address"))) and not (
                only and mail.get("verification") == _DEAD
            ):
                kind = kind if self.new else kind.upper()
                yield spelled(
                    "EMAIL", escaped(address), {} if kind == "internet" else {"TYPE": kind}
                )
        given = self.contact.get("social")
        social = given if isinstance(given, dict) else {}
        for account, name in SOCIAL.items():
            if value := _text(social.get(account)):
                yield spelled("X-SOCIALPROFILE", escaped(value), {"TYPE": name})

    def _phone(self, phone: Tree, *, preferred: bool) -> str:
        number, extension = _text(phone.get("number")), _text(phone.get("extension"))
        kind = PHONE_TYPES.get(_text(phone.get("kind")), "voice")
        if not self.new:
            types = f";TYPE={kind.upper()}" + (",PREF" if preferred else "")
            return spelled("TEL", number + (f",{extension}" if extension else ""), bare=types)
        params = {"TYPE": kind, **({"PREF": "1"} if preferred else {})}
        if number.startswith("+") and number[1:].isdigit():
            tail = f";ext={extension}" if extension else ""
            return spelled("TEL", f"tel:{number}{tail}", {"VALUE": "uri", **params})
        return spelled("TEL", escaped(number + (f",{extension}" if extension else "")), params)

    def about(self) -> Iterator[str]:
        """What else vCard has a word for."""
        for address in _listed(self.tree, "addresses"):
            yield spelled("ADR", structured(address_parts(address)), self._address_type(address))
        if url := _text(self.tree.get("website")):
            yield spelled("URL", escaped(url))
        if isinstance(day := self.contact.get("birthday"), dt.date):
            yield spelled("BDAY", f"{day:%Y%m%d}" if self.new else day.isoformat())
        if sex := GENDERS.get(_text(self.contact.get("gender"))):
            yield spelled("GENDER", sex) if self.new else spelled("X-GENDER", sex)
        listed = self.tree.get("tags")
        tags = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
        if tags:
            yield spelled("CATEGORIES", ",".join(map(escaped, tags)))
        if note := _text(self.contact.get("notes") if self.contact else self.tree.get("notes")):
            yield spelled("NOTE", escaped(note))

    def _address_type(self, address: Tree) -> dict[str, str]:
        kind = ADDRESS_TYPES.get(_text(address.get("kind")), "work")
        return {"TYPE": kind if self.new else kind.upper()}

    def _ours(self, *, first: bool, place: int | None) -> Iterator[str]:
        """What vCard has no word for, under names of our own."""
        key = _text(self.contact.get("id")) or "0"
        if self.customer.uid:
            yield spelled("UID", f"textcrm-{self.customer.uid}-{key}")
        yield spelled(property_of("id"), escaped(self.customer.id))
        if self.contact:
            where = {"FORM": "json", **({"PLACE": str(place)} if place else {})}
            yield spelled(CONTACT, _json(self.contact), where)
        if not first:
            return
        schema = self.settings.schema
        known = {field.name for field in schema.fields}
        rest = {name: one for name, one in self.tree.items() if name not in known}
        for name, value in self.tree.items():
            if name in known and name not in ("id", "contacts") and value is not None:
                yield self._own(property_of(name), value)
        if rest:
            yield self._own(MORE, rest)

    def _own(self, name: str, value: Any) -> str:
        """A property of our own: a plain text as it stands, anything else as JSON."""
        plain = jsonable(value)
        if isinstance(plain, str) and plain == plain.strip() and not _CONTROLS.search(plain):
            return spelled(name, escaped(plain))
        return spelled(name, _json(value), {"FORM": "json"})


def address_parts(address: Tree) -> tuple[str, ...]:
    """An address as ADR has it: box, extension, street, city, region, code, country.

    The district goes before the street, as it is written in Chinese.
    """
    names = ("district", "street", "city", "province", "postal_code", "country")
    district, street, *rest = (_text(address.get(name)) for name in names)
    gap = " " if district and street and (district + street).isascii() else ""
    return ("", "", f"{district}{gap}{street}", *rest)


def _name_parts(name: str) -> tuple[str, ...]:
    """Family and given name (N): compound surnames in two characters, Latin names by the last word."""
    word = name.strip()
    if word and all("\u3400" <= char <= "\u9fff" or ord(char) > 0xFFFF for char in word):
        cut = 2 if word[:2] in COMPOUND and len(word) > 2 else 1
        return word[:cut], word[cut:], "", "", ""
    word, suffix = _without_suffix(word)
    given, _, family = word.rpartition(" ")
    return family, given, "", "", suffix


def _without_suffix(name: str) -> tuple[str, str]:
    """A Latin name without what follows it (Jr., III, PhD), and that."""
    head, _, last = name.rpartition(" ")
    if " " in head and _SUFFIX.fullmatch(last):
        return head.rstrip(","), last
    return name, ""


def _json(value: Any) -> str:
    plain = jsonable(value)
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=str)
    return escaped(text.replace("\x7f", "\\u007f"))


def _listed(tree: Tree, name: str) -> list[Tree]:
    value = tree.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
