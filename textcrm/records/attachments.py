"""Contracts and other files of a customer: attachments/ID/YYYY-MM-DD_kind_title.ext (A61, O2)."""

from __future__ import annotations

import os
import shutil
import unicodedata
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from textcrm import paths
from textcrm.errors import Misuse, NotFound, StorageFailure
from textcrm.normalize.entry import normalize_value
from textcrm.record import items
from textcrm.records.editing import Done
from textcrm.text import Text
from textcrm.vault import edits, sealed_files, seals

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from textcrm.gitrepo.values import Stored
    from textcrm.record import Record
    from textcrm.vault import Draft, Vault

FOLDER = "attachments"
MAX_BYTES = 100 * 1024 * 1024
_UNSAFE = set('/\\:*?"<>|\0')


class Attachment(NamedTuple):
    """One file of a customer; ``path`` is relative to the vault.

    ``sealed_for`` names whom it is sealed for; empty for an open file.
    """

    path: str
    kind: str
    title: str
    date: str
    size: int | None
    document: str | None
    sealed_for: tuple[str, ...] = ()


def attach(
    vault: Vault,
    word: str,
    file: Path,
    *,
    kind: str | None = None,
    title: str | None = None,
    date: dt.date | None = None,
    valid_until: str | None = None,
    seal: str | None = None,
    reason: str | None = None,
) -> tuple[Done, str]:
    """Copy a file into the vault and name it in the record's ``documents``; gives its path there.

    ``kind`` is a word of the schema's documents.kind (contract, agreement, warranty, other);
    ``seal`` a class to seal the file for: it is then read as a stream, whatever its size.
    Raises NotFound for the file, Misuse for the kind or class, Conflict where the name is taken,
    TrustFailure.
    """
    access = vault.trusted_access() if seal else None
    class_name = sealed_files.class_of(vault, seal) if seal else ""
    record = vault.get(word)
    _demand_file(file, sealed_files.LARGEST if seal else MAX_BYTES)
    field = vault.schema.require("documents")
    kind_field = vault.schema.require("kind", field)
    chosen = normalize_value(kind_field, kind or "other", today=vault.today, now=vault.now).value
    day = date or vault.today
    name = file_name(day, chosen, title or file.stem, file.suffix)
    name += sealed_files.SUFFIX if seal else ""
    path = _free(vault, f"{FOLDER}/{record.id}", name)
    item: dict[str, Any] = {
        "kind": chosen,
        "title": title or file.stem,
        "date": day.isoformat(),
        "file": path,
    }
    if valid_until:
        until = paths.find("documents/0/valid_until", {}, vault.schema)
        if until.field is not None:
            entry = normalize_value(until.field, valid_until, today=vault.today, now=vault.now)
            item["valid_until"] = entry.value
    known = {child.name for child in field.fields}
    item = {key: value for key, value in item.items() if key in known}

    def write(data: bytes | Stored, more: dict[str, Any]) -> Done:
        def edit(current: Record) -> str:
            return edits.append(current.text, ("documents",), {**item, **more}, vault.schema)

        def plan(draft: Draft) -> None:
            draft.edit(record.path, edit)
            draft.write(path, data)

        return Done(vault.write("attach", plan, reason=reason), ())

    with _opened(file) as source:
        if access is None:
            return write(source.read(), {}), path
        labels = seals.labels_for(access, class_name, seals.owner_of(access, record))
        with sealed_files.sealed(vault, access, source, labels) as written:
            more = {sealed_files.LABELS: labels, sealed_files.DIGEST: written.digest}
            return write(written.stored, more), path


def _demand_file(file: Path, largest: int) -> None:
    with _opened(file) as source:
        status = os.fstat(source.fileno())
    if status.st_size > largest:
        raise Misuse(
            "file-too-large",
            Text("{file} is larger than {size} MB", "{file} 超过 {size} MB"),
            hint=Text(
                "keep it elsewhere and write its place into notes",
                "请存放在别处，并在备注中写明位置",
            ),
            file=str(file),
            size=largest // 1024**2,
        )


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise sealed_files.missing(str(file)) from error
    except OSError as error:
        raise StorageFailure(
            "file-unreadable",
            Text("{file} cannot be read: {why}", "无法读取 {file}：{why}"),
            file=str(file),
            why=error.strerror or "",
        ) from error


def file_name(day: dt.date, kind: str, title: str, suffix: str) -> str:
    """The uniform name of an attachment (A61); the title keeps its Chinese, not its slashes."""
    clean = "".join(
        "-" if char in _UNSAFE or unicodedata.category(char).startswith("C") else char
        for char in unicodedata.normalize("NFC", title.strip())
    )
    clean = "-".join(clean.split()).strip("-._") or "file"
    safe = "".join(char for char in suffix.lower() if char.isalnum() or char == ".")[:16]
    return f"{day.isoformat()}_{kind}_{clean[:60]}{safe}"


def _taken(folder: Path) -> set[str]:
    """The names in a folder as a system sees them that knows no letter case."""
    try:
        return {_folded(file.name) for file in folder.iterdir()}
    except (FileNotFoundError, NotADirectoryError):
        return set()


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _free(vault: Vault, folder: str, name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    taken = _taken(vault.root / folder)
    for number in range(1, 1000):
        tail = "" if number == 1 else f"-{number}"
        made = f"{stem}{tail}{dot}{suffix}"
        if _folded(made) not in taken:
            return f"{folder}/{made}"
    raise Misuse(
        "too-many-files",
        Text("there are 999 files named {name} already", "同名文件 {name} 已有 999 个"),
        hint=Text("give it another title: --title", "请用 --title 另取标题"),
        name=name,
    )


def attachments(vault: Vault, word: str) -> list[Attachment]:
    """The files of a customer: those its documents name, and those that just lie there."""
    record = vault.get(word)
    named: dict[str, dict[str, Any]] = {}
    for item in items(record.raw, "documents"):
        if isinstance(item.get("file"), str):
            named[item["file"]] = item
    folder = vault.root / FOLDER / record.id
    there = sorted(
        f"{FOLDER}/{record.id}/{file.name}" for file in _listed(folder) if file.is_file()
    )
    return [_described(vault, path, named.get(path)) for path in dict.fromkeys([*named, *there])]


def _listed(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _described(vault: Vault, path: str, item: dict[str, Any] | None) -> Attachment:
    file = vault.root / path
    size = file.stat().st_size if file.is_file() else None
    parts = path.rsplit("/", 1)[-1].split("_", 2)
    item = item or {}
    return Attachment(
        path,
        str(item.get("kind") or (parts[1] if len(parts) == 3 else "")),
        str(item.get("title") or parts[-1]),
        str(item.get("date") or (parts[0] if len(parts) == 3 else "")),
        size,
        item.get("id"),
        sealed_files.labels_of(item),
    )


def take_out(vault: Vault, word: str, which: str, target: BinaryIO) -> Attachment:
    """Write a customer's file to a stream, opened where it is sealed.

    What is written before an error is to be thrown away. Raises NotFound, KeyMissing (no-key),
    TrustFailure (sealed-damaged, attachment-changed).
    """
    one = find(vault, word, which)
    if one.sealed_for:
        named = sealed_files.at_path(vault.get(word), one.path)
        if named is not None:
            sealed_files.open_into(vault, named, target)
        return one
    with _opened(vault.root / one.path) as source:
        shutil.copyfileobj(source, target, 1 << 20)
    return one


def plain_name(one: Attachment) -> str:
    """The name of the file as it was attached."""
    name = one.path.rsplit("/", 1)[-1]
    return name.removesuffix(sealed_files.SUFFIX) if one.sealed_for else name


def find(vault: Vault, word: str, which: str) -> Attachment:
    """One file of a customer by its number from 1, document id, file name or part of its title."""
    found = attachments(vault, word)
    if which.isascii() and which.isdigit() and 0 < int(which) <= len(found):
        return found[int(which) - 1]
    exact = [
        one for one in found if which in (one.document, one.path, one.path.rsplit("/", 1)[-1])
    ]
    part = exact or [one for one in found if which in one.title]
    if len(part) == 1:
        return part[0]
    raise NotFound(
        "no-such-attachment",
        Text(
            "no single file of {word} answers to “{which}”", "{word} 没有唯一对应“{which}”的文件"
        ),
        hint=Text("see them: textcrm attach list {word}", "查看：textcrm attach list {word}"),
        word=word,
        which=which,
    )
