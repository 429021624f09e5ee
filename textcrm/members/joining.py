"""Where a person stands on the way into a vault: git's name, a key, membership, trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.access.keyring import bare
from textcrm.errors import StorageFailure, TextcrmError
from textcrm.vault import trusting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.access import Person
    from textcrm.access.keyring import Tried
    from textcrm.vault import Vault


class Standing(NamedTuple):
    """What is there and what is missing.

    ``name`` and ``email`` are git's (None: not set). ``public`` is the first public key at hand.
    ``person`` is the member who holds a key at hand, else who bears the name or address;
    ``known`` tells which. ``admins`` are whom to ask. ``distrust`` is why nothing would be sealed
    (None: all is well). ``reads`` are the classes that a key at hand opens, ``locked`` those that
    the person's role reads and no key at hand opens.
    """

    name: str | None
    email: str | None
    public: str | None
    person: Person | None
    known: bool
    admins: tuple[Person, ...]
    distrust: TextcrmError | None
    reads: tuple[str, ...]
    locked: tuple[str, ...]

    @property
    def is_member(self) -> bool:
        """Whether the vault's people and the keys at hand agree."""
        return self.person is not None and self.known

    @property
    def is_settled(self) -> bool:
        """Whether nothing is missing."""
        return bool(self.name and self.is_member and self.distrust is None and not self.locked)


def standing(vault: Vault, tried: Sequence[Tried]) -> Standing:
    """Look where the person at this machine stands; changes nothing, asks nothing."""
    access = vault.access
    name, email = _git_person(vault)
    keys = [one.public for each in tried for one in each.identities if one.public]
    publics = {bare(key) for key in keys}
    holder = next((one for one in access.people if _holds(one, publics)), None)
    person = holder or access.of_identity(name or "", email or "")
    entitled = [
        label for label in access.classes if person is not None and access.may_read(person, label)
    ]
    reads = tuple(label for label in access.classes if _opens(vault, access.current(label)))
    return Standing(
        name,
        email,
        keys[0] if keys else None,
        person,
        holder is not None,
        access.admins,
        trusting.problem(vault) if access.has_keys else None,
        reads,
        tuple(label for label in entitled if label not in reads),
    )


def _git_person(vault: Vault) -> tuple[str | None, str | None]:
    try:
        found = vault.repo.identity()
    except StorageFailure:
        return None, None
    return found.name, found.email


def _holds(person: Person, publics: set[str]) -> bool:
    return any(bare(key) in publics for key in person.keys)


def _opens(vault: Vault, label: str) -> bool:
    try:
        vault.keyring.class_identity(label, vault.access, vault.file)
    except TextcrmError:
        return False
    return True
