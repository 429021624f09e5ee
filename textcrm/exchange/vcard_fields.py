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

# Properties of programs that name an account by themselves.
ACCOUNTS: Final = {
    "X-QQ": "qq",
    "X-WECHAT": "wechat",
    "X-WEIXIN": "wechat",
    "X-DINGTALK": "dingtalk",
    "X-TWITTER": "x",
    "X-LINKEDIN": "linkedin",
    "X-WHATSAPP": "whatsapp",
    "X-TELEGRAM": "telegram",
    "X-FACEBOOK": "facebook",
    "X-WEIBO": "weibo",
}

BINARY: Final = frozenset(("PHOTO", "LOGO", "SOUND", "KEY"))
# What only the program that wrote the card needs; nothing of it is about the customer.
PLUMBING: Final = frozenset(
    [
        "VERSION",
        "BEGIN",
        "END",
        "PRODID",
        "REV",
        "UID",
        "CLIENTPIDMAP",
        "CLASS",
        "PROFILE",
        "SOURCE",
        "NAME",
        "SORT-STRING",
        "MAILER",
        "X-ABUID",
        "X-ABSHOWAS",
        "X-ABADR",
        "X-IRMC-CALL-DATETIME",
        "X-MOZILLA-HTML",
        "X-EVOLUTION-FILE-AS",
        "X-ABORDER",
        "X-GROUP-MEMBERSHIP",
        "AGENT",
        "LABEL",
        "KIND",
        "X-ADDRESSBOOKSERVER-KIND",
    ]
)
PHONE_KINDS: Final = (
    ("fax", "fax"),
    ("cell", "mobile"),
    ("mobile", "mobile"),
    ("iphone", "mobile"),
    ("手机", "mobile"),
    ("home", "home"),
    ("住宅", "home"),
    ("work", "work"),
    ("单位", "work"),
    ("工作", "work"),
    ("main", "work"),
)
MAIL_KINDS: Final = (("work", "work"), ("工作", "work"), ("home", "private"), ("个人", "private"))


def property_of(name: str) -> str:
    """The property that carries a field: ``first_cooperation`` is X-TEXTCRM-FIRST-COOPERATION."""
    return PREFIX + name.upper().replace("_", "-")
