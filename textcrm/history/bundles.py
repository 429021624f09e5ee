"""Backups as files: a bundle of git and, beside it, a manifest that says what must be in it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textcrm.errors import NotFound, TrustFailure
from textcrm.text import Text

if TYPE_CHECKING:
    from pathlib import Path

STEM: Final = "客户信息总表_"
BUNDLE: Final = ".bundle"
SEALED: Final = ".bundle.age"
_FORM: Final = 1


class Backup(NamedTuple):
    """One backup: its bundle, and what the manifest beside it says.

    ``refs`` are the branches and tags in it, commit by ref; ``base`` those that an incremental
    backup builds upon, which is empty for a full one; ``records`` counts customers at ``tip``.
    """

    file: Path
    made: str
    tip: str
    branch: str
    refs: dict[str, str]
    base: dict[str, str]
    records: int
    sha256: str
    encrypted: bool

    @property
    def full(self) -> bool:
        """Whether it stands alone."""
        return not self.base


def manifest_of(bundle: Path) -> Path:
    """Where the manifest of a bundle lies."""
    name = bundle.name.removesuffix(".age").removesuffix(BUNDLE)
    return bundle.with_name(name + ".json")


def write_manifest(backup: Backup) -> None:
    """Write what is in a bundle beside it."""
    tree: dict[str, Any] = {"form": _FORM, **backup._asdict(), "file": backup.file.name}
    text = json.dumps(tree, ensure_ascii=False, indent=1)
    manifest_of(backup.file).write_text(text + "\n", encoding="utf-8")


def read(bundle: Path) -> Backup:
    """Read a backup by its bundle. Raises NotFound (no-backup), TrustFailure (backup-damaged)."""
    manifest = manifest_of(bundle)
    if not bundle.is_file() or not manifest.is_file():
        missing = bundle if not bundle.is_file() else manifest
        raise NotFound(
            "no-backup",
            Text("there is no {file}", "没有 {file}"),
            hint=Text(
                "a backup is a .bundle and a .json of the same name",
                "一份备份由同名的 .bundle 和 .json 两个文件组成",
            ),
            file=str(missing),
        )
    try:
        tree = json.loads(manifest.read_bytes())
        tree.pop("form")
        return Backup(**{**tree, "file": bundle})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise damaged(manifest) from error


def listed(folder: Path) -> list[Backup]:
    """The backups in a folder, the oldest first. Raises TrustFailure (backup-damaged)."""
    found = [
        read(file)
        for pattern in (f"*{BUNDLE}", f"*{SEALED}")
        for file in folder.glob(pattern)
        if manifest_of(file).is_file()
    ]
    return sorted(found, key=lambda one: (one.made, one.file.name))


def chain(last: Backup) -> list[Backup]:
    """The backups that one needs, from the full one on. Raises NotFound (backup-incomplete)."""
    earlier = [one for one in listed(last.file.parent) if one.made <= last.made]
    result = [last]
    while not result[0].full:
        needed = result[0]
        before = [
            one
            for one in earlier
            if one.refs == needed.base
            and one.encrypted == needed.encrypted
            and one.file != needed.file
            and one not in result
        ]
        if not before:
            raise NotFound(
                "backup-incomplete",
                Text(
                    "{file} is an increment, and the backup before it is not in the folder",
                    "{file} 是增量备份，但文件夹中缺少它之前的备份",
                ),
                hint=Text(
                    "put all backups since the last full one into one folder",
                    "请把最近一次完整备份以来的所有备份放在同一文件夹",
                ),
                file=needed.file.name,
            )
        result.insert(0, before[-1])
    return result


def checksum(file: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def damaged(file: Path) -> TrustFailure:
    """The error for a backup that is not what its manifest says."""
    return TrustFailure(
        "backup-damaged",
        Text("{file} is damaged or incomplete", "{file} 已损坏或不完整"),
        hint=Text(
            "make a new one: textcrm backup DEST --full; restore from an older one",
            "重新备份：textcrm backup 目标 --full；恢复时请用更早的备份",
        ),
        file=str(file),
    )
