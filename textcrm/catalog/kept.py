"""A Doc out of the catalog: scalars at once, mappings and lists when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.catalog import encoding
from textcrm.catalog.entries import shown_derived
from textcrm.query.doc import Doc

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from textcrm.schema import Schema


class KeptDoc(Doc):
    """As :class:`textcrm.query.doc.Doc`; ``path`` is its file, ``row`` its number in the catalog.

    Sealed values are marks without ciphertext.
    """

    __slots__ = ("_body", "_head", "_kept", "_typed", "path", "row")

    def __init__(
        self,
        row: int,
        path: str,
        id: str,
        parts: tuple[bytes, bytes, bytes],
        schema: Schema,
        *,
        today: dt.date,
        plan: Any,
    ) -> None:
        self.row = row
        self.path = path
        self.id = id
        self.schema = schema
        self.today = today
        self.reveal = False
        self.plan = plan
        self._head: dict[str, Any] = encoding.decode(parts[0])
        self._body, self._kept = parts[1], parts[2]
        self._typed: dict[str, Any] | None = None
        self._derived = None
        self._haystack = None
        self._phones = self._names = None

    @property
    def typed(self) -> Mapping[str, Any]:  # type: ignore[override]
        """The typed record, sealed values as marks."""
        if self._typed is None:
            head, body = self._head, encoding.unpacked(self._body)
            elsewhere = encoding.ELSEWHERE
            self._typed = {
                key: body[key] if value is elsewhere else value for key, value in head.items()
            }
        return self._typed

    @property
    def name(self) -> str:
        """The customer's name, or an empty string."""
        name = self._head.get("name")
        return name if isinstance(name, str) else ""

    @property
    def archived(self) -> bool:
        """Whether the record is put aside (O1)."""
        value = self._head.get("archived")
        return bool(self.typed["archived"] if value is encoding.ELSEWHERE else value)

    @property
    def derived(self) -> Mapping[str, Any]:
        """What follows from the record."""
        if self._derived is None:
            assert self.today is not None  # noqa: S101 - given by the constructor
            self._derived = shown_derived(encoding.decode(self._kept), self.today)
        return self._derived

    def top(self, key: str) -> Any:
        """As in a :class:`Doc`, without what else there is."""
        value = self._head.get(key)
        return self.typed[key] if value is encoding.ELSEWHERE else value

    def _tree_of(self, key: str) -> Mapping[str, Any]:
        """The scalars, where the value is one of them or not there at all."""
        value = self._head.get(key)
        return self.typed if value is encoding.ELSEWHERE else self._head
