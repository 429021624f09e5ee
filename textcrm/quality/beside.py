"""Beside the records, for a check of all: attachments, key files, tombstones, notices, git itself.

Each of the two parts is kept with the state of what it was made from, and made again only where
that is another one: the files that were read, the records that name some, git's index and settings.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from typing import TYPE_CHECKING, Any, Final

from textcrm.catalog import scanning
from textcrm.errors import NotFound
from textcrm.quality.coded import decoded, encoded
from textcrm.vault.lawful import NOTICE_FILES
from textcrm.vault.tombstones import FILE_NAME, SIGNATURE_FILE

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from textcrm.findings import Problem
    from textcrm.quality import keys
    from textcrm.quality.kept import Kept
    from textcrm.vault import Vault

_CONFIG: Final = ("config", "--list", "-z")
_NOTES: Final = ("for-each-ref", "--format=%(refname) %(objectname)", "refs/notes/textconv/")


class Around:
    """What git has beside the records; asked early, so that git answers while files are looked at."""

    def __init__(self, vault: Vault, kept: Kept) -> None:
        self._vault = vault
        self._kept = kept
        self._asked: list[subprocess.Popen[bytes]] = []
        self._search: keys.Search | None = None
        try:
            repo = vault.repo
        except NotFound:
            return  # nothing where the vault lies in no repository
        self._asked = [repo.process.start(*words, quiet=True) for words in (_CONFIG, _NOTES)]
        self._index = os.path.relpath(repo.git_dir / "index", vault.root)
        self._state = _state(vault.root, [self._index])
        before = kept.beside.get("around")
        if not before or before["index"] != self._state:
            self._start()

    def _start(self) -> None:
        """Have git look for secret keys, in files whose state was taken before."""
        from textcrm.quality import keys

        self._files = keys.tracked_others(self._vault)
        self._others = _state(self._vault.root, self._files)
        self._search = keys.Search(self._vault)

    def problems(self) -> list[Problem]:
        """Secret keys in tracked files, and git's settings: kept ones where nothing changed."""
        if not self._asked:
            return []
        said = hashlib.blake2b(repr([one.communicate()[0] for one in self._asked]).encode())
        self._asked = []
        told = said.hexdigest()[:32]
        before = self._kept.beside.get("around")
        if self._search is None and before:
            if (told, _state(self._vault.root, before["files"])) == (
                before["said"],
                before["state"],
            ):
                return _decoded(before)
            self._start()
        from textcrm.quality import keys

        assert self._search is not None  # noqa: S101 - started above
        found = [*self._search.problems(self._files), *keys.git_problems(self._vault.repo)]
        state = self._others if self._state else ""
        more = {"index": self._state, "said": told, "files": self._files}
        self._kept.keep("around", _encoded(state, found, **more))
        return found

    def close(self) -> None:
        """Let git go where nobody asked for its answers."""
        for asked in self._asked:
            asked.kill()
            asked.communicate()
        if self._search is not None:
            self._search.close()


def problems(
    vault: Vault, kept: Kept, naming: Callable[[], Mapping[str, str]], records: str
) -> list[Problem]:
    """What is wrong with attachments, key files, erased customers and notices.

    ``naming`` gives the records that name sealed attachments, each with the hash of its file,
    ``records`` is the state of all records, "" where it cannot be told.
    """
    before = kept.beside.get("others")
    if before and records and before["records"] == records:
        said = before["said"]
    else:
        said = json.dumps(sorted(naming().items()))
    has_stones = (vault.root / FILE_NAME).exists()
    about = [said.encode(), records.encode() if has_stones else b""]
    if before and before["state"] == _state(vault.root, before["files"], about):
        if before["records"] != records:
            kept.keep("others", {**before, "records": records, "said": said})
        return _decoded(before)
    from textcrm.quality import attached, erased, lawful
    from textcrm.quality.key_files import key_file_problems

    named = attached.naming(vault, sorted(naming()))
    files = [*NOTICE_FILES, FILE_NAME, SIGNATURE_FILE, *erased.folders(vault)]
    files += [file.path for one in named for file in one.files]
    state = _state(vault.root, files, about) if records or not has_stones else ""
    found = [*attached.problems(vault, named), *key_file_problems(vault)]
    found += [*erased.problems(vault), *lawful.notice_problems(vault)]
    kept.keep("others", _encoded(state, found, files=files, said=said, records=records))
    return found


def _encoded(state: str, found: Iterable[Problem], **more: Any) -> dict[str, Any]:
    """What is kept of a part; nothing where its state cannot be told, or a finding not be kept."""
    try:
        return (
            {"state": state, "problems": [encoded(one) for one in found], **more} if state else {}
        )
    except TypeError:
        return {}


def _decoded(part: dict[str, Any]) -> list[Problem]:
    return [decoded(one) for one in part["problems"]]


def _state(root: Path, paths: Iterable[str], said: Iterable[bytes] = ()) -> str:
    """The state of some files as one word, "" where it cannot be told by their signatures."""
    digest = hashlib.blake2b(digest_size=16)
    now = time.time_ns()
    for part in said:
        digest.update(len(part).to_bytes(8, "big") + part)
    for path in paths:
        try:
            status = os.lstat(os.path.join(root, path))  # noqa: PTH118 - there may be many
        except (OSError, ValueError):
            told: object = None
        else:
            if stat.S_ISLNK(status.st_mode):
                return ""
            told = "folder"
            if stat.S_ISREG(status.st_mode):
                told = signature = scanning.signature_of(status)
                if not scanning.is_settled(signature, now):
                    return ""
        digest.update(f"{path} {told}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
