"""Pins: what this person's machine last trusted of each repository, kept outside all of them.

A pin is never read from a repository: what comes with a clone cannot vouch for itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from textcrm.errors import StorageFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Pin(NamedTuple):
    """A trusted state: the file's serial, its SHA-256, its admins' ssh public keys by id, and the
    file itself, so that a change can be told.
    """

    serial: int
    sha256: str
    admins: Mapping[str, str]
    text: str


class Pins:
    """The pins in a folder of the user's, one file for each repository (and vault in it)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, repository: str) -> Pin | None:
        """The pin of a repository. Raises StorageFailure (pin-unreadable)."""
        file = self._file(repository)
        try:
            data = json.loads(file.read_bytes())
            admins = {str(who): str(key) for who, key in data["admins"].items()}
            return Pin(int(data["serial"]), str(data["sha256"]), admins, str(data["text"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise StorageFailure(
                "pin-unreadable",
                Text("{file} cannot be read", "无法读取 {file}"),
                hint=Text(
                    "it says whom you trusted; if it is damaged, delete it and trust anew: "
                    "textcrm member trust",
                    "该文件记录您信任的管理员；如已损坏，请删除后重新确认：textcrm member trust",
                ),
                file=str(file),
            ) from error

    def put(self, repository: str, pin: Pin, *, place: str = "") -> None:
        """Remember a pin; ``place`` is for people who look into the folder. Raises StorageFailure."""
        from textcrm.access.private import replace

        document = {"place": place, **pin._asdict(), "admins": dict(pin.admins)}
        data = json.dumps(document, ensure_ascii=False, indent=1).encode()
        file = self._file(repository)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            replace(file, data)
        except OSError as error:
            raise StorageFailure(
                "pin-unwritable",
                Text("{file} cannot be written: {why}", "无法写入 {file}：{why}"),
                file=str(file),
                why=error.strerror or "",
            ) from error

    def _file(self, repository: str) -> Path:
        import hashlib

        return self.folder / f"{hashlib.sha256(repository.encode()).hexdigest()[:32]}.json"
