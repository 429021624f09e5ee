"""What vCard and a record call the same thing: kinds of numbers, sexes, accounts; our own lines."""

from __future__ import annotations

from typing import Final

PREFIX: Final = "X-TEXTCRM-"
"""What vCard cannot say stands under it, a property for each field of the record."""

CONTACT: Final = PREFIX + "CONTACT"
MORE: Final = PREFIX + "MORE"
RECORD: Final = PREFIX + "ID"

PHONE_TYPES: Final = {
    "mobile": "cell",
    "work": "work",
    "home": "home",
    "fax": "fax",
    "service": "voice",
    "other": "voice",
}
EMAIL_TYPES: Final = {"work": "work", "private": "home"}
GENDERS: Final = {"female": "F", "male": "M", "other": "O"}
ADDRESS_TYPES: Final = {"home": "home"}  # every other kind is of the work

SOCIAL: Final = {
    "wechat": "wechat",
    "wecom": "wecom",
    "dingtalk": "dingtalk",
    "feishu": "feishu",
    "qq": "qq",
    "weibo": "weibo",
    "linkedin": "linkedin",
    "whatsapp": "whatsapp",
    "x": "twitter",
    "facebook": "facebook",
    "telegram": "telegram",
    "line": "line",
    "douyin": "douyin",
    "xiaohongshu": "xiaohongshu",
}


def property_of(name: str) -> str:
    """The property that carries a field: ``first_cooperation`` is X-TEXTCRM-FIRST-COOPERATION."""
    return PREFIX + name.upper().replace("_", "-")
