"""The identity keys of a vault's customers, out of the catalog: what an import or add meets (G1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.matching import Key, KeyIndex, key_of, keys_of
from textcrm.matching.keys import KINDS, key_paths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from textcrm.catalog import Catalog
    from textcrm.matching.keys import KeyKind
    from textcrm.vault.vault import Vault


def key_index(vault: Vault, kinds: Collection[KeyKind] = KINDS, *, region: str = "CN") -> KeyIndex:
    """An index of the keys of all customers, or of some kinds of key; sealed values have none.

    Read from the catalog's table of values, without a look into the records. ``uid`` stands in no
    table and costs a read of every record. ``region`` is that of numbers without a prefix.
    """
    catalog = vault.catalog()
    return catalog.safely(lambda: _built(catalog, vault, frozenset(kinds), region))


def _built(catalog: Catalog, vault: Vault, kinds: frozenset[KeyKind], region: str) -> KeyIndex:
    index = KeyIndex()
    owners = catalog.ids()
    for owner in owners.values():
        index.add(owner, ())
    if "id" in kinds:
        for word, row in catalog.former_ids().items():
            if row in owners:
                index.add(owners[row], (Key("id", word),))
    paths = {path: kind for path, kind in key_paths(vault.schema).items() if kind in kinds}
    for path, kind in paths.items():
        if path[-1] not in ("id", "uid", "former_ids"):
            for key, row in _kept(catalog, path, kind, region):
                if row in owners:
                    index.add(owners[row], (key,))
    long = set().union(*(catalog.values.unkept(path) for path in paths))
    for doc in catalog.docs(sorted(long)):
        found = keys_of(doc.typed, vault.schema, region=region)
        index.add(doc.id, (key for key in found if key.kind in kinds))
    if "uid" in kinds:
        for doc in catalog.docs():
            index.add(doc.id, (Key("uid", uid) for uid in doc.values(("uid",)) if uid))
    return index


def _kept(
    catalog: Catalog, path: tuple[str, ...], kind: KeyKind, region: str
) -> Iterator[tuple[Key, int]]:
    """The keys that the values at a path give, with their rows; each value is spelled once."""
    spelled: dict[str, Key | None] = {}
    for value, row in catalog.values.pairs(path):
        if not isinstance(value, str):
            continue
        if value not in spelled:
            spelled[value] = key_of(kind, value, region=region)
        if (key := spelled[value]) is not None:
            yield key, row
