"""Sealed attachments sealed anew: under the key in use, for the people who are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import ciphertext
from textcrm.errors import KeyMissing, NotFound, TrustFailure
from textcrm.vault import sealed_files, seals

if TYPE_CHECKING:
    from textcrm.access import Access
    from textcrm.errors import TextcrmError
    from textcrm.record import Record
    from textcrm.records.resealing import Scope
    from textcrm.vault import Draft, Vault
    from textcrm.vault.sealed_files import SealedFile, Written


class Refiled(NamedTuple):
    """The commits made, one a file; the labels of files that no key opens; what is damaged."""

    commits: tuple[str, ...]
    lacking: tuple[str, ...]
    damaged: tuple[TextcrmError, ...]


def refile(
    vault: Vault, access: Access, record: Record, scope: Scope, reason: str | None
) -> Refiled:
    """Seal a record's stale attachments anew, each whole or not at all.

    A file that is damaged, or not the one that the record names, stays as it is. Raises Misuse
    (grant-needed).
    """
    commits: list[str] = []
    lacking: list[str] = []
    damaged: list[TextcrmError] = []
    for one in sealed_files.sealed_files(record):
        labels = _wanted(vault, access, record, one, scope)
        if labels is None:
            continue
        try:
            with sealed_files.resealed(vault, access, one, labels) as written:
                commit = _write(vault, record, one, labels, written, reason)
        except KeyMissing:
            lacking.append(one.labels[0])
        except (NotFound, TrustFailure) as error:
            damaged.append(error)
        else:
            commits += [commit] if commit else []
    return Refiled(tuple(commits), tuple(lacking), tuple(damaged))


def _wanted(
    vault: Vault, access: Access, record: Record, one: SealedFile, scope: Scope
) -> list[str] | None:
    """Whom a file should be sealed for; None where it is."""
    from textcrm.records.resealing import is_stale

    key = ciphertext.parse_class(one.labels[0])
    if key is None or key[0] not in access.classes or not scope.holds(key[0]):
        return None
    owner = seals.owner_of(access, record)
    wanted = seals.labels_for(access, key[0], owner)
    stale = scope.demands(one.labels) or is_stale(access, key[0], list(one.labels), wanted, owner)
    if not stale:
        return None
    gains = owner is not None and owner.id in wanted and owner.id not in one.labels
    if owner is not None and gains and owner not in access.readers(key[0]):
        seals.demand_grant(vault, record, owner, [key[0]])
    return wanted


def _write(
    vault: Vault,
    record: Record,
    one: SealedFile,
    labels: list[str],
    written: Written,
    reason: str | None,
) -> str | None:
    def edit(current: Record) -> str:
        return sealed_files.renamed(current, one.path, labels, written)

    def plan(draft: Draft) -> None:
        draft.edit(record.path, edit)
        draft.write(one.path, written.stored)

    return vault.write("rekey", plan, reason=reason).commit
