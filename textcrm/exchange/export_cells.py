"""Values as a spreadsheet shows them: labels of codes, people by name, phones as dialled at home."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textcrm.schema import Field, Schema
    from textcrm.text import Language

Cell = str | int | Decimal | dt.date | dt.datetime | None
YES, NO = Text("yes", "是"), Text("no", "否")
_MOBILE: Final = re.compile(r"\+86(1[3-9][0-9]{9})")
_AT_HOME: Final = re.compile(r"\+86[0-9]{7,12}")
_COMMA: Final = Text(", ", "、")


class Settings(NamedTuple):
    """What every writer needs to know of the vault.

    ``language`` is that of headings and labels, ``stale_days`` after how many days without an
    update a customer is flagged (F1), ``people`` the names of access.yaml by id, ``now`` the moment
    of the export in the vault's time zone, ``title`` the file's. ``vcard`` is the version of cards,
    ``contact_only`` leaves name and contact (L9).
    """

    schema: Schema
    language: Language
    today: dt.date
    now: dt.datetime
    stale_days: int
    currency: str
    people: Mapping[str, str]
    title: str
    vcard: str = "4.0"
    contact_only: bool = False

    def say(self, sentence: Text, **data: object) -> str:
        """A sentence in the language of the file."""
        return sentence.say(self.language, **data)


def cell(field: Field | None, value: Any, settings: Settings) -> Cell:
    """What stands in the cell of a value: text, or a number or day that can be reckoned with."""
    if value is None:
        return None
    if isinstance(value, bool):
        return settings.say(YES if value else NO)
    if isinstance(value, Decimal | int | dt.date):
        return value
    if isinstance(value, list):
        element = field.element if field is not None else None
        parts = [text_of(cell(element, one, settings)) for one in value]
        return settings.say(_COMMA).join(part for part in parts if part) or None
    if isinstance(value, dict):
        return _joined(field, value, settings) or None
    make = _MAKERS.get(field.kind) if field is not None else None
    if make is not None and field is not None:
        return make(field, str(value), settings)
    if field is not None and field.path == ("industry",):
        return _industry(str(value))
    return str(value)


def text_of(value: Cell) -> str:
    """A cell as text: ISO days, numbers without thousands marks."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def dialled_at_home(number: str) -> str:
    """A Chinese number as it is dialled in China (13800138000, 0571-88886666), others as they are.

    :func:`textcrm.normalize.phone.parse_phone` makes the same number of it again.
    """
    if match := _MOBILE.fullmatch(number):
        return match[1] if _is_range(number[:9]) else number
    if not _AT_HOME.fullmatch(number):
        return number
    import phonenumbers

    parsed = phonenumbers.parse(number)
    text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    home: str = re.sub(r"[\s-]+", "-", text)
    from textcrm.normalize.phone import parse_phone

    return home if parse_phone(home).stored == number else number


@lru_cache(maxsize=4096)
def _is_range(start: str) -> bool:
    """Whether mobile numbers begin so (+86 and six digits, which decide): others stay as they are."""
    from textcrm.normalize.phone import parse_phone

    return parse_phone(f"{start[3:]}00000").stored == f"{start}00000"


def _joined(field: Field | None, value: Mapping[str, Any], settings: Settings) -> str:
    """A mapping on one line: a size by its words, else the labels with what stands there."""
    if isinstance(value.get("text"), str):
        return str(value["text"])
    parts = []
    for key, one in value.items():
        child = field.child(key) if field is not None else None
        if text := text_of(cell(child, one, settings)):
            size = child is not None and child.within is not None and child.within.kind == "size"
            label = settings.say(child.label) if child is not None else key
            parts.append(text if size else f"{label}: {text}")
    if field is not None and field.kind == "size":
        return "、".join(parts)  # as parse_size takes it apart again
    return "；".join(parts) if settings.language == "zh" else "; ".join(parts)


def _enum(field: Field, value: str, settings: Settings) -> str:
    known = field.enum_value(value)
    return settings.say(known.label) if known is not None else value


def _person(_field: Field, value: str, settings: Settings) -> str:
    return settings.people.get(value, value)


def _phone(_field: Field, value: str, _settings: Settings) -> str:
    return dialled_at_home(value)


def _industry(code: str) -> str:
    from textcrm.normalize.industry import find_industry, industry_name

    name = industry_name(code)
    found = find_industry(name) if name else None
    # A name that leads back to another code would be read wrongly when it comes in again.
    return name if name and found is not None and found.code == code else code


_MAKERS: Final[dict[str, Callable[[Field, str, Settings], str]]] = {
    "enum": _enum,
    "person": _person,
    "phone": _phone,
}
