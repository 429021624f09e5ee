"""Keys in sealed values: compared in memory by who holds the key, and kept nowhere (G1, J1).

What is opened is turned at once into a digest under a key that lives as long as the process; only
digests are compared. Who holds no key is told how many values were not compared, and no more.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import ciphertext
from textcrm.access.keyring import Keyring
from textcrm.errors import TextcrmError
from textcrm.matching import Key, keys_of
from textcrm.matching.keys import HIDDEN, key_paths
from textcrm.vault.revealing import places
from textcrm.vault.seals import spelled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from textcrm.matching.keys import KeyKind
    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.schema import Schema
    from textcrm.vault.vault import Vault

_ONCE = secrets.token_bytes(32)


class SealedMatches(NamedTuple):
    """The kinds of keys in common by the id of a customer; the values that no key at hand opened.

    ``closed`` counts them by label (``contact@1``).
    """

    kinds: dict[str, tuple[KeyKind, ...]]
    closed: dict[str, int]


class SealedKeys:
    """The keys in a vault's sealed values, as digests in memory, opened when first asked for.

    Asks for no passphrase, a key behind one does not count as held, unless ``keyring`` is given.
    What cannot be opened for another reason is passed over; ``check`` tells of it. ``read`` are
    the ids of the customers of whom something was opened.
    """

    def __init__(self, vault: Vault, keyring: Keyring | None = None) -> None:
        self._vault = vault
        self._paths = sealed_key_paths(vault.schema)
        self._keyring = keyring or Keyring(vault.keyring.sources)
        self._owners: dict[bytes, dict[str, None]] = {}
        self._keys: dict[str, set[Key]] = {}
        self._opened: set[tuple[str, ...]] = set()
        self.closed: dict[str, int] = {}
        self.read: dict[str, None] = {}

    def by_id(self) -> dict[str, set[Key]]:
        """The keys in all sealed values by the customer's id, as digests: to compare, not to show.

        With those of others in plain that are the same. Raises KeyMissing (no-key) where there
        are such values and no key opens any of them.
        """
        self._open(set(self._paths))
        if self.closed and not self.read:
            raise self._keyring.no_key(", ".join(sorted(self.closed)))
        kinds = {kind for inside in self._paths.values() for kind in inside}
        for doc in self._vault.catalog().docs():
            for key in keys_of(doc.typed, self._vault.schema):
                if key.kind in kinds and (told := digest(key)) in self._owners:
                    self._keys.setdefault(doc.id, set()).add(_hidden(key, told))
        return self._keys

    def matches(self, tree: Mapping[str, Any]) -> SealedMatches:
        """The customers whose sealed values hold a key of a record to be added."""
        wanted = [
            key
            for key in keys_of(tree, self._vault.schema)
            if any(key.kind in kinds for kinds in self._paths.values())
        ]
        kinds = {key.kind for key in wanted}
        self._open({root for root, inside in self._paths.items() if kinds & inside})
        found: dict[str, list[KeyKind]] = {}
        for key in sorted(wanted):
            for owner in self._owners.get(digest(key), ()):
                found.setdefault(owner, []).append(key.kind)
        unread = {label: count for label, count in self.closed.items() if wanted}
        return SealedMatches(
            {own: tuple(dict.fromkeys(kinds)) for own, kinds in found.items()}, unread
        )

    def note(self, record_id: str, tree: Mapping[str, Any]) -> None:
        """Take a customer along that was added since."""
        for key in keys_of(tree, self._vault.schema):
            if any(key.kind in kinds for kinds in self._paths.values()):
                self._owners.setdefault(digest(key), {})[record_id] = None

    def _open(self, roots: set[tuple[str, ...]]) -> None:
        fresh = roots - self._opened
        if not fresh:
            return
        self._opened |= fresh
        with self._vault.telling() as progress:
            for count, record in enumerate(_holding(self._vault, fresh), 1):
                for key in _keys_in(self._vault, record, fresh, self._keyring, self.closed):
                    told = digest(key)
                    self._owners.setdefault(told, {})[record.id] = None
                    self._keys.setdefault(record.id, set()).add(_hidden(key, told))
                    self.read[record.id] = None
                # What is still to be sealed stands in plain, in the file only.
                for key in keys_of(record.raw, self._vault.schema):
                    if any(key.kind in self._paths[root] for root in fresh):
                        told = digest(key)
                        self._owners.setdefault(told, {})[record.id] = None
                        self._keys.setdefault(record.id, set()).add(_hidden(key, told))
                if progress is not None:
                    progress(count)


def sealed_key_paths(schema: Schema) -> dict[tuple[str, ...], set[KeyKind]]:
    """Where sealed values may hold keys, by the field that is sealed, and which kinds."""
    found: dict[tuple[str, ...], set[KeyKind]] = {}
    for path, kind in key_paths(schema).items():
        for depth in range(1, len(path) + 1):
            field = schema.at(path[:depth])
            if field is not None and field.seal:
                found.setdefault(path[:depth], set()).add(kind)
                break
    return found


def digest(key: Key) -> bytes:
    """A key as it is compared: worth nothing outside this process."""
    return hashlib.blake2b(f"{key.kind} {key.value}".encode(), key=_ONCE, digest_size=16).digest()


def _holding(vault: Vault, roots: Collection[tuple[str, ...]]) -> Iterator[Record]:
    """The records with something sealed there, as their files are."""
    catalog = vault.catalog()
    rows = catalog.safely(lambda: set().union(*(catalog.values.having(root) for root in roots)))
    for doc in catalog.docs(sorted(rows)):
        try:
            yield vault.load(doc.path)
        except TextcrmError:
            continue


def _hidden(key: Key, told: bytes) -> Key:
    """A key by its digest; of a telephone no more is left than whether it is a landline."""
    landline = key.kind == "phone" and key.value.startswith("+86") and key.value[3:4] != "1"
    return Key(key.kind, f"{'+86' if landline else ''}{HIDDEN}{told.hex()}")


def _keys_in(
    vault: Vault,
    record: Record,
    roots: Collection[tuple[str, ...]],
    keyring: Keyring,
    closed: dict[str, int],
) -> Iterator[Key]:
    for path, _, node in places(vault, record):
        names = tuple(step for step in path if isinstance(step, str))
        if names not in roots:
            continue
        try:
            labels = ciphertext.read(node).labels
        except ciphertext.Malformed:
            continue
        label = "+".join(labels)
        if label in closed:
            closed[label] += 1
            continue
        try:
            value = _opened(vault, record, path, node, labels, keyring)
        except TextcrmError as error:
            if error.exit_code == 3:  # no key; anything else is damage
                closed[label] = 1
            continue
        yield from keys_of(_nested(names, value), vault.schema)


def _opened(
    vault: Vault, record: Record, path: Path, node: Any, labels: tuple[str, ...], keyring: Keyring
) -> Any:
    from textcrm import sealing

    keys = keyring.opening(labels, vault.access, vault.file)
    place = spelled(path, record.raw)
    return sealing.unseal(node, rec=record.uid or "", path=place, identities=keys)


def _nested(names: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A tree with nothing but a value at its place."""
    for name in reversed(names[1:]):
        value = [{name: value}]
    return {names[0]: value}
