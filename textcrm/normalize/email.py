"""E-mail addresses (A12): one spelling, checked by form; nothing is looked up."""

from __future__ import annotations

import re
from typing import Final

from textcrm.errors import Misuse
from textcrm.normalize.keys import levelled, shortened
from textcrm.text import Text

_NAMED: Final = re.compile(r'(?:"[^"]*"\s*|[^<>"]*)<([^<>]*)>')
_LONGEST: Final = 320
_MOST: Final = 1000
_RESERVED: Final = ("test", "invalid", "localhost", "local", "onion", "arpa")


def parse_email(text: str) -> str:
    """Give an address as it is stored: half width, domain in lower case, local part as typed.

    ``Name <a@b>`` and ``mailto:`` are taken off, a full-width ＠ is read. Raises Misuse
    (email-invalid); its data has ``reason``.
    """
    word = levelled(text[:_MOST])
    if named := _NAMED.fullmatch(word):
        word = named[1].strip()
    if word[:7].lower() == "mailto:":
        word = word[7:].strip()
    reason = _flaw(word)
    if reason is None:
        stored = _checked(word)
        if stored is not None:
            return stored
        reason = Text("this is not how an address is written", "格式不符合邮箱地址的写法")
    raise Misuse(
        "email-invalid",
        Text(
            "“{text}” is not an e-mail address: {reason}",
            "“{text}”不是有效的邮箱地址：{reason}",
        ),
        hint=Text("write it like wang@example.com", "请写成 wang@example.com 的形式"),
        text=shortened(text),
        reason=reason,
    )


def _flaw(word: str) -> Text | None:
    """What is wrong with an address at first sight, in words."""
    local, at, domain = word.rpartition("@")
    if not at:
        return Text("it has no @", "缺少 @")
    if " " in word:
        return Text("it has a space in it, or is several", "其中有空格，或写了多个地址")
    if "@" in local and not local.startswith('"'):
        return Text("it has more than one @", "有多个 @")
    if not local:
        return Text("nothing stands before the @", "@ 前面是空的")
    if "." not in domain.strip("."):
        return Text("its domain has no dot", "@ 后面的域名缺少“.”")
    if domain.rsplit(".", 1)[-1].lower() in _RESERVED:
        return Text("such a domain reaches nobody", "这样的域名无法送达")
    return None if len(word) <= _LONGEST else Text("it is too long", "过长")


def _checked(word: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(word, check_deliverability=False).normalized
    except (EmailNotValidError, ValueError):
        return None
