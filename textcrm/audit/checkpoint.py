"""Checkpoints: how far this machine has seen a history, kept outside every repository.

A history that does not continue what was seen has been rewritten; a clone cannot tell by itself.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from textcrm.errors import StorageFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from pathlib import Path


class Checkpoint(NamedTuple):
    """A tip that was seen, on which branch, whether all up to it was verified, and when (UTC)."""

    tip: str
    branch: str
    clean: bool
    at: str


class Checkpoints:
    """The checkpoints in a folder of the user's, one file for each repository and branch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, repository: str, branch: str) -> Checkpoint | None:
        """The checkpoint of a repository's branch. Raises StorageFailure (checkpoint-unreadable)."""
        file = self._file(repository, branch)
        try:
            data = json.loads(file.read_bytes())
            return Checkpoint(
                str(data["tip"]), str(data["branch"]), bool(data["clean"]), str(data["at"])
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StorageFailure(
                "checkpoint-unreadable",
                Text("{file} cannot be read", "无法读取 {file}"),
                hint=Text(
                    "it says how far history was verified; delete it to begin anew",
                    "该文件记录已核对到的历史位置；删除后将从头核对",
                ),
                file=str(file),
            ) from error

    def put(self, repository: str, checkpoint: Checkpoint, *, place: str = "") -> None:
        """Remember a checkpoint. Raises StorageFailure (checkpoint-unwritable)."""
        from textcrm.access.private import replace

        file = self._file(repository, checkpoint.branch)
        data = json.dumps({"place": place, **checkpoint._asdict()}, ensure_ascii=False).encode()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            replace(file, data)
        except OSError as error:
            raise StorageFailure(
                "checkpoint-unwritable",
                Text("{file} cannot be written: {why}", "无法写入 {file}：{why}"),
                file=str(file),
                why=error.strerror or "",
            ) from error

    def _file(self, repository: str, branch: str) -> Path:
        digest = hashlib.sha256(f"{repository}\n{branch}".encode()).hexdigest()
        return self.folder / f"{digest[:32]}.json"
