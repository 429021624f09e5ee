"""Records with their sealed values open for a search: in memory, for as long as it lasts."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from textcrm import ciphertext, paths
from textcrm.errors import KeyMissing, TextcrmError
from textcrm.query.doc import Doc, is_sealed
from textcrm.vault.revealing import places
from textcrm.vault.seals import spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.access.keyring import Keyring
    from textcrm.catalog import KeptDoc
    from textcrm.record import Record
    from textcrm.sealing import Identity
    from textcrm.vault.vault import Vault


class OpenedDocs:
    """Every record of a vault as a search sees it, with what the keys at hand open.

    Records without sealed values come out of the catalog, others out of their files. ``values``
    counts what was opened, ``locked`` what no key opens by label, ``damaged`` what is none of the
    vault's, by record. Nothing of it is written anywhere.
    """

    def __init__(self, vault: Vault, keyring: Keyring | None = None) -> None:
        self._vault = vault
        self._keyring = keyring or vault.keyring
        self._docs: list[Doc] | None = None
        self._keys: dict[tuple[str, ...], list[Identity]] = {}
        self._refused: dict[tuple[str, ...], KeyMissing] = {}
        self.values = 0
        self.locked: Counter[str] = Counter()
        self.damaged: list[str] = []

    def __iter__(self) -> Iterator[Doc]:
        if self._docs is None:
            self._docs = [self.opened(doc) for doc in self._vault.catalog().docs()]
        return iter(self._docs)

    def demand_some(self) -> None:
        """Raise KeyMissing (no-key) where there are sealed values and no key opens any of them."""
        list(self)
        if self.locked and not self.values:
            raise self._keyring.no_key(", ".join(sorted(self.locked)))

    def opened(self, doc: KeptDoc) -> Doc:
        """The record of a doc with what opens in plain; the doc itself where nothing is sealed."""
        if not _holds_sealed(doc.typed):
            return doc
        try:
            record = self._vault.load(doc.path)
        except TextcrmError:
            return doc  # changed under us, or gone
        tree = self._open(record)
        settings = self._vault.config.derived_settings()
        return Doc(
            record.id,
            tree,
            lambda: record.derived(self._vault.today, settings),
            record.schema,
            today=self._vault.today,
            reveal=True,
        )

    def _open(self, record: Record) -> dict[str, Any]:
        """The typed tree with what opens in plain; the ciphertext of the rest stays."""
        from textcrm import sealing

        for path, _field, node in list(places(self._vault, record)):
            labels: tuple[str, ...] = ()
            try:
                labels = ciphertext.read(node).labels
                keys = self._opening(labels)
            except KeyMissing:
                self.locked["+".join(labels)] += 1
                continue
            except (TextcrmError, ciphertext.Malformed):
                self.damaged.append(record.id)
                continue
            try:
                place = spelled(path, record.raw)
                value = sealing.unseal(node, rec=record.uid or "", path=place, identities=keys)
            except TextcrmError:  # a key that does not open what its label names, too
                self.damaged.append(record.id)
            else:
                paths.value_at(path[:-1], record.raw)[path[-1]] = _as_typed(value)
                self.values += 1
        return record.typed

    def _opening(self, labels: tuple[str, ...]) -> list[Identity]:
        """The key for values with these labels: looked for once, found or not."""
        if labels in self._refused:
            raise self._refused[labels]
        if labels not in self._keys:
            try:
                vault = self._vault
                self._keys[labels] = self._keyring.opening(labels, vault.access, vault.file)
            except KeyMissing as error:
                self._refused[labels] = error
                raise
        return self._keys[labels]


def _as_typed(value: Any) -> Any:
    """A value as it stands in a file, for the schema to give it its type again."""
    if isinstance(value, dict):
        return {name: _as_typed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_typed(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        format(value, "f")
        if isinstance(value, Decimal)
        else value
        if value is None
        else str(value)
    )


def _holds_sealed(value: Any) -> bool:
    if isinstance(value, dict):
        return is_sealed(value) or any(_holds_sealed(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_holds_sealed(inner) for inner in value)
    return False
