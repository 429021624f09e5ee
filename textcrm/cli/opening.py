"""Sealed values of history opened for the screen on --reveal, with one's own key, and noted (K3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm.changes import Change
from textcrm.errors import TextcrmError
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.changes import StablePath
    from textcrm.cli.context import Context
    from textcrm.history.log import Entry


class Opener:
    """Opens what the keys at hand open in old versions, for one command.

    Without ``reveal`` everything stays as it is. What is opened is for showing only.
    """

    def __init__(self, context: Context, *, reveal: bool) -> None:
        self._context = context
        self.reveal = reveal
        context.reveal = context.reveal or reveal
        self._ids: dict[str, None] = {}
        self._locked: set[str] = set()
        self._missing: TextcrmError | None = None

    def entry(self, entry: Entry) -> Entry:
        """A commit of history with its values opened."""
        if not self.reveal:
            return entry
        return entry._replace(
            records=tuple(
                one._replace(
                    changes=tuple(self.change(one.uid, one.id, each) for each in one.changes)
                )
                for one in entry.records
            )
        )

    def change(self, uid: str, own: str, change: Change) -> Change:
        """A change of a record (its ``uid`` and id) with both values opened."""
        if not self.reveal:
            return change
        before, after = (
            self.value(uid, own, change.path, value) for value in (change.before, change.after)
        )
        return Change(change.path, before, after)

    def uid_of(self, own: str) -> str:
        """The uid of a record by its id; nothing where it is not there any more."""
        try:
            return self._context.vault().get(own).uid or ""
        except TextcrmError:
            return ""

    def value(self, uid: str, own: str, path: StablePath, value: Any) -> Any:
        """A value at a stable path of a record with all that is sealed in it opened."""
        from textcrm.vault.revealing import open_inside

        if not self.reveal or value is None:
            return value
        found = open_inside(self._context.vault(), uid, path, value)
        if found.opened:
            self._ids[own] = None
        for labels, error in found.locked:
            self._locked.add("+".join(labels) or "?")
            self._missing = self._missing or error
        return found.value

    def close(self, what: str, purpose: str | None = None) -> None:
        """Note what was read, and say what stayed locked.

        Raises KeyMissing or TrustFailure where nothing at all could be opened.
        """
        if not self.reveal:
            return
        if self._ids:
            from textcrm.cli.noted import note_read

            note_read(self._context, what, self._ids, purpose)
        if self._missing is None:
            return
        if not self._ids:
            raise self._missing
        self._context.warn(
            Text("some values stay locked: {labels}; {why}", "部分内容无法解开：{labels}；{why}"),
            labels=sorted(self._locked),
            why=Text(self._missing.say("en"), self._missing.say("zh")),
        )
