"""What check found the last time, kept in ``.textcrm/checked`` and given again where it still holds.

A finding in a record depends on its file, and on the schema, the settings, the people and their
keys, the day and the versions of textcrm and Python. All but the file goes by one fingerprint, the
mark: with another one, tomorrow too, nothing that was kept is used. A file goes by its stat
signature, where that can be trusted (see ``catalog.scanning``), else by the hash of its content.

The file is two parts with their checksums: the findings, which are all that is read where nothing
changed, and below them what is known of each record file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.catalog import folder as folders
from textcrm.catalog.hashing import hash_of
from textcrm.errors import TrustFailure
from textcrm.vault.vault import SCHEMA_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from textcrm.catalog.scanning import Signature
    from textcrm.vault import Vault

NAME: Final = "checked"
_FORMAT: Final = 2


class Row(NamedTuple):
    """What is known of a record file: its state when it was looked at, and its head as JSON."""

    size: int
    mtime: int
    ctime: int
    inode: int
    seen: int
    hash: str
    head: str | None

    @property
    def signature(self) -> Signature:
        """The stat signature."""
        return self[:4]


class Kept:
    """What is kept, as it was read; empty where there is nothing, or nothing whole.

    ``digest`` tells the state of all record files that the findings are of, "" where some were too
    young to be told; ``problems`` are those in records by file, ``across`` those between records,
    ``beside`` what :mod:`textcrm.quality.beside` keeps; all as JSON has them.
    """

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.digest = ""
        self.count = 0
        self.problems: dict[str, list[Any]] = {}
        self.across: list[Any] = []
        self.beside: dict[str, Any] = {}
        self.changed = False
        self._below: tuple[Path, bytes] | None = None
        self._rows: dict[str, Row] | None = {}

    def keep(self, name: str, part: dict[str, Any]) -> None:
        """Keep a part of what is beside the records, or nothing of it."""
        if part != self.beside.get(name, {}):
            self.beside[name] = part
            self.changed = True

    @property
    def rows(self) -> dict[str, Row]:
        """What is known of the record files by path."""
        if self._rows is None:
            body, self._rows = self.body(), {}
            with contextlib.suppress(ValueError, TypeError, AttributeError):
                listed = json.loads(body.decode("utf-8", "surrogatepass"))
                self._rows = {path: Row(*row) for path, row in listed.items()}
        return self._rows

    @rows.setter
    def rows(self, rows: dict[str, Row]) -> None:
        self._rows = rows

    def body(self) -> bytes:
        """The lower part as it is written; where it is not whole any more, one that holds nothing."""
        if self._rows is not None or self._below is None:
            return _as_json(self._rows or {}).encode("utf-8", "surrogatepass")
        place, wanted = self._below
        try:
            with place.open("rb") as file:
                file.readline()
                file.readline()
                body = file.read()
        except OSError:
            return b"{}"
        return body if _sum(body) == wanted else b"{}"


def read(vault: Vault, mark: str) -> Kept:
    """What is kept under a mark. Raises TrustFailure where the folder came with a clone."""
    kept = Kept(mark)
    place = _place(vault)
    if place.parent.exists():
        folders.require_own(vault.root, place.parent)
    try:
        if place.is_symlink():
            return kept
        with place.open("rb") as file:
            sums, head = file.readline().split(), file.readline().rstrip(b"\n")
    except OSError:
        return kept
    if len(sums) != 2 or sums[0] != _sum(head):
        return kept
    with contextlib.suppress(ValueError, TypeError, KeyError):
        told = json.loads(head.decode("utf-8", "surrogatepass"))
        if told["mark"] == mark:
            kept.digest, kept.count = told["digest"], told["count"]
            kept.problems, kept.across = told["problems"], told["across"]
            kept.beside = told["beside"]
            kept._below, kept._rows = (place, sums[1]), None  # noqa: SLF001 - of this module
    return kept


def write(vault: Vault, kept: Kept) -> None:
    """Keep it, in the place of what was there; where the disk refuses nothing is kept."""
    told = {
        "mark": kept.mark,
        "digest": kept.digest,
        "count": kept.count,
        "problems": kept.problems,
        "across": kept.across,
        "beside": kept.beside,
    }
    try:
        head = _as_json(told).encode("utf-8", "surrogatepass")
        body = kept.body()
    except (TypeError, ValueError):
        return
    place = _place(vault)
    fresh = place.with_suffix(".new")  # of two that write at once none reads as whole
    try:
        folders.make_folder(place.parent)
        folders.require_own(vault.root, place.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            file.write(b"%s %s\n%s\n%s" % (_sum(head), _sum(body), head, body))
        fresh.replace(place)
    except (OSError, TrustFailure):
        return


_as_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def _place(vault: Vault) -> Path:
    return vault.root / folders.NAME / NAME


def _sum(part: bytes) -> bytes:
    return hash_of(part).hex().encode()


def mark_of(vault: Vault) -> str:
    """What findings in records depend on beside their files, as one word."""
    from textcrm import __version__

    said = f"{_FORMAT} {__version__} {sys.version} {vault.today}"
    digest = hashlib.blake2b(said.encode(), digest_size=16)
    names = [SCHEMA_FILE, "textcrm.yaml"]
    access = vault.root / "access"
    names += sorted(
        (os.path.join(inner, name)[len(str(vault.root)) + 1 :])  # noqa: PTH118
        for inner, _, files in os.walk(access)
        for name in files
    )
    for name in names:
        content = _content(vault.root / name)
        for part in (name.encode("utf-8", "surrogateescape"), content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def digest_of(found: dict[str, Signature]) -> str:
    """The state of all record files as one word."""
    said = "\n".join(f"{path} {found[path]}" for path in sorted(found))
    return hash_of(said.encode("utf-8", "surrogateescape")).hex()
