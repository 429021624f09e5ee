"""Sealed attachments: an age file each, read and written as a stream; plain bytes touch no disk.

``attachments/ID/NAME.age`` is a plain age file: ``age -d`` opens it. Its entry in ``documents``
says whom it is for (``sealed_for``) and the SHA-256 of the ciphertext, so that a file that was
swapped or damaged is known without any key.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import threading
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from textcrm import ciphertext, yamlfile
from textcrm.errors import Misuse, NotFound, StorageFailure, TrustFailure
from textcrm.gitrepo import system
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader
    from pathlib import Path

    from textcrm.access import Access
    from textcrm.gitrepo.values import Stored
    from textcrm.record import Record
    from textcrm.sealing import Identity
    from textcrm.vault import Vault

SUFFIX: Final = ".age"
LABELS: Final = "sealed_for"
DIGEST: Final = "sha256"
LARGEST: Final = 2 * 1024**3
_HEADER: Final = 64 * 1024
_PREFIX: Final = "attach-"
_numbers = itertools.count()


class SealedFile(NamedTuple):
    """A sealed attachment as its record tells of it: where it stands there, its path, for whom."""

    place: int
    path: str
    labels: tuple[str, ...]
    digest: str


def sealed_files(record: Record) -> Iterator[SealedFile]:
    """The sealed attachments that a record names."""
    documents = record.raw.get("documents")
    for place, item in enumerate(documents if isinstance(documents, list) else ()):
        if isinstance(item, dict) and (labels := labels_of(item)):
            path, digest = item.get("file"), item.get(DIGEST)
            yield SealedFile(
                place,
                path if isinstance(path, str) else "",
                labels,
                digest if isinstance(digest, str) else "",
            )


def at_path(record: Record, path: str) -> SealedFile | None:
    """The sealed attachment at a path; None where the record names none there."""
    return next((one for one in sealed_files(record) if one.path == path), None)


def renamed(record: Record, path: str, labels: Sequence[str], written: Written) -> str:
    """The record's text once the attachment at a path is sealed anew: for whom, and the digest."""
    now = at_path(record, path)
    text = record.text
    if now is None:
        return text
    for name, value in ((LABELS, list(labels)), (DIGEST, written.digest)):
        text = yamlfile.set_value(text, ("documents", now.place, name), value)
    return text


def labels_of(item: dict[str, Any]) -> tuple[str, ...]:
    """Whom a document's entry says it is sealed for; () for an open one."""
    given = item.get(LABELS)
    listed = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    return tuple(one for one in listed if isinstance(one, str) and one)


def class_of(vault: Vault, word: str) -> str:
    """A class by its name. Raises Misuse (unknown-class)."""
    if word in vault.access.classes:
        return word
    raise Misuse(
        "unknown-class",
        Text("there is no class “{word}”", "没有类别“{word}”"),
        hint=Text("classes: {known}", "已有类别：{known}"),
        word=word,
        known=list(vault.access.classes),
    )


class Written(NamedTuple):
    """A ciphertext that was written and stored: its blob, and the digest for the record."""

    stored: Stored
    digest: str


@contextlib.contextmanager
def sealed(
    vault: Vault, access: Access, source: BinaryIO, labels: Sequence[str]
) -> Iterator[Written]:
    """Seal a stream into the object store; its file on the disk is gone at the end.

    Raises KeyMissing (no-class-key), StorageFailure.
    """
    from textcrm.access.model import no_class_key
    from textcrm.gitrepo import large
    from textcrm.sealing import files

    keys = []
    for label in labels:
        key = access.recipient(label)
        if key is None:
            raise no_class_key(label, list(access.classes))
        keys.append(key)
    folder = vault.repo.local_folder
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    file = folder / f"{_PREFIX}{os.getpid()}-{next(_numbers)}{SUFFIX}"
    try:
        try:
            with file.open("wb") as out:
                target = _Hashing(out)
                files.encrypt_file(source, target, keys)
        except OSError as error:
            raise _disk(file, error) from error
        yield Written(large.store(vault.repo, file), target.digest.hexdigest())
    finally:
        file.unlink(missing_ok=True)


class _Hashing:
    """A target that knows the digest of what was written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._out.write(data)

    def flush(self) -> None:
        self._out.flush()


def _sweep(folder: Path) -> None:
    """Remove ciphertext that a killed program left."""
    for file in folder.glob(f"{_PREFIX}*{SUFFIX}"):
        number = file.name.removeprefix(_PREFIX).split("-")[0]
        if number.isdigit() and not system.is_alive(int(number)):
            file.unlink(missing_ok=True)


# -- opening


def opening(vault: Vault, labels: Sequence[str]) -> list[Identity]:
    """The key that opens a file for these labels. Raises KeyMissing (no-key)."""
    return vault.keyring.opening(labels, vault.access, vault.file)


def open_into(vault: Vault, one: SealedFile, target: BinaryIO) -> None:
    """Open a sealed attachment as a stream. What is written before an error is to be thrown away.

    Raises NotFound (no-such-file), KeyMissing (no-key), TrustFailure: sealed-damaged, or
    attachment-changed where the file is not the one that the record names.
    """
    from textcrm.sealing import files

    keys = opening(vault, one.labels)
    try:
        with (vault.root / one.path).open("rb") as source:
            if one.digest and digest_of(source) != one.digest:
                raise changed(one.path)
            source.seek(0)
            files.decrypt_file(source, target, keys)
    except FileNotFoundError as error:
        raise missing(one.path) from error


def digest_of(source: BufferedReader) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    return hashlib.file_digest(source, "sha256").hexdigest()


def readers_in(source: BinaryIO) -> int:
    """How many readers a sealed file has, by its header. Raises ciphertext.Malformed."""
    return ciphertext.recipients(source.read(_HEADER))


def missing(path: str) -> NotFound:
    """The error for an attachment that is not there."""
    return NotFound("no-such-file", Text("there is no file {file}", "没有文件 {file}"), file=path)


def changed(path: str) -> TrustFailure:
    """The error for a file that is not the one that was attached."""
    return TrustFailure(
        "attachment-changed",
        Text(
            "{file} is not the file that was attached: it was swapped, changed or damaged",
            "{file} 不是当初归档的文件：已被替换、改动或损坏",
        ),
        hint=Text(
            "see who changed it: git log -- {file}",
            "查看改动者：git log -- {file}",
        ),
        file=path,
    )


def _disk(file: Path, error: OSError) -> StorageFailure:
    return StorageFailure(
        "file-unreadable",
        Text("{file} cannot be written: {why}", "无法写入 {file}：{why}"),
        file=str(file),
        why=error.strerror or type(error).__name__,
    )


# -- sealing anew


@contextlib.contextmanager
def resealed(
    vault: Vault, access: Access, one: SealedFile, labels: Sequence[str]
) -> Iterator[Written]:
    """The same content for other readers: opened and sealed in one stream, plain in a pipe only.

    Raises as :func:`open_into` and :func:`sealed`.
    """
    read, write = os.pipe()
    failed: list[Exception] = []

    def feed() -> None:
        with os.fdopen(write, "wb") as target:
            try:
                open_into(vault, one, target)
            except Exception as error:  # noqa: BLE001 - raised again below, by who reads the pipe
                failed.append(error)

    opening(vault, one.labels)  # where no key fits, nothing is begun
    worker = threading.Thread(target=feed)
    worker.start()
    try:
        with os.fdopen(read, "rb") as source, sealed(vault, access, source, labels) as written:
            worker.join()
            if failed:
                raise failed[0]
            yield written
    finally:
        worker.join()
