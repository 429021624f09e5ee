"""Backup: all history in a dated file that is proved by restoring it, or pushed to a second place."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from textcrm import store
from textcrm.errors import StorageFailure, TextcrmError, TrustFailure
from textcrm.gitrepo import system
from textcrm.history import bundles, restoring
from textcrm.history.bundles import Backup
from textcrm.text import Text
from textcrm.vault import safekeeping

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textcrm.vault import Vault

_HALF_DONE = 86400.0  # seconds after which what a killed backup left is swept away


class Made(NamedTuple):
    """What a backup came to: the file or address, how much, what is not in it.

    ``commits`` is 0 where nothing was new; ``unsaved`` counts edited files, which history does
    not hold and so no backup does.
    """

    where: str
    backup: Backup | None
    commits: int
    records: int
    size: int
    unsaved: int


def backup(vault: Vault, folder: Path, *, full: bool = False, encrypt: bool = False) -> Made:
    """Write a bundle into a folder, incremental where an earlier one is there, and prove it.

    With ``encrypt`` the folder gets only what the vault's recovery key opens (I5); it is proved
    before it is encrypted, and never stands there in plain. Raises StorageFailure (folder-failed,
    disk-full), TrustFailure (no-recovery; backup-damaged where the proof fails); no file is left
    then.
    """
    folder = folder.absolute()
    recipients = _recovery(vault) if encrypt else ()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = _written(vault, folder, full=full, recipients=recipients)
    except OSError as error:
        remember(vault, str(folder), ok=False)
        raise _failed(folder, error) from error
    except TextcrmError:
        remember(vault, str(folder), ok=False)
        raise
    remember(vault, str(folder), ok=True)
    return made


def remember(vault: Vault, where: str, *, ok: bool) -> None:
    """Note how a backup went, where that is possible: a backup does not fail for it."""
    with contextlib.suppress(OSError):
        safekeeping.remember(vault, where, ok=ok)


def _recovery(vault: Vault) -> tuple[str, ...]:
    """The public keys of the recovery key, from an access.yaml that is trusted."""
    found = vault.trusted_access().recovery
    if not found:
        raise TrustFailure(
            "no-recovery",
            Text(
                "access.yaml names no recovery key to encrypt to",
                "access.yaml 中没有恢复密钥，无法加密备份",
            ),
            hint=Text(
                "let an admin make one: textcrm doctor --fix", "请管理员创建：textcrm doctor --fix"
            ),
        )
    return found


def _written(vault: Vault, folder: Path, *, full: bool, recipients: Sequence[str]) -> Made:
    refs = _refs(vault)
    sealed = bool(recipients)
    earlier = [one for one in bundles.listed(folder) if one.encrypted == sealed]
    last = None if full or not earlier else earlier[-1]
    if last is not None and not _continues(vault, last):
        last = None
    if last is not None and last.refs == refs:
        return Made(str(last.file), last, 0, last.records, 0, unsaved(vault))
    base = last.refs if last else {}
    file = _name(folder, vault.today, sealed=sealed)
    head = vault.repo.head()
    draft = _draft(vault)
    try:
        words = ["--branches", "--tags", *(f"^{commit}" for commit in _known(base))]
        vault.repo.git("bundle", "create", "--quiet", str(draft), *words)
        result = Backup(
            file,
            dt.datetime.now(dt.UTC).isoformat(),
            head.commit or "",
            head.ref or "",
            refs,
            base,
            count_records(vault, head.commit or ""),
            bundles.checksum(draft),
            encrypted=sealed,
        )
        restoring.prove(result, draft, vault)
        result = result._replace(sha256=_put(draft, file, recipients))
    finally:
        draft.unlink(missing_ok=True)
    bundles.write_manifest(result)
    count = int(
        vault.repo.git("rev-list", "--count", *refs.values(), "--not", *_known(base), "--")
    )
    return Made(str(file), result, count, result.records, file.stat().st_size, unsaved(vault))


def _draft(vault: Vault) -> Path:
    """A file for the bundle while it is made and proved, beside the history that it holds."""
    folder = vault.repo.local_folder / "backup"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if time.time() - old.stat().st_mtime > _HALF_DONE:
            old.unlink(missing_ok=True)
    return folder / f"{os.getpid()}-{time.monotonic_ns()}.bundle"


def _put(draft: Path, file: Path, recipients: Sequence[str]) -> str:
    """Bring a proved bundle to its place, encrypted where recipients are named; its checksum.

    What the disk holds is read again and held against what was written.
    """
    part = file.with_name(file.name + ".part")
    try:
        with draft.open("rb") as source, part.open("wb") as target:
            if recipients:
                from textcrm import sealing

                sealing.encrypt_file(source, target, recipients)
            else:
                while block := source.read(1 << 20):
                    target.write(block)
            target.flush()
            os.fsync(target.fileno())
        digest = bundles.checksum(part)
        if not recipients and digest != bundles.checksum(draft):
            raise bundles.damaged(file)
        system.replace(part, file)
    finally:
        part.unlink(missing_ok=True)
    return digest


def _refs(vault: Vault) -> dict[str, str]:
    """Branches and tags: what a backup holds."""
    out = vault.repo.git(
        "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags"
    )
    lines = out.decode("utf-8", "replace").splitlines()
    refs = {line.partition(" ")[0]: line.partition(" ")[2] for line in lines}
    if not refs:
        raise StorageFailure(
            "nothing-to-back-up",
            Text("nothing is committed yet", "还没有任何提交"),
            hint=Text("commit first: textcrm save", "请先提交：textcrm save"),
        )
    return refs


def _known(base: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(base.values()))


def _continues(vault: Vault, last: Backup) -> bool:
    """Whether history still holds all that an earlier backup has."""
    return all(vault.repo.resolve(commit) == commit for commit in last.refs.values()) and not (
        vault.repo.git(
            "rev-list", "-n1", *_known(last.refs), "--not", "--branches", "--tags"
        ).strip()
    )


def place_beside(vault: Vault, made: Backup, suffix: str, write: Callable[[Path], None]) -> Path:
    """Put a file of the backup's name beside it, encrypted where the backup is; gives its path.

    ``write`` is given the path to write it to. Raises what that raises, and OSError.
    """
    stem = bundles.manifest_of(made.file).stem
    if not made.encrypted:
        target = made.file.with_name(stem + suffix)
        write(target)
        return target
    target = made.file.with_name(f"{stem}{suffix}.age")
    draft = _draft(vault).with_suffix(suffix)
    try:
        write(draft)
        _put(draft, target, _recovery(vault))
    finally:
        draft.unlink(missing_ok=True)
    return target


def _name(folder: Path, day: dt.date, *, sealed: bool) -> Path:
    """客户信息总表_YYYYMMDD (I2), with a number for the second of a day."""
    for number in range(1, 10_000):
        stem = f"{bundles.STEM}{day:%Y%m%d}" + (f"_{number}" if number > 1 else "")
        file = folder / (stem + (bundles.SEALED if sealed else bundles.BUNDLE))
        if not file.exists() and not bundles.manifest_of(file).exists():
            return file
    raise StorageFailure(
        "too-many-backups", Text("too many backups of today in {path}", "{path} 中今天的备份过多"),
        path=str(folder),
    )  # fmt: skip


def count_records(vault: Vault, commit: str) -> int:
    """How many customers a commit holds."""
    tree = vault.repo.list_tree(commit, vault.prefix + store.FOLDER)
    return sum(store.is_record_path(path.removeprefix(vault.prefix)) for path in tree)


def unsaved(vault: Vault) -> int:
    """How many files are edited and so in no backup."""
    return len(vault.repo.status(vault.prefix.rstrip("/")))


def _failed(folder: Path, error: OSError) -> StorageFailure:
    from textcrm.gitrepo import failures

    known = failures.disk_failed(error)
    if known.code == "disk-full":
        return known
    return StorageFailure(
        "folder-failed",
        Text("{path} cannot be written: {why}", "无法写入 {path}：{why}"),
        hint=Text("name another folder", "请换一个文件夹"),
        path=str(folder),
        why=error.strerror or str(error),
    )
