"""Sealing what a record holds in plain: normalised, validated, bound to its place (DESIGN section 3).

Public keys are enough: who cannot read a value may still write it. What is sealed already stays as
it is, byte for byte.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from textcrm import ciphertext, paths, store, yamlfile
from textcrm.errors import Invalid, Misuse, TextcrmError
from textcrm.rules.sealing import CODES, sealed_places
from textcrm.text import Text
from textcrm.vault import edits, ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textcrm.access import Access, Person
    from textcrm.findings import Problem
    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.schema import Field
    from textcrm.vault.vault import Vault

Plain = list[tuple["Path", "Field", Any]]


def sealed_text(vault: Vault, record: Record, base: Record | None) -> str:
    """The record's text with every plain value of a sealed field sealed.

    ``base`` is the record as it was: a value that is written again as it was keeps its ciphertext
    where a key at hand tells so. A new owner's values are sealed for the new owner as well. Trust
    is asked before any value is looked at (8 before 5). In a vault without keys nothing changes.
    Raises TrustFailure, Invalid (record-invalid; no value is repeated), Misuse (grant-needed),
    KeyMissing where a new owner's values cannot be opened.
    """
    plain = plain_values(vault, record)
    heirs = owner_changed(record, base)
    if not (plain or heirs) or not vault.access.has_keys:
        return record.text
    access = vault.trusted_access()
    text = record.text
    if plain:
        text = _sealed(vault, access, record, base, plain)
    if heirs and base is not None:
        text = _for_the_owner(vault, access, store.parse(record.path, text.encode(), vault.schema))
    return text


def plain_values(vault: Vault, record: Record) -> Plain:
    """Every plain value in a field that the schema seals: path, field and value as typed."""
    return [
        (path, field, value)
        for path, field, value in sealed_places(record.raw, vault.schema)
        if field is not None and not ciphertext.looks_sealed(value)
    ]


def labels_for(access: Access, class_name: str, owner: Person | None) -> list[str]:
    """Whom a value of a class is sealed for: the class, and the record's owner where it may."""
    labels = [access.current(class_name)]
    if owner is not None and owner.keys and class_name in access.owner_reads:
        labels.append(owner.id)
    return labels


def owner_of(access: Access, record: Record) -> Person | None:
    """The person who owns a record, None in the public pool or where nobody answers to the name."""
    owner = record.raw.get("owner")
    return access.find(owner) if isinstance(owner, str) and owner else None


def seal_value(
    access: Access, value: Any, *, rec: str, path: str, labels: Sequence[str]
) -> dict[str, Any]:
    """Seal one value for labels. Raises KeyMissing (no-class-key) where a label has no key."""
    from textcrm import sealing
    from textcrm.access.model import no_class_key

    keys = []
    for label in labels:
        key = access.recipient(label)
        if key is None:
            raise no_class_key(label, list(access.classes))
        keys.append(key)
    return sealing.seal(_carried(value), rec=rec, path=path, labels=labels, recipients=keys)


def _carried(value: Any) -> Any:
    """A typed value as an envelope carries it: days as ISO 8601 texts."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _carried(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_carried(inner) for inner in value]
    return value


def spelled(path: Path, raw: Any) -> str:
    """The place of a value as its envelope names it: /contacts/k3f9/id_number."""
    return "/" + "/".join(map(str, paths.stable(path, raw)))


# -- sealing


def _sealed(
    vault: Vault, access: Access, record: Record, base: Record | None, plain: Plain
) -> str:
    text = _normalised(vault, record, plain)
    made = store.parse(record.path, text.encode("utf-8"), vault.schema)
    _demand_valid(vault, made, [path for path, _, _ in plain])
    owner = owner_of(access, made)
    _demand_grant(vault, access, made, base, plain, owner)
    for path, field, _ in plain:
        value = paths.value_at(path, made.typed)
        place = spelled(path, made.raw)
        labels = labels_for(access, field.seal or "", owner)
        node = _kept(vault, access, base, place, labels, value)
        if node is None:
            node = seal_value(access, value, rec=made.uid or "", path=place, labels=labels)
        text = yamlfile.set_value(text, path, node)
    return text


def _anchored(text: str, plain: Sequence[Path]) -> str:
    """Give the record its uid and the items on the way to a value their ids: places need names."""
    raw = yamlfile.read_mapping(text)
    if not raw.get("uid"):
        text = yamlfile.set_value(text, ("uid",), ids.new_uid(), key_order=("id", "uid"))
    for path in plain:
        for depth, step in enumerate(path):
            if not isinstance(step, int):
                continue
            listed = paths.value_at(path[:depth], yamlfile.read_mapping(text))
            if isinstance(listed[step], dict) and not listed[step].get("id"):
                taken = {str(one.get("id")) for one in listed if isinstance(one, dict)}
                own = (*path[: depth + 1], "id")
                text = yamlfile.set_value(text, own, ids.new_item_id(taken), key_order=("id",))
    return text


def _normalised(vault: Vault, record: Record, plain: Plain) -> str:
    """The text with names for places, and values as people type them as what is stored."""
    from textcrm.normalize.entry import normalize_value

    text = _anchored(record.text, [path for path, _, _ in plain])
    for path, field, value in plain:
        if not isinstance(value, str) or not value.strip():
            continue
        try:
            stored = normalize_value(
                field, value, today=vault.today, now=vault.now, currency=vault.config.currency
            ).value
        except TextcrmError as error:  # a value that will not do is a record that would be invalid
            raise _unreadable(record, path, error) from None
        if stored != value:
            text = edits.put(text, path, stored, vault.schema)
    return text


def _unreadable(record: Record, path: Path, error: TextcrmError) -> Invalid:
    from textcrm.vault.typed_places import said_first

    line, column = yamlfile.positions(record.text).value(path)
    bare = Invalid(error.code, error.message, hint=error.hint, **error.data)
    return said_first(bare, path=paths.spell(path), file=record.path, line=line, column=column)


def _demand_valid(vault: Vault, record: Record, sealed: Sequence[Path]) -> None:
    """Nothing is sealed that the schema refuses: later nobody could see it."""
    from textcrm.vault.draft import invalid

    wrong = [
        finding
        for finding in vault.findings(record)
        if finding.severity == "error"
        and finding.code not in CODES
        and any(finding.path[: len(path)] == path for path in sealed)
    ]
    if wrong:
        problems: list[Problem] = vault.placed(record, wrong)
        raise invalid(problems)


def _kept(
    vault: Vault,
    access: Access,
    base: Record | None,
    place: str,
    labels: Sequence[str],
    value: Any,
) -> dict[str, Any] | None:
    """The sealed value that stood there before, where it holds just this."""
    if base is None or not base.uid:
        return None
    for path, _, node in sealed_places(base.raw, vault.schema):
        if ciphertext.is_sealed(node) and spelled(path, base.raw) == place:
            break
    else:
        return None
    from textcrm.access.keyring import Keyring
    from textcrm.sealing import unseal

    try:
        if list(ciphertext.read(node).labels) != list(labels):
            return None
        # A key behind a passphrase is not asked for: writing needs none.
        keys = Keyring(vault.keyring.sources).opening(labels, access, vault.file)
        before = unseal(node, rec=base.uid, path=place, identities=keys)
    except (TextcrmError, ciphertext.Malformed):
        return None
    return node if repr(before) == repr(_carried(value)) else None


# -- the owner reads along


def owner_changed(record: Record, base: Record | None) -> bool:
    """Whether a record has another owner than before, or none any more."""
    return base is not None and record.raw.get("owner") != base.raw.get("owner")


def persons_in(vault: Vault, record: Record) -> set[str]:
    """The people whom a record's sealed values name in their labels."""
    found: set[str] = set()
    for _, _, node in sealed_places(record.raw, vault.schema):
        try:
            labels = ciphertext.read(node).labels
        except ciphertext.Malformed:
            continue
        found.update(label for label in labels if ciphertext.parse_class(label) is None)
    return found


def _demand_grant(
    vault: Vault,
    access: Access,
    record: Record,
    base: Record | None,
    plain: Plain,
    owner: Person | None,
) -> None:
    """A value sealed for a new owner gives somebody something: that is said first, and agreed to.

    The field ``owner`` is signed by nobody; whoever can push could write a name there.
    """
    if owner is None or base is None:
        return
    given = sorted({f.seal for _, f, _ in plain if f.seal in access.owner_reads and f.seal})
    known = persons_in(vault, base)
    had_some = any(
        ciphertext.is_sealed(node) for _, _, node in sealed_places(base.raw, vault.schema)
    )
    if given and had_some and owner.id not in known and gains(access, owner, given):
        demand_grant(vault, record, owner, gains(access, owner, given))


def gains(access: Access, person: Person, classes: Sequence[str]) -> list[str]:
    """The classes that a person does not read by role."""
    return [one for one in classes if person not in access.readers(one)]


def demand_grant(vault: Vault, record: Record, person: Person, classes: Sequence[str]) -> None:
    """Ask whether a person may read a record's classes. Raises Misuse (grant-needed)."""
    if vault.confirm_grant is not None and vault.confirm_grant(record, person, list(classes)):
        return
    raise Misuse(
        "grant-needed",
        Text(
            "this lets {name} read {classes} of {id}",
            "这会让{name}读取 {id} 的 {classes}",
        ),
        hint=Text("if that is meant, add --grant", "确认无误请加 --grant"),
        name=person.name,
        classes=list(classes),
        id=record.id,
    )


def stale_files(access: Access, record: Record) -> dict[str, str]:
    """The sealed attachments that the record's owner should read otherwise: path and class."""
    from textcrm.vault.sealed_files import sealed_files

    owner = owner_of(access, record)
    found: dict[str, str] = {}
    for one in sealed_files(record):
        key = ciphertext.parse_class(one.labels[0])
        if key is None or key[0] not in access.owner_reads or key[0] not in access.classes:
            continue
        if list(one.labels) != labels_for(access, key[0], owner):
            found[one.path] = key[0]
    return found


def _for_the_owner(vault: Vault, access: Access, record: Record) -> str:
    """Seal the values that the owner reads anew, for the new owner and no more for the old one."""
    from textcrm.vault.revealing import opened

    owner = owner_of(access, record)
    text = record.text
    stale = [
        (path, field, node)
        for path, field, node in sealed_places(record.raw, vault.schema)
        if field is not None
        and field.seal in access.owner_reads
        and ciphertext.is_sealed(node)
        and list(ciphertext.read(node).labels) != labels_for(access, field.seal or "", owner)
    ]
    files = stale_files(access, record)
    if not (stale or files):
        return text
    classes = sorted({*(field.seal or "" for _, field, _ in stale), *files.values()})
    gained = gains(access, owner, classes) if owner is not None and owner.keys else []
    if owner is not None and gained:
        demand_grant(vault, record, owner, gained)
    for path, field, node in stale:
        place = spelled(path, record.raw)
        value = opened(vault, access, node, rec=record.uid or "", place=place)
        fresh = seal_value(
            access,
            value,
            rec=record.uid or "",
            path=place,
            labels=labels_for(access, field.seal or "", owner),
        )
        text = yamlfile.set_value(text, path, fresh)
    return text
