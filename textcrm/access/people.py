"""People and the words for their roles (P1)."""

from __future__ import annotations

from typing import Final, NamedTuple

from textcrm.text import Text

ROLES: Final[dict[str, Text]] = {
    "admin": Text("Administrator", "管理员"),
    "manager": Text("Sales manager", "销售经理"),
    "sales": Text("Sales", "销售人员"),
    "service": Text("Service", "客服人员"),
}
_OTHER_WORDS: Final = {
    "administrator": "admin",
    "sales-manager": "manager",
    "经理": "manager",
    "salesperson": "sales",
    "销售": "sales",
    "销售专员": "sales",
    "销售代表": "sales",
    "客户经理": "sales",
    "客服": "service",
    "客服专员": "service",
    "customer-service": "service",
}


class Person(NamedTuple):
    """Somebody who works with the vault; ``id`` is a slug such as wang-fang (DESIGN section 8).

    ``keys`` are public keys to read with, age (``age1...``) or ssh-ed25519; a value that is sealed
    to the person itself takes the first. ``signing`` is the ssh public key that an admin signs
    access.yaml with.
    """

    id: str
    name: str
    role: str = ""
    email: str = ""
    keys: tuple[str, ...] = ()
    signing: str = ""


def role_code(word: str) -> str | None:
    """The code of a role said in a word of either language; None where none is meant."""
    folded = word.strip().casefold()
    if folded in ROLES:
        return folded
    for code, label in ROLES.items():
        if folded in (label.en.casefold(), label.zh):
            return code
    return _OTHER_WORDS.get(folded.replace(" ", "-"))
