"""Public keys to seal for: age X25519 and ssh-ed25519, and why another one is refused.

Plugin recipients are never used: encrypting to one runs the program ``age-plugin-NAME`` from the
PATH, and a file that came with a clone would choose which.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from textcrm.errors import Misuse
from textcrm.sealing.engine import engine
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

_AGE: Final = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_SECRET: Final = re.compile(r"AGE-SECRET-KEY|PRIVATE KEY", re.IGNORECASE)


def recipient_problem(text: str) -> Text | None:
    """Why a text is no public key to seal for; None where it is one. Never repeats the text."""
    word = text.strip()
    if _SECRET.search(word):
        return Text(
            "this is a private key: keep it to yourself and give the public one (age1…)",
            "这是私钥，请勿外传；应提供公钥（age1…）",
        )
    if word.startswith("ssh-"):
        return _ssh_problem(word)
    if word.lower().startswith("age1") and word != word.lower():
        return Text("a public key is written in small letters", "公钥应为小写字母")
    if word.startswith(("age1pq1", "age1tagpq1")):
        return Text("post-quantum keys are not supported yet", "暂不支持后量子密钥")
    if not _AGE.fullmatch(word):
        if word.startswith("age1") and "1" in word[4:]:
            return Text(
                "keys of plugins (hardware keys) are not used", "不使用插件（硬件密钥）公钥"
            )
        return Text(
            "a public key is wanted: age1… or ssh-ed25519 …", "应为公钥：age1… 或 ssh-ed25519 …"
        )
    return None if _parses(word) else _typo()


def _ssh_problem(word: str) -> Text | None:
    if not word.startswith("ssh-ed25519 "):
        return Text("of ssh keys only ssh-ed25519 is used", "SSH 密钥只支持 ssh-ed25519")
    return None if _parses(word) else _typo()


def _typo() -> Text:
    return Text("the key has a typing mistake: its checksum is wrong", "公钥有误：校验不通过")


def _parses(word: str) -> bool:
    try:
        parsed(word)
    except Misuse:
        return False
    return True


@lru_cache(maxsize=256)
def parsed(word: str) -> Any:
    """A public key as the engine has it. Raises Misuse (recipient-invalid)."""
    rage = engine()
    kind = rage.ssh.Recipient if word.startswith("ssh-ed25519 ") else rage.x25519.Recipient
    try:
        return kind.from_str(word)
    except rage.RecipientError as error:
        raise Misuse("recipient-invalid", _typo()) from error


def parse_all(words: Iterable[str]) -> list[Any]:
    """Public keys, each once. Raises Misuse (recipient-invalid, no-recipient)."""
    unique = dict.fromkeys(_bare(word) for word in words)
    if not unique:
        raise Misuse("no-recipient", Text("there is nobody to seal for", "没有可加密的接收人"))
    for word in unique:
        problem = recipient_problem(word)
        if problem is not None:
            raise Misuse("recipient-invalid", problem)
    return [parsed(word) for word in unique]


def _bare(word: str) -> str:
    """A key without the comment behind it."""
    return " ".join(word.split()[:2])
