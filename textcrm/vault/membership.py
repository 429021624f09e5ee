"""Whether git's user was a member of the vault and is none any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import access
from textcrm.errors import TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt

    from textcrm.access import Access
    from textcrm.gitrepo import Person
    from textcrm.vault.vault import Vault

SENTENCE = Text(
    "you ({name}) are no member of this vault any more: {who} removed you on {day}; "
    "“textcrm audit verify” counts whatever you write as an error",
    "您（{name}）已不是本客户库的成员：{who} 于 {day} 将您移除；"
    "此后您写入的内容都会被 textcrm audit verify 判为错误",
)
HINT = Text(
    "ask {who} or another admin to take you in again: textcrm member add",
    "请联系 {who} 或其他管理员重新加入：textcrm member add",
)


class Left(NamedTuple):
    """Somebody who was removed: their name in git, when it was and by whom."""

    name: str
    at: dt.datetime
    who: str

    @property
    def data(self) -> dict[str, str]:
        """What the sentence and the hint are filled with."""
        return {"name": self.name, "day": self.at.date().isoformat(), "who": self.who}


def left(vault: Vault, *, people: Access | None = None) -> Left | None:
    """When git's user was taken out of access.yaml; None for a member, and for who never was one.

    ``people`` are those of now, where the vault may have read them before. History is asked only
    for who is none of them. Never raises for the state of the vault: it is said beside a result.
    """
    try:
        me = vault.repo.identity()
        known = people or vault.access
        if not known.people or known.of_identity(me.name, me.email):
            return None
        return _removed(vault, me)
    except TextcrmError:
        return None


def now(vault: Vault) -> Access | None:
    """The people as access.yaml has them at this moment; None where it does not read."""
    try:
        return access.read(vault.file(access.FILE_NAME))
    except TextcrmError:
        return None


def _removed(vault: Vault, me: Person) -> Left | None:
    path = vault.prefix + access.FILE_NAME
    found = [
        (commit, one.before)
        for commit in vault.repo.log("HEAD", [path])
        for one in commit.changes
        if one.path == path and one.before
    ]
    with vault.repo.blobs() as blobs:
        for (commit, _), data in zip(found, blobs.read_many(one for _, one in found), strict=True):
            if data and _word(me, data) and access.read(data).of_identity(me.name, me.email):
                return Left(me.name, commit.at, commit.author.name)
    return None


def _word(me: Person, data: bytes) -> bool:
    """Whether a file may name a person, told without parsing it."""
    text = data.decode("utf-8", "replace").casefold()
    return any(word and word.casefold() in text for word in (me.email, me.name))
