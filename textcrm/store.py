"""The record files of a vault: where they lie, which there are, and what they say."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING, Final

from textcrm import yamlfile
from textcrm.errors import TextcrmError
from textcrm.record import Record, created_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from textcrm.schema import Schema

FOLDER: Final = "customers"
SUFFIX: Final = ".yaml"
_USUAL: Final = 64 * 1024  # bytes


class Broken:
    """A record file that could not be read, and why."""

    __slots__ = ("error", "path")

    def __init__(self, path: str, error: TextcrmError) -> None:
        self.path = path
        self.error = error


def path_of(record_id: str) -> str:
    """Where the file of an id belongs: customers/YYYY/MM/ID.yaml, relative to the vault (A61)."""
    if created_on(record_id) is None:
        return f"{FOLDER}/{record_id}{SUFFIX}"
    return f"{FOLDER}/{record_id[1:5]}/{record_id[5:7]}/{record_id}{SUFFIX}"


def is_record_path(path: str) -> bool:
    """Whether a path relative to the vault is that of a record file."""
    name = path.rsplit("/", 1)[-1]
    return path.startswith(FOLDER + "/") and name.endswith(SUFFIX) and not name.startswith(".")


def paths(root: Path) -> Iterator[str]:
    """Every record file in the work tree, relative to the vault, sorted by folder and name."""
    yield from _below(os.path.join(root, FOLDER), FOLDER)  # noqa: PTH118 - scandir of strings is the fast way


def _below(folder: str, relative: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        path = f"{relative}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from _below(entry.path, path)
        elif is_record_path(path) and entry.is_file(follow_symlinks=False):
            yield path


def parse(path: str, data: bytes, schema: Schema) -> Record:
    """Read the bytes of a record file. Raises YamlInvalid with file, line and column."""
    text = yamlfile.decode(data, file=path)
    return Record(path, text, yamlfile.read_mapping(text, file=path), schema)


def load(root: Path, path: str, schema: Schema) -> Record:
    """Read one record file of the work tree. Raises FileNotFoundError, YamlInvalid."""
    return parse(path, read(root, path), schema)


def read(root: Path, path: str) -> bytes:
    """The bytes of a record file, one more than allowed where it is too large."""
    with open(os.path.join(root, path), "rb", buffering=0) as file:  # noqa: PTH118, PTH123 - 10,000 times
        data = file.read(_USUAL) or b""
        # Memory for the largest file is asked for only where there is more.
        if len(data) == _USUAL:
            data += file.read(yamlfile.MAX_BYTES + 1 - _USUAL) or b""
        return data


def _prefilter(name: str) -> Callable[[bytes], bool]:
    """Whether a file may hold a name: by its first word, where quoting cannot hide it."""
    word = next(iter(fold(name).split()), "")
    if not word or not word.isalnum():
        return lambda _data: True

    def may_hold(data: bytes) -> bool:
        return b"\\" in data or word in fold(data.decode("utf-8", "replace"))

    return may_hold


def fold(text: str) -> str:
    """A text as names are compared: width and case do not matter, nor do spaces at its ends."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def load_all(
    root: Path, schema: Schema, broken: list[Broken], *, mentioning: str = ""
) -> Iterator[Record]:
    """Read every record; files that cannot be read go to ``broken`` and stop nothing.

    With ``mentioning`` only those whose text may hold that name, which is told without parsing.
    """
    may_hold = _prefilter(mentioning)
    for path in paths(root):
        try:
            data = read(root, path)
            if may_hold(data):
                yield parse(path, data, schema)
        except TextcrmError as error:
            broken.append(Broken(path, error))
        except FileNotFoundError:
            continue  # deleted while we read
        except OSError as error:
            broken.append(Broken(path, unreadable(path, error)))


def unreadable(path: str, error: OSError) -> TextcrmError:
    """Put an operating-system error about one file into our words."""
    from textcrm.errors import StorageFailure
    from textcrm.text import Text

    return StorageFailure(
        "file-unreadable",
        Text("{file} cannot be read: {why}", "无法读取 {file}：{why}"),
        hint=Text("check the file's permissions", "请检查文件权限"),
        file=path,
        why=error.strerror or str(error),
    )
