"""Rules on reaching a customer: phones, e-mail, the preferred channel (B9, B11, A51, A59)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textcrm.rules.base import items, text_of, warning
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.findings import Finding
    from textcrm.rules.base import Path, RuleContext, RuleView

_MOBILE = re.compile(r"\+861[3-9]\d{9}\Z").match
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z").match
# One digit over and over, a run of the keyboard, and the number of every advertisement.
_INVENTED = re.compile(r"(\d)\1{6,}|12345678|23456789|87654321|98765432|13800138000").search


def phones(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """A number can be dialled (B11), is not masked, and is not obviously invented (B9)."""
    del context
    for path, number in _phones(record):
        if "*" in number or "＊" in number:
            yield warning(
                "phone-masked",
                path,
                "the number is masked",
                "号码被遮盖",
                Text("ask for the whole number", "请补全号码"),
            )
        elif _INVENTED(re.sub(r"\D", "", number)) and not number.startswith(
            ("400", "800", "+86400", "+86800")
        ):
            yield warning(
                "phone-suspicious",
                path,
                "the number looks invented",
                "号码疑似虚构",
                Text("verify it, or mark it: verification: unverified", "请核实，或标记为待核实"),
            )
        elif not _MOBILE(number) and not _dialable(number):
            yield warning(
                "phone-invalid",
                path,
                "{number} is no phone number",
                "{number} 不是有效的电话号码",
                Text("verify it, or mark it: verification: unverified", "请核实，或标记为待核实"),
                number=f"“{number[:30]}”",
            )


def _phones(record: RuleView) -> Iterator[tuple[Path, str]]:
    for place, contact in items(record.raw, "contacts"):
        for inner, phone in items(contact, "phones"):
            number = text_of(phone, "number")
            if number:
                yield ("contacts", place, "phones", inner, "number"), number


def _dialable(number: str) -> bool:
    from textcrm.normalize.phone import parse_phone

    return parse_phone(number).problem is None


def emails(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """An e-mail address could be delivered to (B11)."""
    del context
    for place, contact in items(record.raw, "contacts"):
        for inner, mail in items(contact, "emails"):
            address = text_of(mail, "address")
            if address and not _EMAIL(address) and not _deliverable(address):
                yield warning(
                    "email-invalid",
                    ("contacts", place, "emails", inner, "address"),
                    "{address} is no e-mail address",
                    "{address} 不是有效的邮箱",
                    None,
                    address=f"“{address[:60]}”",
                )


def _deliverable(address: str) -> bool:
    from textcrm.errors import TextcrmError
    from textcrm.normalize.email import parse_email

    try:
        return bool(parse_email(address))
    except TextcrmError:
        return False


def preferred_channel(record: RuleView, context: RuleContext) -> Iterator[Finding]:
    """The preferred channel is one that works (A51, A59)."""
    del context
    for place, contact in items(record.raw, "contacts"):
        channel = text_of(contact, "preferred_channel")
        name = {"phone": "phones", "email": "emails"}.get(channel)
        ways = [one for _, one in items(contact, name)] if name else []
        if ways and all(text_of(one, "verification") == "dead" for one in ways):
            yield warning(
                "channel-dead",
                ("contacts", place, "preferred_channel"),
                "the preferred channel is marked dead",
                "首选联系方式已失效",
                None,
            )
