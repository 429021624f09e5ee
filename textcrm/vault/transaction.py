"""Several changes as one commit, for users of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm import paths, yamlfile
from textcrm.vault import edits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from textcrm.record import Record
    from textcrm.vault.draft import Draft
    from textcrm.vault.vault import Result, Vault


class Transaction:
    """Gathers changes inside ``with`` and commits them together when it ends well.

    Nothing is written before the end; an exception inside writes nothing. ``result`` is what the
    commit did. Raises at the end what :meth:`Vault.write` raises.
    """

    def __init__(self, vault: Vault, op: str, reason: str | None = None) -> None:
        self._vault = vault
        self._op = op
        self._reason = reason
        self._steps: list[Callable[[Draft], object]] = []
        self.result: Result | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and self._steps:
            self.result = self._vault.write(self._op, self._plan, reason=self._reason)

    def _plan(self, draft: Draft) -> None:
        for step in self._steps:
            step(draft)

    def add(self, fields: Mapping[str, Any]) -> None:
        """Add a customer; its id is in ``result.ids`` afterwards."""
        tree = dict(fields)
        self._steps.append(lambda draft: draft.add(tree, self._vault.today))

    def set(self, word: str, fields: Mapping[str, Any]) -> None:
        """Set fields of a customer by path; values are stored as given."""
        self.edit(word, lambda record: self._put(record, fields))

    def _put(self, record: Record, fields: Mapping[str, Any]) -> str:
        text = record.text
        for path, value in fields.items():
            target = paths.find(path, yamlfile.read_mapping(text), self._vault.schema)
            text = edits.put(text, target.path, value, self._vault.schema)
        return text

    def edit(self, word: str, change: Callable[[Record], str]) -> None:
        """Change the text of a customer's file by a function of the record."""
        path = self._vault.get(word).path
        self._steps.append(lambda draft: draft.edit(path, change))

    def delete(self, word: str) -> None:
        """Take a customer out of the vault."""
        path = self._vault.get(word).path
        self._steps.append(lambda draft: draft.delete(path))
