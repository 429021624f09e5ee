"""Two clones took one id for two customers: the one that is not shared yet gets another (A6).

So does a file that two people attached under one name.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from textcrm import store, yamlfile
from textcrm.record import created_on, id_of_path
from textcrm.vault import ids
from textcrm.vault.sealed_files import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textcrm.record import Record
    from textcrm.vault import Vault

_ATTACHMENTS = "attachments/"


class Renumbering:
    """The ids that changed while commits are replayed, and all that names them."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self.ids: dict[str, str] = {}
        self.files: dict[str, str] = {}  # attachments of ours by their paths in the vault
        self._fresh: set[str] = set()

    def adopt(self, renumbered: dict[str, str]) -> None:
        """Go on with ids that an interrupted sync has given already."""
        self.ids.update(renumbered)
        self._fresh.update(renumbered.values())

    def place(self, path: str) -> str:
        """Where a file of ours lies now: that of a renumbered record, or of its attachments."""
        if not self.ids and not self.files:
            return path
        prefix = self._vault.prefix
        own = path.removeprefix(prefix)
        if store.is_record_path(own) and id_of_path(own) in self.ids:
            return prefix + store.path_of(self.ids[id_of_path(own)])
        if own.startswith(_ATTACHMENTS):
            folder, _, rest = own.removeprefix(_ATTACHMENTS).partition("/")
            own = f"{_ATTACHMENTS}{self.ids.get(folder, folder)}/{rest}"
            return prefix + self.files.get(own, own)
        return path

    def make_way(self, path: str, data: bytes, current: Callable[[str], bytes | None]) -> None:
        """Give a file that we attached another name where others attached one under the same."""
        own = self.place(path).removeprefix(self._vault.prefix)
        if not own.startswith(_ATTACHMENTS) or current(self._vault.prefix + own) in (None, data):
            return
        stem, dot, ending = own.removesuffix(SUFFIX).rpartition(".")
        if not dot or "/" in ending:
            stem, dot, ending = own.removesuffix(SUFFIX), "", ""
        ending += SUFFIX if own.endswith(SUFFIX) else ""
        names = (f"{stem}-{number}{dot}{ending}" for number in itertools.count(2))
        self.files[own] = next(
            name for name in names if current(self._vault.prefix + name) in (None, data)
        )

    def rewritten(self, path: str, data: bytes | None) -> bytes | None:
        """A version of a record file of ours, with the new ids wherever it names an old one."""
        own = path.removeprefix(self._vault.prefix)
        known = self.ids or self.files
        if data is None or not known or not store.is_record_path(own):
            return data
        record = store.parse(own, data, self._vault.schema)
        text = record.text
        if record.id in self.ids and id_of_path(own) == record.id:
            text = self._renamed(record, self.ids[record.id])
        for place, old in list(self._references(record.raw, (), record)):
            text = yamlfile.set_scalar(text, place, self.ids[old])
        if self.files:
            for place, value in list(_scalars(yamlfile.read_mapping(text), ())):
                if value in self.files:
                    text = yamlfile.set_scalar(text, place, self.files[value])
        return text.encode("utf-8")

    def renumbered(self, path: str, data: bytes) -> list[tuple[str, bytes | None]]:
        """Give a record the next free id; gives its new file."""
        own = path.removeprefix(self._vault.prefix)
        record = store.parse(own, data, self._vault.schema)
        old = record.id
        fresh = self._next(old)
        self.ids[old] = fresh
        self._fresh.add(fresh)
        return [(self._vault.prefix + store.path_of(fresh), self._renamed(record, fresh).encode())]

    def message(self, text: str) -> str:
        """A commit's message with the new ids for the old ones."""
        for old, fresh in self.ids.items():
            pattern = rf"(?<![0-9A-Za-z]){re.escape(old)}(?![0-9A-Za-z])"
            text = re.sub(pattern, fresh, text)
        return text

    def _next(self, old: str) -> str:
        day = created_on(old)
        if day is None:
            day = self._vault.today
        taken = ids.taken_on(day, self._vault.root, self._vault.repo, self._vault.prefix)
        return ids.next_id(day, taken | self._fresh | set(self.ids), old[:1])

    def _renamed(self, record: Record, fresh: str) -> str:
        """A record's text under its new id; the old one stays among the former ids."""
        text = yamlfile.set_scalar(record.text, ("id",), fresh)
        former = record.raw.get("former_ids")
        known = former if isinstance(former, list) else []
        if record.id not in known:
            order = self._vault.schema.order()
            text = yamlfile.set_value(text, ("former_ids",), [*known, record.id], key_order=order)
        old = f"{_ATTACHMENTS}{record.id}/"
        for place, value in list(_scalars(record.raw, ())):
            if value.startswith(old):
                moved = f"{_ATTACHMENTS}{fresh}/{value.removeprefix(old)}"
                text = yamlfile.set_scalar(text, place, moved)
        return text

    def _references(
        self, node: Any, at: tuple[str | int, ...], record: Record
    ) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The values of reference fields that name a renumbered record."""
        for place, value in _scalars(node, at):
            if value in self.ids:
                field = record.schema.at(place)
                if field is not None and field.kind == "reference":
                    yield place, value


def _scalars(node: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _scalars(value, (*at, name))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _scalars(value, (*at, index))
    elif isinstance(node, str):
        yield at, node
