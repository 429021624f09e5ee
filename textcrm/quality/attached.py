"""Sealed attachments without any key: there, sealed, for as many as named, and the very file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textcrm import ciphertext
from textcrm.errors import TextcrmError
from textcrm.findings import Finding
from textcrm.text import Text
from textcrm.vault import sealed_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textcrm.findings import Problem
    from textcrm.record import Record
    from textcrm.vault import Vault
    from textcrm.vault.sealed_files import SealedFile


class Naming(NamedTuple):
    """A record and the sealed attachments that it names."""

    record: Record
    files: tuple[SealedFile, ...]


def naming(vault: Vault, paths: Iterable[str]) -> list[Naming]:
    """The records at these paths with what they name; those that cannot be read say so themselves."""
    found = []
    for path in paths:
        try:
            record = vault.load(path)
        except TextcrmError:
            continue
        found.append(Naming(record, tuple(sealed_files.sealed_files(record))))
    return found


def problems(vault: Vault, named: Iterable[Naming]) -> Iterator[Problem]:
    """What is wrong with the sealed attachments that records name; each is read once, as a stream."""
    for record, files in named:
        yield from vault.placed(record, [each for one in files for each in _of_file(vault, one)])


def _of_file(vault: Vault, one: SealedFile) -> Iterator[Finding]:
    try:
        with (vault.root / one.path).open("rb") as source:
            readers = sealed_files.readers_in(source)
            source.seek(0)
            digest = sealed_files.digest_of(source) if one.digest else ""
    except ciphertext.Malformed:
        yield _finding(one, "attachment-plain", _PLAIN)
        return
    except OSError:
        yield _finding(one, "attachment-missing", Text("{file} is missing", "缺少文件 {file}"))
        return
    if digest != one.digest:
        yield _finding(one, "attachment-changed", _CHANGED)
    elif readers != len(one.labels):
        yield _finding(one, "attachment-recipients", _READERS, readers=readers)


_PLAIN = Text("{file} is not sealed", "{file} 未加密")
_CHANGED = Text(
    "{file} is not the file that was attached: swapped, changed or damaged",
    "{file} 不是当初归档的文件：已被替换、改动或损坏",
)
_READERS = Text(
    "{file} is sealed for {readers} readers, and the record names {named}",
    "{file} 的密文有 {readers} 个接收者，记录中写了 {named} 个",
)
_AGAIN = Text(
    "attach it anew: textcrm attach ID FILE --seal CLASS; who changed it: git log -- {file}",
    "请重新归档：textcrm attach 编号 文件 --seal 类别；查看改动者：git log -- {file}",
)


def _finding(one: SealedFile, code: str, message: Text, **data: object) -> Finding:
    where = ("documents", one.place, "file")
    told = {"file": one.path, "named": len(one.labels), **data}
    return Finding(code, "error", where, message, _AGAIN, told)
