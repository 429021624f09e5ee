"""Disclosure: all that is held on a person, what for, from where, who could read it (PIPL 45)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.query.fold import fold_word
from textcrm.record import items
from textcrm.vault import access_log, consent, readers, revealing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textcrm.record import Record
    from textcrm.schema import Field
    from textcrm.vault import Vault
    from textcrm.vault.revealing import Revealed

FOLDER = "attachments"


class Use(NamedTuple):
    """A purpose and the top-level fields of the record that are held for it.

    ``consent`` is the state of the customer's consent: given, withdrawn, changed (to another
    wording than today's), or none; ``basis`` what the consents name as the lawful basis.
    """

    purpose: str
    fields: tuple[str, ...]
    consent: str
    basis: tuple[str, ...]


class Kept(NamedTuple):
    """A file of the customer's: path in the vault, bytes, SHA-256, for whom it is sealed."""

    path: str
    size: int
    sha256: str
    sealed_for: tuple[str, ...]


class Disclosure(NamedTuple):
    """All that is held on one customer, sealed values opened where a key at hand opens them."""

    record: Record
    found: Revealed
    files: tuple[Kept, ...]
    uses: tuple[Use, ...]
    sealed: tuple[readers.SealedValue, ...]
    members: tuple[str, ...]
    reads: tuple[access_log.Read, ...]


def disclose(vault: Vault, word: str) -> Disclosure:
    """Gather what is held on a customer. The history is :func:`textcrm.history.log.log`'s.

    What no key at hand opens stays locked in ``found``; the caller says so. Raises NotFound,
    Ambiguous.
    """
    record = vault.get(word)
    return Disclosure(
        record,
        revealing.reveal(vault, record),
        tuple(_files(vault, record)),
        tuple(_uses(vault, record)),
        tuple(readers.of_record(vault, record)),
        tuple(person.id for person in vault.access.people),
        tuple(one for one in access_log.reads(vault) if record.id in one.ids),
    )


def _files(vault: Vault, record: Record) -> Iterable[Kept]:
    sealed = {
        str(one.get("file")): _labels(one.get("sealed_for"))
        for one in items(record.raw, "documents")
    }
    own = [vault.root / FOLDER / one for one in (record.id, *former_ids(record))]
    found = {
        file.relative_to(vault.root).as_posix(): file
        for folder in own
        if folder.is_dir()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    for name in sealed:
        file = vault.root / name
        if name and file.is_file() and file.resolve().is_relative_to(vault.root.resolve()):
            found.setdefault(name, file)
    for name, file in found.items():
        with file.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        yield Kept(name, file.stat().st_size, digest, sealed.get(name, ()))


def former_ids(record: Record) -> tuple[str, ...]:
    """The ids that a record had before."""
    value = record.raw.get("former_ids")
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _labels(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _uses(vault: Vault, record: Record) -> Iterable[Use]:
    held: dict[str, list[str]] = {}
    for field in vault.schema.fields:
        if record.raw.get(field.name) not in (None, "", [], {}):
            for purpose in purposes_within(field):
                held.setdefault(purpose, []).append(field.name)
    for code in [
        *vault.schema.purposes,
        *(one for one in held if one not in vault.schema.purposes),
    ]:
        spelled = consent.spellings(code, vault.schema)
        named = [
            one for one in items(record.typed, "consents")
            if fold_word(str(one.get("purpose"))) in spelled
        ]  # fmt: skip
        if code in held or named:
            basis = dict.fromkeys(str(one["basis"]) for one in named if one.get("basis"))
            state = _state(named, spelled, vault)
            yield Use(code, tuple(held.get(code, ())), state, tuple(basis))


def purposes_within(field: Field) -> tuple[str, ...]:
    """The purposes that a field and what is in it are collected for; ``-`` where none is said."""
    own = [field.purpose] if field.purpose else []
    found = dict.fromkeys(
        [*own, *(one for inner in field.fields for one in purposes_within(inner))]
    )
    named = tuple(one for one in found if one and one != "-")
    return named or ("-",)


def _state(named: list[dict[str, Any]], purpose: consent.Purpose, vault: Vault) -> str:
    held = [one for one in named if consent.holds(one, vault.today)]
    if any(consent.is_current(one, purpose) for one in held):
        return "given"
    return "changed" if held else "withdrawn" if named else "none"
