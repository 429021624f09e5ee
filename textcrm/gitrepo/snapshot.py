"""What HEAD holds at one moment: a draft is built upon it, and only upon it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.gitrepo.objects import Blobs

if TYPE_CHECKING:
    from typing import Self

    from textcrm.gitrepo.process import Git


class Snapshot:
    """The files of one commit, read as they are asked for and remembered."""

    def __init__(self, git: Git) -> None:
        self._blobs = Blobs(git)
        head = self._blobs.find("HEAD")
        self.commit = head.id if head is not None else None
        self._known: dict[str, tuple[str, bytes] | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._blobs.close()

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None where the commit has none."""
        found = self._find(path)
        return None if found is None else found[1]

    def blob(self, path: str) -> str | None:
        """The id of a file's blob."""
        found = self._find(path)
        return None if found is None else found[0]

    def _find(self, path: str) -> tuple[str, bytes] | None:
        if path not in self._known:
            found = self._blobs.find(f"{self.commit}:{path}") if self.commit else None
            is_file = found is not None and found.kind == "blob"
            self._known[path] = (found.id, found.data) if found and is_file else None
        return self._known[path]
