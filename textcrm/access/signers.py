"""Who may sign for the vault: the admin's key among the signing keys at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.access.keyring import bare
from textcrm.access.owning import public_of
from textcrm.errors import TrustFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textcrm.access.model import Access


def signer(access: Access, signing_keys: Sequence[Path]) -> Path:
    """The signing key at hand that is an admin's. Raises TrustFailure (not-admin)."""
    admins = {bare(one.signing): one for one in access.admins if one.signing}
    for path in signing_keys:
        public = public_of(path)
        if public and bare(public) in admins:
            return path
    raise TrustFailure(
        "not-admin",
        Text(
            "only an admin may do this: {names}",
            "只有管理员可以这样做：{names}",
        ),
        hint=Text(
            "ask one of them; your own signing key: textcrm key show",
            "请联系其中一位；查看自己的签名密钥：textcrm key show",
        ),
        names=[one.name for one in admins.values()],
        tried=[str(path) for path in signing_keys],
    )
