"""An index of keys: which customers have one, so that what comes in meets what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm.matching.keys import KINDS, Key

if TYPE_CHECKING:
    from collections.abc import Iterable

_ORDER = {kind: place for place, kind in enumerate(KINDS)}


class Match(NamedTuple):
    """A customer with keys in common; the keys that say most first."""

    id: str
    keys: tuple[Key, ...]


class KeyIndex:
    """Customers by their keys, in memory. Ids are those of :attr:`textcrm.record.Record.id`."""

    def __init__(self) -> None:
        self._ids: dict[Key, dict[str, None]] = {}
        self._keys: dict[str, set[Key]] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, owner: str, keys: Iterable[Key]) -> None:
        """Note keys of a customer, beside those it has already."""
        own = self._keys.setdefault(owner, set())
        for key in keys:
            own.add(key)
            self._ids.setdefault(key, {})[owner] = None

    def remove(self, owner: str) -> None:
        """Forget a customer."""
        for key in self._keys.pop(owner, ()):
            ids = self._ids[key]
            ids.pop(owner, None)
            if not ids:
                del self._ids[key]

    def keys(self, owner: str) -> frozenset[Key]:
        """The keys of a customer."""
        return frozenset(self._keys.get(owner, ()))

    def holders(self, key: Key) -> tuple[str, ...]:
        """The customers with a key, in the order in which they came."""
        return tuple(self._ids.get(key, ()))

    def matches(self, keys: Iterable[Key]) -> tuple[Match, ...]:
        """The customers with one of these keys: by the strongest key, then the number of them."""
        met: dict[str, list[Key]] = {}
        for key in sorted(set(keys), key=lambda key: (_ORDER[key.kind], key.value)):
            for owner in self._ids.get(key, ()):
                met.setdefault(owner, []).append(key)
        found = [Match(owner, tuple(same)) for owner, same in met.items()]
        found.sort(key=lambda match: (_ORDER[match.keys[0].kind], -len(match.keys)))
        return tuple(found)
