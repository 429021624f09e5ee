"""The customers of an export, one by one: what is sealed left out or opened, names masked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm.query.doc import is_sealed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from textcrm.catalog import KeptDoc
    from textcrm.errors import KeyMissing, TextcrmError
    from textcrm.query import Doc, Query
    from textcrm.vault import Vault

    Tree = dict[str, Any]

_PAGE = 200


class Customer(NamedTuple):
    """One customer as an export sees it.

    ``tree`` is typed (Decimal, date, bool) and holds nothing that is sealed unless it was opened;
    ``updated`` is the day of the last change that counts (DESIGN section 8), ``version`` the git
    blob id of the record's file as it was read, empty where nobody asked for it.
    """

    id: str
    tree: Tree
    derived: Mapping[str, Any]
    path: str
    updated: dt.date | None = None
    version: str = ""

    @property
    def name(self) -> str:
        """The customer's name, or an empty string."""
        name = self.tree.get("name")
        return name if isinstance(name, str) else ""

    @property
    def uid(self) -> str:
        """The immutable identity, or an empty string."""
        uid = self.tree.get("uid")
        return uid if isinstance(uid, str) else ""


class Sealed:
    """What became of the sealed values of an export: how many stayed out, how many were opened.

    ``missing`` is the error of the first that no key at hand opens, ``problems`` those of damaged
    values.
    """

    def __init__(self) -> None:
        self.left_out = 0
        self.opened = 0
        self.missing: KeyMissing | None = None
        self.problems: list[TextcrmError] = []


class Source:
    """The customers that fit a query, read page by page as often as they are gone through.

    ``hide`` changes a tree before it is written (masks); with ``reveal`` the values that the keys
    at hand open are opened, in memory; with ``versions`` each customer carries the blob id of its
    file. ``told`` hears how many were read so far.
    """

    def __init__(
        self,
        vault: Vault,
        rows: Sequence[int],
        *,
        reveal: bool = False,
        versions: bool = False,
        updates: bool = False,
        hide: Callable[[Tree], Tree] | None = None,
        told: Callable[[int], None] | None = None,
    ) -> None:
        self._vault = vault
        self._rows = rows
        self.reveals = reveal
        self._versions = versions
        self._hide = hide
        self._told = told
        self._heard = 0
        self._updates: Mapping[str, dt.date] = {}
        if updates:
            from textcrm.vault.updated import last_updates

            self._updates = last_updates(vault)
        self.sealed = Sealed()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Customer]:
        self.sealed = Sealed()
        catalog = self._vault.catalog()
        for count, doc in enumerate(catalog.docs(self._rows), 1):
            yield self._customer(doc)
            if self._told is not None and count % _PAGE == 0 and count > self._heard:
                self._heard = count  # a second time through says nothing new
                self._told(count)

    def _customer(self, doc: KeptDoc) -> Customer:
        tree = self._opened(doc) if self.reveals else dict(doc.typed)
        tree, dropped = without_sealed(tree)
        self.sealed.left_out += dropped
        if self._hide is not None:
            tree = self._hide(tree)
        version = self._version(doc.path) if self._versions else ""
        tree.setdefault("id", doc.id)
        return Customer(doc.id, tree, doc.derived, doc.path, self._updates.get(doc.path), version)

    def _opened(self, doc: KeptDoc) -> Tree:
        """The record's tree out of its file, what the keys open in clear."""
        from textcrm.vault.revealing import reveal

        found = reveal(self._vault, self._vault.load(doc.path))
        self.sealed.opened += found.opened
        self.sealed.missing = self.sealed.missing or found.missing
        self.sealed.problems += [error for _, error in found.problems]
        return self._vault.schema.typed(found.tree)

    def _version(self, path: str) -> str:
        data = self._vault.file(path) or b""
        return blob_id(data, self._vault.repo.algorithm)


def blob_id(data: bytes, algorithm: str = "sha1") -> str:
    """The name that git has for a file's bytes."""
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data).hexdigest()


def docs_of(vault: Vault, query: Query, *, archived: bool) -> list[Doc]:
    """The records that fit, by id, as the catalog has them."""
    from textcrm.vault import finding

    return finding.backend(vault).fitting(query, (), archived=archived)


def rows_of(docs: Iterable[Doc]) -> list[int]:
    """The catalog's numbers of records: a source reads them again, page by page."""
    return [doc.row for doc in docs]  # type: ignore[attr-defined]


def docs_at(vault: Vault, path: str) -> list[Doc]:
    """The record of a file, as the catalog has it."""
    return [doc for doc in vault.catalog().docs() if doc.path == path]


def without_sealed(tree: Any) -> tuple[Any, int]:
    """A tree without sealed values, and how many there were; a key or item of its own goes."""
    if isinstance(tree, dict):
        kept: dict[str, Any] = {}
        count = 0
        for key, value in tree.items():
            if type(value) is dict or type(value) is list:
                if is_sealed(value):
                    count += 1
                    continue
                value, inner = without_sealed(value)  # noqa: PLW2901 - the same value, cleaned
                count += inner
            kept[key] = value
        return kept, count
    if isinstance(tree, list):
        pairs = [
            without_sealed(one) if isinstance(one, dict | list) else (one, 0)
            for one in tree
            if not is_sealed(one)
        ]
        count = sum(is_sealed(one) for one in tree) + sum(inner for _, inner in pairs)
        return [one for one, _ in pairs], count
    return tree, 0
