"""Records with their sealed values open for a search: in memory, for as long as it lasts."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from textcrm import ciphertext, paths
from textcrm.errors import KeyMissing, TextcrmError
from textcrm.query.doc import Doc, is_sealed
from textcrm.record import derive
from textcrm.vault.revealing import places
from textcrm.vault.seals import spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textcrm.access.keyring import Keyring
    from textcrm.catalog import KeptDoc
    from textcrm.paths import Path
    from textcrm.record import Record
    from textcrm.schema import Field, Schema
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
            from textcrm.catalog.collecting import uncollected

            with uncollected():
                self._docs = [self.opened(doc) for doc in self._vault.catalog().docs()]
        return iter(self._docs)

    def demand_some(self) -> None:
        """Raise KeyMissing (no-key) where there are sealed values and no key opens any of them."""
        list(self)
        if self.locked and not self.values:
            raise self._keyring.no_key(", ".join(sorted(self.locked)))

    def opened(self, doc: KeptDoc) -> Doc:
        """The record of a doc with what opens in plain; the doc itself where nothing is sealed."""
        marks = list(_marks(doc.typed, _routes(self._vault.schema), ()))
        if not marks:
            return doc
        return self._filled(doc, marks) or self._loaded(doc)

    def _filled(self, doc: KeptDoc, marks: list[Mark]) -> Doc | None:
        """The doc out of the catalog with its marks replaced by what the file's ciphertexts hold.

        None where the two do not answer to each other one by one: the file is then read as YAML.
        """
        try:
            text = (self._vault.root / doc.path).read_text("utf-8")
        except (OSError, ValueError):
            return None
        found = _CIPHERTEXT.findall(text)
        ciphertexts = text.count(_BEGINNING) + text.count("BEGIN AGE")
        if not len(found) == len(marks) == ciphertexts:
            return None
        rec = str(doc.typed.get("uid") or "")
        values = []
        locked: Counter[str] = Counter()
        for (path, labels, kind), age in zip(marks, found, strict=True):
            try:
                values.append((path, self._value(doc, rec, path, labels, age, kind)))
            except KeyMissing:
                locked["+".join(labels)] += 1
            except (TextcrmError, _OtherKind):
                return None
        self.locked += locked
        for path, value in values:
            paths.value_at(path[:-1], doc.typed)[path[-1]] = value
        self.values += len(values)
        return self._doc(doc.id, dict(doc.typed), doc.schema)

    def _value(
        self, doc: KeptDoc, rec: str, path: Path, labels: tuple[str, ...], age: str, kind: str
    ) -> Any:
        from textcrm import sealing

        node = {"sealed": list(labels), "age": age}
        place = spelled(path, doc.typed)
        keys = self._opening(labels)
        return _typed(kind, sealing.unseal(node, rec=rec, path=place, identities=keys))

    def _doc(self, record_id: str, tree: dict[str, Any], schema: Schema) -> Doc:
        today, settings = self._vault.today, self._vault.config.derived_settings()
        return Doc(
            record_id,
            tree,
            lambda: derive(tree, today, record_id, settings),
            schema,
            today=today,
            reveal=True,
        )

    def _loaded(self, doc: KeptDoc) -> Doc:
        try:
            record = self._vault.load(doc.path)
        except TextcrmError:
            return doc  # changed under us, or gone
        tree = self._open(record)
        return self._doc(record.id, tree, record.schema)

    def _open(self, record: Record) -> dict[str, Any]:
        """The typed tree with what opens in plain; the ciphertext of the rest stays."""
        from textcrm import sealing

        for path, _field, node in list(places(self._vault, record)):
            labels: tuple[str, ...] = ()
            try:
                taken = ciphertext.read(node)
                labels = taken.labels
                keys = self._opening(labels)
            except KeyMissing:
                self.locked["+".join(labels)] += 1
                continue
            except (TextcrmError, ciphertext.Malformed):
                self.damaged.append(record.id)
                continue
            try:
                place = spelled(path, record.raw)
                value = sealing.unseal(taken, rec=record.uid or "", path=place, identities=keys)
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


Mark = tuple["Path", tuple[str, ...], str]
_BEGINNING: Final = "YWdlLWVuY3J5cHRpb24"
_CIPHERTEXT: Final = re.compile(r"^ *age: (YWdl[A-Za-z0-9+/]+={0,2})$", re.MULTILINE)


class _OtherKind(Exception):
    """A value that the schema has to give its type."""


def _typed(kind: str, value: Any) -> Any:
    """A value of one of the usual kinds as the typed record has it."""
    if isinstance(value, str) and kind in ("text", "code", "name", "phone", "email", "reference"):
        return value
    if kind == "money" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise _OtherKind


@lru_cache(maxsize=8)
def _routes(schema: Schema) -> dict[str, Any]:
    """The fields that are sealed by name, their kind, and those that lead to them as mappings."""
    return _below(schema.fields)


def _below(fields: tuple[Field, ...]) -> dict[str, Any]:
    made: dict[str, Any] = {
        one.name: one.kind if one.seal else _below(one.fields) for one in fields
    }
    return {name: one for name, one in made.items() if one}


def _marks(tree: Any, routes: dict[str, Any], at: Path) -> Iterator[Mark]:
    """The places of sealed values in a record of the catalog, in the order of its file."""
    for name, value in tree.items():
        route = routes.get(name)
        if isinstance(route, str):
            if is_sealed(value) and value["sealed"]:
                given = value["sealed"]
                labels = (given,) if isinstance(given, str) else tuple(given)
                yield (*at, name), labels, route
        elif route is not None:
            items = enumerate(value) if isinstance(value, list) else (("", value),)
            for place, item in items:
                if isinstance(item, dict):
                    here = (*at, name, place) if isinstance(place, int) else (*at, name)
                    yield from _marks(item, route, here)
