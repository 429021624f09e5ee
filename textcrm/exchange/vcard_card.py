"""One card of any program as the record that it proposes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.exchange.assembling import unkept
from textcrm.exchange.incoming import Cell
from textcrm.exchange.values import Values
from textcrm.exchange.vcard_fields import (
    ACCOUNTS,
    BINARY,
    GENDERS,
    MAIL_KINDS,
    PHONE_KINDS,
    PLUMBING,
    SOCIAL,
)
from textcrm.exchange.vcard_lines import Card, Line, parts, unescaped
from textcrm.exchange.vcard_names import who_of
from textcrm.findings import Finding
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.exchange.incoming import Setting
    from textcrm.schema import Field

_LABEL: Final = re.compile(r"_\$!<(.*)>!\$_")
_TEL: Final = re.compile(r"tel:", re.IGNORECASE)
_EXTENSION: Final = re.compile(r";ext=(\d+)", re.IGNORECASE)
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):(?://)?(.+)", re.IGNORECASE | re.DOTALL)


class Made:
    """What a card became: the record's tree, what fits no field, what was noticed."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}
        self.left: list[Cell] = []
        self.warnings: list[Finding] = []
        self.problem: Finding | None = None

    def set_aside(self, cell: Cell, field: Field | None) -> None:
        """Keep what a field does not take; what would be sealed cannot be kept, nor the card."""
        if field is not None and field.seal:
            self.problem = self.problem or unkept(field)
        else:
            self.left.append(cell)


class Reader:
    """Reads cards with one schema; what values mean is looked up once."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._values = Values(setting)
        self._fields = {
            name: setting.schema.at(name.split("."))
            for name in (
                "contacts.phones.number",
                "contacts.emails.address",
                "contacts.birthday",
                "contacts.role",
                "website",
                "addresses.street",
            )
        }

    def read(self, card: Card) -> Made:
        """The record that a card proposes."""
        return _Reading(self, card).made()

    def value(self, name: str, text: str, made: Made, heading: str) -> Any:
        """A value for a field, None where it fits it not: it is kept aside then."""
        field: Field | None = self._fields.get(name)
        if field is None:
            made.left.append(Cell(heading, text))
            return None
        found = self._values.read(field, text)
        if found.warning is not None:
            made.warnings.append(found.warning)
        if not found.kept:
            made.set_aside(Cell(heading, text), field)
            return None
        return found.value

    def key(self, name: str, value: Any) -> Any:
        """What a stored value reads as, so that it can be found on its card again."""
        field = self._fields.get(name)
        return self._values.read(field, str(value)).value if field and value else value


class _Reading:
    """One card while it is read."""

    def __init__(self, reader: Reader, card: Card) -> None:
        self._reader = reader
        self._card = card
        self._old = card.version == "2.1"
        self._made = Made()
        self._contact: dict[str, Any] = {}
        self._company: dict[str, Any] = {}
        self._labels = {
            line.group: self._label(line) for line in card.all("X-ABLABEL") if line.group
        }

    def made(self) -> Made:
        """The record; every line of the card is in it, in what was left, or was plumbing."""
        self._who = who_of(self._card, old=self._old)
        self._contact.update(self._who.about)
        self._made.left += self._who.left
        for line in self._card.lines:
            handler = _HANDLERS.get(line.name)
            if line.name in BINARY:
                self._made.warnings.append(_binary(line))
            elif handler is not None:
                handler(self, line)
            elif line.name in ACCOUNTS:
                self._account(ACCOUNTS[line.name], self._text(line), line.name)
            elif line.name not in PLUMBING and line.name != "X-ABLABEL":
                self._left(line)
        self._made.left += [Cell("vCard", one) for one in self._card.unread]
        self._put_together()
        return self._made

    # -- how somebody is reached

    def phone(self, line: Line) -> None:
        text = self._text(line)
        extension = _EXTENSION.search(text)
        bare = _TEL.sub("", _EXTENSION.sub("", text))
        if not bare:
            return
        number = self._reader.value("contacts.phones.number", bare, self._made, line.name)
        if number is None:
            return
        item = {"number": number}
        if isinstance(number, str) and ";ext=" in number:
            item["number"], _, found = number.partition(";ext=")
            item["extension"] = found
        if extension:
            item["extension"] = extension[1]
        self._kind(item, line, PHONE_KINDS)
        self._item("phones", "number", item, preferred=_preferred(line))

    def mail(self, line: Line) -> None:
        text = self._text(line).removeprefix("mailto:")
        if not text:
            return
        address = self._reader.value("contacts.emails.address", text, self._made, line.name)
        if address is not None:
            item = {"address": address}
            self._kind(item, line, MAIL_KINDS)
            self._item("emails", "address", item, preferred=_preferred(line))

    def _kind(self, item: dict[str, Any], line: Line, kinds: tuple[tuple[str, str], ...]) -> None:
        """The kind by the types of the line, else by its label; a label of one's own is a note."""
        label = self._labels.get(line.group, "")
        for word, kind in kinds:
            if word in line.types or word == label.casefold():
                item["kind"] = kind
                return
        if label:
            item["note"] = label

    def _item(self, name: str, key: str, item: dict[str, Any], *, preferred: bool) -> None:
        listed: list[dict[str, Any]] = self._contact.setdefault(name, [])
        if any(one[key] == item[key] for one in listed):
            return
        listed.insert(0 if preferred else len(listed), item)

    def address(self, line: Line) -> None:
        found = [*parts(line.value, old=self._old), *[""] * 7][:7]
        box, extended, street, city, province, code, country = (
            " ".join(one.split("\n")) for one in found
        )
        street = " ".join(one for one in (street, extended, box) if one)
        address: dict[str, Any] = {"kind": "home" if "home" in line.types else "office"}
        if street and not (city or province):
            address |= _parsed(street)
        else:
            address |= {"street": street}
        address |= {
            name: value
            for name, value in (
                ("country", country),
                ("province", province),
                ("city", city),
                ("postal_code", code),
            )
            if value
        }
        if label := self._labels.get(line.group):
            address["note"] = label
        kept = {name: value for name, value in address.items() if value}
        if len(kept) > 1:
            self._company.setdefault("addresses", []).append(kept)

    def website(self, line: Line) -> None:
        text = self._text(line)
        if not text:
            return
        if "website" in self._company:
            self._left(line)
            return
        url = self._reader.value("website", text, self._made, line.name)
        if url is not None:
            self._company["website"] = url

    def im(self, line: Line) -> None:
        """IMPP and X-SOCIALPROFILE: the account by its scheme or type."""
        text = self._text(line)
        match = _SCHEME.fullmatch(text)
        words = [*line.types, *(one.casefold() for one in line.params.get("X-SERVICE-TYPE", ()))]
        for word in words:
            for account, name in SOCIAL.items():
                if word in (name, account):
                    user = line.params.get("X-USER", ("",))[0]
                    bare = match[2] if match and match[1].casefold() != "https" else text
                    self._account(account, user or bare, line.name)
                    return
        if match:
            for account, name in SOCIAL.items():
                if match[1].casefold() in (name, account):
                    self._account(account, match[2], line.name)
                    return
        self._left(line)

    def _account(self, account: str, value: str, heading: str) -> None:
        social = self._contact.setdefault("social", {})
        if value and social.setdefault(account, value) != value:
            field = self._reader.setting.schema.at(("contacts", "social", account))
            self._made.set_aside(Cell(heading, value), field)

    # -- about them

    def birthday(self, line: Line) -> None:
        text = self._text(line).partition("T")[0]
        if line.params.get("X-APPLE-OMIT-YEAR") and len(text) > 5:
            text = "--" + text[4:].replace("-", "")  # a telephone writes the year 1604 for none
        if re.fullmatch(r"\d{8}", text):
            text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        if text:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                day = self._reader.value("contacts.birthday", text, self._made, line.name)
                if day is not None:
                    self._contact["birthday"] = day
            else:  # --0501: a day without its year
                field = self._reader.setting.schema.at(("contacts", "birthday"))
                self._made.set_aside(Cell("BDAY", text), field)

    def gender(self, line: Line) -> None:
        text = self._text(line).partition(";")[0].strip().upper()
        code = next((code for code, sign in GENDERS.items() if text[:1] == sign), None)
        if code is not None:
            self._contact["gender"] = code
        elif text:
            self._left(line)

    def title(self, line: Line) -> None:
        text = self._text(line)
        if text and self._contact.setdefault("title", text) != text:
            self._left(line)

    def role(self, line: Line) -> None:
        text = self._text(line)
        field = self._reader.setting.schema.at(("contacts", "role"))
        known = field.enum_value(text) if field is not None and text else None
        if known is not None:
            self._contact["role"] = known.code
        elif text:
            self._left(line)

    def note(self, line: Line) -> None:
        text = self._text(line)
        if text:
            have = self._contact.get("notes")
            self._contact["notes"] = f"{have}\n{text}" if have else text

    def categories(self, line: Line) -> None:
        tags = self._company.setdefault("tags", [])
        for one in parts(line.value.replace("，", ","), ",", old=self._old):
            if one and one not in tags and one.casefold() != "mycontacts":
                tags.append(one)

    def nickname(self, line: Line) -> None:
        found = [one for one in parts(line.value, ",", old=self._old) if one]
        self._company.setdefault("nicknames", []).extend(found)

    def _left(self, line: Line) -> None:
        text = self._text(line)
        if text.strip(";, "):
            heading = self._labels.get(line.group) or line.name
            self._made.left.append(Cell(heading, text))

    def _text(self, line: Line) -> str:
        return unescaped(line.value, old=self._old).replace("\r\n", "\n").strip()

    def _label(self, line: Line) -> str:
        text = self._text(line)
        match = _LABEL.fullmatch(text)
        return match[1] if match else text

    # -- the record

    def _put_together(self) -> None:
        """A company with its person, a company with its numbers, or somebody by themselves."""
        contact, company = self._contact, self._company
        nicknames = [one for one in company.pop("nicknames", []) if one != self._who.person]
        if not company.get("tags"):
            company.pop("tags", None)
        if self._who.is_firm:
            name = self._who.firm or self._who.person
            if self._who.person and self._who.person not in (name, ""):
                nicknames.insert(0, self._who.person)
            if notes := contact.pop("notes", None):
                company["notes"] = notes
            tree = {"name": name, "kind": "organization"}
            contacts = [contact] if contact else []
        elif self._who.firm:
            tree = {"name": self._who.firm, "kind": "organization"}
            contacts = [{"name": self._who.person, **contact}]
            self._made.left += [Cell("NICKNAME", one) for one in nicknames]
            nicknames = []
        else:
            name = self._who.person or _reached(contact)
            tree = {"name": name, "kind": "person"} if name else {}
            contacts = [{"name": name, **contact}] if name else []
        if nicknames:
            company["aliases"] = list(dict.fromkeys(nicknames))
        self._made.tree = {**tree, **company, **({"contacts": contacts} if contacts else {})}


_HANDLERS: Final[dict[str, Callable[[_Reading, Line], None]]] = {
    "TEL": _Reading.phone,
    "EMAIL": _Reading.mail,
    "ADR": _Reading.address,
    "URL": _Reading.website,
    "IMPP": _Reading.im,
    "X-SOCIALPROFILE": _Reading.im,
    "BDAY": _Reading.birthday,
    "GENDER": _Reading.gender,
    "X-GENDER": _Reading.gender,
    "TITLE": _Reading.title,
    "ROLE": _Reading.role,
    "NOTE": _Reading.note,
    "CATEGORIES": _Reading.categories,
    "NICKNAME": _Reading.nickname,
    "N": lambda _reading, _line: None,
    "FN": lambda _reading, _line: None,
    "ORG": lambda _reading, _line: None,
}


def _preferred(line: Line) -> bool:
    return "pref" in line.types or "1" in line.params.get("PREF", ())


def _parsed(text: str) -> dict[str, str]:
    from textcrm.normalize.address import parse_address

    return parse_address(text)


def _reached(contact: dict[str, Any]) -> str:
    for listed, key in (("emails", "address"), ("phones", "number")):
        for item in contact.get(listed, ()):
            return str(item[key])
    return ""


def _binary(line: Line) -> Finding:
    return Finding(
        "card-picture",
        "warning",
        (),
        Text("{name} of a card is not taken over", "名片中的 {name} 未导入"),
        Text("a picture can be filed with “textcrm attach”", "需要时可用 textcrm attach 归档图片"),
        {"name": line.name},
    )
