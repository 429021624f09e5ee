"""The layouts of address books: Google (old and new), Outlook (web and desktop), Thunderbird."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_GOOGLE: Final = {
    "Name": "contacts/0/name:whole",
    "First Name": "contacts/0/name:first",
    "Given Name": "contacts/0/name:first",
    "Middle Name": "contacts/0/name:middle",
    "Additional Name": "contacts/0/name:middle",
    "Last Name": "contacts/0/name:last",
    "Family Name": "contacts/0/name:last",
    "Name Prefix": "contacts/0/name:prefix",
    "Name Suffix": "contacts/0/name:suffix",
    "Organization Name": "name",
    "Organization Title": "contacts/0/title",
    "Organization Department": "contacts/0/department",
    "Birthday": "contacts/0/birthday",
    "Gender": "contacts/0/gender",
    "Occupation": "contacts/0/occupation",
    "Hobby": "contacts/0/interests",
    "Notes": "contacts/0/notes",
    "Labels": "tags",
    "Group Membership": "tags",
    "Nickname": "custom",
    "Short Name": "custom",
    "Photo": "custom",
}
_NUMBERED: Final = re.compile(
    r"(E-mail|Phone|Address|Website|IM|Event|Relation|Custom Field|Organization) (\d+) - (.+)",
    re.IGNORECASE,
)
_KIND_WORDS: Final = ("label", "type")
_ADDRESS: Final = {
    "formatted": "whole",
    "street": "street:1",
    "extended address": "street:2",
    "po box": "street:3",
    "city": "city",
    "region": "province",
    "postal code": "postal_code",
    "country": "country",
}
_ORGANIZATION: Final = {
    "name": "name",
    "title": "contacts/0/title",
    "department": "contacts/0/department",
}


def google_target(heading: str, targets: Mapping[str, str]) -> str | None:
    """Where a column of a Google export goes; the numbered ones (``Phone 2 - Value``) by rule."""
    match = _NUMBERED.fullmatch(heading.strip())
    if match is None:
        word = heading.strip().casefold()
        return next((to for name, to in targets.items() if name.casefold() == word), None)
    kind, number, part = match[1].casefold(), match[2], match[3].casefold()
    labelled = part in _KIND_WORDS
    if kind == "e-mail":
        return f"contacts/0/emails/{number}/{'kind:word' if labelled else 'address'}"
    if kind == "phone":
        return f"contacts/0/phones/{number}/{'kind:word' if labelled else 'number'}"
    if kind == "address":
        if part == "formatted":
            return f"addresses/{number}:whole"
        name = "kind:word" if labelled else _ADDRESS.get(part)
        return f"addresses/{number}/{name}" if name else "custom"
    if kind == "organization":
        return _ORGANIZATION.get(part, "custom") if number == "1" else "custom"
    if kind == "website" and not labelled and number == "1":
        return "website"
    return f"pair:{kind}{number}:{'label' if labelled or part == 'service' else 'value'}"


def _street(kind: str, heading: str) -> dict[str, str]:
    """The columns of one of Outlook's addresses."""
    place = f"addresses/{kind}"
    return {
        f"{heading} Street": f"{place}/street:1",
        f"{heading} Street 2": f"{place}/street:2",
        f"{heading} Street 3": f"{place}/street:3",
        f"{heading} Address PO Box": f"{place}/street:4",
        f"{heading} City": f"{place}/city",
        f"{heading} State": f"{place}/province",
        f"{heading} Postal Code": f"{place}/postal_code",
        f"{heading} Country/Region": f"{place}/country",
        f"{heading} Country": f"{place}/country",
    }


_PHONE: Final = "contacts/0/phones/{}/number"
_OUTLOOK: Final = {
    "Title": "contacts/0/name:prefix",
    "First Name": "contacts/0/name:first",
    "Middle Name": "contacts/0/name:middle",
    "Last Name": "contacts/0/name:last",
    "Suffix": "contacts/0/name:suffix",
    "Company": "name",
    "Department": "contacts/0/department",
    "Job Title": "contacts/0/title",
    **_street("office", "Business"),
    **_street("home", "Home"),
    **_street("other", "Other"),
    "Business Phone": _PHONE.format("work"),
    "Business Phone 2": _PHONE.format("work2"),
    "Company Main Phone": _PHONE.format("work3"),
    "Primary Phone": _PHONE.format("0"),
    "Mobile Phone": _PHONE.format("mobile"),
    "Car Phone": _PHONE.format("mobile2"),
    "Home Phone": _PHONE.format("home"),
    "Home Phone 2": _PHONE.format("home2"),
    "Other Phone": _PHONE.format("other"),
    "Callback": _PHONE.format("other2"),
    "Radio Phone": _PHONE.format("other3"),
    "Business Fax": _PHONE.format("fax"),
    "Home Fax": _PHONE.format("fax2"),
    "Other Fax": _PHONE.format("fax3"),
    "E-mail Address": "contacts/0/emails/1/address",
    "E-mail 2 Address": "contacts/0/emails/2/address",
    "E-mail 3 Address": "contacts/0/emails/3/address",
    "Birthday": "contacts/0/birthday",
    "Gender": "contacts/0/gender",
    "Hobby": "contacts/0/interests",
    "Profession": "contacts/0/occupation",
    "Notes": "contacts/0/notes",
    "Categories": "tags",
    "Web Page": "website",
    "Nickname": "custom",
    "Account": "custom",
    "Keywords": "custom",
    "Government ID Number": "contacts/0/id_number",
}
_OUTLOOK_SILENT: Final = {
    "Gender": ("Unspecified", "0"),
    "Priority": ("Normal",),
    "Private": ("False",),
    "Sensitivity": ("Normal",),
    "E-mail Type": ("SMTP",),
    "E-mail 2 Type": ("SMTP",),
    "E-mail 3 Type": ("SMTP",),
    "Birthday": ("0/0/00",),
    "Anniversary": ("0/0/00",),
}
_THUNDERBIRD: Final = (
    ("First Name", "Vorname", "名字", "contacts/0/name:first"),
    ("Last Name", "Nachname", "姓氏", "contacts/0/name:last"),
    ("Display Name", "Anzeigename", "显示名称", "contacts/0/name:whole"),
    ("Nickname", "Spitzname", "昵称", "custom"),
    ("Primary Email", "Primäre E-Mail-Adresse", "主要电子邮件", "contacts/0/emails/1/address"),
    ("Secondary Email", "Sekundäre E-Mail-Adresse", "次要电子邮件", "contacts/0/emails/2/address"),
    ("Screen Name", "Messenger-Name", "网名", "custom"),
    ("Work Phone", "Tel. dienstlich", "工作电话", _PHONE.format("work")),
    ("Home Phone", "Tel. privat", "家庭电话", _PHONE.format("home")),
    ("Fax Number", "Fax-Nummer", "传真号码", _PHONE.format("fax")),
    ("Pager Number", "Pager-Nummer", "寻呼机号码", _PHONE.format("other")),
    ("Mobile Number", "Mobil-Tel.-Nr.", "移动电话", _PHONE.format("mobile")),
    ("Home Address", "Privat: Adresse", "家庭地址", "addresses/home/street:1"),
    ("Home Address 2", "Privat: Adresse 2", "家庭地址 2", "addresses/home/street:2"),
    ("Home City", "Privat: Ort", "家庭城市", "addresses/home/city"),
    ("Home State", "Privat: Bundesland", "家庭省份", "addresses/home/province"),
    ("Home ZipCode", "Privat: PLZ", "家庭邮政编码", "addresses/home/postal_code"),
    ("Home Country", "Privat: Land", "家庭国家", "addresses/home/country"),
    ("Work Address", "Dienstlich: Adresse", "工作地址", "addresses/office/street:1"),
    ("Work Address 2", "Dienstlich: Adresse 2", "工作地址 2", "addresses/office/street:2"),
    ("Work City", "Dienstlich: Ort", "工作城市", "addresses/office/city"),
    ("Work State", "Dienstlich: Bundesland", "工作省份", "addresses/office/province"),
    ("Work ZipCode", "Dienstlich: PLZ", "工作邮政编码", "addresses/office/postal_code"),
    ("Work Country", "Dienstlich: Land", "工作国家", "addresses/office/country"),
    ("Job Title", "Arbeitstitel", "职务", "contacts/0/title"),
    ("Department", "Abteilung", "部门", "contacts/0/department"),
    ("Organization", "Organisation", "组织", "name"),
    ("Web Page 1", "Webseite 1", "网页 1", "website"),
    ("Web Page 2", "Webseite 2", "网页 2", "custom"),
    ("Birth Year", "Geburtsjahr", "出生年", "contacts/0/birthday:year"),
    ("Birth Month", "Geburtsmonat", "出生月", "contacts/0/birthday:month"),
    ("Birth Day", "Geburtstag", "出生日", "contacts/0/birthday:day"),
    ("Custom 1", "Benutzerdef. 1", "自定义 1", "custom"),
    ("Custom 2", "Benutzerdef. 2", "自定义 2", "custom"),
    ("Custom 3", "Benutzerdef. 3", "自定义 3", "custom"),
    ("Custom 4", "Benutzerdef. 4", "自定义 4", "custom"),
    ("Notes", "Notizen", "备注", "contacts/0/notes"),
)


def _thunderbird(language: int, name: str, label: Text, *, tested: bool) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "tested": tested,
        "all_of": tuple(_THUNDERBIRD[place][language] for place in (2, 4, 11)),
        "targets": {row[language]: row[3] for row in _THUNDERBIRD},
        "people": True,
    }


PEOPLE: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "google",
        "label": Text("Google Contacts", "Google 通讯录"),
        "tested": True,
        "all_of": ("First Name", "Organization Name", "Labels"),
        "targets": _GOOGLE,
        "people": True,
    },
    {
        "name": "google-old",
        "label": Text("Google Contacts (before 2024)", "Google 通讯录（旧版）"),
        "tested": True,
        "all_of": ("Given Name", "Family Name"),
        "any_of": ("Group Membership", "Yomi Name", "E-mail 1 - Value", "Phone 1 - Value"),
        "least": 1,
        "targets": _GOOGLE,
        "people": True,
    },
    {
        "name": "outlook",
        "label": Text("Outlook", "Outlook"),
        "tested": True,
        "all_of": ("First Name", "Last Name", "Company", "E-mail Address"),
        "any_of": ("Business Phone", "Mobile Phone", "Business Street"),
        "least": 1,
        "targets": _OUTLOOK,
        "people": True,
        "silent": _OUTLOOK_SILENT,
    },
    _thunderbird(0, "thunderbird", Text("Thunderbird", "Thunderbird"), tested=False),
    _thunderbird(
        1, "thunderbird-de", Text("Thunderbird (German)", "Thunderbird（德文）"), tested=True
    ),
    _thunderbird(
        2, "thunderbird-zh", Text("Thunderbird (Chinese)", "Thunderbird（中文）"), tested=False
    ),
)
