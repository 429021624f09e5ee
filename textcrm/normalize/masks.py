"""Masks for screens and exports (L10): enough to tell one value from another, no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textcrm.normalize import surnames

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.schema import Field

HIDDEN: Final = "****"
SOCIAL: Final = "social"
_KINDS: Final = ("phone", "email", "name")
_NAMING: Final = ("main_contact", "contact")  # references to contacts, by name too
_MOST: Final = 200
_EXTENSION: Final = re.compile(r";ext=.*$")
_MASKED: Final = re.compile(r"\+?\d{0,4}\*{3,}\d{0,4}")
_NATIONAL: Final = re.compile(r"\+86(?:1\d{10}|[48]00\d{7})")
_PLACE: Final = re.compile(r"^.*?(?:省|自治区|市|特别行政区)(?:[^\d路街道号]*?[市区县旗州盟])*")
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def mask_kind(field: Field) -> str | None:
    """As what ``--mask`` hides a field, None where it does not: names, also where a contact is only
    named, phones, addresses and accounts, all that is sealable.
    """
    if field.kind in _KINDS:
        return field.kind
    if field.kind == "reference" and field.name in _NAMING:
        return "name"
    if SOCIAL in field.path[:-1]:
        return "account"
    return field.kind if field.seal or field.index in ("phone", "name") else None


def mask(kind: str, text: str) -> str:
    """Mask a value of a kind: phone, email, name, id_number, bank_account, address; else ``****``.

    ``138****5678``, ``w***@example.com``, ``张*``, ``1****************X``, ``****6789``,
    ``浙江省杭州市余杭区****``. The mask of anything else tells nothing, not even its length.
    """
    make = _MASKS.get(kind)
    return make(text) if make and text.strip() else (HIDDEN if text else "")


def _phone(text: str) -> str:
    number = _EXTENSION.sub("", text.strip())
    if "*" in number:
        return number if _MASKED.fullmatch(number) else HIDDEN
    digits = "".join(char for char in number if char.isdigit())
    if number.startswith("+86"):
        number = digits = digits[2:] if _NATIONAL.fullmatch(number) else "0" + digits[2:]
    if len(digits) < 7 or len(digits) > 15:
        return HIDDEN
    sign = "+" if number.startswith("+") else ""
    return f"{sign}{digits[:3]}{HIDDEN}{digits[-4 if len(digits) > 9 else -2 :]}"


def _email(text: str) -> str:
    local, at, domain = text.strip().rpartition("@")
    return f"{local[:1]}***@{domain}" if at and local and domain else HIDDEN


def _name(text: str) -> str:
    """A person keeps the surname, a company its first two characters."""
    word = text.strip()
    if not _HAN.search(word):
        return " ".join(part[0] + "***" for part in word.split())
    if len(word) > 4:
        return word[:2] + HIDDEN
    kept = 2 if word[:2] in surnames.COMPOUND and len(word) > 2 else 1
    return word[:kept] + "*" * max(1, len(word) - kept)


def _ends(text: str) -> str:
    """An identity number: its first and its last character."""
    word = text.strip()
    return word[0] + "*" * (len(word) - 2) + word[-1] if len(word) >= 15 else HIDDEN


def _tail(text: str) -> str:
    digits = re.findall(r"\d", text)
    return HIDDEN + "".join(digits[-4:]) if len(digits) >= 12 else HIDDEN


def _address(text: str) -> str:
    match = _PLACE.match(text.strip()[:_MOST])
    return (match[0] if match else "") + HIDDEN


_MASKS: Final[dict[str, Callable[[str], str]]] = {
    "phone": _phone,
    "email": _email,
    "name": _name,
    "person": _name,
    "id_number": _ends,
    "resident_id": _ends,
    "bank_account": _tail,
    "address": _address,
    "street": lambda text: HIDDEN if text else "",
}
