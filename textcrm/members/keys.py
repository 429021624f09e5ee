"""A person's own keys: where they are and what they open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.access.keyring import bare
from textcrm.access.owning import public_of
from textcrm.errors import TextcrmError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textcrm.access.keyring import Tried
    from textcrm.vault import Vault


class SigningKey(NamedTuple):
    """A signing key at hand: ``admin`` is the id of the admin whose it is in this vault."""

    path: Path
    public: str
    fingerprint: str
    admin: str | None


class Own(NamedTuple):
    """What a person has: each source with its keys, the signing keys, and by label whether a key
    at hand opens that generation (``finance@2``).
    """

    tried: tuple[Tried, ...]
    signing: tuple[SigningKey, ...]
    opens: dict[str, bool]
    person: str | None


def own(vault: Vault | None, tried: Sequence[Tried], signing_keys: Sequence[Path]) -> Own:
    """Look at the keys at hand; nothing secret is given."""
    from textcrm import sealing

    access = vault.access if vault else None
    admins = (
        {one.signing.split()[1]: one.id for one in access.admins if one.signing} if access else {}
    )
    signing = tuple(
        SigningKey(path, public, sealing.fingerprint(public), admins.get(public.split()[1]))
        for path in signing_keys
        if (public := public_of(path))
    )
    opens: dict[str, bool] = {}
    person = None
    if vault is not None and access is not None:
        opens = {
            f"{name}@{number}": _opens(vault, f"{name}@{number}")
            for name, keys in access.classes.items()
            for number in keys.generations
        }
        publics = {bare(one.public) for each in tried for one in each.identities if one.public}
        person = next(
            (one.id for one in access.people if any(bare(key) in publics for key in one.keys)),
            None,
        )
    return Own(tuple(tried), signing, opens, person)


def _opens(vault: Vault, label: str) -> bool:
    try:
        vault.keyring.class_identity(label, vault.access, vault.file)
    except TextcrmError:
        return False
    return True
