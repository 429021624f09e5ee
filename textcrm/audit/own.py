"""Whether one's own commit went beyond one's role: said at once, refused nowhere (DESIGN 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.audit.verify import verify
from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    from textcrm.audit.policy import Violation
    from textcrm.vault import Vault

_BY_ROLE: Final = frozenset(
    (
        "record-not-own", "delete-by-role", "attachment-not-own", "schema-by-role",
        "access-by-role", "settings-by-role", "file-by-role",
    )
)  # fmt: skip


def beyond_role(vault: Vault, commit: str) -> tuple[Violation, ...]:
    """What ``audit verify`` will say of a commit just made, as to the role of who made it.

    Never raises for the state of the vault: the commit is made.
    """
    try:
        found = verify(vault, f"{commit}^..{commit}").violations
    except TextcrmError:
        return ()
    return tuple(one for one in found if one.rule in _BY_ROLE)
