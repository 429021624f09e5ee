"""What is said before a customer is added: who is there already that it may be (G1).

One room for ``add`` and an import, so that both warn of the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.matching import evidence
from textcrm.matching.likeness import Likeness, finding
from textcrm.vault.alike import Alike, Similar
from textcrm.vault.alike_sealed import SealedKeys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textcrm.matching.keys import KeyKind
    from textcrm.vault.vault import Vault

_CODES: Final[Mapping[KeyKind, str]] = {
    "phone": "same-phone",
    "email": "same-email",
    "registration": "same-registration",
    "id_number": "same-id-number",
    "bank_account": "same-bank-account",
}


class Warned(NamedTuple):
    """Those who are like a record to be added, the likest first, and what was not compared.

    ``closed`` counts the sealed values that no key at hand opens, by label.
    """

    similar: tuple[Similar, ...]
    closed: dict[str, int]


class Lookout:
    """Looks whom records to be added may be. Nothing is written; nothing opened is kept.

    ``sealed`` says whether sealed values are compared too, where the keyring opens them: the first
    record with such a key then costs an opening of all of them.
    """

    def __init__(self, vault: Vault, *, sealed: bool = True) -> None:
        self._vault = vault
        self._alike = Alike(vault)
        self._sealed = SealedKeys(vault) if sealed and vault.access.has_keys else None

    def before(self, tree: Mapping[str, Any]) -> Warned:
        """Whom a record to be added may be; ``tree`` is in a record's form, typed or raw."""
        found = {one.id: one for one in self._alike.like(tree)}
        closed: dict[str, int] = {}
        if self._sealed is not None:
            matches = self._sealed.matches(tree)
            closed = matches.closed
            for own, kinds in matches.kinds.items():
                found[own] = self._with_keys(own, kinds, found.get(own))
        ranked = sorted(found.values(), key=lambda one: (-one.likeness.score, one.id))
        return Warned(tuple(ranked), closed)

    def added(self, record_id: str, tree: Mapping[str, Any]) -> None:
        """Take a customer along that was just added, for the next rows of an import."""
        self._alike.note(record_id, tree)
        if self._sealed is not None:
            self._sealed.note(record_id, tree)

    def _with_keys(self, own: str, kinds: tuple[KeyKind, ...], known: Similar | None) -> Similar:
        """A likeness with the keys that only sealed values told; without their values."""
        findings = tuple(finding(_CODES[kind]) for kind in kinds if kind in _CODES)
        if known is None:
            return Similar(own, self._alike.name_by_id(own), Likeness(evidence.LIKELY, findings))
        likeness = known.likeness
        score = max(likeness.score, evidence.LIKELY)
        return known._replace(likeness=Likeness(score, findings + likeness.findings))
