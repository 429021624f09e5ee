"""Ids that a file carries and that somebody had before: free, or of a customer who comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textcrm import store
from textcrm.errors import TextcrmError
from textcrm.store import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textcrm.vault import Vault


class Past(NamedTuple):
    """What a deleted record was called, and its uid."""

    name: str
    uid: str | None


class Returning:
    """The ids that history knows and the work tree lacks, read once and only when asked for."""

    def __init__(self, vault: Vault, wanted: Iterable[str]) -> None:
        self._vault = vault
        self._wanted = {store.path_of(one): one for one in wanted}
        self._past = self._read() if self._wanted else {}

    def fits(self, record_id: str, tree: Mapping[str, Any]) -> bool:
        """Whether an id may be used for a customer: nobody had it, or this one had it (B6)."""
        past = self._past.get(record_id)
        return past is None or (bool(past.name) and fold(past.name) == fold(str(tree["name"])))

    def uid(self, record_id: str) -> str | None:
        """The uid that a customer had who comes back."""
        past = self._past.get(record_id)
        return past.uid if past else None

    def _read(self) -> dict[str, Past]:
        """The last version of each deleted file of those ids; ids of erased customers stay taken."""
        repo, prefix = self._vault.repo, self._vault.prefix
        if repo.resolve("HEAD") is None:
            return {}
        ever = repo.paths_ever(prefix + store.FOLDER)
        known = {path: own for path, own in self._wanted.items() if prefix + path in ever}
        if not known:
            return {}
        blobs = self._last_blobs(prefix)
        found = {own: Past("", None) for own in known.values()}
        chosen = [path for path in known if path in blobs]
        with repo.blobs() as reader:
            for path, data in zip(
                chosen, reader.read_many([blobs[path] for path in chosen]), strict=True
            ):
                if data is not None and (past := self._told(path, data)):
                    found[known[path]] = past
        return found

    def _told(self, path: str, data: bytes) -> Past | None:
        try:
            record = store.parse(path, data, self._vault.schema)
        except TextcrmError:
            return None
        return Past(record.name, record.uid)

    def _last_blobs(self, prefix: str) -> dict[str, str]:
        """The blob that each deleted record file was last, of HEAD's history."""
        out = self._vault.repo.git(
            "log", "--no-renames", "--diff-filter=D", "--raw", "--no-abbrev", "--format=", "-z",
            "HEAD", "--", prefix + store.FOLDER,
        )  # fmt: skip
        blobs: dict[str, str] = {}
        words = out.decode("utf-8", "surrogateescape").split("\0")
        for head, path in zip(words[::2], words[1::2], strict=False):
            parts = head.strip().split(" ")
            if len(parts) >= 4:
                blobs.setdefault(path.removeprefix(prefix), parts[2])
        return blobs
